import assert from 'node:assert/strict';
import { userInfo } from 'node:os';
import { before, describe, test } from 'node:test';
import type { ProcessInfo, ProcessList } from '../src/report/processes';
import { requireLib } from './support/lib';
import { PATIENT } from './support/patience';
import { photograph } from './support/photographs';
import { buildProcTreePrinter, runProcTreePrinter } from './support/proc-tree-printer';

const { toProcessTree } = requireLib('report/processes') as typeof import('../src/report/processes');
const { renderProcesses } = requireLib(
  'views/text-processes',
) as typeof import('../src/views/text-processes');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { Masker } = requireLib('masking/mask') as typeof import('../src/masking/mask');
const { maskCommand } = requireLib('masking/mask-command') as typeof import('../src/masking/mask-command');

const linuxOnly = { ...PATIENT, skip: process.platform === 'linux' ? false : 'reads /proc' };

function known(more: Partial<ProcessInfo> = {}, args: readonly string[] = ['node', 'a.js']): ProcessInfo {
  return {
    pid: 10,
    ppid: 1,
    name: 'node',
    state: 'S',
    uid: 1000,
    user: 'app',
    syscall: null,
    command: { status: 'known', arguments: args, cut: false },
    ageMs: 125_000,
    cpuUserMs: 3100,
    cpuSystemMs: 400,
    rssBytes: 88_080_384,
    ...more,
  };
}

function list(processes: readonly ProcessInfo[], more: Partial<ProcessList> = {}): ProcessList {
  return { status: 'known', processes, leftOut: 0, incomplete: false, ...more };
}

/** The tree of a program below which run the script, and one process that has ended. */
function printTree(most: number, script: string, lines = 1): ProcessList {
  return JSON.parse(runProcTreePrinter(['tree', String(most), String(lines), script])) as ProcessList;
}

function argumentsOf(info: ProcessInfo | undefined): readonly string[] {
  return info?.command.status === 'known' ? info.command.arguments : [];
}

describe('the processes below a process', linuxOnly, () => {
  before(buildProcTreePrinter);

  test('are found down to the grandchildren, each below its parent', () => {
    const leaf = `'${process.execPath}' -e 'console.log(1); setInterval(() => {}, 1e9)'`;
    const { processes, leftOut, incomplete } = printTree(100, `(${leaf} one & ${leaf} two & wait) & wait`, 2);
    const [root, ...roots] = toProcessTree(processes);
    assert.deepEqual({ roots, leftOut, incomplete }, { roots: [], leftOut: 0, incomplete: false });
    assert.equal(argumentsOf(root?.process)[1], 'tree');
    const shell = root?.children.find((child) => argumentsOf(child.process)[0] === 'sh');
    assert.equal(shell?.children.length, 1);
    const leaves = shell.children[0]?.children ?? [];
    const names = leaves.map((child) => String(argumentsOf(child.process).at(-1)));
    assert.deepEqual(names.sort(), ['one', 'two']);
    assert.deepEqual([...new Set(leaves.map((child) => argumentsOf(child.process)[0]))], [process.execPath]);
  });

  test('are described: user, state, age, time, memory', () => {
    // The shell itself stays: while a process becomes another program it has no memory for a moment.
    const { processes } = printTree(100, 'echo ready; while :; do :; done');
    const { uid, username } = userInfo();
    for (const each of processes.filter(({ state }) => state !== 'Z')) {
      assert.equal(each.uid, uid);
      assert.equal(each.user, username);
      assert.ok(each.ageMs >= 0 && each.ageMs < 60_000, `age ${each.ageMs}`);
      assert.ok(each.rssBytes > 100_000, `rss ${each.rssBytes}`);
      assert.match(each.state, /^[RSD]$/);
    }
    assert.equal(processes[0]?.state, 'R', 'it reads its own state while it runs');
  });

  test('are named also when they have ended and nobody has waited for them', () => {
    const { processes } = printTree(100, 'echo ready; exec sleep 1005');
    const zombie = processes.find(({ state }) => state === 'Z');
    assert.equal(zombie?.ppid, processes[0]?.pid);
    assert.equal(zombie?.name, processes[0]?.name);
    assert.deepEqual(zombie?.command, {
      status: 'unavailable',
      reason: 'it has ended and was not waited for',
    });
  });

  test('may be more than are described: the report says how many', () => {
    const script = 'for i in 1 2 3 4 5 6 7 8; do sleep 1006 & done; echo ready; wait';
    const { processes, leftOut } = printTree(4, script);
    assert.deepEqual({ described: processes.length, leftOut }, { described: 4, leftOut: 7 });
  });

  test('may be among more processes than can be looked at: the report says so', () => {
    // A negative number limits how many are looked at: this one and the next, which is the first of its children unless
    // a stranger started just then. Without the limit there are three.
    const { processes, incomplete } = printTree(-2, 'echo ready; exec sleep 1007');
    assert.equal(argumentsOf(processes[0])[1], 'tree');
    assert.ok(processes.length <= 2, `${processes.length} described`);
    assert.equal(incomplete, true);
  });

  test('may come and go while they are looked at', () => {
    const script = '(while :; do /bin/true; done) & (while :; do /bin/true; done) & echo ready; wait';
    const printed = runProcTreePrinter(['churn', '100', '1', script]);
    const result = JSON.parse(printed) as { failures: number; bytes: number };
    assert.equal(result.failures, 0);
    assert.ok(result.bytes > 100);
  });

  test('may name themselves as they like', () => {
    const rest = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21 22 23';
    const lines = [`7 (a) R (b) S ${rest}`, `7 () Z ${rest}`, '7 (a) S 1 2', '7 a S', ') S 1 (', ''];
    assert.deepEqual(
      runProcTreePrinter(['stat'], `${lines.join('\n')}\n`)
        .trimEnd()
        .split('\n'),
      ['a) R (b|S|1|11|12|4242|21', '|Z|1|11|12|4242|21', 'malformed', 'malformed', 'malformed', 'malformed'],
    );
  });
});

describe('the section Processes', () => {
  test('is a tree: each process below its parent, however deep', () => {
    const processes = [
      known(),
      known({ pid: 11, ppid: 10, user: null, uid: 0, state: 'Z' }, ['sh', '-c', 'a b']),
      known({ pid: 12, ppid: 10 }, ['worker']),
      known({ pid: 13, ppid: 11, uid: null, user: null }, ['deep']),
    ];
    assert.deepEqual(renderProcesses(list(processes)), [
      'Process 10 (under 1) [ run by: app (1000), state: S sleeping ]',
      '  age 2 min 5 s; cpu 3.1 s user 0.4 s sys; resident memory 84.0 MB',
      '  node a.js',
      '    Process 11 (under 10) [ run by: 0, state: Z zombie ]',
      '      age 2 min 5 s; cpu 3.1 s user 0.4 s sys; resident memory 84.0 MB',
      '      sh -c "a b"',
      '        Process 13 (under 11) [ run by: not readable, state: S sleeping ]',
      '          age 2 min 5 s; cpu 3.1 s user 0.4 s sys; resident memory 84.0 MB',
      '          deep',
      '    Process 12 (under 10) [ run by: app (1000), state: S sleeping ]',
      '      age 2 min 5 s; cpu 3.1 s user 0.4 s sys; resident memory 84.0 MB',
      '      worker',
    ]);
  });

  test('says what is missing, and why', () => {
    const command = { status: 'unavailable', reason: 'it has none' } as const;
    const cut = { status: 'known', arguments: ['long'], cut: true } as const;
    const lines = renderProcesses(
      list([known({ command }), known({ pid: 11, ppid: 10, command: cut })], {
        leftOut: 3,
        incomplete: true,
      }),
    );
    assert.ok(lines.includes('  [node] (command not available: it has none)'));
    assert.ok(lines.includes('      long ...'));
    assert.deepEqual(lines.slice(-2), [
      '(3 more below this process, not described)',
      '(not every process of the system was looked at in time; some may be missing)',
    ]);
    assert.deepEqual(renderProcesses({ status: 'unavailable', reason: 'no /proc' }), [
      'not available: no /proc',
    ]);
  });

  test('has room for a chain of processes that never ends', () => {
    const chain = Array.from({ length: 20_000 }, (_, index) => known({ pid: index + 10, ppid: index + 9 }));
    const lines = renderProcesses(list(chain));
    assert.equal(lines.length, 60_000);
    assert.ok(lines.every((line) => line.length < 250));
  });

  test('loses nobody whose parent is not in the list, and follows no circle', () => {
    const lines = renderProcesses(
      list([known(), known({ pid: 11, ppid: 99 }), known({ pid: 12, ppid: 12 })]),
    );
    assert.equal(lines.filter((line) => line.startsWith('Process ')).length, 3);
  });

  test('shows no control characters of a command', () => {
    const lines = renderProcesses(list([known({}, ['\u001b[2J', 'a\nb'])]));
    assert.equal(lines[2], '  \\x1b[2J a\\nb');
  });
});

describe('secrets in command lines', () => {
  const rows: readonly (readonly [readonly string[], readonly string[]])[] = [
    [
      ['psql', '--password', 'hunter2', 'db'],
      ['psql', '--password', '***', 'db'],
    ],
    [
      ['sh', '-c', 'mysql --password hunter2 shop'],
      ['sh', '-c', 'mysql --password *** shop'],
    ],
    [
      ['sh', '-c', "mysql --password 'hunter2 and more' shop"],
      ['sh', '-c', 'mysql --password *** shop'],
    ],
    [
      ['sh', '-c', 'PGPASSWORD=hunter2 pg_dump shop'],
      ['sh', '-c', 'PGPASSWORD=***'],
    ],
    [
      ['sh', '-c', "curl -H 'Authorization: Bearer hunter2' https://api.example"],
      ['sh', '-c', "curl -H 'Authorization: ***"],
    ],
    [['cart-api --token hunter2  listening'], ['cart-api --token ***  listening']],
    [
      ['git', 'clone', 'https://me:hunter2@git.example/x'],
      ['git', 'clone', 'https://me:***@git.example/x'],
    ],
    [
      ['node', 'server.js', '--port', '80', '--author', 'me'],
      ['node', 'server.js', '--port', '80', '--author', 'me'],
    ],
    [
      ['sh', '-c', 'tar czf /srv/backup.tgz  /srv/app "two words"'],
      ['sh', '-c', 'tar czf /srv/backup.tgz  /srv/app "two words"'],
    ],
  ];
  for (const [given, wanted] of rows) {
    test(`are masked in ${given.join(' ')}`, () => {
      assert.deepEqual(maskCommand(given, new Masker({})), wanted);
    });
  }

  test('are masked before a view or a file sees the list', () => {
    const processes = list([known({}, ['sh', '-c', 'login --password hunter2'])]);
    assert.doesNotMatch(JSON.stringify(maskPhotograph(photograph({ processes }))), /hunter2/);
    const gone = { status: 'unavailable', reason: 'no /proc' } as const;
    assert.deepEqual(maskPhotograph(photograph({ processes: gone })).processes, gone);
  });

  test('are masked as the service has said, and what it said is not shown', () => {
    const processes = list([known({}, ['pay', '--pin', '4321', '--to', 'ACC-77', 'zebra'])]);
    const mask = { keys: ['pin'], allow: [], values: ['zebra', { source: 'ACC-\\d+', flags: '' }] };
    const masked = maskPhotograph(photograph({ processes }, mask));
    const [info] = (masked.processes as ProcessList).processes;
    assert.deepEqual(argumentsOf(info), ['pay', '--pin', '***', '--to', '***', '***']);
    assert.doesNotMatch(JSON.stringify(masked), /zebra|4321|ACC/);
  });
});
