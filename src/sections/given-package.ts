import { describeError } from '../errors';
import type { PackageDescription, VersionProvider } from '../options';
import { UNKNOWN_VERSION, nonEmpty, vendorOf, type PackageFacts } from './package-facts';

/** What an object given as option `version` says, completed from the nearest package.json. Never throws. */
export function readGivenPackage(
  version: PackageDescription | VersionProvider,
  nearest: PackageFacts,
): PackageFacts {
  try {
    return isProvider(version) ? fromProvider(version, nearest) : fromDescription(version, nearest);
  } catch (error) {
    return {
      ...nearest,
      version: `${UNKNOWN_VERSION} (reading option 'version' failed: ${describeError(error)})`,
    };
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
