import { AsyncLocalStorage } from 'node:async_hooks';
import { describe } from './option-rules';
import type { ContextOptions } from './green-thread-options';

const NAMES: readonly string[] = ['storage', 'keys'];
/** The native side has room for as many. */
const MAX_KEYS = 16;
const MAX_KEY_LENGTH = 100;
/** Of native/image/context/context_path.h. */
const MAX_STEPS = 8;

/**
 * The option `greenThreads.context`. A file of its own: whoever does not use it has no work with it.
 *
 * @throws Error when the value is none.
 */
export function checkContext(value: unknown): ContextOptions {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`expected an object with storage and keys, got ${describe(value)}`);
  }
  const unknown = Object.keys(value).find((name) => !NAMES.includes(name));
  if (unknown !== undefined) throw new Error(`expected storage and keys only, got ${describe(unknown)}`);
  const { storage, keys } = value as Record<string, unknown>;
  if (!(storage instanceof AsyncLocalStorage)) {
    throw new Error(`expected an AsyncLocalStorage as storage, got ${describe(storage)}`);
  }
  return { storage, keys: checkKeys(keys) };
}

function checkKeys(keys: unknown): readonly string[] {
  const isList = Array.isArray(keys) && keys.length >= 1 && keys.length <= MAX_KEYS;
  if (!isList) throw new Error(`expected 1 to ${MAX_KEYS} keys, got ${describeKeys(keys)}`);
  const wrong = (keys as unknown[]).find((key) => !isKey(key));
  // `find` says undefined for an element that is undefined, too.
  if (!keys.every(isKey)) {
    throw new Error(`expected keys of 1 to ${MAX_KEY_LENGTH} ASCII characters, got ${describe(wrong)}`);
  }
  const broken = keys.find((key) => !isPath(key));
  if (broken !== undefined) {
    throw new Error(
      `expected keys that are paths of 1 to ${MAX_STEPS} steps between dots, got ${describe(broken)}; ` +
        'a dot in a name is written \\.',
    );
  }
  return [...new Set(keys)];
}

function describeKeys(keys: unknown): string {
  return Array.isArray(keys) ? `${keys.length} of them` : describe(keys);
}

function isKey(key: unknown): key is string {
  return typeof key === 'string' && key.length <= MAX_KEY_LENGTH && /^[\x20-\x7e]+$/.test(key);
}

/** Steps between dots; a backslash makes the next character an ordinary one; `@` begins the description of a symbol. */
function isPath(key: string): boolean {
  const step = String.raw`(?:@|(?!@))(?:[^.\\]|\\.)+`;
  const match = new RegExp(String.raw`^${step}(?:\.${step})*$`).test(key);
  return match && key.replaceAll(/\\./g, '').split('.').length <= MAX_STEPS;
}
