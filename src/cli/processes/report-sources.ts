import { closeSync, constants, fstatSync, openSync, readSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describeError } from '../../errors';
import { CliError, EXIT } from '../base/exit-codes';
import { readRegularFile } from '../base/read-file';
import { type FoundReport, findReport } from './find-report';
import { identify, resolveFor } from './identity';
import type { Installed } from './inspect';
import { openFilePath, pathSeenBy, readLink } from './proc';
import type { ReportSource } from './report-source';
import { readStatusPage } from './status-page';

/** A process, and the ids of its reports that may still be on their way to a file. */
export interface Searched extends Installed {
  readonly known: ReadonlySet<string>;
}

/** In the name of every report file: `<service>_gurumeditation_<time>`. */
const REPORT_FILE = '_gurumeditation_';
/** What is behind this much log is not searched; nobody waits for that long. */
const MAX_BYTES = 64 * 1024 * 1024;

/**
 * Where the report will be seen: in the file or folder that the user names; else in the log directory and the standard
 * error of the process, as far as they can be read from outside. Empty: nowhere. To be called before the signal is sent.
 *
 * @throws CliError when the named file is not there.
 */
export function openSources(target: Searched, file: string | undefined): ReportSource[] {
  if (file !== undefined) return [openNamed(target, file)];
  const sources: ReportSource[] = [];
  const folder = logDirOf(target.pid);
  if (folder !== '') sources.push(inFolder(target, pathSeenBy(target.pid, resolveFor(target.pid, folder))));
  const stderr = openFilePath(target.pid, 2);
  if (stderr !== null) sources.push(...tryAppended(target, stderr));
  return sources;
}

/** Empty: reports go to stderr, or it cannot be seen that they do not. */
function logDirOf(pid: number): string {
  const facts = readStatusPage(pid)?.facts ?? null;
  return (facts === null ? identify(pid).settings.get('LOG_DIR') : facts.logDir) ?? '';
}

/** Why the report cannot be seen, in words that say where it went instead. */
export function describeStderr(pid: number): string {
  const link = readLink(pid, 'fd/2');
  if (link === null) return 'its standard error may not be examined';
  if (link.startsWith('pipe:') || link.startsWith('socket:')) {
    return `its standard error is a ${link.startsWith('pipe:') ? 'pipe' : 'socket'}, and its reader has the report: a log collector, the journal`;
  }
  if (link === '/dev/null') return 'its standard error is /dev/null, so a report without logDir is lost';
  return `its standard error is ${link}`;
}

function openNamed(target: Searched, file: string): ReportSource {
  try {
    if (statSync(file).isDirectory()) return inFolder(target, file);
    // An earlier report: the next one appears beside it.
    if (basename(file).includes(REPORT_FILE)) return inFolder(target, dirname(file));
    return appended(target, file);
  } catch (error) {
    throw new CliError(EXIT.failed, `cannot read --file ${file}: ${describeError(error)}; nothing was sent`);
  }
}

function tryAppended(target: Searched, path: string): ReportSource[] {
  try {
    return [appended(target, path)];
  } catch {
    // No permission: the same as a pipe.
    return [];
  }
}

/** What is appended to a file from now on. */
function appended({ process: { ownPid }, known }: Searched, path: string): ReportSource {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const facts = fstatSync(fd);
  if (!facts.isFile()) {
    closeSync(fd);
    throw new Error('it is no regular file and no folder');
  }
  let position = facts.size;
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    isKept: false,
    poll() {
      const { size } = fstatSync(fd);
      // It was emptied: what follows is new.
      if (size < position) position = 0;
      const length = Math.min(size - position, MAX_BYTES - bytes);
      if (length <= 0) return null;
      const chunk = Buffer.alloc(length);
      const have = readSync(fd, chunk, 0, length, position);
      position += have;
      bytes += have;
      chunks.push(chunk.subarray(0, have));
      const all = Buffer.concat(chunks);
      chunks = [all];
      return findReport(all.toString('utf8'), ownPid, known);
    },
    close: () => closeSync(fd),
  };
}

/** Report files that appear in a folder, which need not be there yet. */
function inFolder({ process: { ownPid }, known }: Searched, folder: string): ReportSource {
  const seen = new Set(reportFiles(folder));
  return {
    isKept: false,
    poll() {
      const fresh = reportFiles(folder).filter((name) => !seen.has(name));
      const found = fresh.map((name) => readReportFile(join(folder, name), ownPid, known));
      // Of several formats of one report, the text is what a terminal can show.
      return (
        found.find((report) => report?.kind === 'text') ?? found.find((report) => report !== null) ?? null
      );
    },
    close: () => undefined,
  };
}

function reportFiles(folder: string): string[] {
  try {
    // A file that is being written has a name of another kind; what begins with a dot is never complete.
    return readdirSync(folder).filter((name) => name.includes(REPORT_FILE) && !name.startsWith('.'));
  } catch {
    return [];
  }
}

function readReportFile(path: string, ownPid: number, known: ReadonlySet<string>): FoundReport | null {
  const text = readRegularFile(path, MAX_BYTES);
  return text === null ? null : findReport(text, ownPid, known);
}
