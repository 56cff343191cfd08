import { closeSync } from 'node:fs';
import { constants } from 'node:os';
import type { NativeAddon } from '../../addon/contract';
import { loadAddon } from '../../addon/load';
import { describeError } from '../../errors';
import { CliError, EXIT } from '../base/exit-codes';
import { type Installed, inspect, signalName } from './inspect';
import { hasSignal, readStatus } from './proc';

/** How the signal was sent: with `kill` and the reason when it could not be queued with a value of ours. */
export type Sent = { readonly how: 'queued' } | { readonly how: 'kill'; readonly reason: string };

/**
 * Sends the signal, if this is still the process that was inspected and it still takes that signal.
 *
 * It is queued with a value by which gmr-native recognizes a request, so that no listener of the application sees it.
 * The process may have ended since it was inspected, and the signal might kill another process that has reused its pid.
 * So the process is opened first (pidfd), inspected again, and signalled through the descriptor. Without pidfd, or if
 * this package has no binary for this Node, a moment remains between the inspection and the signal.
 *
 * @throws CliError `refused`, `notFound` or `failed`, each with nothing sent.
 */
export function sendSignal(seen: Installed, signal: number): Sent {
  const addon = addonOrReason();
  if (typeof addon === 'string') {
    requireSame(seen, signal);
    send(seen.pid, () => process.kill(seen.pid, signal));
    return { how: 'kill', reason: addon };
  }
  const processFd = addon.openProcess(seen.pid);
  try {
    requireSame(seen, signal);
    return queue(addon, { pid: seen.pid, processFd, signal });
  } finally {
    if (processFd >= 0) closeSync(processFd);
  }
}

function addonOrReason(): NativeAddon | string {
  try {
    return loadAddon();
  } catch (error) {
    const message = error instanceof Error ? error.message : describeError(error);
    // The first line is the cause; the others explain how to enable reports in this process, which needs none.
    return message.split('\n', 1)[0] ?? '';
  }
}

function queue(
  addon: NativeAddon,
  { pid, processFd, signal }: { pid: number; processFd: number; signal: number },
): Sent {
  let refused = '';
  for (const fd of processFd >= 0 ? [processFd, -1] : [-1]) {
    try {
      addon.queueRequest(pid, fd, signal);
      return { how: 'queued' };
    } catch (error) {
      refused = describeError(error);
      // Any other error is about the target, and would occur again with kill.
      if (!isMissingCall(error)) throw failure(pid, errnoName(error));
    }
  }
  send(pid, () => process.kill(pid, signal));
  return { how: 'kill', reason: refused };
}

/**
 * Old kernels return ENOSYS. Filters of system calls return that or EPERM, like the kernel for another user's process.
 */
function isMissingCall(error: unknown): boolean {
  return ['ENOSYS', 'EPERM', 'EINVAL'].includes(errnoName(error));
}

function errnoName(error: unknown): string {
  const { errno } = error as { readonly errno?: number };
  const found = Object.entries(constants.errno).find(([, number]) => number === errno);
  return found?.[0] ?? describeError(error);
}

function send(pid: number, kill: () => void): void {
  try {
    kill();
  } catch (error) {
    throw failure(pid, (error as NodeJS.ErrnoException).code ?? describeError(error));
  }
}

function failure(pid: number, code: string): CliError {
  if (code === 'ESRCH') return new CliError(EXIT.notFound, `process ${pid} has ended; nothing was sent`);
  return new CliError(EXIT.failed, `process ${pid}: the signal could not be sent (${code})`);
}

function isSameAndCaught(seen: Installed, signal: number): boolean {
  const status = readStatus(seen.pid);
  return (
    status !== null &&
    status.startTicks === seen.process.startTicks &&
    hasSignal(status.caught, signal) &&
    !hasSignal(status.ignored, signal)
  );
}

function requireSame(seen: Installed, signal: number): void {
  const now = inspect(seen.pid);
  if (now.status === 'gone')
    throw new CliError(EXIT.notFound, `process ${seen.pid} has ended; nothing was sent`);
  if (now.status === 'refused') {
    // While it makes a report, its reporter thread blocks the signal: what was seen a moment ago still holds.
    if (now.loaded && isSameAndCaught(seen, signal)) return;
    throw new CliError(EXIT.refused, `process ${seen.pid}: ${now.reason}; nothing was sent`);
  }
  if (now.process.startTicks !== seen.process.startTicks) {
    const message = `process ${seen.pid} is not the same process as a moment ago; nothing was sent`;
    throw new CliError(EXIT.refused, message);
  }
  if (!now.signals.includes(signal)) {
    throw new CliError(
      EXIT.refused,
      `process ${seen.pid}: gmr-native does not take ${signalName(signal)} there, but ` +
        `${now.signals.map(signalName).join(', ')}; nothing was sent`,
    );
  }
}
