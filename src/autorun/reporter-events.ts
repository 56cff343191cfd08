import type { BlockEnd, NativeAddon, ReportWritten, ReporterEvent } from '../addon/contract';
import { builtin } from '../deferred';
import { describeError, warn } from '../errors';
import { leavePositions } from '../formatter/leave-positions';
import { maskPhotograph, type RawPhotograph } from '../formatter/mask-photograph';
import type { UnresolvedPhotograph } from '../formatter/unresolved';
import { guarded, isThenable, whenSettled } from '../guard';
import { Masker } from '../masking/mask';
import type { MaskOptions } from '../options';
import type { Photograph } from '../report/model';
import { makeDisposable, type DisposableHandle } from '../sections/registry';
import type { EventLoopBlock, WatchdogSettings } from '../trigger-options';

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
let maskOptions: MaskOptions | false = {};
let listeners: readonly ReportListener[] = [];

/** The reporter is there, or has new options. */
export function linkEvents(
  addon: NativeAddon,
  settings: WatchdogSettings | false,
  mask: MaskOptions | false = {},
): void {
  maskOptions = mask;
  reporter = addon;
  watchdog = settings;
  subscribe();
}

/** The reporter announces nothing more. Listeners stay, for a later setup. */
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
  reporter?.setEventListener(
    wanted ? guarded('an event of the reporter', receive) : null,
    listeners.length > 0,
  );
}

function receive(json: string): void {
  const event = JSON.parse(json) as ReporterEvent;
  if (event.kind === 'report') tellReport(event);
  else tellBlock(event);
}

function tellReport({ reportId, files, error, photograph: raw }: ReportWritten): void {
  const photograph =
    raw === null ? null : maskPhotograph(leavePositions(raw as UnresolvedPhotograph | RawPhotograph));
  const event = { reportId, file: files[0] ?? null, files, error, photograph };
  for (const listener of listeners) callListener('onReport', () => listener(event));
}

function tellBlock({ threadId, threadName, blockedMs, beganAtMs, reported }: BlockEnd): void {
  const block: EventLoopBlock = { threadId, threadName, blockedMs, beganAtMs, reported };
  const { channel } = builtin('node:diagnostics_channel') as DiagnosticsChannel;
  channel(BLOCK_CHANNEL).publish(block);
  if (watchdog === false || watchdog.onBlockEnd === undefined) return;
  const { onBlockEnd } = watchdog;
  callListener('onBlockEnd', () => onBlockEnd(block));
}

/** A warning goes to the log, as a report may, and a listener's error may quote a secret, so it is masked. */
function clean(text: string): string {
  return new Masker(maskOptions).text(text);
}

/** A listener that throws must not end the service: the report was none of its doing. */
function callListener(name: string, call: () => unknown): void {
  const complain = (error: unknown): void =>
    warn(`gmr-native: a listener of ${name} failed: ${describeError(error, clean)}`, 'GMR_LISTENER_FAILED');
  try {
    const result = call();
    if (isThenable(result)) whenSettled(result, `a listener of ${name}`, () => undefined, complain);
  } catch (error) {
    complain(error);
  }
}
