import { EXPLAINERS } from './explainers';

/**
 * What the explainers want to know, as the native side reads it (native/image/values/wanted_values.h): one row for each
 * class. The build puts it in front of the formatter's bundle.
 */
export function wantedRows(): string {
  const paths = new Map<string, Set<string>>();
  for (const { classes } of EXPLAINERS) {
    for (const [name, { read }] of Object.entries(classes)) {
      const known = paths.get(name) ?? new Set();
      for (const path of read) known.add(path);
      paths.set(name, known);
    }
  }
  return [...paths].map(([name, wanted]) => `${[name, ...wanted].join('\t')}\n`).join('');
}
