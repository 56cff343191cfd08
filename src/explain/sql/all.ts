import type { Explainer } from '../base/explainer';
import { PG_CLIENT } from './pg-client';
import { PG_POOL } from './pg-pool';
import { MYSQL2 } from './mysql2';

/** The explainers of this folder. */
export const SQL: readonly Explainer[] = [PG_POOL, PG_CLIENT, MYSQL2];
