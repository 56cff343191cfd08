import { escapeInline } from '../escape';
import { CliError, EXIT } from './base/exit-codes';
import { documentOf, missingParts, type LoggedReport } from './base/logged-reports';

/** Ids that one line lists; of more, the newest ones. */
const MAX_LISTED = 50;

/** A report that was chosen among those of a log. */
export interface ChosenReport {
  readonly report: LoggedReport;
  /** One sentence when there was a choice; else empty. */
  readonly note: string;
}

/**
 * The report with this id, or else the newest one. There is at least one report.
 *
 * @throws CliError when there is none with this id, or several.
 */
export function chooseReport(
  reports: readonly LoggedReport[],
  id: string | undefined,
  origin: string,
): ChosenReport {
  // Sorting is stable: reports of one second are in the order of their last lines.
  const byTime = reports.toSorted((a, b) => compare(timeOf(a), timeOf(b)));
  const ambiguous = idsOfSeveralHosts(reports);
  const listed = listNames(byTime, ambiguous, 'among them ');
  if (id !== undefined) {
    const matching = byTime.filter((report) => report.id === id || nameOf(report, ambiguous) === id);
    const [only] = matching;
    if (only === undefined) throw new CliError(EXIT.failed, `no report ${id} is in ${origin}: ${listed}`);
    if (matching.length === 1) return { report: only, note: '' };
    throw new CliError(
      EXIT.failed,
      `several hosts made a report ${id}: choose one of ${listNames(matching, ambiguous, '..., ')}`,
    );
  }
  const report = byTime.at(-1) as LoggedReport;
  if (byTime.length === 1) return { report, note: '' };
  const note = `${byTime.length} reports are in ${origin}, oldest first: ${listed}; this is the newest, and --report <id> shows another`;
  return { report, note };
}

/**
 * The JSON document of a report.
 *
 * @throws CliError when lines are missing.
 */
export function wholeDocument(report: LoggedReport): string {
  const document = documentOf(report);
  if (document !== null) return document;
  if (report.conflict !== null) {
    throw new CliError(
      EXIT.failed,
      `report ${report.id} cannot be put together: the log has different lines for part ${report.conflict}`,
    );
  }
  throw new CliError(
    EXIT.failed,
    `report ${report.id} is incomplete: of ${report.of} parts, these are missing: ${missingParts(report)}`,
  );
}

/** What the first line of a report says, for when the others cannot be shown; empty without that line. */
export function renderHead({ id, host, head }: LoggedReport): string {
  if (head === null) return '';
  const { summary, time, level, service, pid, trigger, traceIds } = head;
  const rows: readonly (readonly [string, string])[] = [
    ['report', id],
    ['time', time],
    ['level', level],
    ['trigger', trigger],
    ['service', service ?? 'unknown'],
    ['host', host ?? 'unknown'],
    ['process', `pid ${pid}`],
    ...(traceIds.length === 0 ? [] : [['traces', traceIds.join(', ')] as const]),
  ];
  const lines = [...summary, '', ...rows.map(([name, text]) => `${`${name}:`.padEnd(10)}${text}`)];
  return `${lines.map((line) => (line === '' ? '' : `  ${escapeInline(line)}`)).join('\n')}\n`;
}

/** The newest of them, behind `before` if there are more. */
function listNames(reports: readonly LoggedReport[], ambiguous: ReadonlySet<string>, before: string): string {
  const names = reports.slice(-MAX_LISTED).map((report) => nameOf(report, ambiguous));
  return `${reports.length > MAX_LISTED ? before : ''}${names.join(', ')}`;
}

/** The id; with the host where two of them made reports with the same id. */
function nameOf({ id, host }: LoggedReport, ambiguous: ReadonlySet<string>): string {
  return ambiguous.has(id) ? `${id}@${host ?? 'unknown'}` : id;
}

function idsOfSeveralHosts(reports: readonly LoggedReport[]): ReadonlySet<string> {
  const hosts = new Map<string, string | null>();
  const ambiguous = new Set<string>();
  for (const { id, host } of reports) {
    if (hosts.has(id) && hosts.get(id) !== host) ambiguous.add(id);
    hosts.set(id, host);
  }
  return ambiguous;
}

/** Ids begin with the time, in a form that can be compared; others count as old. */
function timeOf({ id }: LoggedReport): string {
  return /^\d{8}T\d{6}Z/.exec(id)?.[0] ?? '';
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
