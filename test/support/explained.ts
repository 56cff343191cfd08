import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGroup } from './green-threads';
import { STACK_READING } from './native-addon';
import { PATIENT } from './patience';
import { Service } from './service';

/** A busy machine may leave too little time for one report. */
const MOST_REPORTS = 20;

export interface Explained {
  /** The library that is tested: `pg 8`. */
  readonly title: string;
  /** A program in test/fixtures/explain, which prints `ready` once all its functions wait. */
  readonly script: string;
  readonly args?: readonly string[];
  readonly skip: string | false;
  /** Names of suspended functions, and what the report must say that each waits for. */
  readonly waits: Readonly<Record<string, RegExp>>;
}

/** Starts the program, requests a report, and compares what it says that each of the functions waits for. */
export function describeExplained({ title, script, args = [], skip, waits }: Explained): void {
  const options = skip === false ? STACK_READING : { skip };
  describe(`what is waited for, in the words of ${title}`, { ...PATIENT, ...options }, () => {
    let service: Service;
    let groups: readonly PrintedGroup[] = [];

    before(async () => {
      service = new Service({ script: `explain/${script}`, args });
      await service.ready();
      for (let report = 0; report < MOST_REPORTS; report += 1) {
        const found = greenThreadsOf(await service.reportOnSignal());
        groups = found.groups;
        const isWhole = Object.keys(waits).every(
          (name) => (groupOf(groups, name)?.waitsFor ?? null) !== null,
        );
        if (isWhole && !found.text.includes('what some of them wait for is not known')) return;
      }
    });
    after(() => service.stop());

    for (const [name, expected] of Object.entries(waits)) {
      test(name, () => {
        const group = groupOf(groups, name);
        assert.ok(group !== undefined, `${name} is not listed among ${JSON.stringify(groups, null, 1)}`);
        assert.match(group.waitsFor ?? '', expected);
      });
    }
  });
}

function groupOf(groups: readonly PrintedGroup[], name: string): PrintedGroup | undefined {
  return groups.find(({ frames }) => frames.some((frame) => frame.name === name));
}
