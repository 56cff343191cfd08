// The sources as text, for the tests that read them.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join, posix } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** Folders that are made, not written. */
const GENERATED = /(^|\/)(node_modules|build|lib|coverage)\/|^prebuilds\/[^/]+\//;

export interface SourceFile {
  /** Relative to the root, with `/`. */
  readonly path: string;
  readonly text: string;
}

/** The files of a folder and of those in it, without what is made. */
export function walk(folder: string, pattern: RegExp): SourceFile[] {
  const files: SourceFile[] = [];
  for (const entry of readdirSync(join(REPOSITORY_ROOT, folder), { withFileTypes: true })) {
    const path = posix.join(folder, entry.name);
    // A folder, or a file in a second working tree.
    if (entry.name === '.git') continue;
    if (GENERATED.test(`${path}/`) && entry.isDirectory()) continue;
    if (entry.isDirectory()) files.push(...walk(path, pattern));
    else if (entry.isFile() && pattern.test(path)) files.push({ path, text: read(path) });
  }
  return files;
}

/** A file by its path relative to the root. */
export function read(path: string): string {
  return readFileSync(join(REPOSITORY_ROOT, path), 'utf8');
}

/** All of `src/`. */
export const typeScript: readonly SourceFile[] = walk('src', /\.ts$/);
/** The C++ of `native/`. */
export const native: readonly SourceFile[] = walk('native', /\.(cc|h)$/);

/** The first group of each match. */
export function matches(file: SourceFile, pattern: RegExp): string[] {
  return [...file.text.matchAll(pattern)].map((match) => match[1] ?? '');
}

/** Fails with the offenders and the rule that they break. */
export function unexpected(offenders: readonly string[], rule: string): void {
  assert.deepEqual(offenders, [], rule);
}
