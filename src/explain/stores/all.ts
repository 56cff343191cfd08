import type { Explainer } from '../base/explainer';
import { BULLMQ } from './bullmq';
import { IOREDIS } from './ioredis';
import { MONGODB } from './mongodb';
import { MONGOOSE } from './mongoose';
import { REDIS } from './redis';

/** The explainers of this folder. */
export const STORES: readonly Explainer[] = [IOREDIS, REDIS, BULLMQ, MONGODB, MONGOOSE];
