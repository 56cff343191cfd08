import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';
import { HARD_LIMIT_MS } from './patience';

const SOURCES = [
  'test/native/proc_tree_printer.cc',
  'native/process/proc_tree.cc',
  'native/process/proc_tree_linux.cc',
  'native/base/own_calls_linux.cc',
  'native/base/printable.cc',
  'native/base/probe_child_linux.cc',
  'native/base/proc_status.cc',
  'native/process/text_file.cc',
  'native/reporter/model/json_writer.cc',
  'native/reporter/output/process_json.cc',
].map((path) => join(REPOSITORY_ROOT, path));
const PROGRAM = join(REPOSITORY_ROOT, 'build', 'test-native', 'proc_tree_printer');

/** Builds the program, unless it is newer than its sources. */
export function buildProcTreePrinter(): void {
  const builtAtMs = existsSync(PROGRAM) ? statSync(PROGRAM).mtimeMs : 0;
  if (SOURCES.every((path) => statSync(path).mtimeMs < builtAtMs)) return;
  mkdirSync(dirname(PROGRAM), { recursive: true });
  const flags = ['-std=gnu++20', '-O1', '-Wall', '-Wextra', '-Werror'];
  execFileSync(process.env['CXX'] ?? 'c++', [...flags, '-o', PROGRAM, ...SOURCES], { stdio: 'pipe' });
}

/** What the program prints; see its source. A preloaded sanitizer would end its shells, and is not for it. */
export function runProcTreePrinter(args: readonly string[], input = ''): string {
  const env = { ...process.env };
  delete env['LD_PRELOAD'];
  const result = spawnSync(PROGRAM, args, { input, env, encoding: 'utf8', timeout: HARD_LIMIT_MS });
  if (result.status !== 0) throw new Error(`proc_tree_printer ended with ${result.status}\n${result.stderr}`);
  return result.stdout;
}
