import { deferred } from './deferred';
import type { Environment } from './deployment';
import { GmrError, describeError, isError, warn } from './errors';
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
  checkFrames,
  checkMask,
  checkPath,
  checkServiceName,
  checkSignal,
  checkSignalListeners,
  checkVersion,
  defaultSignal,
  describe,
  integerRule,
  isEmptyObject,
  ownEnvironment,
  parseMask,
  parseSignal,
  triggers,
  type Rule,
  type Rules,
} from './option-rules';
import type {
  ConfigurationOption,
  EnvironmentPolicy,
  FrameOrder,
  FrameSelection,
  MaskOptions,
  ReportFormat,
  SignalListeners,
  VersionOption,
} from './option-types';
import type { BlockedEventLoopOptions, WatchdogSettings } from './trigger-options';
import type { SignalChoice } from './signals';

export type * from './option-types';

/** Options of `setupAutorun`. Each is also read from a `GMR_*` variable, except `conf` and a context; what code gives wins. */
export interface AutorunOptions {
  /** What runs here. Default: the application's package.json, see docs/api.md. `GMR_VERSION`. */
  readonly version?: VersionOption | undefined;
  /** Name in the header. Default: that of OpenTelemetry, PM2 or the package. `GMR_SERVICE_NAME`. */
  readonly serviceName?: string | undefined;
  /** Configuration to print: an object, a Map, a library's instance, or a function for one. Default: none. */
  readonly conf?: ConfigurationOption | undefined;
  /** What counts as a secret besides what is known, or false to print everything unmasked. `GMR_MASK`. */
  readonly mask?: MaskOptions | false | undefined;
  /** What is shown of the environment. Default `safe`: all names, and a few values. `GMR_ENV`. */
  readonly env?: EnvironmentPolicy | undefined;
  /**
   * Signal that requests a report, or false. Default `SIGUSR2` (false where it does not exist, or if a file is
   * watched). `GMR_SIGNAL`.
   */
  readonly signal?: string | false | undefined;
  /**
   * Whether the application's listeners for that signal, such as those of `process.on('SIGUSR2')`, are called as well.
   * Default `skip`: they are not. `GMR_SIGNAL_LISTENERS`.
   */
  readonly signalListeners?: SignalListeners | undefined;
  /** File or folder that requests a report when it is touched. Default: none. `GMR_FILE_EVENT_HANDLER`. */
  readonly fileEventHandler?: string | undefined;
  /** Seconds between two looks at it, from 0.05 to 86400. Default 1. `GMR_FILE_EVENT_HANDLER_INTERVAL`. */
  readonly fileEventHandlerInterval?: number | undefined;
  /** Whether blocked event loops are reported. Default false. `GMR_BLOCKED_EVENT_LOOP`. */
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
  /** Latest reports that are kept in memory, where `gmr` finds them, from 0 to 100. Default 3. `GMR_KEEP_REPORTS`. */
  readonly keepReports?: number | undefined;
  /** Default `innermost-first`. `GMR_FRAME_ORDER`. */
  readonly frameOrder?: FrameOrder | undefined;
  /** Whether frames of V8 and libuv between the others are shown one by one. Default `folded`. `GMR_FRAMES`. */
  readonly frames?: FrameSelection | undefined;
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
  /** Whether a failed setup is a warning instead of an error. Default true. `GMR_OPTIONAL`. */
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
  readonly signalListeners: SignalListeners;
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
  readonly keepReports: number;
  readonly frameOrder: FrameOrder;
  readonly frames: FrameSelection;
  readonly maxFrames: number;
  readonly interruptTimeoutMs: number;
  readonly sectionTimeoutMs: number;
  readonly reportTimeoutMs: number;
  readonly greenThreads: GreenThreadsSettings;
  readonly workers: boolean;
  readonly optional: boolean;
}

/** The variable of each option that a string can hold. */
const VARIABLES: Readonly<Partial<Record<keyof Settings, string>>> = {
  version: 'GMR_VERSION',
  serviceName: 'GMR_SERVICE_NAME',
  mask: 'GMR_MASK',
  env: 'GMR_ENV',
  signal: 'GMR_SIGNAL',
  signalListeners: 'GMR_SIGNAL_LISTENERS',
  fileEventHandler: 'GMR_FILE_EVENT_HANDLER',
  fileEventHandlerInterval: 'GMR_FILE_EVENT_HANDLER_INTERVAL',
  blockedEventLoop: 'GMR_BLOCKED_EVENT_LOOP',
  onFatalError: 'GMR_ON_FATAL_ERROR',
  logDir: 'GMR_LOG_DIR',
  format: 'GMR_FORMAT',
  maxReports: 'GMR_MAX_REPORTS',
  maxReportBytes: 'GMR_MAX_REPORT_BYTES',
  keepReports: 'GMR_KEEP_REPORTS',
  frameOrder: 'GMR_FRAME_ORDER',
  frames: 'GMR_FRAMES',
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
export function readSettings(options: unknown = {}, environment: Environment = ownEnvironment()): Settings {
  const isSet = (variable: string): boolean => environment[variable] !== undefined;
  const hasVariable = Object.values(VARIABLES).some(isSet) || Object.values(GREEN_VARIABLES).some(isSet);
  if (isEmptyObject(options) && !hasVariable) return defaultSettings();
  return checkSettings(options, environment);
}

/** The settings where nothing was said. */
function defaultSettings(): Settings {
  return {
    version: undefined,
    serviceName: undefined,
    conf: undefined,
    mask: {},
    env: 'safe',
    signal: defaultSignal(),
    signalListeners: 'skip',
    fileEventHandler: undefined,
    fileEventHandlerInterval: 1,
    blockedEventLoop: false,
    onFatalError: false,
    logDir: undefined,
    format: ['text'],
    maxReports: 100,
    maxReportBytes: 16 * 1024 * 1024,
    keepReports: 3,
    frameOrder: 'innermost-first',
    frames: 'folded',
    maxFrames: 200,
    interruptTimeoutMs: 100,
    sectionTimeoutMs: 1000,
    reportTimeoutMs: 10_000,
    greenThreads: {
      enabled: true,
      maxHeapMb: 16_384,
      maxAnalysisMs: 3000,
      maxPauseMs: 1000,
      consistent: false,
      values: 'known',
      maxGroups: 50,
      maxFrames: 50,
      context: undefined,
    },
    workers: true,
    optional: true,
  };
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
    signalListeners: { check: checkSignalListeners },
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
    keepReports: integerRule(0, 100),
    frameOrder: { check: checkFrameOrder },
    frames: { check: checkFrames },
    maxFrames: integerRule(2, 10_000),
    interruptTimeoutMs: integerRule(1, 60_000),
    sectionTimeoutMs: integerRule(1, 60_000),
    reportTimeoutMs: integerRule(100, 600_000),
    workers: booleanRule(),
    optional: booleanRule(),
  };
}

function checkSettings(options: unknown, environment: Environment): Settings {
  const { greenThreads, ...defaults } = defaultSettings();
  const rules = makeRules();
  const { greenThreads: givenGreen, ...given } = checkedOptions(options, [
    ...Object.keys(rules),
    'greenThreads',
  ]);
  const chosen = choose({ rules, given, variables: VARIABLES, prefix: '' }, environment);
  // A service that watches a file may leave the signal to other code.
  if (chosen.fileEventHandler !== undefined) chosen.signal ??= false;
  return {
    ...complete(chosen, defaults),
    greenThreads: checkGreenThreads(givenGreen, greenThreads, environment),
  };
}

function checkGreenThreads(
  options: unknown,
  defaults: GreenThreadsSettings,
  environment: Environment,
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
function choose<All extends object>(sources: Sources<All>, environment: Environment): Chosen<All> {
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
    const nearest = (deferred('nearest-name') as typeof import('./nearest-name')).nearestName(name, known);
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
  environment: Environment,
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
  return isError(error) ? error.message : describeError(error);
}
