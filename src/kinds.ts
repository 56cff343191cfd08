/*
 * Recognizes built-in kinds of objects by operations that only they support. `instanceof` only works within one realm,
 * and test runners and `vm` run the service in a different one.
 */

type Getter = (this: unknown) => unknown;

const mapSize = getterOf(Map.prototype, 'size');
const setSize = getterOf(Set.prototype, 'size');
const regExpSource = getterOf(RegExp.prototype, 'source');

/** True for a Map of any realm, whatever its properties claim. */
export function isMap(value: unknown): value is Map<unknown, unknown> {
  return answers(mapSize, value);
}

/** True for a Set of any realm. */
export function isSet(value: unknown): value is Set<unknown> {
  return answers(setSize, value);
}

/** True for a regular expression of any realm. */
export function isRegExp(value: unknown): value is RegExp {
  return answers(regExpSource, value);
}

function getterOf(prototype: object, name: string): Getter {
  const { get } = Object.getOwnPropertyDescriptor(prototype, name) as { readonly get: Getter };
  return get;
}

function answers(getter: Getter, value: unknown): boolean {
  try {
    getter.call(value);
    return true;
  } catch {
    return false;
  }
}
