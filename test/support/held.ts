import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { greenThreadsOf, type PrintedGreenThreads, type PrintedGroup } from './green-threads';
import { STACK_READING } from './native-addon';
import { PATIENT } from './patience';
import { Service } from './service';

/** A busy machine may leave too little time for one report. */
const MOST_REPORTS = 20;

export interface Held {
  /** The library that is tested: `pg`. */
  readonly title: string;
  /** A program in test/fixtures/holders, which prints `ready` once all its functions wait. */
  readonly script: string;
  readonly skip: string | false;
  /**
   * Names of suspended functions, and which holders the report must name for what each waits for; null: it must name
   * none.
   */
  readonly holders: Readonly<Record<string, RegExp | null>>;
  /** Functions that must be marked as deadlocked; all others must not be. */
  readonly deadlocked?: readonly string[];
  /** Sentences that the summary must have. */
  readonly summary?: readonly RegExp[];
}

/** Starts the program, requests a report, and compares the holders that it names. */
export function describeHeld({ title, script, skip, holders, deadlocked = [], summary = [] }: Held): void {
  const options = skip === false ? STACK_READING : { skip };
  describe(`who holds what is waited for: ${title}`, { ...PATIENT, ...options }, () => {
    let service: Service;
    let report = '';
    let found: PrintedGreenThreads;

    before(async () => {
      service = new Service({ script: `holders/${script}` });
      await service.ready();
      for (let i = 0; i < MOST_REPORTS; i += 1) {
        report = await service.reportOnSignal();
        found = greenThreadsOf(report);
        const isWhole = Object.keys(holders).every((name) => groupOf(found.groups, name)?.waitsFor);
        if (isWhole && !found.text.includes('what some of them wait for is not known')) return;
      }
    });
    after(() => service.stop());

    for (const [name, expected] of Object.entries(holders)) {
      test(`of ${name}`, () => {
        const group = groupOf(found.groups, name);
        assert.ok(group !== undefined, `${name} is not listed in\n${found.text}`);
        if (expected === null) assert.equal(group.heldBy, null);
        else assert.match(withoutFolders(group.heldBy ?? ''), expected);
        assert.equal(group.deadlock, deadlocked.includes(name), found.text);
      });
    }

    for (const sentence of summary) {
      test(`the summary says ${sentence.source}`, () => assert.match(report, sentence));
    }
  });
}

function groupOf(groups: readonly PrintedGroup[], name: string): PrintedGroup | undefined {
  return groups.find(({ frames }) => frames.some((frame) => frame.name === name));
}

function withoutFolders(text: string): string {
  return text.replaceAll(/(?:file:\/\/)?\/[^\s)]*\/holders\//g, '');
}
