import type { Census, CensusFunction, CensusGroup } from '../../src/open/base/census';
import type { OpenGroup, OpenThings } from '../../src/report/open';
import type { HeldValue } from '../../src/report/waits';

/** A value as the native side delivers it: an object is given as `{ class }`. */
export type Plain = string | number | boolean | null | { readonly class: string };

function held(value: Plain): HeldValue {
  if (value === null) return { kind: 'null', text: 'null' };
  if (typeof value === 'object') return { kind: 'object', text: value.class };
  return { kind: typeof value as 'string' | 'number' | 'boolean', text: String(value) };
}

export function values(plain: Readonly<Record<string, Plain>>): CensusGroup['values'] {
  return Object.fromEntries(Object.entries(plain).map(([path, value]) => [path, held(value)]));
}

/** A function of the service, unless told otherwise. */
export function censusFunction(functionName: string, more: Partial<CensusFunction> = {}): CensusFunction {
  return {
    functionName,
    file: '/srv/app/app.js',
    line: 17,
    column: 9,
    source: null,
    original: null,
    generated: null,
    ...more,
  };
}

/** Objects of one row, as the native side delivers them. */
export function censusGroup(
  row: string,
  plain: Readonly<Record<string, Plain>>,
  more: Partial<CensusGroup> = {},
): CensusGroup {
  return {
    id: 1,
    row,
    class: row.split('/')[0] ?? row,
    file: '',
    count: 1,
    values: values(plain),
    numbers: {},
    functions: {},
    ...more,
  };
}

export function census(groups: readonly CensusGroup[], more: Partial<Census> = {}): Census {
  return {
    status: 'known',
    heapRead: 'at-rest',
    groups,
    groupsLeftOut: 0,
    objectsLeftOut: 0,
    changed: 0,
    youngCollected: false,
    loop: { status: 'known', activeHandles: 0, refedHandles: 0, activeRequests: 0, handlesByType: {} },
    partial: null,
    ...more,
  };
}

/** One thing of a kind, unless told otherwise. */
export function openGroup(kind: OpenGroup['kind'], text: string, more: Partial<OpenGroup> = {}): OpenGroup {
  return { id: 1, kind, count: 1, keepAlive: 0, text, details: {}, numbers: {}, functions: [], ...more };
}

export function openThings(groups: readonly OpenGroup[], more: Partial<OpenThings> = {}): OpenThings {
  return {
    status: 'known',
    heapRead: 'at-rest',
    groups,
    groupsLeftOut: 0,
    thingsLeftOut: 0,
    changed: 0,
    youngCollected: false,
    loop: { status: 'known', activeHandles: 0, refedHandles: 0, activeRequests: 0, handlesByType: {} },
    partial: null,
    ...more,
  };
}
