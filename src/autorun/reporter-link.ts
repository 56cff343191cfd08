import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IsolateIdentity, NativeAddon, NativeOptions } from '../addon/contract';
import { GmrError, describeError } from '../errors';
import type { ConfigurationOption, Settings } from '../options';
import { LIB_FOLDER } from '../paths';
import type { ConfigurationSnapshot, Unavailable, ViewOptions } from '../report/model';
import { collectProcessFacts } from '../sections/process-facts';
import { onSectionsChanged, registeredSections } from '../sections/registry';

let linked = false;

/** True when the reporter knows this process and may be asked for reports. */
export function isReporterLinked(): boolean {
  return linked;
}

/** Starts the reporter, or gives it new options: who this process is, its configuration, and its sections. Main only. */
export function linkReporter(addon: NativeAddon, settings: Settings): void {
  addon.registerIsolate(mainIdentity());
  addon.setFacts(JSON.stringify(collectProcessFacts(settings.version, settings.serviceName)));
  addon.setConfiguration(JSON.stringify(configurationAtSetup(settings.conf)));
  startReporter(addon, settings);
  const update = (): void => offerSections(addon, settings.conf);
  onSectionsChanged(update);
  update();
  linked = true;
}

/** The reporter forgets the sections and the configuration, and with them the service's objects. */
export function unlinkReporter(addon: NativeAddon): void {
  linked = false;
  onSectionsChanged(() => undefined);
  addon.setSections([], false, () => undefined);
  const gone: Unavailable = { status: 'unavailable', reason: 'setupAutorun was disposed of' };
  addon.setConfiguration(JSON.stringify(gone));
}

function startReporter(addon: NativeAddon, settings: Settings): void {
  try {
    addon.configure(toNativeOptions(settings));
  } catch (error) {
    const message = `expected to start the reporter thread, got ${describeError(error)}`;
    throw new GmrError('GMR_ADDON_UNAVAILABLE', message, { cause: error });
  }
}

function mainIdentity(): IsolateIdentity {
  return { isMainThread: true, threadId: 0, name: 'main', entry: process.argv[1] ?? '', resourceLimits: [] };
}

function offerSections(addon: NativeAddon, conf: ConfigurationOption | undefined): void {
  const sections = registeredSections();
  const titles = sections.map((section) => section.title);
  // Without a function the object itself may have changed since, so it is read anew as well.
  addon.setSections(titles, conf !== undefined, (requestId) => {
    const { runSections } = require('../sections/runner') as typeof import('../sections/runner');
    runSections(addon, requestId, sections, conf);
  });
}

/** What a report shows when the main loop does not turn any more. Without `conf`, nothing needs to be loaded for it. */
function configurationAtSetup(conf: ConfigurationOption | undefined): ConfigurationSnapshot | Unavailable {
  if (conf === undefined) return { status: 'known', objects: {}, takenAtMs: Date.now() };
  const { snapshotConfiguration } =
    require('../sections/configuration') as typeof import('../sections/configuration');
  return snapshotConfiguration(conf);
}

function toNativeOptions(settings: Settings): NativeOptions {
  const view: ViewOptions = { frameOrder: settings.frameOrder };
  return {
    formatterSource: formatterSource(),
    maxFrames: settings.maxFrames,
    interruptTimeoutMs: settings.interruptTimeoutMs,
    sectionTimeoutMs: settings.sectionTimeoutMs,
    reportTimeoutMs: settings.reportTimeoutMs,
    greenThreads: settings.greenThreads,
    viewJson: JSON.stringify(view),
  };
}

/** Empty when it cannot be read: the reporter then writes its plain report. */
function formatterSource(): string {
  try {
    return readFileSync(join(LIB_FOLDER, 'formatter.bundle.js'), 'utf8');
  } catch {
    return '';
  }
}
