const SCHEME = /^[a-z][a-z\d+.-]+:/i;

/**
 * The base that sources of a map are resolved against, in the form that `resolve-uri` reads: a URL or a path without
 * what it would take for a query.
 */
export function baseOfSources(mapPath: string): string {
  return mapPath.replaceAll('\\', '/').replace(/[%?#]/g, encodeURIComponent);
}

/**
 * The file that a resolved source of a map means, as reports show it: `webpack://shop/src/cart.ts` is `src/cart.ts`, and a
 * `file:` URL is a path.
 */
export function shownSource(resolved: string): string {
  if (!SCHEME.test(resolved) || /^[a-z]:/i.test(resolved)) return decoded(resolved);
  if (/^file:\/\//i.test(resolved)) {
    const path = decoded(resolved.replace(/^file:\/\/[^/]*/i, ''));
    return /^\/[a-z]:\//i.test(path) ? path.slice(1) : path;
  }
  // Bundlers name sources after their own scheme and the project. What follows a `?` distinguishes the parts of one file.
  const path = resolved.replace(/^[a-z][a-z\d+.-]+:(?:\/\/[^/]*)?\/*/i, '').replace(/[?#].*$/s, '');
  return path === '' ? resolved : decoded(path.replace(/^(?:\.\/)+/, ''));
}

/** Tools disagree about whether sources are paths or URLs: what cannot be decoded is a path. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
