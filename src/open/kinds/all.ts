import type { OpenRow } from '../base/open-row';
import { CHILD_PROCESSES } from './child-processes';
import { FASTIFY_REQUESTS } from './fastify';
import { HTTP2_STREAMS } from './http2';
import { LOG_OUTPUTS } from './log-outputs';
import { OPERATION_ROWS } from './operations';
import { OUTGOING_REQUESTS } from './outgoing-requests';
import { PIPES } from './pipes';
import { SERVER_REQUESTS } from './server-requests';
import { SERVERS } from './servers';
import { SOCKETS } from './sockets';
import { TIMERS } from './timers';
import { UDP_SOCKETS } from './udp';
import { WATCHERS } from './watchers';
import { WORKERS } from './workers';

/** In this order: of several rows for one class, the first that fits counts, so standard streams precede sockets. */
export const OPEN_ROWS: readonly OpenRow[] = [
  ...SERVER_REQUESTS,
  ...FASTIFY_REQUESTS,
  ...HTTP2_STREAMS,
  ...OUTGOING_REQUESTS,
  ...SERVERS,
  ...PIPES,
  ...SOCKETS,
  ...UDP_SOCKETS,
  ...CHILD_PROCESSES,
  ...WORKERS,
  ...TIMERS,
  ...OPERATION_ROWS,
  ...WATCHERS,
  ...LOG_OUTPUTS,
];
