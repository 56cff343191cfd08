import { clip, escapeJson } from '../escape';
import { areKnown } from '../report/facts';
import { LOG_LINE_BYTES, LOG_MARKER, type LogHead, type LogLevel } from './log-lines';
import type { IsolateThread, Photograph } from '../report/model';
import { deadlockedResources, isDeadlocked } from '../report/resources';
import { isoTime } from '../report/duration';
import { describeFullHeap } from '../report/summary/heap';
import { summarize } from '../report/summary/index';
import { renderJson } from './json';

import { byteLength, endOfPiece } from './utf8';

const MAX_SENTENCE_LENGTH = 500;
/** Bytes of a name, and of the first sentence where it is the message. */
const NAME_BYTES = 250;
const MESSAGE_BYTES = 700;
const MAX_TRACES = 16;
/** Bytes of the first line for what only it has. */
const HEAD_BYTES = 3000;
/** More parts than any report has; numbers of parts have at most so many digits. */
const WIDEST_NUMBER = 9_999_999;

/**
 * The report as lines of JSON for a log: each carries a piece of the JSON document, and the first one also the summary.
 * `gmr view` puts them together again. What is too long loses parts, as a JSON report does.
 */
export function renderLog(photograph: Photograph, maxBytes: number): string {
  const lines = toLines(photograph, renderJson(photograph, maxBytes));
  const bytes = byteLength(lines);
  if (bytes <= maxBytes) return lines;
  // Quotation marks and the frame of each line need room as well.
  return toLines(photograph, renderJson(photograph, Math.floor((maxBytes * maxBytes) / bytes)));
}

function toLines(photograph: Photograph, document: string): string {
  const who = {
    reportId: bounded(photograph.reportId, NAME_BYTES),
    host: areKnown(photograph.facts) ? bounded(photograph.facts.host, NAME_BYTES) : null,
  };
  const frame = (part: number, of: number): string =>
    `{"gmr":"${LOG_MARKER}","reportId":${json(who.reportId)},"part":${part},"of":${of},"host":${json(who.host)},`;
  const more = json(headOf(photograph)).slice(1, -1);
  const frameBytes = byteLength(`${frame(WIDEST_NUMBER, WIDEST_NUMBER)}"data":""}\n`);
  const pieces: string[] = [];
  for (let begin = 0; begin < document.length;) {
    const headBytes = begin === 0 ? byteLength(more) + 1 : 0;
    const end = endOfPiece(document, begin, LOG_LINE_BYTES - frameBytes - headBytes);
    pieces.push(document.slice(begin, end));
    begin = end;
  }
  const lines = pieces.map((piece, index) => {
    const head = index === 0 ? `${more},` : '';
    const line = `${frame(index + 1, pieces.length)}${head}"data":${json(piece)}}`;
    return index + 1 === pieces.length ? line : filled(line);
  });
  return `${lines.join('\n')}\n`;
}

/** A line of full length with its end: blanks between two JSON documents have no meaning. */
function filled(line: string): string {
  return line + ' '.repeat(Math.max(0, LOG_LINE_BYTES - 1 - byteLength(line)));
}

function json(value: unknown): string {
  return escapeJson(JSON.stringify(value));
}

/** As much of a text as has that many bytes in JSON. */
function bounded(text: string, bytes: number): string {
  let shown = text;
  for (let length = bytes; byteLength(json(shown)) > bytes; length = Math.floor(length / 2)) {
    shown = clip(text, length);
  }
  return shown;
}

function headOf(photograph: Photograph): LogHead {
  const { facts, trigger, pid, requestedAtMs } = photograph;
  const sentences = guardedSummary(photograph);
  const head: LogHead = {
    level: levelOf(photograph),
    time: isoTime(requestedAtMs),
    service: areKnown(facts) ? bounded(facts.serviceName, NAME_BYTES) : null,
    pid,
    trigger: trigger.kind,
    message: bounded(sentences[0] ?? '', MESSAGE_BYTES),
    summary: [],
    traceIds: tracesOf(photograph.isolates),
  };
  return { ...head, summary: fitting(sentences, HEAD_BYTES - byteLength(json(head))) };
}

/** A summary that cannot be made must not cost the report. */
function guardedSummary(photograph: Photograph): readonly string[] {
  try {
    return summarize(photograph).map((sentence) => clip(sentence, MAX_SENTENCE_LENGTH));
  } catch {
    return [];
  }
}

/** As many sentences as fit, and how many do not. */
function fitting(sentences: readonly string[], room: number): readonly string[] {
  const shown: string[] = [];
  let left = room - 60;
  for (const sentence of sentences) {
    left -= byteLength(json(sentence)) + 1;
    if (left < 0) return [...shown, `${sentences.length - shown.length} more: see the report.`];
    shown.push(sentence);
  }
  return shown;
}

/** `error`: it needs somebody now; `warn`: it may soon; `info`: somebody wanted to look. */
function levelOf({ trigger, isolates }: Photograph): LogLevel {
  if (trigger.kind === 'fatal' || trigger.kind === 'watchdog') return 'error';
  if (isolates.some((each) => each.state === 'blocked' || hasDeadlock(each))) return 'error';
  const isWorrying = isolates.some(
    (each) => each.state === 'not-answering' || describeFullHeap(each) !== null,
  );
  return isWorrying ? 'warn' : 'info';
}

function hasDeadlock({ greenThreads }: IsolateThread): boolean {
  if (greenThreads.status === 'unavailable') return false;
  const { groups } = greenThreads;
  const dead = deadlockedResources(groups);
  return groups.some((group) => group.deadlock || isDeadlocked(group, dead));
}

function tracesOf(isolates: readonly IsolateThread[]): readonly string[] {
  const ids = isolates.flatMap(({ request }) => (request === null ? [] : [clip(request.traceId, 32)]));
  return [...new Set(ids)].slice(0, MAX_TRACES);
}
