import type { SourceLine, SourceLookup } from '../views/source-lookup';
import type { FormatterHost } from './host';

const MAX_FILES = 64;
const MAX_FILE_BYTES = 2 * 1024 * 1024;
/** The formatter's isolate has little memory: all files together. */
const MAX_CHARACTERS = 16 * 1024 * 1024;
/** A slow file system may cost source lines, but not the report. */
const MAX_READING_MS = 500;

const UNKNOWN: SourceLine = { status: 'unknown' };
const CHANGED: SourceLine = { status: 'changed' };

/** Source lines of the program that runs, each file read at most once per report. */
export class SourceFiles implements SourceLookup {
  private readonly host: FormatterHost;
  private readonly startedAtMs: number;
  private readonly giveUpAtMs: number;
  private readonly files = new Map<string, IndexedText | SourceLine>();
  private charactersLeft = MAX_CHARACTERS;

  /** Files changed after `startedAtMs` are never shown. */
  constructor(host: FormatterHost, startedAtMs: number) {
    this.host = host;
    this.startedAtMs = startedAtMs;
    this.giveUpAtMs = clock(host) + MAX_READING_MS;
  }

  lineAt(file: string, line: number): SourceLine {
    let known = this.files.get(file);
    if (known === undefined) {
      if (this.files.size >= MAX_FILES) return UNKNOWN;
      known = this.load(file);
      this.files.set(file, known);
    }
    if (!(known instanceof IndexedText)) return known;
    const text = known.line(line);
    return text === null ? UNKNOWN : { status: 'known', text };
  }

  private load(file: string): IndexedText | SourceLine {
    const path = localPath(file);
    if (path === null) return UNKNOWN;
    try {
      if (this.charactersLeft <= 0 || this.host.nowMs() > this.giveUpAtMs) return UNKNOWN;
      const modifiedAtMs = this.host.modifiedAtMs(path);
      if (modifiedAtMs === null) return UNKNOWN;
      if (!(modifiedAtMs <= this.startedAtMs)) return CHANGED;
      const text = this.host.readTextFile(path, MAX_FILE_BYTES);
      if (text === null) return UNKNOWN;
      this.charactersLeft -= text.length;
      return new IndexedText(text);
    } catch {
      return UNKNOWN;
    }
  }
}

/** Finds lines of a text; scans each character at most once, however many lines are asked for. */
class IndexedText {
  private readonly text: string;
  private readonly starts: number[] = [0];

  constructor(text: string) {
    this.text = text;
  }

  line(number: number): string | null {
    while (this.starts.length <= number) {
      const start = this.starts[this.starts.length - 1] ?? this.text.length;
      const end = this.text.indexOf('\n', start);
      this.starts.push(end === -1 ? this.text.length + 1 : end + 1);
      if (end === -1) break;
    }
    const start = this.starts[number - 1];
    const next = this.starts[number];
    return start === undefined || next === undefined ? null : this.text.slice(start, next - 1);
  }
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

/** Without a clock nothing is read: the time that it takes could not be bounded. */
function clock(host: FormatterHost): number {
  try {
    return host.nowMs();
  } catch {
    return -Infinity;
  }
}
