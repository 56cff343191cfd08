import type { Explainer } from '../base/explainer';
import { ASYNC } from './async';
import { ASYNC_LOCK } from './async-lock';
import { ASYNC_MUTEX } from './async-mutex';
import { BOTTLENECK } from './bottleneck';
import { P_LIMIT } from './p-limit';
import { P_QUEUE } from './p-queue';
import { RXJS } from './rxjs';

/** The explainers of this folder. */
export const LIMITS: readonly Explainer[] = [
  P_LIMIT,
  P_QUEUE,
  ASYNC_MUTEX,
  ASYNC_LOCK,
  ASYNC,
  BOTTLENECK,
  RXJS,
];
