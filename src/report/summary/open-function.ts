import type { AsyncFrame } from '../model';
import { BUILT_IN, isBuiltIn, type OpenFunction } from '../open';
import { nameWithPosition, ownerOf, plainName, positionOf, type Naming } from './place';

/** `refresh (cache.js:12)`, or only the position of a function without a name. */
export function functionWithPosition(found: OpenFunction, naming: Naming): string {
  return isBuiltIn(found) ? BUILT_IN : nameWithPosition(asFrame(found), naming);
}

/** The same as `refresh, cache.js:12`, for use in brackets. */
export function functionInBrackets(found: OpenFunction, naming: Naming): string {
  if (isBuiltIn(found)) return BUILT_IN;
  const frame = asFrame(found);
  const name = plainName(frame);
  const position = positionOf(frame, naming);
  return name === '' ? position : `${name}, ${position}`;
}

export function isOfApplication(found: OpenFunction, naming: Naming): boolean {
  return ownerOf(asFrame(found), naming).kind === 'application';
}

/** The function as the rest of a summary names functions. */
function asFrame(found: OpenFunction): AsyncFrame {
  return {
    ...found,
    kind: 'callback',
    enclosingFunction: null,
    className: null,
    via: null,
    otherCallers: 0,
    inCycle: false,
    isEval: false,
    isFunctionStart: false,
  };
}
