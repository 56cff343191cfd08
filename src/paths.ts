import { dirname, join } from 'node:path';

/*
 * The files that are opened by their path. This module must stay at the root of src/, and its output at the root of
 * lib/.
 *
 * Tools that copy only the files that a service needs (@vercel/nft, Next.js) find these only through a plain
 * `join(__dirname, ...)` that is not part of a condition. test/bundlers.test.ts checks that.
 */

interface Paths {
  /** Folder of the compiled package; in a bundle, the folder of the bundle. */
  readonly lib: string;
  /** The script that the reporter thread runs to format a report. */
  readonly formatterBundle: string;
  /** The first module of a worker. */
  readonly workerPreload: string;
  /** The prebuilt binaries, in one folder for each platform. */
  readonly prebuilds: string;
}

function locate(): Paths {
  return {
    lib: __dirname,
    formatterBundle: join(__dirname, 'formatter.bundle.js'),
    workerPreload: join(__dirname, 'autorun/worker-preload.js'),
    prebuilds: join(__dirname, '..', 'prebuilds'),
  };
}

/** False in a bundle of ES modules, which has no `__dirname`, so that the paths would be meaningless. */
export const IS_LOCATED: boolean = typeof __dirname === 'string';

export const PATHS: Paths = IS_LOCATED
  ? locate()
  : { lib: '', formatterBundle: '', workerPreload: '', prebuilds: '' };

/** Folder of this package: the one with package.json, build/ and prebuilds/. */
export const PACKAGE_ROOT: string = dirname(PATHS.lib);
