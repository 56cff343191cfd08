import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt } from '../base/chain';
import type { Explainer, Explanation, KnownClass } from '../base/explainer';
import { emitted, type Passed, passedEvent, passedOfStream } from '../base/passed';
import { eventOf, passes } from './listener';
import {
  isEnding,
  sideOf,
  STREAM_VALUES,
  stateValues,
  isFile,
  streamName,
  streamText,
  writableText,
} from './stream-state';

const PIPELINE = 'node:internal/streams/pipeline';
const FINISHED = 'node:internal/streams/end-of-stream';
const READABLE = 'node:internal/streams/readable';

/** A stream with a listener that leads to the promise. */
export function explainStream(stream: WaitHolder, chain: Chain): Explanation | null {
  const state = streamText(stream);
  const event = eventOf(stream, chain);
  if (state === null || event === null) return null;
  const name = streamName(stream);
  if (passes(chain, PIPELINE)) return { text: `pipeline with ${name}: ${state}` };
  // An iterator also listens for the end.
  if (passes(chain, READABLE)) return { text: `data of ${name}: ${state}` };
  if (passes(chain, FINISHED)) return { text: `end of ${name}: ${state}${notEnded(stream)}` };
  const passed = passedOf(stream, event, chain);
  return {
    text: passed === null ? `event "${event}" of ${name}: ${state}` : passedEvent(event, name, passed),
  };
}

function passedOf(stream: WaitHolder, event: string, chain: Chain): Passed | null {
  const isOfFile = event === 'open' || event === 'ready';
  if (isOfFile && isFile(stream) && numberAt(stream, 'fd') !== null) return emitted('is open');
  return passedOfStream(stream, event, chain);
}

/** `finished()` waits for end() too. */
function notEnded(stream: WaitHolder): string {
  const writable = sideOf(stream, '_writableState.');
  return writable === null || isEnding(writable) ? '' : ', end() not called';
}

/** The state of a stream, which keeps the callbacks of write() and end(). */
function explainWrite(state: WaitHolder, chain: Chain): Explanation | null {
  const stream = chain.holders[chain.at + 1];
  const side = sideOf(state, '');
  if (side === null || stream?.member !== '_writableState') return null;
  const call = callOf(state.member);
  if (call === null) return null;
  const text = writableText(side, (numberAt(state, 'corked') ?? 0) > 0);
  return { text: `${call} of ${streamName(stream)}: ${text}` };
}

function callOf(member: string | null): string | null {
  switch (member) {
    case '[kWriteCbValue]':
    case '[kBufferedValue]':
    case '[kAfterWriteTickInfoValue]':
      return 'write()';
    case '[kOnFinishedValue]':
      return 'end()';
    default:
      return null;
  }
}

const STREAM: KnownClass = { read: STREAM_VALUES, explain: explainStream };

export const STREAMS: Explainer = {
  library: 'node:stream',
  classes: {
    Readable: STREAM,
    Writable: STREAM,
    Duplex: STREAM,
    // Classes of files and terminals.
    ReadStream: STREAM,
    WriteStream: STREAM,
    WritableState: { read: [...stateValues(''), 'corked'], explain: explainWrite },
  },
};
