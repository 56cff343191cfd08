import type { Explainer } from './base/explainer';
import { LIMITS } from './limits/all';
import { MESSAGING } from './messaging/all';
import { NETWORK } from './network/all';
import { NODE } from './node/all';
import { SQL } from './sql/all';
import { STORES } from './stores/all';

/** All explainers. Each has a file of its own, listed in `all.ts` of its folder. */
export const EXPLAINERS: readonly Explainer[] = [
  ...SQL,
  ...STORES,
  ...MESSAGING,
  ...LIMITS,
  ...NODE,
  ...NETWORK,
];
