import { cutMasked } from '../mark';
import type { Masker } from './mask';

/** Variables of the environment; null where the value is not shown. */
export interface Variables {
  readonly variables: { readonly [name: string]: string | null };
}

/** Characters that are shown of one value. More are looked at, so that a secret that is cut is known by its form. */
export const MAX_SHOWN_LENGTH: number = 4096;

/** The values of a list of names that are no secrets; what they hold may be one all the same. */
export function maskEnvironment<Environment extends Variables>(
  environment: Environment,
  masker: Masker,
): Environment {
  const variables: Record<string, string | null> = {};
  for (const [name, value] of Object.entries(environment.variables)) {
    variables[name] = value === null ? null : cutMasked(maskVariable(name, value, masker), MAX_SHOWN_LENGTH);
  }
  return { ...environment, variables };
}

function maskVariable(name: string, value: string, masker: Masker): string {
  return masker.allows(name) ? value : masker.text(value);
}
