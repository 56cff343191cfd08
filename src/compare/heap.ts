import type { ComparedClass, NotCompared } from './model';
import { changeOf, asReadings } from './series';
import { missingPart, type ThreadOverTime } from './scene';

/** Less is no growth worth a word. */
const MIN_BYTES = 1_048_576;
const KEPT = 50;

/** The classes of one thread's heap, over all reports. */
export interface ClassesOverTime {
  readonly rows: readonly ComparedClass[];
  readonly notCompared: readonly NotCompared[];
}

/** Those whose bytes grow most first. */
export function compareClasses(thread: ThreadOverTime): ClassesOverTime {
  const { label, isolates } = thread;
  const known = isolates.map((isolate) =>
    isolate?.heapClasses.status === 'known' ? isolate.heapClasses : null,
  );
  const byClass = known.map(
    (heap) => new Map(heap?.classes.map((each) => [`${each.name}\0${each.file}`, each])),
  );
  const keys = new Set(byClass.flatMap((classes) => [...classes.keys()]));
  const rows = [...keys].map((key) => {
    const row = byClass.map((classes) => classes.get(key) ?? null);
    const sample = row.find((each) => each !== null);
    const bytes = row.map((each) => each?.bytes ?? null);
    return {
      thread: label,
      name: sample?.name ?? '',
      file: sample?.file ?? '',
      objects: row.map((each) => each?.count ?? null),
      bytes,
      change: changeOf(asReadings(bytes), MIN_BYTES),
    };
  });
  return {
    rows: rows.toSorted((a, b) => gained(b) - gained(a)).slice(0, KEPT),
    notCompared: missingPart(
      thread,
      (name) => `the heap of ${name} by class`,
      ({ heapClasses }) => heapClasses,
    ),
  };
}

/** Bytes between the first and the last report that list the class. */
export function gained({ bytes }: ComparedClass): number {
  const known = bytes.filter((each) => each !== null);
  return (known.at(-1) ?? 0) - (known[0] ?? 0);
}

/** Whether the used part of the old generation is larger in each report than in the one before. */
export function isHeapGrowing(oldUsedBytes: readonly (number | null)[]): boolean {
  return changeOf(asReadings(oldUsedBytes), MIN_BYTES) === 'growing';
}
