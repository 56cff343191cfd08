import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { deferred } from '../deferred';
import type { PackageDescription, VersionOption } from '../options';
import type { ProcessFacts } from '../report/model';
import { isInstalled, isTool } from '../report/tools';

/** What a report says of the package. */
export type PackageFacts = ProcessFacts['package'];

/** Replaces a version that is not known. */
export const UNKNOWN_VERSION: string = 'unknown';
/** Non-blocking, or a FIFO of that name would hang setup. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Where the application of a process is looked for. */
export interface PackageSearch {
  readonly mainScript: string | null;
  /** Working directory: a tool that was installed as a package runs the application that is there. */
  readonly folder?: string | undefined;
  /** Version that an operator gave to the service. */
  readonly version?: string | null | undefined;
}

/** Product, vendor and version: what the option says, completed from the application's package.json. Never throws. */
export function collectPackageFacts(
  version: VersionOption | undefined,
  { mainScript, folder, version: deployed }: PackageSearch,
): PackageFacts {
  const found = findApplication(mainScript, folder);
  const nearest: PackageFacts = {
    product: nonEmpty(found?.description.name) ?? scriptName(mainScript),
    vendor: vendorOf(found?.description.author),
    version: nonEmpty(deployed) ?? nonEmpty(found?.description.version) ?? UNKNOWN_VERSION,
    root: found?.root ?? null,
  };
  if (version === undefined) return nearest;
  if (typeof version === 'string') return { ...nearest, version };
  // Loaded when needed: setup must be fast, and most services have their package.json.
  const { readGivenPackage } = deferred('sections/given-package') as typeof import('./given-package');
  return readGivenPackage(version, nearest);
}

/** Name of a service that has no better one: its script's, without folder and extension. */
export function scriptName(mainScript: string | null): string {
  return mainScript === null ? 'node' : basename(mainScript, extname(mainScript));
}

interface FoundPackage {
  readonly root: string;
  readonly description: PackageDescription;
}

/** The package of the main script; that of the working directory if the script belongs to a tool such as `next`. */
function findApplication(mainScript: string | null, folder: string | undefined): FoundPackage | null {
  if (mainScript === null) return null;
  const isElsewhere = folder !== undefined && isTool(mainScript) && !isInstalled(folder);
  const own = isElsewhere ? findPackage(folder) : null;
  return own ?? findPackage(dirname(mainScript));
}

/** The nearest package.json upward that names a package. One without a name only sets a folder's module type. */
function findPackage(start: string): FoundPackage | null {
  for (let folder = start; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    // Checked first, because an error from `openSync` takes a tenth of a millisecond in each folder on the way up.
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
