import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TestContext } from 'node:test';
import type { IsolateThread, Photograph } from '../../src/report/model';
import type { OpenGroup, OpenKind, OpenThings } from '../../src/report/open';
import { reportFiles, scratchFolder, untilReportFiles } from './files';
import { type Service, startService } from './service';

/** What the main thread of the service does while a report is made. */
export const MODES = ['idle', 'busy', 'blocked'] as const;

export type Mode = (typeof MODES)[number];

export interface SceneOptions {
  /** Name of a file in test/fixtures/open/scenes. */
  readonly scene: string;
  readonly mode: Mode;
  readonly args?: readonly string[];
  /** Called before the service is ready, for scenes that wait for what the test does. */
  readonly meanwhile?: (service: Service) => Promise<void>;
  /** Which report is wanted; by default, one that shows the thread in the mode. */
  readonly isWanted?: (main: IsolateThread) => boolean;
}

/** A report about a scene. */
export interface SceneReport {
  /** What the scene knows about itself. */
  readonly truth: Readonly<Record<string, unknown>> & {
    readonly resources: Readonly<Record<string, number>>;
  };
  readonly report: Photograph;
  /** The whole report as text. */
  readonly text: string;
  readonly main: IsolateThread;
  readonly open: OpenThings;
}

/**
 * A report may come before the call that blocks. While the heap of a running thread is read, V8 may move young objects
 * and make new ones.
 */
const MOST_REPORTS = 40;

/**
 * Starts a scene, and requests reports until one shows the thread in the wanted state and misses nothing;
 * of a thread that runs, until two in a row list the same.
 */
export async function reportOnScene(
  t: TestContext,
  { scene, mode, args = [], meanwhile, isWanted = (main) => isInMode(main, mode) }: SceneOptions,
): Promise<SceneReport> {
  const logDir = scratchFolder(t);
  const service = startService(t, {
    script: 'open/service.cjs',
    args: [scene, mode, ...args],
    env: { GMR_FORMAT: 'text,json', GMR_LOG_DIR: logDir },
  });
  await meanwhile?.(service);
  const line = await service.line('ready');
  const truth = JSON.parse(line.slice('ready '.length)) as SceneReport['truth'];
  let before: string | undefined;
  for (let count = 1; ; count += 1) {
    service.signal();
    await untilReportFiles(logDir, 2 * count);
    const { report, text } = newest(logDir);
    const main = report.isolates.find(({ kind }) => kind === 'main');
    assert.ok(main !== undefined);
    const { open } = main;
    assert.ok(open.status === 'known', JSON.stringify(open));
    const listed = inventory(open);
    const isSettled = open.heapRead !== 'running' || listed === before;
    before = listed;
    if (count < MOST_REPORTS && !(isWanted(main) && isWhole(main) && isSettled)) {
      await sleep(50);
      continue;
    }
    return { truth, report, text, main, open };
  }
}

/** What a report lists, except for what a busy thread does itself. */
function inventory({ groups }: OpenThings): string {
  const lasting = groups.filter(({ kind }) => kind !== 'immediate');
  return lasting
    .map(({ kind, text, count }) => `${kind} ${text} ${String(count)}`)
    .toSorted()
    .join('\n');
}

function newest(folder: string): { readonly report: Photograph; readonly text: string } {
  const names = reportFiles(folder);
  const json = names.filter((name) => name.endsWith('.json')).at(-1) ?? '';
  const text = names.filter((name) => !name.endsWith('.json')).at(-1) ?? '';
  return {
    report: JSON.parse(readFileSync(join(folder, json), 'utf8')) as Photograph,
    text: readFileSync(join(folder, text), 'utf8'),
  };
}

/** Whether all was read, and no young object was moved meanwhile: such a one may be missing. */
function isWhole({ open }: IsolateThread): boolean {
  return open.status === 'known' && open.partial === null && open.changed === 0 && !open.youngCollected;
}

function isInMode({ state, stack }: IsolateThread, mode: Mode): boolean {
  const hasStack = stack.status === 'captured' && stack.frames.length > 0;
  if (mode === 'idle') return state === 'idle';
  return mode === 'blocked' ? hasStack && state !== 'idle' : state !== 'idle';
}

/** The groups of a kind. */
export function ofKind({ groups }: OpenThings, kind: OpenKind): readonly OpenGroup[] {
  return groups.filter((group) => group.kind === kind);
}

/** Number of things by what they are in words; only those of the kind. */
export function counts(open: OpenThings, kind: OpenKind): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const { text, count } of ofKind(open, kind)) found[text] = (found[text] ?? 0) + count;
  return found;
}

/** Number of things of a kind that keep the event loop alive. */
export function keepAlive(open: OpenThings, kind: OpenKind): number {
  return ofKind(open, kind).reduce((sum, group) => sum + group.keepAlive, 0);
}
