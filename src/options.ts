import { GmrError, describeError, warn } from './errors';
import {
  GREEN_VARIABLES,
  makeGreenRules,
  type GreenThreadsOptions,
  type GreenThreadsSettings,
} from './green-thread-options';
import {
  BOOLEAN_WORDS,
  booleanRule,
  checkConfiguration,
  checkEnvironment,
  checkFormats,
  checkFrameOrder,
  checkMask,
  checkPath,
  checkServiceName,
  checkSignal,
  checkVersion,
  describe,
  integerRule,
  parseMask,
  parseSignal,
  triggers,
  type Rule,
  type Rules,
} from './option-rules';
import type { BlockedEventLoopOptions, WatchdogSettings } from './trigger-options';
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

/** What masking shall know beyond what it knows by itself. */
export interface MaskOptions {
  /** More names whose values are secrets. Compared by words in any spelling: `pin` is in `cardPin` and `CARD_PIN`. */
  readonly keys?: readonly string[] | undefined;
  /** More secrets: texts of 4 characters at least, and expressions, which are masked wherever they occur. */
  readonly values?: readonly (string | RegExp)[] | undefined;
  /** Names whose values stay readable although their name or form says secret, for example `sessionKeyPrefix`. */
  readonly allow?: readonly string[] | undefined;
}

/** What a report shows of the environment: see `docs/masking.md`. */
export type EnvironmentPolicy = 'safe' | 'masked' | 'all' | 'none';

/** How frames are ordered in the report. */
export type FrameOrder = 'innermost-first' | 'outermost-first';

/** How a report is written: for people, or as the JSON document of `docs/report-format.md`. */
export type ReportFormat = 'text' | 'json';

/** Options of `setupAutorun`. Each is also read from a `GMR_*` variable, except `conf` and a context; what code gives wins. */
export interface AutorunOptions {
  /** What runs here. Default: the nearest package.json of the main script. `GMR_VERSION`. */
  readonly version?: VersionOption | undefined;
  /** Name in the header. Default: the package name, else the base name of the main script. `GMR_SERVICE_NAME`. */
  readonly serviceName?: string | undefined;
  /** Configuration to print: an object, a Map, a library's instance, or a function for one. Default: none. */
  readonly conf?: ConfigurationOption | undefined;
  /** What counts as a secret besides what is known, or false to print everything as it is. `GMR_MASK`. */
  readonly mask?: MaskOptions | false | undefined;
  /** What is shown of the environment. Default `safe`: all names, and a few values. `GMR_ENV`. */
  readonly env?: EnvironmentPolicy | undefined;
  /** Signal that asks for a report, or false. Default `SIGUSR2` (false where there is none, or a file is watched). `GMR_SIGNAL`. */
  readonly signal?: string | false | undefined;
  /** File or folder that asks for a report when it is touched. Default: none. `GMR_FILE_EVENT_HANDLER`. */
  readonly fileEventHandler?: string | undefined;
  /** Seconds between two looks at it, from 0.05 to 86400. Default 1. `GMR_FILE_EVENT_HANDLER_INTERVAL`. */
  readonly fileEventHandlerInterval?: number | undefined;
  /** Whether event loops that do not turn ask for a report. Default false. `GMR_BLOCKED_EVENT_LOOP`. */
  readonly blockedEventLoop?: BlockedEventLoopOptions | boolean | undefined;
  /** Whether an error that ends the process, or a heap that is nearly full, is reported. Default false. `GMR_ON_FATAL_ERROR`. */
  readonly onFatalError?: boolean | undefined;
  /** Folder of report files. Default: none, reports go to stderr. `GMR_LOG_DIR`. */
  readonly logDir?: string | undefined;
  /** One format or several, each with a file of its own. Default `text`. `GMR_FORMAT`. */
  readonly format?: ReportFormat | readonly ReportFormat[] | undefined;
  /** Report files of this service that are kept, from 1 to 100000. Default 100. `GMR_MAX_REPORTS`. */
  readonly maxReports?: number | undefined;
  /** Longer reports are cut, from 4096 to 1073741824. Default 16777216. `GMR_MAX_REPORT_BYTES`. */
  readonly maxReportBytes?: number | undefined;
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
  readonly mask: MaskOptions | false;
  readonly env: EnvironmentPolicy;
  readonly signal: SignalChoice | false;
  /** Absolute. */
  readonly fileEventHandler: string | undefined;
  readonly fileEventHandlerInterval: number;
  readonly blockedEventLoop: WatchdogSettings | false;
  readonly onFatalError: boolean;
  /** Absolute. */
  readonly logDir: string | undefined;
  readonly format: readonly ReportFormat[];
  readonly maxReports: number;
  readonly maxReportBytes: number;
  readonly frameOrder: FrameOrder;
  readonly maxFrames: number;
  readonly interruptTimeoutMs: number;
  readonly sectionTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly greenThreads: GreenThreadsSettings;
  readonly workers: boolean;
  readonly optional: boolean;
}

/** The variable of each option that can be said in a text. */
const VARIABLES: Readonly<Partial<Record<keyof Settings, string>>> = {
  version: 'GMR_VERSION',
  serviceName: 'GMR_SERVICE_NAME',
  mask: 'GMR_MASK',
  env: 'GMR_ENV',
  signal: 'GMR_SIGNAL',
  fileEventHandler: 'GMR_FILE_EVENT_HANDLER',
  fileEventHandlerInterval: 'GMR_FILE_EVENT_HANDLER_INTERVAL',
  blockedEventLoop: 'GMR_BLOCKED_EVENT_LOOP',
  onFatalError: 'GMR_ON_FATAL_ERROR',
  logDir: 'GMR_LOG_DIR',
  format: 'GMR_FORMAT',
  maxReports: 'GMR_MAX_REPORTS',
  maxReportBytes: 'GMR_MAX_REPORT_BYTES',
  frameOrder: 'GMR_FRAME_ORDER',
  maxFrames: 'GMR_MAX_FRAMES',
  interruptTimeoutMs: 'GMR_INTERRUPT_TIMEOUT_MS',
  sectionTimeoutMs: 'GMR_SECTION_TIMEOUT_MS',
  reportTimeoutMs: 'GMR_REPORT_TIMEOUT_MS',
  workers: 'GMR_WORKERS',
  optional: 'GMR_OPTIONAL',
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
    mask: {},
    env: 'safe',
    signal: defaultSignal(),
    fileEventHandler: undefined,
    fileEventHandlerInterval: 1,
    blockedEventLoop: false,
    onFatalError: false,
    logDir: undefined,
    format: ['text'],
    maxReports: 100,
    maxReportBytes: 16 * 1024 * 1024,
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

/** A function, so that a process without options has no work with it. */
function makeRules(): Rules<Omit<Settings, 'greenThreads'>> {
  return {
    version: { check: checkVersion },
    serviceName: { check: checkServiceName },
    conf: { check: checkConfiguration },
    mask: { check: checkMask, parse: parseMask },
    env: { check: checkEnvironment },
    signal: { check: checkSignal, parse: parseSignal },
    fileEventHandler: { check: checkPath },
    fileEventHandlerInterval: {
      check: (value) => triggers().checkInterval(value),
      parse: (text) => triggers().parseInterval(text),
    },
    blockedEventLoop: {
      check: (value) => triggers().checkBlockedEventLoop(value),
      parse: (text) => triggers().parseBlockedEventLoop(text, BOOLEAN_WORDS),
    },
    onFatalError: booleanRule(),
    logDir: { check: checkPath },
    format: { check: checkFormats, parse: (text) => text.split(',').map((name) => name.trim()) },
    maxReports: integerRule(1, 100_000),
    maxReportBytes: integerRule(4096, 1024 ** 3),
    frameOrder: { check: checkFrameOrder },
    maxFrames: integerRule(2, 10_000),
    interruptTimeoutMs: integerRule(1, 60_000),
    sectionTimeoutMs: integerRule(1, 60_000),
    reportTimeoutMs: integerRule(100, 600_000),
    workers: booleanRule(),
    optional: booleanRule(),
  };
}

function checkSettings(options: unknown, environment: NodeJS.ProcessEnv): Settings {
  const { greenThreads, ...defaults } = defaultSettings();
  const rules = makeRules();
  const { greenThreads: givenGreen, ...given } = checkedOptions(options, [
    ...Object.keys(rules),
    'greenThreads',
  ]);
  const chosen = choose({ rules, given, variables: VARIABLES, prefix: '' }, environment);
  // Whoever watches a file has his reasons, such as a signal that belongs to somebody else.
  if (chosen.fileEventHandler !== undefined) chosen.signal ??= false;
  return {
    ...complete(chosen, defaults),
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
  return complete(choose({ rules, given, variables: GREEN_VARIABLES, prefix }, environment), defaults);
}

/** Options of one object, and where each may come from. */
interface Sources<All> {
  readonly rules: Rules<All>;
  readonly given: Record<string, unknown>;
  readonly variables: Readonly<Partial<Record<keyof All, string>>>;
  /** Of the names in messages. */
  readonly prefix: string;
}

type Chosen<All> = { -readonly [Name in keyof All]?: All[Name] };

/** What code or the environment says; nothing for the rest. */
function choose<All extends object>(sources: Sources<All>, environment: NodeJS.ProcessEnv): Chosen<All> {
  const { rules, given, variables, prefix } = sources;
  const chosen: Record<string, unknown> = {};
  for (const name of Object.keys(rules) as (keyof All & string)[]) {
    const value = given[name];
    if (value !== undefined) chosen[name] = fromCode(prefix + name, rules[name], value);
    else chosen[name] = fromEnvironment(variables[name], rules[name], environment);
  }
  return chosen as Chosen<All>;
}

function complete<All extends object>(chosen: Chosen<All>, defaults: All): All {
  const settings: Chosen<All> = { ...chosen };
  for (const name of Object.keys(defaults) as (keyof All)[]) settings[name] ??= defaults[name];
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
