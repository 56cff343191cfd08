import type { Explainer } from '../base/explainer';

/** The explainers of this folder. */
export const NETWORK: readonly Explainer[] = [];
