import { formatDuration } from '../duration';
import type { Frame, IsolateThread } from '../model';
import { shownName } from '../positions';
import type { Naming } from './place';
import { describeOwnCode } from './where';

/** A loop that only answers requests turns less often than this: each turn reads and writes at least one socket. */
const SPINNING_TURNS_PER_MS = 20;
/** From here on a loop that `setImmediate` keeps awake is worth a sentence. */
const BUSY_TURNS_PER_MS = 2;
/** From here on, a loop that timers or events wake is not idle: a turn at least every 5 ms. */
const AWAKE_TURNS_PER_MS = 0.2;
const MUCH_CPU = 0.5;

/** Which of Node's functions began the JavaScript on the stack. */
type Root = 'setImmediate' | 'a timer' | null;

/** What keeps a loop awake, where no function of the application was seen. */
const KEEPERS = { setImmediate: 'immediates (setImmediate)', 'a timer': 'timers' } as const;

/**
 * What an event loop does that turns very often, as `setImmediate` in a circle or a timer of 1 ms makes it; null for
 * all others. Many turns alone prove nothing: a server that answers many small requests turns often as well.
 */
export function describeSpin({ loopTurns, stack, os, state }: IsolateThread, naming: Naming): string | null {
  if (loopTurns === null || !(loopTurns.duringMs > 0)) return null;
  const rate = loopTurns.count / loopTurns.duringMs;
  if (rate < AWAKE_TURNS_PER_MS) return null;
  const frames = stack.status === 'captured' ? stack.frames : [];
  const root = rootOf(frames);
  const share = os.status === 'known' ? os.cpuShare : null;
  const isBusy = share === null || share > MUCH_CPU;
  const turns = `its event loop turned ${grouped(loopTurns.count)} times in ${formatDuration(loopTurns.duringMs)}`;
  const where = describeOwnCode(frames, naming);
  const place = where === '' ? '' : `, ${where}`;
  const caller =
    root === null ? '' : where === '' ? `, kept awake by ${KEEPERS[root]}` : `, called by ${root}`;
  const isCircle = root === 'setImmediate' && rate >= BUSY_TURNS_PER_MS && isBusy;
  if (rate >= SPINNING_TURNS_PER_MS || isCircle) return `spinning: ${turns}${place}${caller}`;
  if (root === 'a timer') {
    const isShort = rate < BUSY_TURNS_PER_MS;
    return isShort ? `a timer fires about ${every(rate)}: ${turns}${place}` : `${turns}${place}${caller}`;
  }
  // Timers, or a server with a few requests: what it is was not seen.
  return state === 'idle' && where === '' ? `between short tasks: ${turns}` : null;
}

function every(rate: number): string {
  const ms = Math.max(1, Math.round(1 / rate));
  return ms === 1 ? 'every millisecond' : `every ${ms} ms`;
}

function rootOf(frames: readonly Frame[]): Root {
  for (const frame of frames.toReversed()) {
    if (frame.kind === 'native' || frame.file?.startsWith('node:') !== true) continue;
    const name = shownName(frame);
    if (name === 'processImmediate') return 'setImmediate';
    if (name === 'listOnTimeout' || name === 'processTimers') return 'a timer';
  }
  return null;
}

/** `1,240` */
export function grouped(count: number): string {
  const digits = String(Math.round(count));
  let text = '';
  for (let index = 0; index < digits.length; index++) {
    if (index > 0 && (digits.length - index) % 3 === 0) text += ',';
    text += digits[index] ?? '';
  }
  return text;
}
