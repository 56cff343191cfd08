import { dirname } from 'node:path';

/** Folder of the compiled package. This module must stay at the root of src/, in whichever file it ends up. */
export const LIB_FOLDER: string = __dirname;

/** Folder of this package: the one with package.json, build/ and prebuilds/. */
export const PACKAGE_ROOT: string = dirname(LIB_FOLDER);
