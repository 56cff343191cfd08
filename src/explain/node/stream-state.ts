import type { WaitHolder } from '../../report/waits';
import { classAt, numberAt, textAt } from '../base/chain';
import { counted } from '../base/words';

/** Paths of the values that describe a stream. */
export const STREAM_VALUES: readonly string[] = [
  ...stateValues('_readableState.'),
  ...stateValues('_writableState.'),
  '_writableState.corked',
  'path',
  'fd',
];

/** Paths of the values in one of its two states; `prefix` leads to that. */
export function stateValues(prefix: string): readonly string[] {
  return [`${prefix}length`, `${prefix}highWaterMark`, `${prefix}@kState`];
}

// lib/internal/streams/utils.js, readable.js and writable.js: the same in Node 20 to 26.
const OBJECT_MODE = 1 << 0;
const DESTROYED = 1 << 4;
const ERRORED = 1 << 7;
const READABLE_ENDED = 1 << 9;
const PAUSED = (1 << 25) | (1 << 26);
const WRITABLE_ENDING = 1 << 12;
const FINISHED = 1 << 13;

const SIDES = ['_readableState.', '_writableState.'] as const;

/** One of the two sides of a stream. */
export interface StreamSide {
  readonly length: number;
  readonly highWaterMark: number | null;
  readonly has: (flags: number) => boolean;
}

/** Null: it has no such side. */
export function sideOf(holder: WaitHolder, prefix: string): StreamSide | null {
  const length = numberAt(holder, `${prefix}length`);
  if (length === null) return null;
  const flags = numberAt(holder, `${prefix}@kState`) ?? 0;
  return {
    length,
    highWaterMark: numberAt(holder, `${prefix}highWaterMark`),
    // None of the flags is above bit 31.
    has: (wanted) => (flags & wanted) === wanted,
  };
}

/** Whether end() was called, so that no more will be written. */
export function isEnding(side: StreamSide): boolean {
  return side.has(WRITABLE_ENDING);
}

/** `7 bytes not read (high water mark 4), paused` */
export function readableText(side: StreamSide): string {
  const parts = [side.length === 0 ? 'nothing to read' : `${amount(side)} not read${limitOf(side)}`];
  if (side.has(PAUSED)) parts.push('paused');
  if (side.has(READABLE_ENDED)) parts.push('ended');
  return [...parts, ...endsOf(side)].join(', ');
}

/** `19 bytes not written (high water mark 8), end() called` */
export function writableText(side: StreamSide, isCorked: boolean): string {
  const parts = [side.length === 0 ? 'nothing to write' : `${amount(side)} not written${limitOf(side)}`];
  if (isCorked) parts.push('corked');
  if (side.has(FINISHED)) parts.push('finished');
  else if (side.has(WRITABLE_ENDING)) parts.push('end() called');
  return [...parts, ...endsOf(side)].join(', ');
}

function amount({ length, has }: StreamSide): string {
  return counted(length, has(OBJECT_MODE) ? 'object' : 'byte');
}

function limitOf({ highWaterMark }: StreamSide): string {
  return highWaterMark === null ? '' : ` (high water mark ${highWaterMark})`;
}

function endsOf({ has }: StreamSide): string[] {
  if (has(ERRORED)) return ['failed'];
  return has(DESTROYED) ? ['destroyed'] : [];
}

/** The state of both sides; null: it is not a stream. */
export function streamText(stream: WaitHolder): string | null {
  const readable = sideOf(stream, '_readableState.');
  const writable = sideOf(stream, '_writableState.');
  const texts: string[] = [];
  if (writable !== null) {
    texts.push(writableText(writable, (numberAt(stream, '_writableState.corked') ?? 0) > 0));
  }
  if (readable !== null) texts.push(readableText(readable));
  return texts.length === 0 ? null : texts.join(', ');
}

/** Whether it is a stream of `node:fs`. */
export function isFile(stream: WaitHolder): boolean {
  return /^(?:Read|Write)Stream$/.test(stream.knownAs ?? '') && textAt(stream, 'path') !== null;
}

/** `ReadStream of /srv/in.csv`, or only the name of the class. */
export function streamName(stream: WaitHolder): string {
  const name = stream.className ?? 'stream';
  const path = textAt(stream, 'path') ?? '';
  if (!isFile(stream)) return name;
  // Terminals have no path; a file has no descriptor before it is open, and none after it was closed.
  if (numberAt(stream, 'fd') !== null) return `${name} of ${path}`;
  const isOver = SIDES.some((side) => sideOf(stream, side)?.has(DESTROYED) === true);
  return `${name} of ${path} (${isOver ? 'closed' : 'not open yet'})`;
}

/** `stdin`, or the class of the stream at this path. */
export function inputName(holder: WaitHolder, path: string): string {
  if (numberAt(holder, `${path}.fd`) === 0) return 'stdin';
  const name = classAt(holder, path) ?? '';
  return name === '' ? 'stream' : name;
}

/** The same with its readable side; null: there is no stream. */
export function inputText(holder: WaitHolder, path: string): string | null {
  if (classAt(holder, path) === null) return null;
  const side = sideOf(holder, `${path}._readableState.`);
  const named = inputName(holder, path);
  return side === null ? named : `${named}: ${readableText(side)}`;
}
