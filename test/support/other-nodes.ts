import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';

/** The Nodes in tools/nodes that have another ABI than the running one; empty when they are not installed. */
export function nodesOfOtherAbis(): string[] {
  const paths = [20, 22, 24, 26]
    .map((major) => join(REPOSITORY_ROOT, 'tools', 'nodes', 'node_modules', `node-${major}`, 'bin', 'node'))
    .filter((path) => existsSync(path));
  return paths.filter((path) => abiOf(path) !== process.versions.modules);
}

function abiOf(node: string): string {
  return execFileSync(node, ['-p', 'process.versions.modules'], { encoding: 'utf8' }).trim();
}
