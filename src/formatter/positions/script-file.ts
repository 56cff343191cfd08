import { IN_EVALUATED_CODE } from '../../report/positions';
import { localPath } from './local-path';
import {
  AS_WRITTEN,
  UNKNOWN_LENGTH,
  inGeneratedCode,
  type Place,
  type Resolution,
  type SourceHost,
  type UnresolvedScript,
} from './script';
import { SourceText } from './source-text';

const MAX_FILES = 64;
const MAX_FILE_BYTES = 4 * 1024 * 1024;
const MAX_ALL_FILES_BYTES = 16 * 1024 * 1024;
/** A slow file system must not delay the report. */
const MAX_READING_MS = 500;
/** Lines such as `});` are the same in many places. */
const MIN_TELLING_CHARACTERS = 8;

/** Compares the code that V8 runs with the files that it is said to come from. Their text is never printed. */
export class ScriptFiles {
  private readonly host: SourceHost;
  private readonly startedAtMs: number | null;
  /** Null until the first file is read. */
  private endsAtMs: number | null = null;
  private filesLeft = MAX_FILES;
  private bytesLeft = MAX_ALL_FILES_BYTES;

  /** `startedAtMs`: when the process started; null when unknown. */
  constructor(host: SourceHost, startedAtMs: number | null) {
    this.host = host;
    this.startedAtMs = startedAtMs;
  }

  /**
   * Whether another build may have replaced a file since the process started: it is newer, and the script beside it is
   * not, or not for certain, the code that V8 runs.
   */
  mayBeOfAnotherBuild(path: string, script: UnresolvedScript, places: readonly Place[]): boolean {
    if (!this.isNewer(path)) return false;
    const scriptPath = script.file === null ? null : localPath(script.file);
    const text = scriptPath === null ? null : this.read(scriptPath);
    if (script.file === null || text === null || text.length !== script.length) return true;
    return !isCodeOf(text, script.file, script.length, places);
  }

  /** Whether positions in a script without a source map are positions in its file. */
  compare(script: UnresolvedScript, places: readonly Place[]): Resolution {
    const path = script.file === null ? null : localPath(script.file);
    if (script.file === null) return AS_WRITTEN;
    if (path === null)
      return isNameOfOriginal(script.file) ? inGeneratedCode('it has no source map') : AS_WRITTEN;
    const text = this.read(path);
    const isUnread = script.length === UNKNOWN_LENGTH && mayBeGenerated(path, text);
    const isSame = text === null || isCodeOf(text, script.file, script.length, places);
    // Without V8's text of the script, it is not known what the positions are in.
    if (isSame) return isUnread ? inGeneratedCode('its code was not read') : AS_WRITTEN;
    if (this.isNewer(path)) return inGeneratedCode('the file has changed since the process started');
    return inGeneratedCode('it is not the text of the file');
  }

  /** The same for text that was evaluated, whose name is a guess until the file is found to have the same text. */
  compareEvaluated(script: UnresolvedScript, places: readonly Place[]): Resolution {
    const { file, length } = script;
    if (file === null) return AS_WRITTEN;
    const path = localPath(file);
    if (path === null && isNameOfOriginal(file)) return this.compare(script, places);
    const text = path === null ? null : this.read(path);
    const isFile = text !== null && length !== UNKNOWN_LENGTH && isCodeOf(text, file, length, places);
    return isFile ? AS_WRITTEN : IN_EVALUATED_CODE;
  }

  private isNewer(path: string): boolean {
    const { startedAtMs } = this;
    const modifiedAtMs = this.host.modifiedAtMs(path);
    return startedAtMs !== null && modifiedAtMs !== null && modifiedAtMs > startedAtMs;
  }

  private read(path: string): string | null {
    const nowMs = this.host.nowMs();
    this.endsAtMs ??= nowMs + MAX_READING_MS;
    if (this.filesLeft === 0 || !(nowMs <= this.endsAtMs)) return null;
    this.filesLeft -= 1;
    const bytes = this.host.fileSize(path);
    if (bytes === null || bytes > MAX_FILE_BYTES || bytes > this.bytesLeft) return null;
    this.bytesLeft -= bytes;
    const text = this.host.readTextFile(path, bytes);
    // Node removes a byte order mark before it compiles.
    return text !== null && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  }
}

function isCodeOf(text: string, file: string, length: number, places: readonly Place[]): boolean {
  const lines = new SourceText(text);
  let isTelling = isLengthOf(text, file, length);
  for (const { line, column, source } of places) {
    const written = lines.line(line);
    if (written === null || column > written.length + 1) return false;
    if (source === null) continue;
    const part = written.slice(source.column - 1, source.column - 1 + source.text.length);
    const ends = source.cut || written.length <= source.column - 1 + source.text.length;
    if (!ends || !isSameButBlanks(source.text, part)) return false;
    if (source.text.replace(/\s/g, '').length >= MIN_TELLING_CHARACTERS) isTelling = true;
  }
  return isTelling;
}

const COMPILED = /\.(?:[cm]?tsx?|jsx|vue|svelte|coffee)(?:\?|$)/i;

/** Whether code that is in no file has the name of one that it was compiled from, as webpack gives to the code of `eval`. */
function isNameOfOriginal(name: string): boolean {
  return /^webpack(?:-internal)?:/.test(name) || COMPILED.test(name);
}

/** Whether what runs under this name may have been generated: from the file, or with it. */
function mayBeGenerated(path: string, text: string | null): boolean {
  if (COMPILED.test(path)) return true;
  return text !== null && text.includes('//# sourceMappingURL=');
}

/** Node puts a comment with the name of the file at the end when it has removed types. */
function isLengthOf(text: string, file: string, length: number): boolean {
  if (length === UNKNOWN_LENGTH) return true;
  return length === text.length || length === text.length + `\n\n//# sourceURL=${file}`.length;
}

/** Type stripping replaces types by blanks, and in rare cases by a semicolon, so that positions stay. */
function isSameButBlanks(running: string, written: string): boolean {
  if (running === written) return true;
  // Trailing blanks of a line need not be kept.
  if (running.trimEnd().length > written.length) return false;
  for (let index = 0; index < written.length; index++) {
    const character = running[index] ?? ' ';
    if (character !== written[index] && !/[\s;]/.test(character)) return false;
  }
  return true;
}
