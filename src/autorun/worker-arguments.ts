import { join } from 'node:path';
import { isError } from '../errors';
import { PATHS } from '../paths';
import { WORKER_PRELOAD_FLAG } from './worker-patch';

const AUTORUN_MODULE = join(PATHS.lib, 'autorun.js');

/** Flags of this process that Node refuses to give to workers: those of V8 and of the process as a whole. */
const refusedFlags = new Set<string>();

/**
 * The arguments of `new Worker` with our preload added; null when they are better left alone.
 *
 * Node reads `NODE_OPTIONS` anew for a worker that has `execArgv`; a service that changes it after its start will see
 * the change in workers too.
 */
export function withPreload(args: readonly unknown[]): unknown[] | null {
  const options: unknown = args[1] ?? {};
  if (typeof options !== 'object' || options === null) return null;
  const { execArgv: given, env } = options as { execArgv?: unknown; env?: unknown };
  if (given !== undefined && given !== null && !Array.isArray(given)) return null;
  const inherited = !Array.isArray(given);
  const flags: readonly unknown[] = inherited ? inheritedFlags() : given;
  if (isPreloaded(flags) || (!isOwnEnvironment(env) && isPreloaded(nodeOptions()))) return null;
  // Inherits from the user's object: Node then reads every other option from there, getters and prototypes included.
  const extended: unknown = Object.create(options, {
    execArgv: {
      // First, because Node stops to read flags at an empty one: `''.split(',')` has no other.
      value: [WORKER_PRELOAD_FLAG, ...flags],
      enumerable: true,
      configurable: true,
      writable: true,
    },
  });
  return [args[0], extended, ...args.slice(2)];
}

/**
 * Learns from the refusal of a worker which inherited flags it must not get.
 *
 * @returns true when something was learnt, so that another attempt makes sense.
 */
export function learnRefusedFlags(error: unknown): boolean {
  if (!isError(error) || (error as { code?: unknown }).code !== 'ERR_WORKER_INVALID_EXEC_ARGV') return false;
  const known = refusedFlags.size;
  // The message lists them, as they were written, behind a colon and separated by commas.
  const listed = new Set(error.message.slice(error.message.indexOf(': ') + 2).split(', '));
  for (const flag of process.execArgv) if (listed.has(flag)) refusedFlags.add(flag);
  return refusedFlags.size > known;
}

function inheritedFlags(): string[] {
  return process.execArgv.filter((flag) => !refusedFlags.has(flag));
}

/** `process.env` and `SHARE_ENV` leave the worker with our NODE_OPTIONS; an object has its own. */
function isOwnEnvironment(env: unknown): boolean {
  return typeof env === 'object' && env !== null && env !== process.env;
}

function nodeOptions(): string[] {
  return (process.env['NODE_OPTIONS'] ?? '').split(' ');
}

/** True when the flags already make a worker register itself: by our preload, or by `--require gmr-native/autorun`. */
function isPreloaded(flags: readonly unknown[]): boolean {
  return flags.some((flag, index) => {
    if (typeof flag !== 'string') return false;
    if (flag === '--require' || flag === '-r') return isOurModule(flags[index + 1]);
    return flag.startsWith('--require=') && isOurModule(flag.slice('--require='.length));
  });
}

function isOurModule(specifier: unknown): boolean {
  return (
    specifier === PATHS.workerPreload || specifier === AUTORUN_MODULE || specifier === 'gmr-native/autorun'
  );
}
