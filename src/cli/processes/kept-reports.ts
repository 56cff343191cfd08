import type { KeptReport, StatusPage } from '../../addon/status';
import type { Photograph } from '../../report/model';
import { readRegularFile } from '../base/read-file';
import { type FoundReport, findReport } from './find-report';
import type { Installed } from './inspect';
import type { ReportSource } from './report-source';
import { type OpenStatusPage, openStatusPages, reportBehind } from './status-page';

/** So long, a report that somebody else requested is kept back for the one that was requested here. */
const GRACE_MS = 1000;
/** A process keeps none of more than 4 MB. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * The reports that the process keeps in memory; null if it has no page about itself that can be read. Of several
 * copies of gmr-native in a process, the one that answers first.
 */
export function openKeptReports({ pid, process: { ownPid } }: Installed): ReportSource | null {
  const pages: OpenStatusPage[] = [];
  for (const page of openStatusPages(pid)) {
    if (keepsReports(page.read())) pages.push(page);
    else page.close();
  }
  if (pages.length === 0) return null;
  const seen = new Set(pages.flatMap((page) => idsOf(page)));
  let other: { readonly report: FoundReport; readonly atMs: number } | null = null;
  return {
    isKept: true,
    poll() {
      const fresh = pages.flatMap((page) => page.read()?.reports.filter(({ id }) => !seen.has(id)) ?? []);
      for (const entry of fresh) {
        const report = readKept(pid, ownPid, entry);
        if (report === null) continue;
        if (isAnswer(report)) return report;
        seen.add(entry.id);
        other = { report, atMs: performance.now() };
      }
      return other !== null && performance.now() - other.atMs >= GRACE_MS ? other.report : null;
    },
    close() {
      for (const page of pages) page.close();
    },
  };
}

/**
 * The report, unless the process has dropped it meanwhile. Any process can have a file of that name, so it must be what it
 * says it is: a report of this process with this id.
 *
 * @param ownPid - pid of the process as it sees it itself.
 */
export function readKept(pid: number, ownPid: number, { id, fd }: KeptReport): FoundReport | null {
  const text = reportBehind(pid, fd) === id ? readRegularFile(`/proc/${pid}/fd/${fd}`, MAX_BYTES) : null;
  const found = text === null ? null : findReport(text, ownPid);
  return found !== null && found.id === id ? found : null;
}

/**
 * Whether the report was requested here. The watchdog, or somebody else, may request one at the same time. From another pid
 * namespace, the sender has no pid.
 */
function isAnswer({ text }: FoundReport): boolean {
  try {
    const { trigger } = JSON.parse(text) as Photograph;
    if (trigger.kind !== 'signal') return false;
    return trigger.senderPid === process.pid || trigger.senderPid === 0 || trigger.coalesced > 1;
  } catch {
    return true;
  }
}

function keepsReports(page: StatusPage | null): boolean {
  return page !== null && page.facts?.keepReports !== 0;
}

function idsOf(page: OpenStatusPage): string[] {
  return page.read()?.reports.map(({ id }) => id) ?? [];
}
