// How the scripts of this folder start programs: output where it is wanted, a clear line when one fails.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout, whatever the current folder is. */
export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** Ends the script with a line that says what went wrong. */
export function fail(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

/** Runs a program in the root, with its output on the terminal; ends this script when it fails. */
export function run(command, args, options = {}) {
  const status = tryRun(command, args, options);
  if (status !== 0) fail(`failed (${status}): ${[command, ...args].join(' ').slice(0, 300)}`);
}

/** Like {@link run}, but hands back the exit status: a number, or the name of the signal. */
export function tryRun(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (result.error) fail(`cannot start ${command}: ${result.error.message}`);
  return result.status ?? result.signal;
}

/** Runs a program and returns what it printed, or null when it failed. */
export function output(command, args, options = {}) {
  const result = spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 1 << 28, ...options });
  return result.error || result.status !== 0 ? null : result.stdout;
}

/**
 * Path of a script inside an installed package, to be run by `process.execPath`: the shims in
 * node_modules/.bin would pick their `node` from PATH. Null when it is not installed.
 */
export function packageScript(name, relativePath) {
  const file = join(ROOT, 'node_modules', name, relativePath);
  return existsSync(file) ? file : null;
}

/** The JavaScript file behind the command of an installed package; null when it is not installed. */
export function binOf(name, command = name) {
  const manifest = packageScript(name, 'package.json');
  if (manifest === null) return null;
  const { bin } = JSON.parse(readFileSync(manifest, 'utf8'));
  return packageScript(name, typeof bin === 'string' ? bin : bin[command]);
}

/** Is there such a program on PATH? */
export function hasProgram(name) {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => folder && existsSync(join(folder, name)));
}
