import type { Explainer } from '../base/explainer';

/** The explainers of this folder. */
export const NODE: readonly Explainer[] = [];
