import { clip } from '../escape';
import type { Wait, WaitAnswer, WaitHolder } from '../report/waits';
import { Chain } from './base/chain';
import type { Explanation, KnownClass } from './base/explainer';
import { EXPLAINERS } from './explainers';

const MAX_LENGTH = 300;

interface Candidate {
  readonly library: string;
  readonly known: KnownClass;
}

/** Says what is waited for in the words of the library, where one of the explainers knows it. Never throws. */
export function explainWait(wait: Wait): Wait {
  return { ...wait, answers: wait.answers.map(explainAnswer) };
}

/** The innermost object that is known says most: a query, and not the client that runs it. */
function explainAnswer(answer: WaitAnswer): WaitAnswer {
  for (const [at, holder] of answer.holders.entries()) {
    for (const { library, known } of candidatesFor(holder)) {
      const explanation = guarded(known, holder, new Chain(answer.holders, at));
      if (explanation === null) continue;
      const text = clip(explanation.text + variableOf(answer.holders), MAX_LENGTH);
      const around = explanation.isWhole === true ? { before: '', after: '' } : {};
      return { ...answer, ...around, text, library, counts: explanation.counts ?? null };
    }
  }
  return answer;
}

function guarded(known: KnownClass, holder: WaitHolder, chain: Chain): Explanation | null {
  try {
    return known.explain?.(holder, chain) ?? null;
  } catch {
    return null;
  }
}

/** The variable of the program that has it: ` ("pool" in /srv/db.js)`. */
function variableOf(holders: readonly WaitHolder[]): string {
  const scope = holders.findLast(({ kind }) => kind === 'scope');
  if (scope === undefined || scope.member === null || scope.file === null) return '';
  const isOwn = !scope.file.startsWith('node:') && !/[\\/]node_modules[\\/]/.test(scope.file);
  return isOwn ? ` ("${scope.member}" in ${scope.file})` : '';
}

let byName: Map<string, Candidate[]> | null = null;

function candidatesFor({ knownAs }: WaitHolder): readonly Candidate[] {
  byName ??= collect();
  return (knownAs === null ? null : byName.get(knownAs)) ?? [];
}

function collect(): Map<string, Candidate[]> {
  const found = new Map<string, Candidate[]>();
  for (const { library, classes } of EXPLAINERS) {
    for (const [name, known] of Object.entries(classes)) {
      found.set(name, [...(found.get(name) ?? []), { library, known }]);
    }
  }
  return found;
}
