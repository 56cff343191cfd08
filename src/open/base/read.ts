import type { NumberRange } from '../../report/open';
import type { CensusGroup } from './census';
import type { RoledFunction } from './open-row';

/*
 * Values of a group by path. Every function returns null, or false, for what is not there or has another type.
 */

export function textOf({ values }: CensusGroup, path: string): string | null {
  const value = values[path];
  return value?.kind === 'string' && value.text !== '' ? value.text : null;
}

export function numberOf({ values }: CensusGroup, path: string): number | null {
  const value = values[path];
  const number = value?.kind === 'number' && value.text !== '' ? Number(value.text) : Number.NaN;
  return Number.isFinite(number) ? number : null;
}

export function isTrue({ values }: CensusGroup, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'true';
}

export function isFalse({ values }: CensusGroup, path: string): boolean {
  const value = values[path];
  return value?.kind === 'boolean' && value.text === 'false';
}

/** The class of the object at a path, empty for a plain one. */
export function classOf({ values }: CensusGroup, path: string): string | null {
  const value = values[path];
  return value?.kind === 'object' ? value.text : null;
}

/** Whether there is a value at the path other than null. */
export function has({ values }: CensusGroup, path: string): boolean {
  const value = values[path];
  return value !== undefined && value.kind !== 'null';
}

export function rangeOf({ numbers }: CensusGroup, ...paths: readonly string[]): NumberRange | null {
  for (const path of paths) {
    const range = numbers[path];
    if (range !== undefined && range.max >= range.min) {
      return { min: range.min, max: range.max, sum: range.sum };
    }
  }
  return null;
}

/** The functions at these paths that have a place. */
export function functionsOf(
  { functions }: CensusGroup,
  role: RoledFunction['role'],
  ...paths: readonly string[]
): readonly RoledFunction[] {
  return paths.flatMap((path) => {
    const found = functions[path];
    return found === undefined ? [] : [{ ...found, role }];
  });
}

/** An object without the members that are null. */
export function known<Value>(members: { readonly [name: string]: Value | null }): {
  readonly [name: string]: Value;
} {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, Value & {}] => member[1] !== null),
  );
}
