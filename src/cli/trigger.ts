import { setTimeout as pause } from 'node:timers/promises';
import { CliError, EXIT } from './exit-codes';
import type { FoundReport } from './find-report';
import { identify } from './identity';
import { type Installed, inspect, signalName } from './inspect';
import { listProcesses } from './list';
import { readStatus } from './proc';
import { type ReportSource, describeStderr, openSources } from './report-sources';
import { sendSignal } from './send';
import { renderReport } from './view';

/** The arguments of `gmr trigger`. */
export interface TriggerRequest {
  /** A process number, or a name as `gmr list` shows it. */
  readonly target: string;
  /** Number of the signal; undefined: the one that the process takes. */
  readonly signal: number | undefined;
  /** Wait for the report and print it. */
  readonly wait: boolean;
  /** Log file, or folder of report files, in which the report will appear. */
  readonly file: string | undefined;
  readonly timeoutMs: number;
}

/** How it ended; `report` is empty where none was waited for or seen. */
export interface TriggerResult {
  readonly report: string;
  readonly exitCode: number;
}

const POLL_MS = 20;

/**
 * Requests a report from a process. Nothing is sent unless gmr-native in that process handles the signal.
 *
 * @param say - gets, a sentence each, what was done and what could not be.
 * @throws CliError `notFound`, `refused` or `failed`, each with nothing sent.
 */
export async function trigger(
  request: TriggerRequest,
  say: (sentence: string) => void,
): Promise<TriggerResult> {
  const target = findTarget(request.target);
  const signal = request.signal ?? target.signals[0] ?? 0;
  const sources = request.wait ? openSources(target, request.file) : [];
  try {
    const sent = sendSignal(target, signal);
    say(`sent ${signalName(signal)} to process ${target.pid}${noteOn(target)}`);
    if (sent.how === 'kill') say(describeKill(sent.reason));
    if (!request.wait) return { report: '', exitCode: EXIT.ok };
    const found =
      sources.length === 0
        ? `the report cannot be seen: ${describeStderr(target.pid)}`
        : await waitForReport(target, sources, request.timeoutMs);
    if (typeof found !== 'string') {
      return { report: renderReport(found.text, 'the report'), exitCode: EXIT.ok };
    }
    say(found);
    return { report: '', exitCode: EXIT.unseen };
  } finally {
    for (const source of sources) source.close();
  }
}

function findTarget(target: string): Installed {
  const pid = /^\d+$/.test(target) ? Number(target) : pidOfName(target);
  const inspection = inspect(pid);
  switch (inspection.status) {
    case 'installed':
      return inspection;
    case 'gone':
      throw new CliError(EXIT.notFound, `there is no process ${pid} here`);
    case 'refused':
      throw new CliError(
        EXIT.refused,
        `process ${pid}: ${inspection.reason}; nothing was sent${fileHint(pid)}`,
      );
  }
}

/** Another way to request a report from a process that handles no signal, as far as its environment shows one. */
function fileHint(pid: number): string {
  const file = identify(pid).settings.get('FILE_EVENT_HANDLER');
  return file === undefined ? '' : `; touch ${file} instead`;
}

function pidOfName(name: string): number {
  const matching = listProcesses().filter(({ pid, service }) => service === name || isScript(pid, name));
  const [only] = matching;
  if (only === undefined) {
    throw new CliError(
      EXIT.notFound,
      `no process with gmr-native is called '${name}'; see gmr list for names ` +
        '(a serviceName given in code is not visible from outside)',
    );
  }
  if (matching.length > 1) {
    const pids = matching.map(({ pid }) => pid).join(', ');
    throw new CliError(
      EXIT.notFound,
      `several processes are called '${name}': ${pids}; give the number of one`,
    );
  }
  return only.pid;
}

/** `server` and `server.js` for `/srv/app/server.js`. */
function isScript(pid: number, name: string): boolean {
  const file = identify(pid).script?.split('/').at(-1);
  return file !== undefined && (file === name || file.replace(/\.[cm]?[jt]s$/, '') === name);
}

function describeKill(reason: string): string {
  return (
    'it was an ordinary signal, as of kill(1), which listeners of the application receive, too, if that process was ' +
    `set up with signalListeners: 'call': ${reason}`
  );
}

function noteOn({ process: { state } }: Installed): string {
  return state === 'T' || state === 't' ? ', which is stopped: it answers when it is continued' : '';
}

/** The report, or a sentence that says why it was not seen. */
async function waitForReport(
  target: Installed,
  sources: readonly ReportSource[],
  timeoutMs: number,
): Promise<FoundReport | string> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    // Looked at before the sources: what an ending process wrote last is still found.
    const ended = readStatus(target.pid)?.startTicks !== target.process.startTicks;
    for (const source of sources) {
      const found = source.poll();
      if (found !== null) return found;
    }
    if (ended) return 'the process ended before its report was complete';
    if (performance.now() >= deadline) {
      return `no report within ${timeoutMs / 1000} s; if it goes to a folder of its own, name that with --file`;
    }
    await pause(POLL_MS);
  }
}
