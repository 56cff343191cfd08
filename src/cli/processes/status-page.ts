import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readSync,
  readdirSync,
  readlinkSync,
  statSync,
} from 'node:fs';
import { endianness } from 'node:os';
import type { OwnStatus, StatusPage } from '../../addon/status';

/** What a process shows of itself, read anew at each call. */
export interface OpenStatusPage {
  /** Null: it is being written all the time, or is no page that this version can read. */
  read(): StatusPage | null;
  close(): void;
}

/** Links in `/proc/<pid>/fd`; native/reporter/output gives the names. */
const PAGE_LINK = '/memfd:gmr-status (deleted)';
const REPORT_LINK = /^\/memfd:gmr-report:(\S+) \(deleted\)$/;
/** As native/reporter/output/status_page.h describes the page. */
const MAGIC = 'GMRPAGE1';
const VERSION_AT = 8;
const LENGTH_AT = 12;
const TEXT_AT = 16;
const MAX_BYTES = 64 * 1024;
const MAX_TRIES = 100;
/** A process with millions of open files is not searched. */
const MAX_FDS = 1_000_000;

/** The pages of a process, one for each copy of gmr-native in it. Empty: it has none, or may not be examined. */
export function openStatusPages(pid: number): OpenStatusPage[] {
  return fdsOf(pid)
    .filter((fd) => linkOf(pid, fd) === PAGE_LINK)
    .flatMap((fd) => tryOpen(pid, fd));
}

/** What the process shows of itself now; null: nothing. */
export function readStatusPage(pid: number): StatusPage | null {
  const pages = openStatusPages(pid);
  try {
    return pages.map((page) => page.read()).find((page) => page !== null) ?? null;
  } finally {
    for (const page of pages) page.close();
  }
}

/** The id of the report behind a descriptor of the process; null: it is no report of gmr-native. */
export function reportBehind(pid: number, fd: number): string | null {
  return REPORT_LINK.exec(linkOf(pid, fd) ?? '')?.[1] ?? null;
}

function fdsOf(pid: number): number[] {
  try {
    const names = readdirSync(`/proc/${pid}/fd`);
    // Ours have high numbers.
    return names
      .slice(-MAX_FDS)
      .map(Number)
      .sort((a, b) => b - a);
  } catch {
    return [];
  }
}

function linkOf(pid: number, fd: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/fd/${fd}`);
  } catch {
    return null;
  }
}

function tryOpen(pid: number, number: number): OpenStatusPage[] {
  try {
    // Opening a device may have effects. The name of the link proves nothing.
    if (!statSync(`/proc/${pid}/fd/${number}`).isFile()) return [];
    const fd = openSync(`/proc/${pid}/fd/${number}`, constants.O_RDONLY | constants.O_NONBLOCK);
    return [{ read: () => readPage(fd), close: () => closeSync(fd) }];
  } catch {
    return [];
  }
}

function readPage(fd: number): StatusPage | null {
  const page = Buffer.alloc(Math.min(fstatSync(fd).size, MAX_BYTES));
  const later = Buffer.alloc(4);
  for (let tried = 0; tried < MAX_TRIES; tried++) {
    if (readSync(fd, page, 0, page.length, 0) < TEXT_AT) return null;
    readSync(fd, later, 0, later.length, VERSION_AT);
    const version = numberAt(page, VERSION_AT);
    if (version % 2 === 0 && version === numberAt(later, 0)) return parsePage(page);
  }
  return null;
}

function parsePage(page: Buffer): StatusPage | null {
  if (page.toString('latin1', 0, MAGIC.length) !== MAGIC) return null;
  const text = page.toString('utf8', TEXT_AT, TEXT_AT + numberAt(page, LENGTH_AT));
  try {
    const shown: unknown = JSON.parse(text);
    return isPage(shown) ? shown : null;
  } catch {
    return null;
  }
}

/** Any process can make such a page, and root looks at those of all users: each value is checked that is used. */
function isPage(page: unknown): page is StatusPage {
  if (!isRecord(page)) return false;
  const { facts, blocked, reports, notKept, mainEpollFd, signal } = page;
  return (
    (facts === null || isStatus(facts)) &&
    isListOf(blocked, ({ threadId, name, beganAtMs }) => areNumbers(threadId, beganAtMs) && isText(name)) &&
    isListOf(
      reports,
      ({ id, fd, bytes, requestedAtMs }) => areNumbers(fd, bytes, requestedAtMs) && isText(id),
    ) &&
    (notKept === null || (isRecord(notKept) && isText(notKept['id']) && isText(notKept['reason']))) &&
    isTextOrNull(signal) &&
    areNumbers(mainEpollFd)
  );
}

function isStatus(facts: unknown): facts is OwnStatus {
  if (!isRecord(facts)) return false;
  const { gmrVersion, service, fileEventHandler, logDir, keepReports } = facts;
  return (
    isText(gmrVersion) &&
    isText(service) &&
    isTextOrNull(fileEventHandler) &&
    isTextOrNull(logDir) &&
    areNumbers(keepReports)
  );
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListOf(value: unknown, isItem: (item: Readonly<Record<string, unknown>>) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isRecord(item) && isItem(item));
}

function areNumbers(...values: readonly unknown[]): boolean {
  return values.every((value) => typeof value === 'number' && Number.isFinite(value));
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function numberAt(page: Buffer, offset: number): number {
  return endianness() === 'LE' ? page.readUInt32LE(offset) : page.readUInt32BE(offset);
}
