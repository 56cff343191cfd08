import type { CensusGroup } from '../base/census';
import { aliveWords, keepsAlive, OPEN } from '../base/handle';
import type { Described, OpenRow } from '../base/open-row';
import { has, isTrue, known, numberOf, rangeOf, textOf } from '../base/read';

const STANDARD = ['stdin', 'stdout', 'stderr'];

const STREAM_WORDS = [
  ...aliveWords(),
  '~%queued',
  '~%receiveQueue',
  '~owner._writableState.length',
  '~owner._readableState.length',
];

function numbersOf(group: CensusGroup): NonNullable<Described['numbers']> {
  const inStream = rangeOf(group, 'owner._writableState.length');
  const inHandle = rangeOf(group, '%queued');
  // What the stream has queued contains what its handle has.
  const isMore = inHandle !== null && inHandle.sum > (inStream?.sum ?? 0);
  return known({
    queuedBytes: isMore ? inHandle : inStream,
    unreadBytes: rangeOf(group, 'owner._readableState.length'),
  });
}

/** What a descriptor is, without the number of an inode, which says nothing to a person. */
function targetOf(group: CensusGroup): string | null {
  const target = textOf(group, '%target');
  if (target === null) return null;
  const shown = target.replace(/^fd \d+ ?(?:-> )?/, '').replace(/^(pipe|socket):\[\d+\]$/, '$1');
  return shown === '' ? null : shown;
}

function describeStandard(group: CensusGroup, kind: string): Described | null {
  const fd = numberOf(group, 'owner.fd') ?? numberOf(group, '%fd');
  const name = STANDARD[fd ?? -1];
  if (name === undefined) return describePipe(group);
  const target = targetOf(group);
  const where = target === null || target === kind ? `a ${kind}` : target;
  const isInput = fd === 0;
  const reading = isInput && isTrue(group, '%active') ? ', being read' : '';
  return {
    kind: 'standard-stream',
    text: `${name} ${isInput ? '<-' : '->'} ${where}${reading}`,
    details: known({ stream: name, target }),
    numbers: numbersOf(group),
    keepsAlive: keepsAlive(group),
  };
}

function describePipe(group: CensusGroup): Described | null {
  const target = targetOf(group) ?? textOf(group, '%peer');
  const local = textOf(group, '%local');
  const isAccepted = has(group, 'owner.server');
  const by = isAccepted ? `, accepted by a server${local === null ? '' : ` on ${local}`}` : '';
  const to = target === null || target === 'pipe' || target === 'socket' ? '' : ` ${target}`;
  return {
    kind: 'pipe',
    text: `pipe or local socket${isAccepted ? '' : to}${by}`,
    details: known({ target, local }),
    numbers: numbersOf(group),
    keepsAlive: keepsAlive(group),
  };
}

function describeChannel(group: CensusGroup): Described | null {
  return {
    kind: 'pipe',
    text: 'channel for messages between processes (IPC)',
    numbers: numbersOf(group),
    keepsAlive: keepsAlive(group),
  };
}

const notListed = (): null => null;

/** Pipes, local sockets, terminals, and the standard streams that are one of these or a socket. */
export const PIPES: readonly OpenRow[] = [
  { name: 'Pipe/server', words: [...OPEN, '?owner._connectionKey'], describe: notListed },
  // Node sets these two on the handle of a channel, which has no owner.
  { name: 'Pipe/channel', words: [...OPEN, '?sockets.got', ...STREAM_WORDS], describe: describeChannel },
  ...(['Pipe', 'TTY', 'TCP'] as const).map((name): OpenRow => ({
    name: `${name}/standard`,
    words: [...OPEN, '?owner._type', 'owner.fd', '%target', ...STREAM_WORDS],
    describe: (group) => describeStandard(group, name === 'TTY' ? 'terminal' : 'pipe'),
  })),
  // Node gives only the two others a `_type`.
  ...(['Pipe', 'TCP'] as const).map((name): OpenRow => ({
    name: `${name}/stdin`,
    words: [...OPEN, '?owner.fd=0', 'owner.fd', '%target', ...STREAM_WORDS],
    describe: (group) => describeStandard(group, 'pipe'),
  })),
  {
    name: 'Pipe/other',
    words: [...OPEN, 'owner.server', '%local', '%target', ...STREAM_WORDS],
    describe: describePipe,
  },
  {
    name: 'TTY/other',
    words: [...OPEN, '%fd', '%target', ...STREAM_WORDS],
    describe: (group) => describeStandard(group, 'terminal'),
  },
];
