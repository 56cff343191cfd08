import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import type { PackageDescription, VersionOption } from '../options';
import type { ProcessFacts } from '../report/model';

/** What a report says of the package. */
export type PackageFacts = ProcessFacts['package'];

/** Stands for a version that nobody tells. */
export const UNKNOWN_VERSION: string = 'unknown';
/** Non-blocking, or a FIFO of that name would hang setup. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Product, vendor and version: what the option says, completed from the nearest package.json. Never throws. */
export function collectPackageFacts(
  version: VersionOption | undefined,
  mainScript: string | null,
): PackageFacts {
  const found = mainScript === null ? null : findPackage(dirname(mainScript));
  const nearest: PackageFacts = {
    product: nonEmpty(found?.description.name) ?? scriptName(mainScript),
    vendor: vendorOf(found?.description.author),
    version: nonEmpty(found?.description.version) ?? UNKNOWN_VERSION,
    root: found?.root ?? null,
  };
  if (version === undefined) return nearest;
  if (typeof version === 'string') return { ...nearest, version };
  // Loaded when needed: setup must be fast, and most services have their package.json.
  return (require('./given-package') as typeof import('./given-package')).readGivenPackage(version, nearest);
}

/** Name of a service that has no better one: its script's, without folder and extension. */
export function scriptName(mainScript: string | null): string {
  return mainScript === null ? 'node' : basename(mainScript, extname(mainScript));
}

/** The nearest package.json upward that names a package. One without a name only sets a folder's module type. */
function findPackage(
  start: string,
): { readonly root: string; readonly description: PackageDescription } | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    // Asked first, because an error from `openSync` takes a tenth of a millisecond in each folder on the way up.
    const description = existsSync(path) ? readPackage(path) : null;
    if (nonEmpty(description?.name) !== null)
      return { root: folder, description: description as PackageDescription };
    if (dirname(folder) === folder) return null;
  }
}

function readPackage(path: string): PackageDescription | null {
  try {
    const parsed: unknown = JSON.parse(readText(path));
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}

/** Without a look at what it is before: the first `stat` of a process takes longer than all of this. */
function readText(path: string): string {
  const descriptor = openSync(path, OPEN_FLAGS);
  try {
    return readFileSync(descriptor, 'utf8');
  } finally {
    closeSync(descriptor);
  }
}

/** `author` of a package.json: `Name <mail> (url)`, or an object with a name. */
export function vendorOf(author: unknown): string | null {
  const name: unknown =
    typeof author === 'object' && author !== null ? (author as { name?: unknown }).name : author;
  if (typeof name !== 'string') return null;
  const ends = [name.indexOf('<'), name.indexOf('(')].filter((end) => end >= 0);
  return nonEmpty(name.slice(0, Math.min(name.length, ...ends)).trim());
}

/** The text, or null when there is none. */
export function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
