import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** Servers that tests use, and where they listen. */
const PORTS = { postgresql: 5432, mariadb: 3306, redis: 6379, rabbitmq: 5672, nats: 4222 } as const;

export type Server = keyof typeof PORTS;

/** Clients for these tests, which have a lockfile of their own. */
const CLIENTS = join(REPOSITORY_ROOT, 'tools/services/node_modules');
const CONNECT_MS = 2000;

/**
 * Options of a test that needs these servers on this machine, and the packages of tools/services. Without them, it is
 * skipped; with `GMR_SERVICES=required`, as in CI, it fails.
 */
export async function needsServers(
  ...servers: readonly Server[]
): Promise<{ readonly skip: string | false }> {
  const missing = existsSync(CLIENTS)
    ? []
    : ['the packages of tools/services (`npm ci --prefix tools/services`)'];
  for (const server of servers) {
    if (!(await listens(PORTS[server]))) missing.push(`${server} at 127.0.0.1:${PORTS[server]}`);
  }
  if (missing.length === 0) return { skip: false };
  const reason = `needs ${missing.join(', ')}`;
  if (process.env['GMR_SERVICES'] === 'required') throw new Error(reason);
  return { skip: reason };
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_MS });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}
