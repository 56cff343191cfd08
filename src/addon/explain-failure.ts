import { describeError } from '../errors';
import { prebuildsFor } from './find-prebuild';
import type { LoadAttempt } from './load';

/** The message of `GMR_ADDON_UNAVAILABLE`: what was tried, why it failed, and the command that fixes it. */
export function explainFailure(root: string, attempts: readonly LoadAttempt[]): string {
  const running = `Node ${process.versions.node} (ABI ${process.versions.modules}), ${process.platform}-${process.arch}`;
  const lines = attempts.map(({ path, error }) => `  tried ${path}: ${firstLine(describeError(error))}`);
  return [
    `expected a native addon of gmr-native for ${running}, got none`,
    ...lines,
    ...shipped(root),
    `  ${remedy(root, attempts)}`,
  ].join('\n');
}

/** What the package has instead: tells a Node that is too new from an installation that is broken. */
function shipped(root: string): string[] {
  const names = prebuildsFor(root);
  const abis = [...new Set(names.map((name) => /\.abi(\d+)\./.exec(name)?.[1] ?? '?'))];
  const platform = `${process.platform}-${process.arch}`;
  if (abis.length === 0) return [`  the package has no prebuilt binary for ${platform}`];
  return [`  the package has prebuilt binaries for ${platform} and Node ABI ${abis.join(', ')}`];
}

function remedy(root: string, attempts: readonly LoadAttempt[]): string {
  if (attempts.some(({ error }) => codeOf(error) === 'ERR_DLOPEN_DISABLED')) {
    return hasPermissionModel()
      ? 'to fix it, start node with --allow-addons beside --permission'
      : 'to fix it, start node without --no-addons (look into NODE_OPTIONS too)';
  }
  return `to fix it, build the addon with this Node: npx node-gyp rebuild --directory="${root}"`;
}

/** `process.permission` is there only under `--permission` (or `--experimental-permission`). */
function hasPermissionModel(): boolean {
  return (process as { permission?: unknown }).permission !== undefined;
}

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null ? (error as { code?: unknown }).code : undefined;
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
