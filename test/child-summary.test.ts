import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Frame, IsolateThread, Photograph } from '../src/report/model';
import type { ProcessInfo } from '../src/report/processes';
import { openGroup, openThings } from './support/census';
import { requireLib } from './support/lib';
import { STACK_READING } from './support/native-addon';
import { ofKind, reportOnScene } from './support/open-scene';
import { PATIENT } from './support/patience';
import {
  captured,
  frame,
  mainThread,
  nodeFrame,
  osThread,
  photograph,
  workerThread,
} from './support/photographs';

const { summarize } = requireLib('report/summary/index') as typeof import('../src/report/summary/index');

const LIVE = { ...PATIENT, ...STACK_READING };
const OWN_PID = 14423;

function child(pid: number, words: readonly string[], more: Partial<ProcessInfo> = {}): ProcessInfo {
  return {
    pid,
    ppid: OWN_PID,
    name: 'node',
    state: 'S',
    uid: 0,
    user: 'root',
    command: { status: 'known', arguments: words, cut: false },
    syscall: null,
    ageMs: 1300,
    cpuUserMs: 0,
    cpuSystemMs: 0,
    rssBytes: 1,
    ...more,
  };
}

function sentences(
  main: Partial<IsolateThread>,
  children: readonly ProcessInfo[],
  workers: readonly IsolateThread[] = [],
): readonly string[] {
  const processes = [child(OWN_PID, ['node'], { ppid: 1 }), ...children];
  return summarize(
    photograph({
      isolates: [mainThread(main), ...workers],
      processes: { status: 'known', processes, leftOut: 0, incomplete: false },
    }) as unknown as Photograph,
  );
}

describe('child processes that run', () => {
  const running = { state: 'R', cpuUserMs: 900, cpuSystemMs: 100 } as const;
  const command = ['/usr/bin/node', '--require', '/srv/hook.js', '/srv/app/resizer.js'];

  test('are named with what they used, options of Node left out', () => {
    assert.equal(
      sentences({}, [child(812, command, running)])[0],
      'child process 812 (node /srv/app/resizer.js) is running, and used 1.0 s of CPU in 1.3 s.',
    );
  });

  test('are named as workers of a cluster', () => {
    const group = openGroup('child-process', 'child process', {
      details: { pid: '812', clusterWorker: '2' },
    });
    assert.match(
      sentences({ open: openThings([group]) }, [child(812, command, running)])[0] ?? '',
      /^cluster worker 2, child process 812 \(node \/srv\/app\/resizer\.js\), is running/,
    );
  });

  test('come last when they mostly slept, and only if the main thread is idle', () => {
    const brief = child(812, command, { state: 'R', cpuUserMs: 20 });
    assert.match(
      sentences({}, [brief]).at(-1) ?? '',
      /^child process 812 .* used 0\.02 s of CPU in 1\.3 s\.$/,
    );
    const blocked = { state: 'blocked', stack: captured([frame('deploy')]) } as const;
    assert.doesNotMatch(sentences(blocked, [brief]).join('\n'), /child process/);
  });

  test('are counted where there are many, and not named while they sleep or below others', () => {
    const many = Array.from({ length: 8 }, (_, at) => child(900 + at, command, running));
    assert.match(sentences({}, many).join('\n'), /^6 more of its child processes are running\.$/m);
    const others = [child(1, command), child(2, command, { ...running, ppid: 1 })];
    assert.doesNotMatch(sentences({}, others).join('\n'), /child process/);
  });
});

describe('a child process that a thread waits for', () => {
  const stack: readonly Frame[] = [
    nodeFrame('spawnSync', 'node:internal/child_process'),
    nodeFrame('execSync', 'node:child_process'),
    frame('deploy'),
  ];
  const waiting: Partial<IsolateThread> = {
    state: 'blocked',
    loopStalledMs: 2000,
    os: osThread(OWN_PID),
    stack: captured(stack, { method: 'passive' }),
  };
  const place =
    'main thread: blocked for 2 s in deploy (deploy.js:41), in execSync of node:child_process, in epoll_pwait';
  const young = child(812, ['sh', '-c', 'build | tee log'], { syscall: 'wait4', ageMs: 1999 });
  const old = child(7, ['redis-server'], { ageMs: 60_000 });

  test('is named with its command and state', () => {
    const reader = { ...young, syscall: 'read(fd 0 -> pipe:[8])' };
    assert.equal(
      sentences(waiting, [old, reader])[0],
      `${place}, waiting for child process 812 (sh -c build | tee log), sleeping in read(fd 0 -> pipe:[8]).`,
    );
  });

  test('is named for a worker too', () => {
    const worker = workerThread(3, { ...waiting, name: 'converter' });
    const [sentence] = sentences({ state: 'idle' }, [old, young], [worker]);
    assert.match(
      sentence ?? '',
      /^worker 3 \(converter\): blocked for 2 s in .*, waiting for child process 812 /,
    );
    const two = sentences({ state: 'idle' }, [young, { ...young, pid: 813 }], [worker]);
    assert.doesNotMatch(two.join('\n'), /child process/);
  });

  test('is named with the process that it waits for itself', () => {
    const inner = child(813, ['tar', '-x'], { ppid: 812, syscall: 'read(fd 3 -> /srv/a.tar)' });
    assert.match(
      sentences(waiting, [young, inner])[0] ?? '',
      /812 \(sh -c build \| tee log\), sleeping in wait4 for process 813 \(tar -x\), sleeping in read\(fd 3 -> \/srv\/a\.tar\)\.$/,
    );
  });

  test('is not named where several could be the one, or all are older than the wait', () => {
    assert.equal(sentences(waiting, [young, { ...young, pid: 813 }])[0], `${place}.`);
    assert.equal(sentences(waiting, [old])[0], `${place}.`);
  });

  test('is not named for a thread that waits for something else', () => {
    const other = { ...waiting, stack: captured([nodeFrame('readSync', 'node:fs'), frame('deploy')]) };
    assert.doesNotMatch(sentences(other, [young])[0] ?? '', /child process/);
  });
});

describe('in a real process', LIVE, () => {
  test('execSync names its child, and what that waits for', async (t) => {
    const { text } = await reportOnScene(t, {
      scene: 'spawn-sync',
      mode: 'idle',
      isWanted: ({ stack }) => JSON.stringify(stack).includes('spawnSync'),
    });
    assert.match(
      text,
      /^ {2}main thread: .* in execSync of node:child_process.*, waiting for child process \d+ \(sh -c cat; true\), sleeping in wait\w+(?:\(.*\))? for process \d+ \(cat\), sleeping in read\(/m,
    );
  });

  test('a worker of a cluster that computes is named by its number', async (t) => {
    const { text, open, truth } = await reportOnScene(t, { scene: 'cluster', mode: 'idle' });
    const [first, second] = truth['pids'] as readonly number[];
    const numbers = ofKind(open, 'child-process').map(
      ({ details }) => `${details['pid']} ${details['clusterWorker']}`,
    );
    assert.deepEqual(new Set(numbers), new Set([`${first} 1`, `${second} 2`]));
    const sentence = `cluster worker 2, child process ${second} (node `;
    assert.ok(text.includes(sentence), text);
    assert.match(
      text,
      new RegExp(`listening socket on 127\\.0\\.0\\.1:${String(truth['port'])} without a server of its own`),
    );
  });
});
