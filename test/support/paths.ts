import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Root of the repository. Searched upward, so that it is found from the sources and from the compiled tests. */
export const REPOSITORY_ROOT: string = findRoot(__dirname);

/** Path of a fixture; fixtures are plain JavaScript and are not compiled. */
export function fixturePath(name: string): string {
  return join(REPOSITORY_ROOT, 'test', 'fixtures', name);
}

function findRoot(from: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'test', 'fixtures')))
      return folder;
  }
  throw new Error(`no repository root above ${from}`);
}
