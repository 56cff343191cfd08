import type { WaitHolder } from '../../report/waits';
import { numberAt, textAt } from './chain';

/** `127.0.0.1:5432`, `[::1]:5432`, or the path of a socket; null: no host is known. */
export function addressAt(holder: WaitHolder, hostPath: string, portPath: string): string | null {
  const host = textAt(holder, hostPath);
  if (host === null || host === '') return null;
  const port = numberAt(holder, portPath);
  if (port === null || host.startsWith('/')) return host;
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
