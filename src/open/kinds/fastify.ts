import type { CensusGroup } from '../base/census';
import type { Described, OpenRow, RoledFunction } from '../base/open-row';
import { classOf, functionsOf, isFalse, numberOf, textOf } from '../base/read';
import { describeResponse, responseWords, SOCKETS } from './server-requests';

/*
 * Fastify makes a Reply for each request, which has Node's response in `raw`. Its request refers to the context of the
 * route. Which of the hooks was called last is only in the scope of the function that calls them, to which nothing leads.
 */

const CONTEXT = 'request.@fastify..context';
/** Hooks that are called before the handler, in their order. */
const HOOKS = ['onRequest', 'preParsing', 'preValidation', 'preHandler'];
/** Hooks of one name that are named. */
const MAX_HOOKS = 3;

function hookPaths(): readonly string[] {
  return HOOKS.flatMap((hook) => Array.from({ length: MAX_HOOKS }, (_, at) => `${CONTEXT}.${hook}.${at}`));
}

function functionsOfRoute(group: CensusGroup): readonly RoledFunction[] {
  return [
    ...functionsOf(group, 'handler', `${CONTEXT}.handler`),
    ...functionsOf(group, 'hook', ...hookPaths()),
  ];
}

/** Hooks that were not read. */
function moreHooks(group: CensusGroup): number {
  const counts = HOOKS.map((hook) => numberOf(group, `${CONTEXT}.${hook}.length`) ?? 0);
  return counts.reduce((sum, count) => sum + Math.max(0, count - MAX_HOOKS), 0);
}

function describeReply(group: CensusGroup, socket: string): Described | null {
  const route = textOf(group, `${CONTEXT}.config.url`);
  const described = describeResponse(group, socket, 'raw.', route);
  if (described === null) return null;
  const more = moreHooks(group);
  const details = more === 0 ? {} : { moreHooks: String(more) };
  return {
    ...described,
    details: { ...described.details, ...details },
    functions: functionsOfRoute(group),
  };
}

/** Requests to servers of Fastify. */
export const FASTIFY_REQUESTS: readonly OpenRow[] = SOCKETS.map((socket) => ({
  name: `Reply/${socket === 'socket' ? 'socket' : 'symbol'}`,
  words: [
    '=script',
    `?${CONTEXT}`,
    ...responseWords(socket, 'raw.'),
    `${CONTEXT}.config.url`,
    `&${CONTEXT}.handler`,
    ...hookPaths().map((path) => `&${path}`),
    ...HOOKS.map((hook) => `${CONTEXT}.${hook}.length`),
  ],
  describe: (group) => describeReply(group, socket),
}));

/** The groups without the responses of Node that a Reply of the list has. */
export function withoutRaw(groups: readonly CensusGroup[]): readonly CensusGroup[] {
  const listed = new Map<string, number>();
  for (const group of groups) {
    if (!group.row.startsWith('Reply/')) continue;
    const key = keyOf(group, 'raw.');
    listed.set(key, (listed.get(key) ?? 0) + group.count);
  }
  return groups.flatMap((group) => {
    if (!group.row.startsWith('ServerResponse/')) return [group];
    const key = keyOf(group, '');
    const hidden = Math.min(listed.get(key) ?? 0, group.count);
    listed.set(key, (listed.get(key) ?? 0) - hidden);
    return hidden === group.count ? [] : [{ ...group, count: group.count - hidden }];
  });
}

function keyOf(group: CensusGroup, at: string): string {
  const texts = ['req.method', 'req.originalUrl', 'req.url'].map((path) => textOf(group, at + path));
  const flags = ['req.complete', '_headerSent', 'finished'].map((path) => isFalse(group, at + path));
  const classes = SOCKETS.map((socket) => classOf(group, `${at}${socket}.@kHandle`));
  return JSON.stringify([texts, flags, classes]);
}
