import { clip } from '../escape';
import { cutMasked } from '../mark';
import type { ResourceCounts, Wait, WaitAnswer, WaitHolder } from '../report/waits';
import { textWithoutCredentials } from './base/url-text';
import { Chain } from './base/chain';
import type { Explainer, Explanation, KnownClass } from './base/explainer';
import { isCount } from './base/words';
import { EXPLAINERS } from './explainers';

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

/** What is known about classes and functions, by their names. */
export type KnownNames = ReadonlyMap<string, readonly Candidate[]>;

/** Describes what is waited for in the terms of the library, if an explainer knows it. Never throws. */
export function explainWait(wait: Wait, names: KnownNames = allNames()): Wait {
  const answers = wait.answers.map((answer) => explainAnswer(answer, names));
  const others = answers.filter(({ text }) => !text.startsWith(OF_ERRORS));
  return { ...wait, answers: others.length === 0 ? answers : others };
}

/** The innermost known object says most: a query rather than the client that runs it. */
function explainAnswer(answer: WaitAnswer, names: KnownNames): WaitAnswer {
  const holders = answer.holders.slice(0, MAX_HOLDERS);
  for (const [at, holder] of holders.entries()) {
    for (const { library, known } of candidatesFor(holder, names)) {
      const explanation = guarded(known, holder, new Chain(holders, at));
      if (explanation === null) continue;
      const { text, counts = null, isWhole = false } = explanation;
      const around = isWhole ? { before: '', after: '' } : {};
      // A query that runs on a client of a pool waits for the query.
      const resource = answer.resource?.holder === at ? answer.resource : null;
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
    const { counts, isWhole } = explanation;
    if (text === '') return null;
    const whole = { text, isWhole: isWhole === true };
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
