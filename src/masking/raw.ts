/*
 * Text from outside that may still contain secrets. It has a type of its own, so that no view can print it: the
 * photograph arrives with `Raw` wherever the masked one has `string`, and only the gate converts one to the other. If a
 * field is added to the model but not masked, the code does not compile.
 */

declare const unmasked: unique symbol;

/** A string that has not passed the gate. At run time it is a plain string. */
export interface Raw {
  readonly [unmasked]: true;
}

/**
 * The type of the same data before masking: every `string` is {@link Raw}. Unions of literals (`'idle' | 'blocked'`)
 * are our own words and stay. The keys of an index signature stay as well, because no type can mark them; the gate
 * masks them explicitly.
 */
export type RawOf<Data> = Data extends string
  ? string extends Data
    ? Raw
    : Data
  : Data extends readonly (infer Item)[]
    ? readonly RawOf<Item>[]
    : Data extends object
      ? { readonly [Key in keyof Data]: RawOf<Data[Key]> }
      : Data;
