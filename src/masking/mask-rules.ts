import type { MaskOptions } from '../options';

/** Option `mask` as JSON can say it. */
export type MaskRules =
  | false
  | {
      readonly keys: readonly string[];
      readonly allow: readonly string[];
      readonly values: readonly (string | { readonly source: string; readonly flags: string })[];
    };

/** The option again; an expression that this V8 does not take is left out, which no other rule must suffer for. */
export function toMaskOptions(rules: MaskRules): MaskOptions | false {
  if (rules === false) return false;
  const values = rules.values.flatMap((value): (string | RegExp)[] => {
    if (typeof value === 'string') return [value];
    try {
      return [new RegExp(value.source, value.flags)];
    } catch {
      return [];
    }
  });
  return { keys: rules.keys, allow: rules.allow, values };
}
