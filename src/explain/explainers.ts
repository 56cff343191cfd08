import type { Explainer } from './base/explainer';
import { LIMITS } from './limits/all';
import { MESSAGING } from './messaging/all';
import { HTTP_CLIENTS } from './network/http-clients';
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
  // Its classes are streams too, and say more as requests.
  HTTP_CLIENTS,
  ...NODE,
  ...NETWORK,
];
