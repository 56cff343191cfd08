import { withoutQuery } from '../code-owner';

/** Most path parts that are shown to tell two files apart. */
const MAX_PARTS = 4;
const MAX_LENGTH = 80;
/** Files of one base name that are compared with each other. */
const MAX_ALIKE = 40;

/**
 * Short names of the application's files: the base name, or as many parts of the path as it takes to distinguish it
 * from the other files that the summary names. Files have to be noted before they are named.
 */
export class FileNames {
  /** Files by their last part. */
  readonly #byBase = new Map<string, Set<string>>();

  /** Takes notice of a file, so that later names are different from its own. Returns its name as known by then. */
  shortName(file: string): string {
    const path = plainPath(file);
    const base = lastParts(path, 1);
    const alike = this.#byBase.get(base);
    if (alike === undefined) this.#byBase.set(base, new Set([path]));
    else alike.add(path);
    return shorten(path, alike ?? new Set());
  }
}

function shorten(path: string, alike: ReadonlySet<string>): string {
  if (alike.size > MAX_ALIKE) return bounded(lastParts(path, MAX_PARTS));
  for (let count = 1; count < MAX_PARTS; count++) {
    const name = lastParts(path, count);
    let isUnique = true;
    for (const other of alike) {
      if (other !== path && lastParts(other, count) === name) isUnique = false;
    }
    if (isUnique) return bounded(name);
  }
  return bounded(lastParts(path, MAX_PARTS));
}

function plainPath(file: string): string {
  if (file.startsWith('data:')) return 'data: URL';
  return withoutQuery(file.replaceAll('\\', '/'));
}

function lastParts(path: string, count: number): string {
  let at = path.length;
  for (let part = 0; part < count && at > 0; part++) at = path.lastIndexOf('/', at - 1);
  return path.slice(at + 1);
}

/** The end of a name says most. */
function bounded(name: string): string {
  return name.length <= MAX_LENGTH ? name : `...${name.slice(-MAX_LENGTH)}`;
}
