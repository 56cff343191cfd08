import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, read, readSync, readdirSync, rmSync, writeSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { promisify } from 'node:util';
import {
  LIBC_HAS_TABLES,
  PASSIVE_NATIVE_READING,
  PASSIVE_READING,
  STACK_READING,
  fuzzRuns,
} from './support/native-addon';
import { PATIENT, TIME_SCALE, eventually } from './support/patience';
import { type Comparison, type Walk, loadUnwindFixture } from './support/unwind-fixture';

/** What a thread that is blocked in the call is said to do. */
const CALLS: Readonly<Record<string, RegExp>> = {
  read: /^read\(fd \d+ -> pipe:\[\d+\]\)$/,
  write: /^write\(fd \d+ -> pipe:\[\d+\]\)$/,
  nanosleep: /^(clock_)?nanosleep\(86400000 ms\)$/,
  poll: /^p?poll\(fd \d+ -> pipe:\[\d+\] and 1 more\)$/,
  futex: /^futex\(wait\)$/,
  epoll_wait: /^epoll_p?wait$/,
  accept: /^accept\(fd \d+ listening on 127\.0\.0\.1:\d+\)$/,
  connect: /^connect\(fd \d+ -> 127\.0\.0\.1:\d+\)$/,
  wait4: /^wait4\(pid \d+ cat\)$/,
  flock: /^flock\(fd \d+ -> \/.*\/flock\)$/,
  open: /^open(at)?\(\/.*\/fifo\)$/,
};
/** On arm64 they make no frame, and the kernel does not tell the register that has the return address. */
const WITHOUT_FRAME: readonly string[] = process.arch === 'arm64' ? ['flock'] : [];
const WITHOUT_CALLER: readonly string[] = LIBC_HAS_TABLES ? WITHOUT_FRAME : Object.keys(CALLS);
const FRAMES = ['plain', 'alloca', 'large', 'aligned'];

/** The most that one run of a fuzzer may take. */
const SLOWEST_MS = 2000 * TIME_SCALE;

const folder = mkdtempSync(join(tmpdir(), 'gmr-unwind-'));
after(() => rmSync(folder, { recursive: true, force: true }));
// The files that the fixture's threads block in are removed with the others.
process.env['TMPDIR'] = folder;

const fixture = loadUnwindFixture();

/** A thread says that it is about to block, no more; and other calls may come before the one that it blocks in. */
async function walkWhenBlocked(tid: number, words: RegExp): Promise<Walk> {
  let last: Walk | undefined;
  const found = eventually(`thread ${tid} is blocked in ${words}`, () => {
    last = fixture.walkBlocked(tid);
    return words.test(last.doing) ? last : undefined;
  });
  return found.catch((error: unknown) => {
    throw new Error(`${String(error)}, but: ${JSON.stringify(last)}`);
  });
}

function otherThreads(): number[] {
  return readdirSync('/proc/self/task')
    .map(Number)
    .filter((tid) => tid !== process.pid);
}

/** A sanitizer's runtime puts frames of its own around calls. */
function ownNames({ names }: Walk): string[] {
  return names.filter((name) => !name.startsWith('__interceptor_'));
}

/** The two walks begin in functions of their own; the caller of both, and all above, must agree. */
function assertSameCallers({ ours, runtime }: Comparison): void {
  const OWN_FRAMES = 2;
  const end = ours.names.findIndex((name) => name === '' || name.startsWith('Builtins_'));
  assert.ok(end > 0, `the walk should reach V8: ${ours.names.join(', ')}`);
  assert.ok(end >= OWN_FRAMES + 2, `too few native frames: ${ours.names.join(', ')}`);
  assert.deepEqual(ours.pcs.slice(OWN_FRAMES, end), runtime.slice(OWN_FRAMES, end));
}

/** What cannot be known is not guessed. */
function assertNoCaller(walk: Walk): void {
  assert.equal(walk.names.length, 1, walk.names.join(', '));
  assert.equal(walk.end, LIBC_HAS_TABLES ? 'broken' : 'no info');
}

/** A FIFO that opens at once, and stays empty. */
function openFifo(name: string): number {
  const path = join(folder, name);
  execFileSync('mkfifo', [path]);
  return openSync(path, 'r+');
}

describe('the unwinder of native code', { ...PATIENT, ...STACK_READING }, () => {
  test('agrees with the C++ runtime, pc by pc, up to the first frame of V8', () => {
    assertSameCallers(fixture.compareWithRuntime(0));
    assertSameCallers(fixture.compareWithRuntime(20));
    [1].map(() => assertSameCallers(fixture.compareWithRuntime(5)));
    fixture.call(() => assertSameCallers(fixture.compareWithRuntime(5)));
    'x'.replace('x', () => {
      assertSameCallers(fixture.compareWithRuntime(5));
      return '';
    });
  });

  for (const [call, words] of Object.entries(CALLS)) {
    for (const frame of FRAMES) {
      const title = WITHOUT_CALLER.includes(call) ? 'guesses no caller' : 'reaches the start';
      test(
        `${title} of a thread that is blocked in ${call} below a frame of kind ${frame}`,
        PASSIVE_READING,
        async () => {
          const { tid, truth } = fixture.startBlocked(call, frame);
          const walk = await walkWhenBlocked(tid, words);
          if (WITHOUT_CALLER.includes(call)) return assertNoCaller(walk);
          // The first is the blocking function itself: it has gone on since it told.
          const callers = truth.slice(1);
          const from = walk.pcs.indexOf(callers[0] ?? 0);
          assert.ok(from > 0, `the blocking function's caller is missing: ${walk.names.join(', ')}`);
          assert.deepEqual(walk.pcs.slice(from), callers);
          assert.equal(walk.end, 'end of stack');
          assert.equal(walk.approximateSteps, 0);
        },
      );
    }
  }

  test(
    'computes the frame pointer of a pool thread that is blocked in a read',
    PASSIVE_NATIVE_READING,
    async () => {
      const fd = openFifo('pool');
      const done = promisify(read)(fd, Buffer.alloc(1), 0, 1, null);
      const walk = await eventually('a thread of the pool reads', () =>
        otherThreads()
          .map((tid) => fixture.walkBlocked(tid))
          .find(({ doing }) => doing === `read(fd ${fd} -> ${folder}/pool)`),
      );
      writeSync(fd, 'x');
      await done;
      assert.deepEqual(ownNames(walk).slice(0, 3), ['read', 'uv__fs_work', 'worker']);
      assert.equal(walk.end, 'end of stack');
      assert.equal(walk.approximateSteps, 0);
      closeSync(fd);
    },
  );

  test('leads from a main thread that is blocked in readSync to V8', PASSIVE_NATIVE_READING, () => {
    const fd = openFifo('main');
    fixture.walkMainInRead(fd);
    readSync(fd, Buffer.alloc(1), 0, 1, null);
    const walk = fixture.takeMainWalk();
    const names = ownNames(walk);
    assert.equal(walk.doing, `read(fd ${fd} -> ${folder}/main)`);
    assert.deepEqual(names.slice(0, 3), ['read', 'uv__fs_work', 'uv_fs_read']);
    const firstOfV8 = names.findIndex((name) => name.startsWith('Builtins_'));
    assert.ok(firstOfV8 > 3 && names.slice(3, firstOfV8).includes('node::fs::Read'), names.join(', '));
    // Without tables for V8's code the walk ends there, unless its frame pointers happen to lead on.
    if (firstOfV8 === names.length - 1) assert.equal(walk.approximateSteps, 0);
    closeSync(fd);
  });

  test('reaches the start of every other thread of the process', PASSIVE_NATIVE_READING, async () => {
    await readFile(fixture.path); // makes the threads of libuv's pool
    const tids = otherThreads();
    assert.ok(tids.length > 8, `only ${tids.length} threads`);
    for (const tid of tids) {
      const walk = await walkWhenBlocked(tid, /./);
      if (WITHOUT_FRAME.includes(walk.names[0] ?? '')) {
        assertNoCaller(walk);
        continue;
      }
      assert.equal(walk.end, 'end of stack', `${tid}: ${walk.names.join(', ')}`);
      assert.equal(walk.approximateSteps, 0, `${tid}: ${walk.names.join(', ')}`);
    }
  });
});

describe('a thread that is held for its stack', { ...PATIENT, ...PASSIVE_READING }, () => {
  // The kernel tells a thread as in its last system call until it gets a CPU again.
  test('is not taken for one that is blocked, neither then nor on its way back', () => {
    assert.deepEqual(fixture.watchParked(500), {
      parked: 500,
      wentOn: 500,
      blockedWhileHeld: 0,
      blockedAfter: 0,
    });
  });
});

describe('nonsense is survived', { ...PATIENT, ...STACK_READING }, () => {
  for (const what of ['registers', 'tables', 'texts']) {
    test(`in ${what}`, () => {
      const wanted = fuzzRuns(10_000);
      const outcome = fixture.fuzz(what, wanted, 20_261);
      assert.equal(outcome.runs, wanted);
      assert.ok(outcome.steps > 0, 'the fuzzer reached nothing');
      assert.ok(outcome.longestMs < SLOWEST_MS, `one run took ${outcome.longestMs} ms`);
    });
  }
});
