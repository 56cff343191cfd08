import type { WaitHolder } from '../../report/waits';
import type { Chain } from '../base/chain';
import { textAt } from '../base/chain';
import { urlWithoutValues } from '../base/words';

/** Whether the class is one of Node's own; the program and its packages may have classes of the same names. */
export function isOfNode({ file }: WaitHolder): boolean {
  return file?.startsWith('node:') ?? false;
}

/** The event of an emitter whose listener is waited for; null: it is held in another way. */
export function awaitedEvent(emitter: WaitHolder, chain: Chain): string | null {
  return emitter.member === '_events' ? (chain.holders[chain.at - 1]?.member ?? null) : null;
}

/** `3 bytes`, `1 byte`. */
export function bytes(count: number): string {
  return `${count} byte${count === 1 ? '' : 's'}`;
}

/** The URL of a request from its parts, without values of the query. */
export function requestUrl(origin: string, path: string): string {
  // A proxy is sent a whole URL.
  return urlWithoutValues(/^[a-z]+:\/\//i.test(path) ? path : origin + path);
}

/** `127.0.0.1:8080` of what Node calls a server's connection key: `4:127.0.0.1:8080`. Null: it does not listen. */
export function addressOfServer(server: WaitHolder, path: string): string | null {
  const found = /^(-?\d+):(.*):(-?\d+)$/.exec(textAt(server, path) ?? '');
  if (found === null) return null;
  const [, family, address = '', port = ''] = found;
  // The system chooses the port for 0; a path of the file system has none.
  const behind = Number(port) > 0 ? `:${port}` : '';
  return family === '6' ? `[${address}]${behind}` : address + behind;
}
