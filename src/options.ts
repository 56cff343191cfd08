import type { AsyncLocalStorage } from 'node:async_hooks';
import { GmrError, describeError, warn } from './errors';
import { BOOLEAN_WORDS, booleanRule, describe, integerRule, type Rule } from './option-rules';
import type { SignalChoice } from './signals';

/** An object in the manner of oslo: each method gives one fact. Snake case names are accepted too. */
export interface VersionProvider {
  vendorString?(): string;
  productString?(): string;
  versionStringWithPackage?(): string;
  vendor_string?(): string;
  product_string?(): string;
  version_string_with_package?(): string;
}

/** The parts of a package.json that a report shows. */
export interface PackageDescription {
  readonly name?: string | undefined;
  readonly version?: string | undefined;
  readonly author?: string | { readonly name?: string | undefined } | undefined;
}

/** What runs here: a version, a package.json, or an object with methods. */
export type VersionOption = string | PackageDescription | VersionProvider;

/** The configuration of the service, or a function that gives it anew for each report. */
export type ConfigurationOption = object | (() => object);

/** How frames are ordered in the report. */
export type FrameOrder = 'innermost-first' | 'outermost-first';

/** What of an `AsyncLocalStorage` is printed beside the suspended functions. */
export interface ContextOptions {
  /** The storage of this thread. What it holds is an object or a `Map`; anything else has no keys. */
  readonly storage: AsyncLocalStorage<unknown>;
  /**
   * Names of the properties that are printed, 1 to 16 of them, each of 1 to 100 ASCII characters. Only texts, numbers,
   * booleans and null are, and no getters; secrets are masked by the name.
   */
  readonly keys: readonly string[];
}

/** What a report may do to find the suspended async functions of each thread. Times and sizes hold for each thread. */
export interface GreenThreadsOptions {
  /** Whether they are looked for at all. Default true. `GMR_GREEN_THREADS`. */
  readonly enabled?: boolean | undefined;
  /** Larger heaps are not scanned, from 1 to 1000000 MB. Default 2048. `GMR_GREEN_THREADS_MAX_HEAP_MB`. */
  readonly maxHeapMb?: number | undefined;
  /** The scan pauses the thread, at most so long, from 1 to 60000. Default 1000. `GMR_GREEN_THREADS_MAX_PAUSE_MS`. */
  readonly maxPauseMs?: number | undefined;
  /** Groups that are told, the largest first, from 1 to 10000. Default 50. `GMR_GREEN_THREADS_MAX_GROUPS`. */
  readonly maxGroups?: number | undefined;
  /** Functions kept per group, from 2 to 1000. Default 50. `GMR_GREEN_THREADS_MAX_FRAMES`. */
  readonly maxFrames?: number | undefined;
  /**
   * Values of an `AsyncLocalStorage` to print for each group: one of them, and how many different ones there are.
   * Default: none are. Holds for the thread that calls `setupAutorun`; a worker names a storage of its own.
   */
  readonly context?: ContextOptions | undefined;
}

/** Options of `setupAutorun`. Each is also read from a `GMR_*` variable, except `conf` and a context; what code gives wins. */
export interface AutorunOptions {
  /** What runs here. Default: the nearest package.json of the main script. `GMR_VERSION`. */
  readonly version?: VersionOption | undefined;
  /** Name in the header. Default: the package name, else the base name of the main script. `GMR_SERVICE_NAME`. */
  readonly serviceName?: string | undefined;
  /** Configuration to print, with secrets masked by key name. Default: none. */
  readonly conf?: ConfigurationOption | undefined;
  /** Signal that asks for a report, or false. Default `SIGUSR2` (false where there is none). `GMR_SIGNAL`. */
  readonly signal?: string | false | undefined;
  /** Default `innermost-first`. `GMR_FRAME_ORDER`. */
  readonly frameOrder?: FrameOrder | undefined;
  /** Frames kept per stack, from 2 to 10000. Default 200. `GMR_MAX_FRAMES`. */
  readonly maxFrames?: number | undefined;
  /** Time a thread has to answer, from 1 to 60000. Default 100. `GMR_INTERRUPT_TIMEOUT_MS`. */
  readonly interruptTimeoutMs?: number | undefined;
  /** Time one registered section has, from 1 to 60000. Default 1000. `GMR_SECTION_TIMEOUT_MS`. */
  readonly sectionTimeoutMs?: number | undefined;
  /** Time the whole report has, from 100 to 600000. Default 10000. `GMR_REPORT_TIMEOUT_MS`. */
  readonly reportTimeoutMs?: number | undefined;
  /** How suspended async functions are looked for. */
  readonly greenThreads?: GreenThreadsOptions | undefined;
  /** Whether workers register by themselves (patches `worker_threads.Worker`). Default true. `GMR_WORKERS`. */
  readonly workers?: boolean | undefined;
  /** Whether a missing addon is a warning instead of an error. Default false. `GMR_OPTIONAL`. */
  readonly optional?: boolean | undefined;
}

/** Options after the check: complete and believed. */
export interface Settings {
  readonly version: VersionOption | undefined;
  readonly serviceName: string | undefined;
  readonly conf: ConfigurationOption | undefined;
  readonly signal: SignalChoice | false;
  readonly frameOrder: FrameOrder;
  readonly maxFrames: number;
  readonly interruptTimeoutMs: number;
  readonly sectionTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly greenThreads: GreenThreadsSettings;
  readonly workers: boolean;
  readonly optional: boolean;
}

/** {@link GreenThreadsOptions} after the check. */
export interface GreenThreadsSettings {
  readonly enabled: boolean;
  readonly maxHeapMb: number;
  readonly maxPauseMs: number;
  readonly maxGroups: number;
  readonly maxFrames: number;
  readonly context: ContextOptions | undefined;
}

/** The variable of each option that can be said in a text. */
const VARIABLES: Readonly<Partial<Record<keyof Settings, string>>> = {
  version: 'GMR_VERSION',
  serviceName: 'GMR_SERVICE_NAME',
  signal: 'GMR_SIGNAL',
  frameOrder: 'GMR_FRAME_ORDER',
  maxFrames: 'GMR_MAX_FRAMES',
  interruptTimeoutMs: 'GMR_INTERRUPT_TIMEOUT_MS',
  sectionTimeoutMs: 'GMR_SECTION_TIMEOUT_MS',
  reportTimeoutMs: 'GMR_REPORT_TIMEOUT_MS',
  workers: 'GMR_WORKERS',
  optional: 'GMR_OPTIONAL',
};

const GREEN_VARIABLES: Readonly<Partial<Record<keyof GreenThreadsSettings, string>>> = {
  enabled: 'GMR_GREEN_THREADS',
  maxHeapMb: 'GMR_GREEN_THREADS_MAX_HEAP_MB',
  maxPauseMs: 'GMR_GREEN_THREADS_MAX_PAUSE_MS',
  maxGroups: 'GMR_GREEN_THREADS_MAX_GROUPS',
  maxFrames: 'GMR_GREEN_THREADS_MAX_FRAMES',
};

/**
 * Checks the options of `setupAutorun` and completes them from the environment.
 *
 * @throws GmrError `GMR_INVALID_OPTION` for an unknown name or a value that the option cannot have.
 * An environment variable with such a value is a warning, and the default is used.
 */
export function readSettings(options: unknown = {}, environment: NodeJS.ProcessEnv = process.env): Settings {
  const isSet = (variable: string): boolean => environment[variable] !== undefined;
  const hasVariable = Object.values(VARIABLES).some(isSet) || Object.values(GREEN_VARIABLES).some(isSet);
  if (isEmptyObject(options) && !hasVariable) return defaultSettings();
  return checkSettings(options, environment);
}

function isEmptyObject(value: unknown): boolean {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.keys(value).length === 0;
}

/**
 * SIGUSR2 on these systems. Whoever names a signal pays for `node:os`, which has the table of all of them; the usual
 * case does without. A test compares both.
 */
const SIGUSR2_NUMBERS: Readonly<Partial<Record<NodeJS.Platform, number>>> = { linux: 12, darwin: 31 };

/** The settings where nothing was said. */
function defaultSettings(): Settings {
  return {
    version: undefined,
    serviceName: undefined,
    conf: undefined,
    signal: defaultSignal(),
    frameOrder: 'innermost-first',
    maxFrames: 200,
    interruptTimeoutMs: 100,
    sectionTimeoutMs: 1000,
    reportTimeoutMs: 10_000,
    greenThreads: {
      enabled: true,
      maxHeapMb: 2048,
      maxPauseMs: 1000,
      maxGroups: 50,
      maxFrames: 50,
      context: undefined,
    },
    workers: true,
    optional: false,
  };
}

/** SIGUSR2 where it is known to be, else no signal. */
function defaultSignal(): SignalChoice | false {
  const number = SIGUSR2_NUMBERS[process.platform];
  return number === undefined ? false : { name: 'SIGUSR2', number };
}

type Rules<All> = { readonly [Name in keyof All]: Rule<All[Name]> };

const FRAME_ORDERS: readonly string[] = ['innermost-first', 'outermost-first'] satisfies FrameOrder[];

/** A function, so that a process without options has no work with it. */
function makeRules(): Rules<Omit<Settings, 'greenThreads'>> {
  return {
    version: { check: checkVersion },
    serviceName: { check: checkServiceName },
    conf: { check: checkConfiguration },
    signal: { check: checkSignal, parse: parseSignal },
    frameOrder: { check: checkFrameOrder },
    maxFrames: integerRule(2, 10_000),
    interruptTimeoutMs: integerRule(1, 60_000),
    sectionTimeoutMs: integerRule(1, 60_000),
    reportTimeoutMs: integerRule(100, 600_000),
    workers: booleanRule(),
    optional: booleanRule(),
  };
}

function makeGreenRules(): Rules<GreenThreadsSettings> {
  return {
    enabled: booleanRule(),
    maxHeapMb: integerRule(1, 1_000_000),
    maxPauseMs: integerRule(1, 60_000),
    maxGroups: integerRule(1, 10_000),
    maxFrames: integerRule(2, 1000),
    context: { check: checkContext },
  };
}

function checkSettings(options: unknown, environment: NodeJS.ProcessEnv): Settings {
  const { greenThreads, ...defaults } = defaultSettings();
  const rules = makeRules();
  const { greenThreads: givenGreen, ...given } = checkedOptions(options, [
    ...Object.keys(rules),
    'greenThreads',
  ]);
  return {
    ...complete({ rules, given, defaults, variables: VARIABLES, prefix: '' }, environment),
    greenThreads: checkGreenThreads(givenGreen, greenThreads, environment),
  };
}

function checkGreenThreads(
  options: unknown,
  defaults: GreenThreadsSettings,
  environment: NodeJS.ProcessEnv,
): GreenThreadsSettings {
  const rules = makeGreenRules();
  const prefix = 'greenThreads.';
  const isObject = typeof options === 'object' && options !== null && !Array.isArray(options);
  if (options !== undefined && !isObject) {
    throw new GmrError(
      'GMR_INVALID_OPTION',
      `option 'greenThreads': expected an object, got ${describe(options)}`,
    );
  }
  const given = checkedOptions(options ?? {}, Object.keys(rules), prefix);
  return complete({ rules, given, defaults, variables: GREEN_VARIABLES, prefix }, environment);
}

/** Options of one object, and where each may come from. */
interface Sources<All> {
  readonly rules: Rules<All>;
  readonly given: Record<string, unknown>;
  readonly defaults: All;
  readonly variables: Readonly<Partial<Record<keyof All, string>>>;
  /** Of the names in messages. */
  readonly prefix: string;
}

function complete<All extends object>(sources: Sources<All>, environment: NodeJS.ProcessEnv): All {
  const { rules, given, defaults, variables, prefix } = sources;
  const settings: Record<string, unknown> = {};
  for (const name of Object.keys(rules) as (keyof All & string)[]) {
    const value = given[name];
    if (value !== undefined) settings[name] = fromCode(prefix + name, rules[name], value);
    else settings[name] = fromEnvironment(variables[name], rules[name], environment) ?? defaults[name];
  }
  return settings as All;
}

/**
 * The options object of any function of this package, when it has no unknown names.
 *
 * @throws GmrError `GMR_INVALID_OPTION` that names the nearest known option.
 */
export function checkedOptions(
  options: unknown,
  known: readonly string[],
  prefix = '',
): Record<string, unknown> {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new GmrError('GMR_INVALID_OPTION', `options: expected an object, got ${describe(options)}`);
  }
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = (require('./nearest-name') as typeof import('./nearest-name')).nearestName(name, known);
    const [wrong, right] = [describe(prefix + name), prefix + nearest];
    throw new GmrError('GMR_INVALID_OPTION', `unknown option ${wrong}: did you mean '${right}'?`);
  }
  return options as Record<string, unknown>;
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

function fromCode(name: string, rule: Rule<unknown>, value: unknown): unknown {
  try {
    return rule.check(value);
  } catch (error) {
    throw new GmrError('GMR_INVALID_OPTION', `option '${name}': ${messageOf(error)}`);
  }
}

/** What the variable says; undefined when it says nothing, or nothing that the option can be. */
function fromEnvironment(
  variable: string | undefined,
  rule: Rule<unknown>,
  environment: NodeJS.ProcessEnv,
): unknown {
  const text = variable === undefined ? undefined : environment[variable];
  // An empty variable is how shells and manifests say "not set".
  if (text === undefined || text === '') return undefined;
  try {
    return rule.check(rule.parse === undefined ? text : rule.parse(text));
  } catch (error) {
    warn(`gmr-native ignores ${variable}: ${messageOf(error)}`, 'GMR_INVALID_OPTION');
    return undefined;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : describeError(error);
}

function checkContext(value: unknown): ContextOptions {
  return (require('./context-option') as typeof import('./context-option')).checkContext(value);
}

function checkSignal(value: unknown): SignalChoice | false {
  return (require('./signals') as typeof import('./signals')).checkSignal(value);
}

function parseSignal(text: string): unknown {
  return text === 'none' || BOOLEAN_WORDS.get(text.toLowerCase()) === false ? false : text;
}

function checkServiceName(value: unknown): string {
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 200) return value;
  throw new Error(`expected a non-empty string of at most 200 characters, got ${describe(value)}`);
}

function checkConfiguration(value: unknown): ConfigurationOption {
  if (isFunction(value)) return value;
  const isCollection =
    Array.isArray(value) || value instanceof Map || value instanceof Set || value instanceof Promise;
  if (typeof value === 'object' && value !== null && !isCollection) return value;
  throw new Error(`expected a plain object or a function that returns one, got ${describe(value)}`);
}

/** What it returns is checked when it is called. */
function isFunction(value: unknown): value is () => object {
  return typeof value === 'function';
}

function checkVersion(value: unknown): VersionOption {
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
