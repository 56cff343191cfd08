/** A path under `node_modules`. */
const INSTALLED = /[\\/]node_modules[\\/]/;
/** Package managers run scripts, and answer reports under their own name. */
const PACKAGE_MANAGER = /[\\/]node_modules[\\/](?:npm|yarn|pnpm|corepack)[\\/]/;

/** True for the main script of a tool, such as `next`, that runs the application in its working directory. */
export function isTool(mainScript: string): boolean {
  return INSTALLED.test(mainScript) && !PACKAGE_MANAGER.test(mainScript);
}

/** True for a folder under `node_modules`: what is there was installed, and is not the application. */
export function isInstalled(folder: string): boolean {
  return INSTALLED.test(`${folder}/`);
}
