import { isAbsolute, resolve } from 'node:path';
import { describe } from './option-rules';

/** Options of the watchdog of event loops. */
export interface BlockedEventLoopOptions {
  /** An event loop that has not turned for so long is blocked, from 20 to 3600000. Default 1000. */
  readonly thresholdMs?: number | undefined;
  /** Between two looks, from 5 to 60000. Default: a quarter of the threshold, at most 250. */
  readonly intervalMs?: number | undefined;
  /** Reports of blocks in any hour, from 0 to 3600. Default 6. Every block is told to `onBlockEnd` nevertheless. */
  readonly maxReportsPerHour?: number | undefined;
  /** Whose loops are watched. Default `main`. */
  readonly threads?: 'main' | 'all' | undefined;
  /** Called on the main loop when a blocked loop turns again. */
  readonly onBlockEnd?: ((block: EventLoopBlock) => void) | undefined;
}

/** An event loop was blocked and turns again. */
export interface EventLoopBlock {
  /** `worker_threads.threadId`; 0 for the main thread. */
  readonly threadId: number;
  /** Name given to `new Worker`, or `main`. */
  readonly threadName: string;
  /** How long it did not turn; exact to one interval of the watchdog. */
  readonly blockedMs: number;
  /** Unix time in ms. */
  readonly beganAtMs: number;
  /** Whether a report was written meanwhile. */
  readonly reported: boolean;
}

/** The options of the watchdog after the check. */
export interface WatchdogSettings {
  readonly thresholdMs: number;
  readonly intervalMs: number;
  readonly maxReportsPerHour: number;
  readonly threads: 'main' | 'all';
  readonly onBlockEnd: ((block: EventLoopBlock) => void) | undefined;
}

const LONGEST_PATH = 4000;
const NAMES: readonly string[] = ['thresholdMs', 'intervalMs', 'maxReportsPerHour', 'threads', 'onBlockEnd'];

/**
 * The path, absolute: the working folder may change later.
 *
 * @throws Error when the value is none.
 */
export function checkPath(value: unknown): string {
  const isPath =
    typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_PATH && !value.includes('\0');
  if (!isPath) throw new Error(`expected a path, got ${describe(value)}`);
  return isAbsolute(value) ? value : resolve(value);
}

/**
 * Seconds.
 *
 * @throws Error when the value is none.
 */
export function checkInterval(value: unknown): number {
  if (typeof value === 'number' && value >= 0.05 && value <= 86_400) return value;
  throw new Error(`expected a number of seconds from 0.05 to 86400, got ${describe(value)}`);
}

/** Decimals only: `Number` alone would take '0x10', '' and '1e3'. */
export function parseInterval(text: string): unknown {
  return /^[0-9]{1,6}(\.[0-9]{1,6})?$/.test(text) ? Number(text) : text;
}

/**
 * The watchdog's options, complete; false for none.
 *
 * @throws Error when something of it is not what it must be.
 */
export function checkBlockedEventLoop(value: unknown): WatchdogSettings | false {
  if (value === false) return false;
  if (value === true) return checkBlockedEventLoop({});
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`expected an object, true or false, got ${describe(value)}`);
  }
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new Error(`expected only ${NAMES.join(', ')}, got ${describe(unknown)}`);
  }
  const given = value as Readonly<Record<string, unknown>>;
  const thresholdMs = integer(given, 'thresholdMs', [20, 3_600_000]) ?? 1000;
  const usual = Math.min(250, Math.max(5, Math.floor(thresholdMs / 4)));
  return {
    thresholdMs,
    intervalMs: integer(given, 'intervalMs', [5, 60_000]) ?? usual,
    maxReportsPerHour: integer(given, 'maxReportsPerHour', [0, 3600]) ?? 6,
    threads: checkThreads(given['threads']),
    onBlockEnd: checkListener(given['onBlockEnd']),
  };
}

/** `on`, `off`, a threshold, or `thresholdMs=500,threads=all`. */
export function parseBlockedEventLoop(text: string, words: ReadonlyMap<string, boolean>): unknown {
  const word = text === 'none' ? false : words.get(text.toLowerCase());
  if (word !== undefined) return word;
  if (isNumber(text)) return { thresholdMs: Number(text) };
  if (!text.includes('=')) return text;
  const entries = text.split(',').map((part) => {
    const [name = '', ...rest] = part.split('=');
    const said = rest.join('=').trim();
    return [name.trim(), isNumber(said) ? Number(said) : said] as const;
  });
  return Object.fromEntries(entries);
}

function isNumber(text: string): boolean {
  return /^[0-9]{1,9}$/.test(text);
}

function integer(
  given: Readonly<Record<string, unknown>>,
  name: string,
  [least, most]: readonly [number, number],
): number | undefined {
  const value = given[name];
  if (value === undefined) return undefined;
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number;
  }
  throw new Error(`'${name}': expected an integer from ${least} to ${most}, got ${describe(value)}`);
}

function checkThreads(value: unknown): 'main' | 'all' {
  if (value === undefined) return 'main';
  if (value === 'main' || value === 'all') return value;
  throw new Error(`'threads': expected 'main' or 'all', got ${describe(value)}`);
}

function checkListener(value: unknown): WatchdogSettings['onBlockEnd'] {
  if (value === undefined) return undefined;
  if (typeof value === 'function') return value as (block: EventLoopBlock) => void;
  throw new Error(`'onBlockEnd': expected a function, got ${describe(value)}`);
}
