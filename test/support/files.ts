import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { eventually } from './patience';

/** A new folder that goes away after the test. */
export function scratchFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Complete report files in a folder, oldest first; none when there is no folder. */
export function reportFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.includes('_gurumeditation_') && !name.startsWith('.'))
    .sort();
}

/** Waits until there are that many report files. */
export async function untilReportFiles(folder: string, count: number): Promise<string[]> {
  return await eventually(`${count} report files in ${folder}`, () => {
    const names = reportFiles(folder);
    return names.length >= count ? names : undefined;
  });
}
