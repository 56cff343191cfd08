import type { BlockEnd, NativeAddon, ReportWritten, ReporterEvent } from '../addon/contract';
import { describeError, warn } from '../errors';
import type { EventLoopBlock, WatchdogSettings } from '../trigger-options';
import type { RawPhotograph } from '../formatter/mask-photograph';
import type { Photograph } from '../report/model';
import { makeDisposable, type DisposableHandle } from '../sections/registry';

/** What an `onReport` listener gets. */
export interface ReportEvent {
  readonly reportId: string;
  /** Path of the report file, the first one of several formats; null when the report went to stderr. */
  readonly file: string | null;
  /** Paths of all files of this report. */
  readonly files: readonly string[];
  /** Why it did not, or not completely, go where it should; null when it did. */
  readonly error: string | null;
  /** All that the report knows; null when it is larger than 16 MiB. */
  readonly photograph: Photograph | null;
}

/** Called on the main event loop when it turns after a report was written. */
export type ReportListener = (event: ReportEvent) => void;

type DiagnosticsChannel = typeof import('node:diagnostics_channel');

const BLOCK_CHANNEL = 'gmr-native:event-loop-block';

let reporter: NativeAddon | undefined;
let watchdog: WatchdogSettings | false = false;
let listeners: readonly ReportListener[] = [];

/** The reporter is there, or has new options. */
export function linkEvents(addon: NativeAddon, settings: WatchdogSettings | false): void {
  reporter = addon;
  watchdog = settings;
  subscribe();
}

/** The reporter tells nothing more. Listeners stay, for a later setup. */
export function unlinkEvents(): void {
  watchdog = false;
  reporter?.setEventListener(null, false);
  reporter = undefined;
}

/** Adds a listener that was checked. */
export function addReportListener(listener: ReportListener): DisposableHandle {
  // Wrapped, so that the same function may be given twice and each handle takes back its own.
  const own: ReportListener = (event) => listener(event);
  listeners = [...listeners, own];
  subscribe();
  return makeDisposable(() => {
    listeners = listeners.filter((other) => other !== own);
    subscribe();
  });
}

function subscribe(): void {
  const wanted = listeners.length > 0 || watchdog !== false;
  reporter?.setEventListener(wanted ? receive : null, listeners.length > 0);
}

function receive(json: string): void {
  const event = JSON.parse(json) as ReporterEvent;
  if (event.kind === 'report') tellReport(event);
  else tellBlock(event);
}

function tellReport({ reportId, files, error, photograph: raw }: ReportWritten): void {
  const { maskPhotograph } =
    require('../formatter/mask-photograph') as typeof import('../formatter/mask-photograph');
  const photograph = raw === null ? null : maskPhotograph(raw as RawPhotograph);
  const event = { reportId, file: files[0] ?? null, files, error, photograph };
  for (const listener of listeners) guarded('onReport', () => listener(event));
}

function tellBlock({ threadId, threadName, blockedMs, beganAtMs, reported }: BlockEnd): void {
  const block: EventLoopBlock = { threadId, threadName, blockedMs, beganAtMs, reported };
  const { channel } = require('node:diagnostics_channel') as DiagnosticsChannel;
  channel(BLOCK_CHANNEL).publish(block);
  if (watchdog === false || watchdog.onBlockEnd === undefined) return;
  const { onBlockEnd } = watchdog;
  guarded('onBlockEnd', () => onBlockEnd(block));
}

/** A listener that throws must not end the service: the report was none of its doing. */
function guarded(name: string, call: () => unknown): void {
  const complain = (error: unknown): void =>
    warn(`gmr-native: a listener of ${name} failed: ${describeError(error)}`, 'GMR_LISTENER_FAILED');
  try {
    const result = call();
    if (result instanceof Promise) result.catch(complain);
  } catch (error) {
    complain(error);
  }
}
