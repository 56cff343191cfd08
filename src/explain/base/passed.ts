import type { WaitHolder } from '../../report/waits';
import { type Chain, numberAt } from './chain';

/** Why an event does not come any more: `which is closed already: it will not come again`. */
export type Passed = string;

/** It was emitted. `state`: what it announced. */
export function emitted(state: string): Passed {
  return `which ${state} already: it will not come again`;
}

/** It cannot be emitted any more, and perhaps never was. */
export function missed(state: string): Passed {
  return `which ${state}: it will not come`;
}

/** `event "close" of readline Interface, which is closed already: it will not come again` */
export function passedEvent(event: string, emitter: string, passed: Passed): string {
  return `event "${event}" of ${emitter}, ${passed}`;
}

/** Paths of the values that tell which events of a stream have passed. */
export const PASSED_OF_STREAM: readonly string[] = ['_readableState.@kState', '_writableState.@kState'];

// lib/internal/streams/utils.js, readable.js and writable.js: the same in Node 20 to 26.
const EMIT_CLOSE = 1 << 3;
const CLOSE_EMITTED = 1 << 6;
const END_EMITTED = 1 << 10;
const FINISHED = 1 << 13;

/** Functions of these files listen to several events: that one of them has passed says nothing about the wait. */
const OF_SEVERAL = /^node:internal\/streams\/(?:end-of-stream|pipeline|readable|duplexify|compose)$/;

/** Why this event of a stream does not come any more; null: it may still come. */
export function passedOfStream(stream: WaitHolder, event: string | null, chain: Chain): Passed | null {
  const { holders, at } = chain;
  if (holders.slice(0, at).some(({ kind, file }) => kind === 'callback' && OF_SEVERAL.test(file ?? ''))) {
    return null;
  }
  const has = (side: string, flags: number): boolean =>
    ((numberAt(stream, `_${side}State.@kState`) ?? 0) & flags) === flags;
  switch (event) {
    case 'close':
      // Others emit it themselves, sockets for example, at some time after this flag is set.
      return has('readable', CLOSE_EMITTED | EMIT_CLOSE) || has('writable', CLOSE_EMITTED | EMIT_CLOSE)
        ? emitted('is closed')
        : null;
    case 'end':
      if (has('readable', END_EMITTED)) return emitted('has ended');
      return has('readable', CLOSE_EMITTED) ? missed('was closed before its end') : null;
    case 'data':
    case 'readable':
      if (has('readable', END_EMITTED)) return missed('has ended');
      return has('readable', CLOSE_EMITTED) ? missed('is closed') : null;
    case 'finish':
      if (has('writable', FINISHED)) return emitted('has finished');
      return has('writable', CLOSE_EMITTED) ? missed('was closed before it had finished') : null;
    case 'drain':
      return has('writable', CLOSE_EMITTED) ? missed('is closed') : null;
    default:
      return null;
  }
}
