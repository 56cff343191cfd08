import { basename, join, sep } from 'node:path';
import type { IsolateIdentity, NativeAddon, NativeOptions } from '../addon/contract';
import { DEFERRED_FILES, deferred } from '../deferred';
import { GmrError, describeError } from '../errors';
import type { RawViewOptions } from '../formatter/mask-photograph';
import { guarded } from '../guard';
import type { MaskRules } from '../masking/mask-rules';
import type { MaskOptions, Settings } from '../options';
import { IS_LOCATED, PATHS } from '../paths';
import type { ConfigurationSnapshot, Unavailable } from '../report/model';
import type { OwnStatus } from '../addon/status';
import { safeEnvironment } from '../sections/environment';
import { collectProcessFacts } from '../sections/process-facts';
import { OWN_VERSION } from '../version';
import { onSectionsChanged, registeredSections } from '../sections/registry';
import { reportChannel, unwatchSubscribers, watchSubscribers } from './report-channel';

type ReporterEvents = typeof import('./reporter-events');

let linkedAddon: NativeAddon | undefined;
/** Loaded when the first listener is added. */
let events: ReporterEvents | undefined;
/** The option `mask` of the last setup. */
let linkedMask: MaskOptions | false = {};

/** For listeners to what the reporter does. */
export function loadEvents(): ReporterEvents {
  if (events !== undefined) return events;
  events = deferred('autorun/reporter-events') as ReporterEvents;
  if (linkedAddon !== undefined) events.linkEvents(linkedAddon, false, linkedMask);
  return events;
}

/** True when the reporter knows this process and takes requests for reports. */
export function isReporterLinked(): boolean {
  return linkedAddon !== undefined;
}

/** Starts the reporter, or gives it new options: who this process is, its configuration, and its sections. Main only. */
export function linkReporter(addon: NativeAddon, settings: Settings): void {
  addon.registerIsolate(mainIdentity());
  const facts = collectProcessFacts(settings.version, settings.serviceName);
  addon.setFacts(JSON.stringify(facts));
  addon.setConfiguration(JSON.stringify(configurationAtSetup(settings)));
  startReporter(addon, settings, facts.serviceName);
  linkEvents(addon, settings);
  const update = (): void => offerSections(addon, settings);
  onSectionsChanged(update);
  update();
  linkedAddon = addon;
}

/** The reporter forgets the sections and the configuration, and with them the service's objects. */
export function unlinkReporter(addon: NativeAddon): void {
  linkedAddon = undefined;
  onSectionsChanged(() => undefined);
  addon.stopPatrol();
  unwatchSubscribers();
  events?.unlinkEvents();
  addon.setSections([], false, () => undefined);
  const gone: Unavailable = { status: 'unavailable', reason: 'setupAutorun was disposed of' };
  addon.setConfiguration(JSON.stringify(gone));
}

/** Most processes have neither watchdog nor listeners, and need not load what serves them. */
function linkEvents(addon: NativeAddon, { blockedEventLoop, mask }: Settings): void {
  linkedMask = mask;
  if (events === undefined && blockedEventLoop === false && !reportChannel().hasSubscribers) {
    return watchSubscribers(() => void loadEvents());
  }
  events ??= deferred('autorun/reporter-events') as ReporterEvents;
  events.linkEvents(addon, blockedEventLoop, mask);
}

function startReporter(addon: NativeAddon, settings: Settings, serviceName: string): void {
  try {
    addon.configure(toNativeOptions(settings, serviceName));
  } catch (error) {
    const message = `expected to start the reporter thread, got ${describeError(error)}`;
    throw new GmrError('GMR_ADDON_UNAVAILABLE', message, { cause: error });
  }
}

function mainIdentity(): IsolateIdentity {
  return {
    isMainThread: true,
    threadId: 0,
    name: 'main',
    entry: process.argv[1] ?? '',
    resourceLimits: [],
    runsModuleHooks: false,
  };
}

function offerSections(addon: NativeAddon, settings: Settings): void {
  const sections = registeredSections();
  const offers = sections.map(({ title, timeoutMs = 0 }) => ({ title, timeoutMs }));
  // Without a function the object itself may have changed since, so it is read anew as well. The environment alone is
  // not worth waking the loop: it is read anew along with the rest.
  const run = guarded('the sections of a report', (requestId: number) => {
    const { runSections } = deferred('sections/runner') as typeof import('../sections/runner');
    runSections(addon, requestId, sections, settings);
  });
  addon.setSections(offers, settings.conf !== undefined, run);
}

/** What a report shows when the main loop does not turn any more. In the usual case, nothing is loaded for it. */
function configurationAtSetup(settings: Settings): ConfigurationSnapshot {
  if (settings.conf === undefined && settings.env === 'safe') {
    const environment = safeEnvironment(process.env);
    return { status: 'known', objects: {}, failures: {}, environment, takenAtMs: Date.now() };
  }
  const { snapshotConfiguration } = deferred(
    'sections/configuration',
  ) as typeof import('../sections/configuration');
  return snapshotConfiguration(settings);
}

/** As in native/reporter/output/kept_reports.h. */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** What `gmr` reads of this process without asking it. */
function toStatus(settings: Settings, service: string): OwnStatus {
  const { blockedEventLoop, fileEventHandler = null, logDir = null, format, keepReports } = settings;
  return {
    gmrVersion: OWN_VERSION,
    service,
    fileEventHandler,
    logDir,
    format,
    keepReports,
    blockedEventLoopMs: blockedEventLoop === false ? null : blockedEventLoop.thresholdMs,
    onFatalError: settings.onFatalError,
  };
}

function toNativeOptions(settings: Settings, serviceName: string): NativeOptions {
  const watchdog = settings.blockedEventLoop;
  const view: RawViewOptions = {
    frameOrder: settings.frameOrder,
    frames: settings.frames,
    mask: toMaskRules(settings.mask),
    formats: settings.format,
    maxBytes: settings.maxReportBytes,
    keepBytes: settings.keepReports === 0 ? 0 : Math.min(settings.maxReportBytes, MAX_KEPT_BYTES),
  };
  return {
    libFolder: join(PATHS.lib, sep),
    libFiles: IS_LOCATED ? [basename(PATHS.formatterBundle), ...DEFERRED_FILES] : [],
    maxFrames: settings.maxFrames,
    interruptTimeoutMs: settings.interruptTimeoutMs,
    sectionTimeoutMs: settings.sectionTimeoutMs,
    reportTimeoutMs: settings.reportTimeoutMs,
    greenThreads: settings.greenThreads,
    viewJson: JSON.stringify(view),
    serviceName,
    logDir: settings.logDir ?? '',
    maxReports: settings.maxReports,
    maxReportBytes: settings.maxReportBytes,
    keepReports: settings.keepReports,
    statusJson: JSON.stringify(toStatus(settings, serviceName)),
    development: process.env['NODE_ENV'] !== 'production',
    fileEventHandler: settings.fileEventHandler ?? '',
    fileEventHandlerIntervalMs: Math.round(settings.fileEventHandlerInterval * 1000),
    watchdogThresholdMs: watchdog === false ? 0 : watchdog.thresholdMs,
    watchdogIntervalMs: watchdog === false ? 0 : watchdog.intervalMs,
    watchdogReportsPerHour: watchdog === false ? 0 : watchdog.maxReportsPerHour,
    watchdogAllThreads: watchdog !== false && watchdog.threads === 'all',
  };
}

function toMaskRules(mask: MaskOptions | false): MaskRules {
  if (mask === false) return false;
  const { keys = [], allow = [], values = [] } = mask;
  const rules = values.map((value) =>
    typeof value === 'string' ? value : { source: value.source, flags: value.flags },
  );
  return { keys, allow, values: rules };
}
