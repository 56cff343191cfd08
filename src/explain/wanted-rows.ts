import type { KnownClass } from './base/explainer';
import { EXPLAINERS } from './explainers';

/**
 * The values that explainers want, in the format that the native side reads (native/image/values/wanted_values.h): one row
 * per class. The build puts it in front of the formatter's bundle.
 */
export function wantedRows(): string {
  const paths = new Map<string, Set<string>>();
  for (const { classes } of EXPLAINERS) {
    for (const [name, known] of Object.entries(classes)) {
      const words = paths.get(name) ?? new Set();
      for (const word of wordsOf(known)) words.add(word);
      paths.set(name, words);
    }
  }
  return [...paths].map(([name, wanted]) => `${[name, ...wanted].join('\t')}\n`).join('');
}

function wordsOf({ read, handsOut = {}, throughClosures, wraps }: KnownClass): string[] {
  const { tokens = [], idle = [], cancelledBy = [], releaser, toMethods, toArrow, toClosures } = handsOut;
  return [
    ...read,
    ...tokens.map((path) => `+${path}`),
    ...idle.map((path) => `-${path}`),
    ...(releaser === undefined ? [] : [`=releaser:${releaser}`]),
    ...cancelledBy.map((name) => `=canceller:${name}`),
    ...(toMethods === true ? ['=methods'] : []),
    ...(toArrow === undefined ? [] : [`=arrow:${toArrow}`]),
    ...(toClosures === true ? ['=closures'] : []),
    ...(throughClosures === true ? ['=through'] : []),
    ...(wraps === undefined ? [] : [`>${wraps}`]),
  ];
}
