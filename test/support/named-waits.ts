import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads } from './green-threads';
import { STACK_READING, isSanitized } from './native-addon';
import { PATIENT } from './patience';
import { Service } from './service';

/** The time for the search is short, and the machine may be busy. */
const MOST_REPORTS = 20;

// What it takes is milliseconds, and a sanitizer's code is several times as slow.
const IN_TIME = isSanitized() ? { skip: 'there is no time for it with a sanitizer' } : STACK_READING;

export interface NamedWaits {
  readonly title: string;
  /** In test/fixtures. */
  readonly script: string;
  readonly env?: Readonly<Record<string, string>>;
  /** By function of the script: what it waits for, as printed. */
  readonly waits: Readonly<Record<string, RegExp>>;
  /** The name of the test for a function; by default, one with the function's name. */
  readonly nameOf?: (functionName: string) => string;
  /** Which report is complete; by default, one in which the search had time for all of them. */
  readonly isComplete?: (found: PrintedGreenThreads) => boolean;
  /** Adds tests of the same report. */
  readonly more?: (found: () => PrintedGreenThreads) => void;
}

function hasSearchedAll({ text }: PrintedGreenThreads): boolean {
  return !text.includes('what some of them wait for is not known');
}

/** Tests what the functions of a service wait for, in one report about it. */
export function describeWaits({
  title,
  script,
  env = {},
  waits,
  nameOf = (name) => `is told: ${name}`,
  isComplete = hasSearchedAll,
  more,
}: NamedWaits): void {
  describe(title, { ...PATIENT, ...IN_TIME }, () => {
    let service: Service;
    let found: PrintedGreenThreads;

    before(async () => {
      service = new Service({ script, env });
      await service.ready();
      for (let report = 0; report < MOST_REPORTS; report += 1) {
        found = greenThreadsOf(await service.reportOnSignal());
        if (isComplete(found)) return;
      }
    });
    after(() => service.stop());

    for (const [name, expected] of Object.entries(waits)) {
      test(nameOf(name), () => {
        const group = found.groups.find(({ frames }) => frames.some((frame) => frame.name === name));
        assert.ok(
          group !== undefined,
          `${name} is not listed among ${JSON.stringify(found.groups, null, 1)}`,
        );
        assert.match(group.waitsFor ?? '', expected);
      });
    }
    more?.(() => found);
  });
}
