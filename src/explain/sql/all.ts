import type { Explainer } from '../base/explainer';
import { PG_POOL } from './pg-pool';

/** The explainers of this folder. */
export const SQL: readonly Explainer[] = [PG_POOL];
