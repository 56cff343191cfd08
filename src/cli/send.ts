import { CliError, EXIT } from './exit-codes';
import { type Installed, inspect, signalName } from './inspect';

/**
 * Sends the signal, if this is still the process that was inspected and it still takes that signal.
 *
 * The process may have ended since, and its number may be another one's, which the signal would kill. What remains is
 * the moment between this look and kill(2); Node has no call that closes it (pidfd_send_signal).
 *
 * @throws CliError `refused`, with nothing sent.
 */
export function sendSignal(seen: Installed, signal: number): void {
  const now = inspect(seen.pid);
  if (now.status === 'gone')
    throw new CliError(EXIT.notFound, `process ${seen.pid} has ended; nothing was sent`);
  if (now.status === 'refused') {
    throw new CliError(EXIT.refused, `process ${seen.pid}: ${now.reason}; nothing was sent`);
  }
  if (now.process.startTicks !== seen.process.startTicks) {
    const message = `process ${seen.pid} is another one than a moment ago; nothing was sent`;
    throw new CliError(EXIT.refused, message);
  }
  if (!now.signals.includes(signal)) {
    throw new CliError(
      EXIT.refused,
      `process ${seen.pid}: gmr-native does not take ${signalName(signal)} there, but ` +
        `${now.signals.map(signalName).join(', ')}; nothing was sent`,
    );
  }
  try {
    process.kill(seen.pid, signal);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CliError(EXIT.failed, `process ${seen.pid}: the signal could not be sent (${code})`);
  }
}
