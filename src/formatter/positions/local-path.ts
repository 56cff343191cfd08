/** The name of a script without the quotes around it that EJS writes into `sourceURL`. */
export function withoutQuotes<Name extends string | null>(file: Name): Name | string {
  return file !== null && /^"[^"]+"$/.test(file) ? file.slice(1, -1) : file;
}

/** Path of a file on this machine as V8 names scripts: an absolute path or a `file:` URL; null for all else. */
export function localPath(file: string): string | null {
  if (file.startsWith('file://')) return pathOfUrl(file.slice('file://'.length));
  if (file.startsWith('/')) return file;
  return isDriveLetter(file, 0) ? file : null;
}

function pathOfUrl(rest: string): string | null {
  // A host name means another machine.
  if (!rest.startsWith('/')) return null;
  const end = firstOf(rest.indexOf('?'), rest.indexOf('#'), rest.length);
  try {
    const path = decodeURIComponent(rest.slice(0, end));
    return isDriveLetter(path, 1) ? path.slice(1) : path;
  } catch {
    return null;
  }
}

function firstOf(a: number, b: number, length: number): number {
  return Math.min(a === -1 ? length : a, b === -1 ? length : b);
}

/** `C:\` or `C:/` at this place. */
function isDriveLetter(path: string, at: number): boolean {
  const letter = path.charCodeAt(at) | 0x20;
  const separator = path[at + 2];
  return (
    letter >= 0x61 && letter <= 0x7a && path[at + 1] === ':' && (separator === '/' || separator === '\\')
  );
}

/** The folder of a path, with the separator at its end. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** True for code of an installed package. One that is linked into a monorepo has a path of its own. */
export function isInPackage(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}
