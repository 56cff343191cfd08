/** Plain data, as `toSectionValue` makes it. */
export type MaskableValue =
  string | number | boolean | null | readonly MaskableValue[] | { readonly [key: string]: MaskableValue };

export type MaskableRecord = { readonly [key: string]: MaskableValue };
