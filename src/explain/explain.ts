import { clip } from '../escape';
import { cutMasked } from '../mark';
import { ownerOfFile } from '../report/code-owner';
import type { ResourceCounts, Wait, WaitAnswer, WaitHolder } from '../report/waits';
import { textWithoutCredentials } from './base/url-text';
import { Chain } from './base/chain';
import { limitAfter, limitText } from './base/limit-text';
import type { Explainer, Explanation, KnownClass } from './base/explainer';
import { isCount } from './base/words';
import { EXPLAINERS } from './explainers';

export { explainNativeWait } from './node/native-waits';

/** Longest explanation, without the program's variable. */
const MAX_LENGTH = 300;
const MAX_VARIABLE_LENGTH = 120;
const MAX_FILE_LENGTH = 300;
/** Objects even farther from the promise say nothing about this wait. */
const MAX_HOLDERS = 100;

interface Candidate {
  readonly library: string;
  readonly known: KnownClass;
}

/** A listener for errors can reject almost any promise, so it is worth printing only if there is no other answer. */
const OF_ERRORS = 'event "error" of ';
const GIVEN_UP = ', given up ';

/** What is known about classes and functions, by their names. */
export type KnownNames = ReadonlyMap<string, readonly Candidate[]>;

/** Describes what is waited for in the terms of the library, if an explainer knows it. Never throws. */
export function explainWait(wait: Wait, names: KnownNames = allNames()): Wait {
  const limits = new Set<string>();
  const explained = wait.answers.map((answer) => explainAnswer(answer, names, limits));
  const limited = withLimits({ ...wait, answers: withoutRemains(explained) });
  const { answers } = limited;
  const isLimited = limits.size === 0 || limited.rest.includes(GIVEN_UP);
  const rest = isLimited ? limited.rest : `${limited.rest}, ${[...limits].join(' or ')}`;
  const others = answers.filter(({ text }) => !text.startsWith(OF_ERRORS));
  return { ...wait, rest, answers: others.length === 0 ? answers.map(withoutErrors) : others };
}

/**
 * What else a library's emitter would settle the promise with was not found: that it may fail is not what is waited
 * for. A program's function may wait for an error.
 */
function withoutErrors(answer: WaitAnswer): WaitAnswer {
  const { text, library, holders } = answer;
  const file = holders.findLast(({ member }) => member === '_events')?.file ?? '';
  if (library !== null || !text.startsWith(OF_ERRORS) || !/[\\/]node_modules[\\/]/.test(file)) return answer;
  return { ...answer, text: text.slice(OF_ERRORS.length) };
}

/**
 * Where a library has said what is waited for, what else of it leads to the promise is how it calls back, or was its turn
 * before: an item of a queue that it has left, a command that has ended.
 */
function withoutRemains(answers: readonly WaitAnswer[]): readonly WaitAnswer[] {
  if (answers.every(({ library }) => library === null)) return answers;
  return answers.filter((answer) => answer.library !== null || !isInside(answer));
}

const EXPLAINED: ReadonlySet<string> = new Set(EXPLAINERS.map(({ library }) => library));

/** Whether all that holds the promise is of packages that are explained. */
function isInside({ holders }: WaitAnswer): boolean {
  const files = holders.flatMap(({ file }) => file ?? []);
  const areAll = files.every((file) => {
    const owner = ownerOfFile(file, null);
    return owner.kind === 'package' && EXPLAINED.has(owner.name);
  });
  return files.length > 0 && areAll;
}

/** Where a library's own timer is among the answers, it is a limit of the others. */
function withLimits(wait: Wait): Wait {
  const isKnown = wait.answers.some(({ library }) => library !== null);
  const limits = isKnown ? wait.answers.filter((answer) => isLimit(answer)) : [];
  if (limits.length === 0) return wait;
  const texts = limits.map(({ text }) => limitText(text) ?? 'given up after a time');
  const before = wait.rest.includes(GIVEN_UP) ? ' or ' : ', ';
  const answers = wait.answers.filter((answer) => !limits.includes(answer));
  return { ...wait, answers, rest: wait.rest + before + texts.join(' or ') };
}

function isLimit({ library, holders }: WaitAnswer): boolean {
  if (library !== null || holders.at(-1)?.kind !== 'timer') return false;
  const file = holders.findLast(({ kind }) => kind === 'callback')?.file ?? '';
  return EXPLAINERS.some(({ limits }) => limits?.test(file) === true);
}

/** The innermost known object says most: a query rather than the client that runs it. Adds its limit of time to `limits`. */
function explainAnswer(answer: WaitAnswer, names: KnownNames, limits: Set<string>): WaitAnswer {
  const holders = answer.holders.slice(0, MAX_HOLDERS);
  for (const [at, holder] of holders.entries()) {
    for (const { library, known } of candidatesFor(holder, names)) {
      const explanation = guarded(known, holder, new Chain(holders, at));
      if (explanation === null) continue;
      const { text, counts = null, isWhole = false, resource: other, givenUpAfterMs } = explanation;
      if (givenUpAfterMs !== undefined) limits.add(limitAfter(givenUpAfterMs));
      const around = isWhole ? { before: '', after: '' } : {};
      // A query that runs on a client of a pool waits for the query.
      const of = other === undefined ? at : holders.indexOf(other);
      const resource = answer.resource?.holder === of ? answer.resource : null;
      return { ...answer, ...around, text: text + variableOf(holders), library, counts, resource };
    }
  }
  return answer;
}

/** Null also if the explainer throws or returns no valid explanation. */
function guarded(known: KnownClass, holder: WaitHolder, chain: Chain): Explanation | null {
  try {
    const explanation = known.explain?.(holder, chain) ?? null;
    if (explanation === null || typeof explanation.text !== 'string') return null;
    const text = shownText(explanation.text);
    const { counts, isWhole, resource, givenUpAfterMs } = explanation;
    if (text === '') return null;
    const of = resource === undefined ? {} : { resource };
    const limit = givenUpAfterMs === undefined ? {} : { givenUpAfterMs };
    const whole = { ...of, ...limit, text, isWhole: isWhole === true };
    return counts === undefined ? whole : { ...whole, counts: plausible(counts) };
  } catch {
    return null;
  }
}

function shownText(text: string): string {
  const shown = textWithoutCredentials(clip(text, MAX_LENGTH * 4))
    .trim()
    // `pg Pool: ` has no number after it when none is known.
    .replace(/:$/, '');
  return shown.length <= MAX_LENGTH ? shown : `${cutMasked(shown, MAX_LENGTH - 3)}...`;
}

function plausible({ inUse, limit, waiting }: ResourceCounts): ResourceCounts {
  const count = (value: unknown): number | null => (isCount(value) ? value : null);
  return { inUse: count(inUse), limit: count(limit), waiting: count(waiting) };
}

/** The variable of the program that has it: ` ("pool" in /srv/db.js)`. */
function variableOf(holders: readonly WaitHolder[]): string {
  const scope = holders.findLast(({ kind }) => kind === 'scope');
  if (scope === undefined || scope.member === null || scope.file === null) return '';
  const isOwn = !scope.file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(scope.file);
  const file = scope.file.length <= MAX_FILE_LENGTH ? scope.file : `...${scope.file.slice(-MAX_FILE_LENGTH)}`;
  return isOwn ? ` ("${clip(scope.member, MAX_VARIABLE_LENGTH)}" in ${file})` : '';
}

function candidatesFor({ knownAs }: WaitHolder, names: KnownNames): readonly Candidate[] {
  return (knownAs === null ? null : names.get(knownAs)) ?? [];
}

let ofAll: KnownNames | null = null;

function allNames(): KnownNames {
  return (ofAll ??= knownNames(EXPLAINERS));
}

export function knownNames(explainers: readonly Explainer[]): KnownNames {
  const found = new Map<string, Candidate[]>();
  for (const { library, classes } of explainers) {
    for (const [name, known] of Object.entries(classes)) {
      found.set(name, [...(found.get(name) ?? []), { library, known }]);
    }
  }
  return found;
}
