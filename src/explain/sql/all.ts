import type { Explainer } from '../base/explainer';
import { GENERIC_POOL } from './generic-pool';
import { KNEX } from './knex';
import { MYSQL2 } from './mysql2';
import { PG_CLIENT } from './pg-client';
import { PG_CURSOR } from './pg-cursor';
import { PG_POOL } from './pg-pool';
import { SEQUELIZE_POOL } from './sequelize-pool';
import { TARN } from './tarn';

/** The explainers of this folder. */
export const SQL: readonly Explainer[] = [
  PG_POOL,
  PG_CLIENT,
  PG_CURSOR,
  MYSQL2,
  KNEX,
  SEQUELIZE_POOL,
  TARN,
  GENERIC_POOL,
];
