import assert from 'node:assert/strict';
import { requireLib } from './lib';

export const { readSettings } = requireLib('options') as typeof import('../../src/options');
const { GmrError } = requireLib('errors') as typeof import('../../src/errors');

/** Asserts that the options are refused, and that the message says each of these. */
export function assertRefused(options: unknown, ...says: readonly string[]): void {
  assert.throws(
    () => readSettings(options, {}),
    (error: unknown) => {
      assert.ok(error instanceof GmrError);
      assert.equal(error.code, 'GMR_INVALID_OPTION');
      for (const words of says) assert.ok(error.message.includes(words), error.message);
      return true;
    },
  );
}

/** The settings that an environment gives, and the warnings about it. */
export async function fromEnvironment(environment: NodeJS.ProcessEnv): Promise<{
  readonly settings: ReturnType<typeof readSettings>;
  readonly warnings: readonly (Error & { code?: string })[];
}> {
  const warnings: Error[] = [];
  const listener = (warning: Error): unknown => warnings.push(warning);
  process.on('warning', listener);
  try {
    const settings = readSettings({}, environment);
    // Warnings are told in the next tick, before any immediate.
    await new Promise((resolve) => setImmediate(resolve));
    return { settings, warnings };
  } finally {
    process.removeListener('warning', listener);
  }
}
