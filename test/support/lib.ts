import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** Absolute path of a built file of the package, for example `formatter.bundle.js`. */
export function libPath(name: string): string {
  return join(REPOSITORY_ROOT, 'lib', name);
}

/**
 * A built module of the package that is not part of its public face:
 * `requireLib('views/text') as typeof import('../src/views/text')`.
 */
export function requireLib(name: string): unknown {
  return require(libPath(name));
}
