import { setTimeout as pause } from 'node:timers/promises';
import { CliError, EXIT } from '../base/exit-codes';
import { identify } from './identity';
import { inspect, type Installed } from './inspect';
import { gmrPids } from './list';
import { readStatusPage } from './status-page';

/** The name of the service, as it was given to gmr-native in code or by its environment. */
export function serviceOf(pid: number): string {
  return readStatusPage(pid)?.facts?.service ?? identify(pid).service;
}

/**
 * The process that a number or a name means.
 *
 * @throws CliError `notFound` or `refused`.
 */
export async function findTarget(target: string): Promise<Installed> {
  if (/^\d+$/.test(target)) return inspected(Number(target));
  const pids = pidsOfName(target);
  const [only] = pids;
  if (only === undefined) throw noSuchName(target);
  if (pids.length > 1) {
    const message =
      `several processes are called '${target}': ${pids.join(', ')}; give the number of one, ` +
      'or use gmr trigger --all';
    throw new CliError(EXIT.notFound, message);
  }
  return inspected(only);
}

/**
 * All processes that a number or a name means, at least one. Not each of them need handle a signal.
 *
 * @throws CliError `notFound`.
 */
export function findAll(target: string): number[] {
  if (/^\d+$/.test(target)) return [Number(target)];
  const pids = pidsOfName(target);
  if (pids.length === 0) throw noSuchName(target);
  return pids;
}

/**
 * The process, if it handles a signal of ours. While it makes a report, its reporter thread blocks the signal, and it
 * looks as if it did not; so it is looked at again for a moment.
 *
 * @throws CliError `notFound` or `refused`.
 */
export async function inspected(pid: number): Promise<Installed> {
  const deadline = performance.now() + BUSY_MS;
  for (;;) {
    const inspection = inspect(pid);
    if (inspection.status === 'installed') return inspection;
    if (inspection.status === 'gone') throw new CliError(EXIT.notFound, `there is no process ${pid} here`);
    if (!inspection.loaded || !mayBeBusy(pid) || performance.now() >= deadline) {
      const message = `process ${pid}: ${inspection.reason}; nothing was sent${fileHint(pid)}`;
      throw new CliError(EXIT.refused, message);
    }
    await pause(POLL_MS);
  }
}

/** A report takes that long by default at most. */
const BUSY_MS = 10_000;
const POLL_MS = 20;

/** Its page says that it handles a signal. */
function mayBeBusy(pid: number): boolean {
  return (readStatusPage(pid)?.signal ?? null) !== null;
}

function pidsOfName(name: string): number[] {
  return gmrPids().filter((pid) => serviceOf(pid) === name || isScript(pid, name));
}

function noSuchName(name: string): CliError {
  return new CliError(
    EXIT.notFound,
    `no process with gmr-native is called '${name}'; see gmr list for names`,
  );
}

/** Another way to request a report from a process that handles no signal, as far as it shows one. */
function fileHint(pid: number): string {
  const file =
    readStatusPage(pid)?.facts?.fileEventHandler ?? identify(pid).settings.get('FILE_EVENT_HANDLER');
  return file === undefined ? '' : `; touch ${file} instead`;
}

/** `server` and `server.js` for `/srv/app/server.js`. */
function isScript(pid: number, name: string): boolean {
  const file = identify(pid).script?.split('/').at(-1);
  return file !== undefined && (file === name || file.replace(/\.[cm]?[jt]s$/, '') === name);
}
