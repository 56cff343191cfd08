import { formatDuration } from '../duration';
import { countedKind } from '../kept-alive';
import type { IsolateThread } from '../model';
import type { OpenFunction, OpenGroup } from '../open';
import { requestLabel } from '../open-text';
import { functionWithPosition } from './open-function';
import type { Naming } from './place';

/** Requests of a busy service are open for less. */
const LONG_MS = 1000;
const MAX_KINDS = 3;
const MAX_HOOKS = 3;

/** Requests that differ in their paths only. */
interface RequestKind {
  readonly groups: readonly OpenGroup[];
  readonly count: number;
  /** ` in route /users/:id`; empty without a route, or where all have the same path. */
  readonly route: string;
  readonly functions: readonly OpenFunction[];
  /** The same for the same functions; empty where none is known. */
  readonly layerKey: string;
}

/**
 * `3 server requests are open: POST /orders (request 14), ...`, without the thread; null when none is, or when none has
 * been for long and `always` is false.
 */
export function describeRequests({ open }: IsolateThread, naming: Naming, always: boolean): string | null {
  if (open.status === 'unavailable') return null;
  const requests = open.groups.filter(({ kind }) => kind === 'server-request');
  if (requests.length === 0 || (!always && !requests.some(isLong))) return null;
  const kinds = kindsOf(requests);
  // What all have in common is said once.
  const isCommon = kinds.every(({ layerKey }) => layerKey === kinds[0]?.layerKey);
  const shown = kinds
    .slice(0, MAX_KINDS)
    .map((kind) => describeKind(kind, kinds.length > 1) + (isCommon ? '' : layerText(kind, naming)));
  const common = isCommon && kinds[0] !== undefined ? layerText(kinds[0], naming) : '';
  const more = kinds.length - shown.length;
  const others = more > 0 ? `; and ${more} more ${more === 1 ? 'kind' : 'kinds'}` : '';
  const count = sum(requests);
  const are = count === 1 ? 'is' : 'are';
  const least = open.partial === null ? '' : 'at least ';
  const quiet = quietText(requests, count, 'client');
  return `${least}${countedKind('server-request', count)} ${are} open: ${shown.join('; ')}${others}${quiet}${common}`;
}

/**
 * `2 outgoing requests are open: http request GET http://stock/17, waiting for headers (request 3), no data from the server for 42 s`;
 * null when none is.
 */
export function describeOutgoing({ open }: IsolateThread): string | null {
  if (open.status === 'unavailable') return null;
  const requests = open.groups.filter(({ kind }) => kind === 'outgoing-request');
  if (requests.length === 0) return null;
  const count = sum(requests);
  const shown = requests.slice(0, MAX_KINDS).map((group) => {
    const times = group.count > 1 && requests.length > 1 ? `${group.count} x ` : '';
    return `${times}${group.text} (${requestLabel(group)})`;
  });
  const more = requests.length - shown.length;
  const others = more > 0 ? `; and ${more} more ${more === 1 ? 'kind' : 'kinds'}` : '';
  const are = count === 1 ? 'is' : 'are';
  const least = open.partial === null ? '' : 'at least ';
  return `${least}${countedKind('outgoing-request', count)} ${are} open: ${shown.join('; ')}${others}${quietText(requests, count, 'server')}`;
}

/** A request of which it is not known since when it is open may be open for long. */
function isLong({ numbers }: OpenGroup): boolean {
  return numbers.quietMs === undefined || numbers.quietMs.max >= LONG_MS;
}

function quietText(requests: readonly OpenGroup[], count: number, peer: 'client' | 'server'): string {
  const quietMs = requests.reduce((most, { numbers }) => Math.max(most, numbers.quietMs?.max ?? 0), 0);
  const upTo = count === 1 ? '' : 'up to ';
  return quietMs > 0 ? `, no data from the ${peer} for ${upTo}${formatDuration(quietMs)}` : '';
}

/** The kinds, largest first. Each id in a path would make a kind of its own. */
function kindsOf(requests: readonly OpenGroup[]): readonly RequestKind[] {
  const byKey = new Map<string, OpenGroup[]>();
  for (const group of requests) {
    const key = kindKey(group);
    const same = byKey.get(key);
    if (same === undefined) byKey.set(key, [group]);
    else same.push(group);
  }
  return [...byKey.values()].map(kindOf).toSorted((a, b) => b.count - a.count);
}

function kindKey(group: OpenGroup): string {
  const route = tellingRoute(group);
  const layerKey = layerKeyOf(group);
  const { method = '', path = '', protocol = '', state = '' } = group.details;
  const isKnown = route !== null || (layerKey !== '' && group.details['route'] === undefined);
  return [method, protocol, state, layerKey, isKnown ? (route ?? '') : `path ${path}`].join('\n');
}

function kindOf(groups: readonly OpenGroup[]): RequestKind {
  const [first] = groups;
  return {
    groups,
    count: sum(groups),
    route: routeText(groups, first === undefined ? null : tellingRoute(first)),
    functions: first?.functions ?? [],
    layerKey: first === undefined ? '' : layerKeyOf(first),
  };
}

function layerKeyOf({ functions }: OpenGroup): string {
  return functions.map(keyOf).join(' ');
}

/** Null for a route that takes any path, which says less than the path. */
function tellingRoute({ details }: OpenGroup): string | null {
  const { route } = details;
  return route === undefined || route.includes('*') ? null : route;
}

function routeText(groups: readonly OpenGroup[], route: string | null): string {
  return groups.length === 1 || route === null ? '' : ` in route ${route}`;
}

/** `40 x GET in route /users/:id, such as /users/17 (request 1), no answer yet` */
function describeKind({ groups, count, route }: RequestKind, isOneOfSeveral: boolean): string {
  const [group] = groups.toSorted((a, b) => b.count - a.count);
  if (group === undefined) return '';
  const { method, path, protocol, state } = group.details;
  const times = count > 1 && (isOneOfSeveral || groups.length > 1) ? `${count} x ` : '';
  const label = `(${requestLabel(group)})`;
  const end = state === undefined ? '' : `, ${state}`;
  if (method === undefined) return `${times}${`${protocol ?? ''} stream`.trim()} ${label}${end}`;
  if (groups.length === 1 || path === undefined) {
    return `${times}${`${method} ${path ?? ''}`.trim()}${route} ${label}${end}`;
  }
  return `${times}${method}${route}, such as ${path} ${label}${end}`;
}

function layerText({ functions, groups }: RequestKind, naming: Naming): string {
  const ofRole = (wanted: OpenFunction['role']): readonly string[] =>
    functions.filter(({ role }) => role === wanted).map((each) => functionWithPosition(each, naming));
  const [layer] = ofRole('last-layer');
  if (layer !== undefined) return `, last layer entered: ${layer}`;
  const [handler] = ofRole('handler');
  const hooks = ofRole('hook');
  const more = hooks.length - MAX_HOOKS + Number(groups[0]?.details['moreHooks'] ?? 0);
  const named = [...hooks.slice(0, MAX_HOOKS), ...(more > 0 ? [`${more} more`] : [])];
  const before = hooks.length === 0 ? '' : `, hooks before the handler: ${named.join(', ')}`;
  return `${handler === undefined ? '' : `, handler of the route: ${handler}`}${before}`;
}

function keyOf({ role, functionName, file, line, column }: OpenFunction): string {
  return [role, functionName, file, line, column].join(':');
}

function sum(groups: readonly OpenGroup[]): number {
  return groups.reduce((total, { count }) => total + count, 0);
}
