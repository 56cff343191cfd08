import type { WaitHolder } from '../../report/waits';
import type { Chain } from '../base/chain';
import { numberAt, textAt } from '../base/chain';
import { urlWithoutValues } from '../base/words';

/** Whether the class is one of Node's own; the program and its packages may have classes of the same names. */
export function isOfNode({ file }: WaitHolder): boolean {
  return file?.startsWith('node:') ?? false;
}

/** The event of an emitter whose listener is waited for; null: it is held in another way. */
export function awaitedEvent(emitter: WaitHolder, chain: Chain): string | null {
  return emitter.member === '_events' ? (chain.holders[chain.at - 1]?.member ?? null) : null;
}

/** Any of these makes finished() and pipeline() go on, so which one was found first says nothing. */
const LAST_EVENTS = new Set(['close', 'end', 'error', 'finish', 'aborted']);

/** What follows `waiting for`. */
export function wordsOfEvent(event: string): string {
  return LAST_EVENTS.has(event) ? 'its end' : `"${event}"`;
}

/** Flags of a readable stream, the same in Node 20 to 26. */
export const STREAM_FLAGS = '_readableState.@kState';
const DESTROYED = 1 << 4;
const ENDED = 1 << 9;

function hasFlag(stream: WaitHolder, flag: number): boolean {
  return ((numberAt(stream, STREAM_FLAGS) ?? 0) & flag) !== 0;
}

/** Whether only its last events are still to come. */
export function isDestroyed(stream: WaitHolder): boolean {
  return hasFlag(stream, DESTROYED);
}

/** Whether all data has come in. */
export function hasEnded(stream: WaitHolder): boolean {
  return hasFlag(stream, ENDED);
}

/** `3 bytes`, `1 byte`. */
export function bytes(count: number): string {
  return `${count} byte${count === 1 ? '' : 's'}`;
}

/** The URL of a request from its parts, without values of the query. */
export function requestUrl(origin: string, path: string): string {
  // The path of a request to a proxy is a whole URL.
  return urlWithoutValues(/^[a-z]+:\/\//i.test(path) ? path : origin + path);
}

/** `127.0.0.1:8080` from what Node calls a server's connection key, `4:127.0.0.1:8080`. Null: it does not listen. */
export function addressOfServer(server: WaitHolder, path: string): string | null {
  const found = /^(-?\d+):(.*):(-?\d+)$/.exec(textAt(server, path) ?? '');
  if (found === null) return null;
  const [, family, address = '', port = ''] = found;
  // With port 0, the system chooses the port; a path in the file system has none.
  const behind = Number(port) > 0 ? `:${port}` : '';
  return family === '6' ? `[${address}]${behind}` : address + behind;
}
