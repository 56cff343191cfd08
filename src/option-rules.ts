import { deferred } from './deferred';
import type {
  ConfigurationOption,
  EnvironmentPolicy,
  FrameOrder,
  FrameSelection,
  MaskOptions,
  ReportFormat,
  SignalListeners,
  VersionOption,
} from './options';
import type { Environment } from './deployment';
import type { SignalChoice } from './signals';

/*
 * How each option is checked, and read from its variable. What few processes have is loaded when it is there: setup must
 * be fast.
 */

/** How one option is checked. `check` throws a sentence that begins with what was expected. */
export interface Rule<Value> {
  readonly check: (value: unknown) => Value;
  /** Makes a value for `check` out of the text of the variable. */
  readonly parse?: (text: string) => unknown;
}

/** A rule for each option of a kind. */
export type Rules<All> = { readonly [Name in keyof All]: Rule<All[Name]> };

/** A value for an error message: short, and never a secret's length of text. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 60 ? `${value.slice(0, 60)}...` : value}'`;
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value === 'function') return 'a function';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

/**
 * The order of frames.
 *
 * @throws Error when the value is none.
 */
export function checkFrameOrder(value: unknown): FrameOrder {
  if (typeof value === 'string' && FRAME_ORDERS.includes(value)) return value as FrameOrder;
  throw new Error(`expected one of '${FRAME_ORDERS.join("', '")}', got ${describe(value)}`);
}

/** @throws Error when the value is none of them. */
export function checkFrames(value: unknown): FrameSelection {
  if (value === 'folded' || value === 'all') return value;
  throw new Error(`expected one of 'folded', 'all', got ${describe(value)}`);
}

/**
 * One format.
 *
 * @throws Error when the value is none.
 */
export function checkFormat(value: unknown): ReportFormat {
  if (typeof value === 'string' && FORMATS.includes(value)) return value as ReportFormat;
  throw new Error(`expected one of '${FORMATS.join("', '")}', got ${describe(value)}`);
}

/**
 * The formats, each once.
 *
 * @throws Error when the value is none.
 */
export function checkFormats(value: unknown): readonly ReportFormat[] {
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length === 0) throw new Error(`expected one or several of '${FORMATS.join("', '")}', got none`);
  return [...new Set(given.map(checkFormat))];
}

const FORMATS: readonly string[] = ['text', 'json', 'log'] satisfies ReportFormat[];
const ENVIRONMENT_POLICIES: readonly string[] = [
  'safe',
  'masked',
  'all',
  'none',
] satisfies EnvironmentPolicy[];
const FRAME_ORDERS: readonly string[] = ['innermost-first', 'outermost-first'] satisfies FrameOrder[];

export function integerRule(least: number, most: number): Rule<number> {
  return {
    parse: (text) => (isDecimal(text) ? Number(text) : text),
    check: (value) => {
      if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
        return value as number;
      }
      throw new Error(`expected an integer from ${least} to ${most}, got ${describe(value)}`);
    },
  };
}

export function booleanRule(): Rule<boolean> {
  return {
    parse: (text) => BOOLEAN_WORDS.get(text.toLowerCase()) ?? text,
    check: (value) => {
      if (typeof value === 'boolean') return value;
      throw new Error(`expected true or false, got ${describe(value)}`);
    },
  };
}

/** What a variable may say for true and false. */
export const BOOLEAN_WORDS: ReadonlyMap<string, boolean> = new Map([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['on', true],
  ['0', false],
  ['false', false],
  ['no', false],
  ['off', false],
]);

/** Digits only: `Number` alone would take '0x10', ' 5 ' and '1e3'. */
function isDecimal(text: string): boolean {
  return text.length <= 10 && /^[0-9]+$/.test(text);
}

export function checkSignal(value: unknown): SignalChoice | false {
  return (deferred('signals') as typeof import('./signals')).checkSignal(value);
}

export function parseSignal(text: string): unknown {
  return text === 'none' || BOOLEAN_WORDS.get(text.toLowerCase()) === false ? false : text;
}

export function checkSignalListeners(value: unknown): SignalListeners {
  if (value === 'skip' || value === 'call') return value;
  throw new Error(`expected one of 'skip', 'call', got ${describe(value)}`);
}

export function checkMask(value: unknown): MaskOptions | false {
  return (deferred('mask-options') as typeof import('./mask-options')).checkMask(value);
}

export function parseMask(text: string): unknown {
  return (deferred('mask-options') as typeof import('./mask-options')).parseMask(text, BOOLEAN_WORDS);
}

export function checkEnvironment(value: unknown): EnvironmentPolicy {
  if (typeof value === 'string' && ENVIRONMENT_POLICIES.includes(value)) return value as EnvironmentPolicy;
  throw new Error(`expected one of '${ENVIRONMENT_POLICIES.join("', '")}', got ${describe(value)}`);
}

export function checkServiceName(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value;
  throw new Error(`expected a non-empty string of at most 200 characters, got ${describe(value)}`);
}

export function checkConfiguration(value: unknown): ConfigurationOption {
  if (isFunction(value)) return value;
  const isCollection = Array.isArray(value) || value instanceof Set || value instanceof Promise;
  if (typeof value === 'object' && value !== null && !isCollection) return value;
  throw new Error(`expected a plain object, a Map or a function that returns one, got ${describe(value)}`);
}

/** What it returns is checked when it is called. */
function isFunction(value: unknown): value is () => object {
  return typeof value === 'function';
}

export function checkVersion(value: unknown): VersionOption {
  if (typeof value === 'string' && value.trim() !== '') return value;
  if (typeof value === 'object' && value !== null && VERSION_KEYS.some((key) => key in value)) return value;
  throw new Error(
    `expected a non-empty string, a package.json object, or an object with versionStringWithPackage(), got ${describe(value)}`,
  );
}

const VERSION_KEYS: readonly string[] = [
  'name',
  'version',
  'vendorString',
  'productString',
  'versionStringWithPackage',
  'vendor_string',
  'product_string',
  'version_string_with_package',
];

/** The path, absolute: the working folder may change later. */
export function checkPath(value: unknown): string {
  return triggers().checkPath(value);
}

/** The rules of the file trigger and of the watchdog. */
export function triggers(): typeof import('./trigger-options') {
  return deferred('trigger-options') as typeof import('./trigger-options');
}

/**
 * SIGUSR2 on these systems. Only a named signal loads `node:os`, which has the table of all of them; the usual
 * case does without. A test compares both.
 */
const SIGUSR2_NUMBERS: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 12, darwin: 31 };

/** SIGUSR2 where it is known to be, else no signal. */
export function defaultSignal(): SignalChoice | false {
  const number = SIGUSR2_NUMBERS[process.platform];
  return number === undefined ? false : { name: 'SIGUSR2', number };
}

/** The environment of this process, or what PM2 is going to make of it. */
export function ownEnvironment(): Environment {
  const env = readableEnvironment();
  if (env['pm2_env'] === undefined) return env;
  const { unpackEnvironment } = deferred('deployment') as typeof import('./deployment');
  return unpackEnvironment(env);
}

/** A service may have replaced it by an object that throws where a variable is missing: then a copy of what it has. */
function readableEnvironment(): Environment {
  try {
    // The first one that is asked for, and mostly missing.
    void process.env['pm2_env'];
    return process.env;
  } catch {
    try {
      return { ...process.env };
    } catch {
      return {};
    }
  }
}

/** True for an object that has nothing to say. */
export function isEmptyObject(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length === 0;
}
