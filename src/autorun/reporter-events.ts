import type { BlockEnd, NativeAddon, ReportWritten } from '../addon/contract';
import { builtin } from '../deferred';
import { describeError, warn } from '../errors';
import { leavePositions } from '../formatter/leave-positions';
import { makePhotograph } from '../formatter/format';
import type { RawPhotograph } from '../formatter/mask-photograph';
import type { UnresolvedPhotograph } from '../formatter/unresolved';
import { guarded, isThenable, whenSettled } from '../guard';
import { Masker } from '../masking/mask';
import type { MaskOptions } from '../options';
import { clip, escapeInline } from '../escape';
import type { Photograph, Trigger } from '../report/model';
import { summarize } from '../report/summary/index';
import { makeDisposable, type DisposableHandle } from '../sections/registry';
import type { EventLoopBlock, WatchdogSettings } from '../trigger-options';
import { NODE_HOST } from './node-host';
import { reportChannel, unwatchSubscribers, watchSubscribers } from './report-channel';

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

/** What subscribers of the channel `gmr-native:report` get. */
export interface ReportMessage {
  readonly reportId: string;
  /** The kind of its trigger; this and what follows is null, or empty, when the report is larger than 16 MiB. */
  readonly trigger: Trigger['kind'] | null;
  /** The sentences of its summary. */
  readonly summary: readonly string[];
  /** Unix time in ms. */
  readonly requestedAtMs: number | null;
  /** From the request until all data was there. */
  readonly durationMs: number | null;
  /** Paths of its files; empty when it went to stderr. */
  readonly files: readonly string[];
  /** Why it did not, or not completely, go where it should; null when it did. */
  readonly error: string | null;
}

/** Called on the main event loop when it turns after a report was written. */
export type ReportListener = (event: ReportEvent) => void;

/** What counts events. It gets a report without its photograph, and the JSON of that. */
export interface EventCounter {
  readonly report: (event: Omit<ReportWritten, 'photograph'>, photographJson: string) => void;
  readonly blockEnd: (event: BlockEnd) => void;
}

type DiagnosticsChannel = typeof import('node:diagnostics_channel');

const BLOCK_CHANNEL = 'gmr-native:event-loop-block';
const MAX_SENTENCE_LENGTH = 1000;
/** Where the last key of an event begins. Inside strings, quotation marks are escaped. */
const PHOTOGRAPH = ',"photograph":';

let reporter: NativeAddon | undefined;
let watchdog: WatchdogSettings | false = false;
let maskOptions: MaskOptions | false = {};
let listeners: readonly ReportListener[] = [];
let counter: EventCounter | undefined;

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
  unwatchSubscribers();
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

/** From now on, events are counted. */
export function countEvents(by: EventCounter): void {
  counter = by;
  subscribe();
}

function wantsPhotographs(): boolean {
  return listeners.length > 0 || reportChannel().hasSubscribers;
}

function subscribe(): void {
  if (reporter === undefined) return;
  if (!reportChannel().hasSubscribers) watchSubscribers(subscribe);
  const wantsReports = counter !== undefined || wantsPhotographs();
  const wanted = wantsReports || watchdog !== false;
  reporter.setEventListener(wanted ? guarded('an event of the reporter', receive) : null, wantsReports);
}

function receive(json: string): void {
  const end = json.indexOf(PHOTOGRAPH);
  const event = JSON.parse(end === -1 ? json : `${json.slice(0, end)}}`) as
    Omit<ReportWritten, 'photograph'> | BlockEnd;
  if (event.kind === 'block-end') {
    counter?.blockEnd(event);
    return tellBlock(event);
  }
  const photographJson = json.slice(end + PHOTOGRAPH.length, -1);
  counter?.report(event, photographJson);
  if (wantsPhotographs()) tellReport(event, photographJson);
  // The last subscriber has gone.
  else subscribe();
}

function tellReport(
  { reportId, files, error }: Omit<ReportWritten, 'photograph'>,
  photographJson: string,
): void {
  const raw = JSON.parse(photographJson) as UnresolvedPhotograph | RawPhotograph | null;
  const photograph = raw === null ? null : makePhotograph(leavePositions(raw), NODE_HOST);
  const event = { reportId, file: files[0] ?? null, files, error, photograph };
  for (const listener of listeners) callListener('onReport', () => listener(event));
  const channel = reportChannel();
  if (channel.hasSubscribers) channel.publish(messageOf(event));
}

function messageOf({ reportId, files, error, photograph }: ReportEvent): ReportMessage {
  return {
    reportId,
    trigger: photograph?.trigger.kind ?? null,
    summary: photograph === null ? [] : sentencesOf(photograph),
    requestedAtMs: photograph?.requestedAtMs ?? null,
    durationMs: photograph?.completeAfterMs ?? null,
    files,
    error,
  };
}

function sentencesOf(photograph: Photograph): readonly string[] {
  return summarize(photograph).map((sentence) => escapeInline(clip(sentence, MAX_SENTENCE_LENGTH)));
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
