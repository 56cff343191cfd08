import type { Explainer } from '../base/explainer';
import { CHILD_PROCESS } from './child-process';
import { EVENT_TARGET } from './event-target';
import { FILES } from './files';
import { CRYPTO, ZLIB } from './jobs';
import { PISCINA } from './piscina';
import { READLINE } from './readline';
import { STREAMS } from './streams';
import { WEB_STREAMS } from './web-streams';
import { WORKER_THREADS } from './worker-threads';

/** The explainers of this folder. */
export const NODE: readonly Explainer[] = [
  STREAMS,
  WEB_STREAMS,
  EVENT_TARGET,
  READLINE,
  CHILD_PROCESS,
  FILES,
  ZLIB,
  CRYPTO,
  WORKER_THREADS,
  PISCINA,
];
