import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { reportFiles, scratchFolder, untilReportFiles } from './files';
import { eventually } from './patience';
import { type Service, startService } from './service';

/** Shorter times between reports say nothing about CPU. */
const APART_MS = 400;

/** What the program test/fixtures/compared-service.cjs does. */
export type ComparedMode = 'stuck' | 'loop' | 'busy' | 'leak' | 'pool' | 'idle';

export interface TakenReports {
  readonly service: Service;
  /** Paths of JSON reports, oldest first. */
  readonly files: readonly string[];
}

/** Starts the program and takes JSON reports of it; between them it is told to do more, if it can. */
export async function takeReports(t: TestContext, mode: ComparedMode, count: number): Promise<TakenReports> {
  const logDir = scratchFolder(t);
  const service = startService(t, {
    script: 'compared-service.cjs',
    args: [mode],
    env: { GMR_FORMAT: 'json', GMR_LOG_DIR: logDir },
  });
  await service.ready();
  for (let taken = 1; taken <= count; taken++) {
    if (mode !== 'stuck' && mode !== 'loop') await doMore(service);
    else await isStuck(service);
    const requestedAt = Date.now();
    service.signal();
    await untilReportFiles(logDir, taken);
    await eventually('time has passed', () => (Date.now() - requestedAt > APART_MS ? true : undefined));
  }
  return { service, files: reportFiles(logDir).map((name) => join(logDir, name)) };
}

async function doMore(service: Service): Promise<void> {
  const seen = service.stdout.length;
  service.write('more\n');
  await service.line('more', seen);
}

/** A thread counts as stuck from some time on. */
async function isStuck(service: Service): Promise<void> {
  const from = Date.now();
  await eventually('it has been stuck for a while', () =>
    service.alive && Date.now() - from > APART_MS ? true : undefined,
  );
}
