import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';
import type { ServiceOptions } from './service';

/** What a seccomp filter does to the calls that it lists; see test/native/filter_launcher.c. */
export type FilterAction = 'allow' | 'kill' | 'kill-thread' | 'trap' | 'errno' | 'no-such-call';

/** Compiles the launcher into `folder`. */
export function buildLauncher(folder: string): string {
  const launcher = join(folder, 'filter_launcher');
  const source = join(REPOSITORY_ROOT, 'test', 'native', 'filter_launcher.c');
  execFileSync('cc', ['-O1', '-Wall', '-Wextra', '-Werror', '-o', launcher, source]);
  return launcher;
}

/** An action, and the calls that it applies to. */
export type Filter = readonly [FilterAction, readonly string[]];

/** Options that start the same service under these filters. */
export function filtered(
  launcher: string,
  filters: readonly Filter[],
  options: ServiceOptions,
): ServiceOptions {
  const launchers = filters.flatMap(([action, calls]) => [launcher, action, calls.join(',')]);
  return {
    ...options,
    execPath: launcher,
    execArgv: [...launchers.slice(1), process.execPath, ...(options.execArgv ?? [])],
  };
}
