import { readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { describeError } from '../errors';
import type { PackageDescription, VersionOption, VersionProvider } from '../options';
import type { ProcessFacts } from '../report/model';

type PackageFacts = ProcessFacts['package'];

const UNKNOWN_VERSION = 'unknown';
/** A larger package.json is not one. */
const MAX_PACKAGE_BYTES = 1_048_576;

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
  try {
    return isProvider(version) ? fromProvider(version, nearest) : fromDescription(version, nearest);
  } catch (error) {
    return {
      ...nearest,
      version: `${UNKNOWN_VERSION} (reading option 'version' failed: ${describeError(error)})`,
    };
  }
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
    const description = readPackage(join(folder, 'package.json'));
    if (nonEmpty(description?.name) !== null)
      return { root: folder, description: description as PackageDescription };
    if (dirname(folder) === folder) return null;
  }
}

function readPackage(path: string): PackageDescription | null {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || !stat.isFile() || stat.size > MAX_PACKAGE_BYTES) return null;
    const parsed: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return typeof parsed === 'object' && parsed !== null ? parsed : null;
  } catch {
    return null;
  }
}

function fromDescription(description: PackageDescription, nearest: PackageFacts): PackageFacts {
  return {
    product: nonEmpty(description.name) ?? nearest.product,
    vendor: vendorOf(description.author) ?? nearest.vendor,
    version: nonEmpty(description.version) ?? UNKNOWN_VERSION,
    root: nearest.root,
  };
}

function fromProvider(provider: VersionProvider, nearest: PackageFacts): PackageFacts {
  const version = ask(provider, 'versionStringWithPackage', 'version_string_with_package');
  return {
    product: ask(provider, 'productString', 'product_string').value ?? nearest.product,
    vendor: ask(provider, 'vendorString', 'vendor_string').value ?? nearest.vendor,
    version:
      version.value ??
      (version.problem === null ? nearest.version : `${UNKNOWN_VERSION} (${version.problem})`),
    root: nearest.root,
  };
}

function isProvider(version: PackageDescription | VersionProvider): version is VersionProvider {
  return PROVIDER_METHODS.some((name) => typeof (version as VersionProvider)[name] === 'function');
}

const PROVIDER_METHODS: readonly (keyof VersionProvider)[] = [
  'vendorString',
  'productString',
  'versionStringWithPackage',
  'vendor_string',
  'product_string',
  'version_string_with_package',
];

/** Calls one method under either name. One that throws costs its own value only. */
function ask(
  provider: VersionProvider,
  name: keyof VersionProvider,
  snakeName: keyof VersionProvider,
): { readonly value: string | null; readonly problem: string | null } {
  try {
    const key = typeof provider[name] === 'function' ? name : snakeName;
    if (typeof provider[key] !== 'function') return { value: null, problem: null };
    const value: unknown = provider[key]();
    const text = typeof value === 'string' ? nonEmpty(value) : null;
    return { value: text, problem: text === null ? `${key}() returned no text` : null };
  } catch (error) {
    return { value: null, problem: `${name}() threw ${describeError(error)}` };
  }
}

/** `author` of a package.json: `Name <mail> (url)`, or an object with a name. */
function vendorOf(author: unknown): string | null {
  const name: unknown =
    typeof author === 'object' && author !== null ? (author as { name?: unknown }).name : author;
  if (typeof name !== 'string') return null;
  const ends = [name.indexOf('<'), name.indexOf('(')].filter((end) => end >= 0);
  return nonEmpty(name.slice(0, Math.min(name.length, ...ends)).trim());
}

function nonEmpty(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
