import { MapBudget, MapFailure, UNREADABLE_REASON, inlineFailure } from './budget';
import { folderOf, localPath } from './local-path';
import type { SourceHost, UnresolvedScript } from './script';

/** A source map and where it is. */
export interface FoundMap {
  /** Its JSON, one character for each byte. */
  readonly bytes: string;
  /** What the sources in it are relative to: the map's path, or the script's for a map within it; null when unknown. */
  readonly path: string | null;
  /** Whether it is a file of its own. */
  readonly isFile: boolean;
}

/** True when the script says that it was generated from other files. */
export function hasMap({ mapUrl, hasLongMap }: UnresolvedScript): boolean {
  return hasLongMap || (mapUrl !== null && mapUrl !== '');
}

/** The source map of a script. Throws {@link MapFailure}. */
export function findMap(
  script: UnresolvedScript,
  index: number,
  host: SourceHost,
  budget: MapBudget,
): FoundMap {
  const path = script.file === null ? null : localPath(script.file);
  const { mapUrl } = script;
  if (script.hasLongMap) {
    const bytes = host.inlineMap(index);
    if (bytes === null) throw inlineFailure(script.length);
    return { bytes: takenInline(bytes, budget), path, isFile: false };
  }
  if (mapUrl === null) throw new MapFailure(UNREADABLE_REASON);
  if (/^data:/i.test(mapUrl))
    return { bytes: takenInline(decodeDataUrl(mapUrl), budget), path, isFile: false };
  return readMapFile(pathOfMap(mapUrl, path), host, budget);
}

function takenInline(bytes: string | null, budget: MapBudget): string {
  if (bytes === null) throw new MapFailure(UNREADABLE_REASON);
  budget.takeBytes(bytes.length);
  return bytes;
}

function pathOfMap(url: string, scriptPath: string | null): string {
  const isElsewhere = url.startsWith('//');
  const absolute = isElsewhere ? null : localPath(url);
  if (absolute !== null) return absolute;
  if (isElsewhere || /^[a-z][a-z\d+.-]+:/i.test(url))
    throw new MapFailure('its source map is not a local file');
  if (scriptPath === null) throw new MapFailure(UNREADABLE_REASON);
  return folderOf(scriptPath) + url.replace(/[?#].*$/s, '');
}

/** Most tools write the plain name of the file, some a URL. */
function readMapFile(written: string, host: SourceHost, budget: MapBudget): FoundMap {
  for (const path of new Set([written, decoded(written)])) {
    const size = host.fileSize(path);
    if (size === null) continue;
    budget.takeBytes(size);
    const bytes = host.readBytes(path, size);
    if (bytes !== null) return { bytes, path, isFile: true };
  }
  throw new MapFailure(UNREADABLE_REASON);
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The bytes in a short `data:` URL; null when it has none. */
function decodeDataUrl(url: string): string | null {
  const comma = url.indexOf(',');
  if (comma === -1) return null;
  const data = url.slice(comma + 1);
  return /;\s*base64\s*$/i.test(url.slice(0, comma)) ? decodeBase64(data) : decodePercent(data);
}

const BASE_64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(base64: string): string | null {
  const bytes: string[] = [];
  let bits = 0;
  let count = 0;
  for (const character of base64) {
    if (character === '=') break;
    const value = BASE_64.indexOf(character);
    if (value === -1) return null;
    bits = ((bits << 6) | value) & 0xffff;
    count += 6;
    if (count < 8) continue;
    count -= 8;
    bytes.push(String.fromCharCode((bits >> count) & 0xff));
  }
  return bytes.join('');
}

function decodePercent(data: string): string {
  const encoded = data.replace(/[^\u0020-\u007e]/gu, (character) => encodeURIComponent(character));
  return encoded.replace(/%([\da-f]{2})/gi, (_, digits: string) => String.fromCharCode(parseInt(digits, 16)));
}
