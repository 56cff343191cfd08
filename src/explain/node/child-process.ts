import type { WaitHolder } from '../../report/waits';
import { type Chain, hasAt, numberAt, textAt } from '../base/chain';
import type { Explainer, Explanation } from '../base/explainer';
import { emitted, missed, type Passed, passedEvent } from '../base/passed';
import { counted, programName } from '../base/words';
import { eventOf } from './listener';
import { sideOf, STREAM_VALUES, stateValues, writableText } from './stream-state';

const CLASS = 'ChildProcess';
const OUTPUTS = ['stdout', 'stderr'] as const;
const CLOSED = 1 << 5;

/** `child process 1234 (ffmpeg)`; null: it is not one of Node's child processes. */
function childName(child: WaitHolder): string | null {
  const file = textAt(child, 'spawnfile');
  if (child.kind !== 'request' || file === null || !hasAt(child, 'exitCode')) return null;
  const pid = numberAt(child, 'pid');
  // Without a pid it was not started, for which the folder may be the reason.
  return pid === null ? `child process (${file})` : `child process ${pid} (${programName(file)})`;
}

/** `child process 1234 (ffmpeg), running` */
function childText(child: WaitHolder): string | null {
  const name = childName(child);
  return name === null ? null : `${name}, ${stateOf(child)}`;
}

function stateOf(child: WaitHolder): string {
  const code = numberAt(child, 'exitCode');
  const signal = textAt(child, 'signalCode');
  if (code !== null) return `exited with code ${code}`;
  return signal === null ? 'running' : `ended by ${signal}`;
}

function explainChild(child: WaitHolder, chain: Chain): Explanation | null {
  const text = childText(child);
  if (text === null) return null;
  const event = eventOf(child, chain);
  const passed = passedOf(child, event);
  if (event !== null && passed !== null) return { text: passedEvent(event, childName(child) ?? '', passed) };
  if (event === 'message') return { text: `message from ${text}` };
  return { text: event === 'close' && !text.endsWith('running') ? text + outputsOf(child) : text };
}

function passedOf(child: WaitHolder, event: string | null): Passed | null {
  const code = numberAt(child, 'exitCode');
  const isOver = code !== null || textAt(child, 'signalCode') !== null;
  if (!isOver) return null;
  // The program was not found, for example.
  if (event === 'exit')
    return code !== null && code < 0 ? missed('could not be started') : emitted(ended(child));
  const left = numberAt(child, '_closesNeeded') ?? Infinity;
  const isClosed = (numberAt(child, '_closesGot') ?? 0) >= left;
  return event === 'close' && isClosed ? emitted(`${ended(child)} and is closed`) : null;
}

function ended(child: WaitHolder): string {
  const state = stateOf(child);
  return state.startsWith('exited') ? `has ${state}` : `was ${state}`;
}

/** The event "close" is emitted once all output of the process has been read. */
function outputsOf(child: WaitHolder): string {
  const texts: string[] = [];
  for (const name of OUTPUTS) {
    const side = sideOf(child, `${name}._readableState.`);
    if (side === null || side.has(CLOSED)) continue;
    texts.push(
      side.length > 0 ? `${counted(side.length, 'byte')} of its ${name} not read` : `its ${name} still open`,
    );
  }
  return texts.length === 0 ? '' : `, ${texts.join(', ')}`;
}

/** A pipe to a child process. */
function explainPipe(pipe: WaitHolder, chain: Chain): Explanation | null {
  const event = eventOf(pipe, chain);
  const child = chain.outside(CLASS);
  if (event === null || child === null || !isPipeOf(child)) return null;
  const text = childText(child);
  if (text === null) return null;
  if (event !== 'drain') return { text: `output of ${text}` };
  const side = sideOf(pipe, '_writableState.');
  return { text: `input of ${text}${side === null ? '' : `: ${writableText(side, false)}`}` };
}

function isPipeOf({ member }: WaitHolder): boolean {
  return member === 'stdio' || member === 'stdin' || member === 'stdout' || member === 'stderr';
}

export const CHILD_PROCESS: Explainer = {
  library: 'node:child_process',
  classes: {
    [CLASS]: {
      read: [
        'pid',
        'spawnfile',
        'exitCode',
        'signalCode',
        '_closesGot',
        '_closesNeeded',
        ...OUTPUTS.flatMap((name) => stateValues(`${name}._readableState.`)),
      ],
      explain: explainChild,
    },
    Socket: { read: STREAM_VALUES, explain: explainPipe },
  },
};
