import assert from 'node:assert/strict';
import { markedFrame } from './marks';
import { type ThreadBlock, assertFrame, sectionOf } from './report-text';
import type { Service } from './service';

/** What the report must say about a thread that is in one of the states of `fixtures/states.cjs`. */
export interface BlockedState {
  /** Key in `fixtures/states.cjs`. */
  readonly state: string;
  /** As in "a main thread in ...". */
  readonly title: string;
  readonly check: (block: ThreadBlock) => void;
}

/** A state whose stack must show the marked line; `marks` are checked in the order innermost first. */
function stuck(state: string, title: string, marks: readonly string[] = [state]): BlockedState {
  return { state, title, check: (block) => assertStuck(block, marks) };
}

const STUCK = /RUNNING|BLOCKED/;
const WAITS_OR_STUCK = /RUNNING|BLOCKED|WAITING/;

function assertStuck(block: ThreadBlock, marks: readonly string[], head = STUCK): void {
  assert.match(block.head, head);
  let from = 0;
  for (const mark of marks) {
    const frame = markedFrame(mark === 'vm-context-loop' ? 'vm-loop.js' : 'states.cjs', mark);
    assertFrame(block, frame);
    const at = block.body.indexOf(`${frame.functionName} (${frame.file}:${frame.line}:`, from);
    assert.notEqual(at, -1, `'${frame.functionName}' is not below the frame that it called\n${block.body}`);
    from = at;
  }
}

/**
 * A state whose marked line is the one below the head of its function, which is entered again and again: V8 looks for
 * interrupts there too, and then the thread truly stands at the head.
 */
function reentered(state: string, title: string): BlockedState {
  return {
    state,
    title,
    check: (block) => {
      assert.match(block.head, /RUNNING|BLOCKED/);
      const frame = markedFrame('states.cjs', state);
      const entry = { ...frame, line: frame.line - 1 };
      assertFrame(block, block.body.includes(`states.cjs:${entry.line}:`) ? entry : frame);
    },
  };
}

const deepRecursion: BlockedState = {
  state: 'deep-recursion',
  title: 'a recursion that is 10,000 frames deep',
  check: (block) => {
    assertStuck(block, ['deep-recursion', 'deep-recursion-bottom']);
    const cut = Number(/([\d,]+) frames? omitted/.exec(block.body)?.[1]?.replaceAll(',', ''));
    const shown = block.body.split('\n').filter((line) => line.trimStart().startsWith('recurse (')).length;
    assert.ok(shown > 100 && shown <= 200, `${shown} frames of the recursion are shown`);
    // The frames below the recursion count too.
    assert.ok(Math.abs(cut + shown - 10_000) < 20, `${cut} omitted and ${shown} shown are not 10,000`);
  },
};

const wasmLoop: BlockedState = {
  state: 'wasm',
  title: 'a WebAssembly loop',
  check: (block) => {
    assertStuck(block, ['wasm']);
    assert.match(block.body, /spin .*\[?wasm/);
  },
};

/** Blocked on the main thread; a worker that waits like this waits for work. */
const atomicsWait: BlockedState = {
  state: 'atomics-wait',
  title: 'Atomics.wait',
  check: (block) =>
    assertStuck(block, ['atomics-wait'], /\bmain\b/.test(block.head) ? STUCK : WAITS_OR_STUCK),
};

const evalLoop: BlockedState = {
  state: 'eval',
  title: 'a loop in evaluated code',
  check: (block) => {
    assertStuck(block, ['eval']);
    assert.match(block.body, /^ +evaluated \(.*eval/m);
  },
};

const afterAwait: BlockedState = {
  state: 'after-await',
  title: 'an async function after an await',
  check: (block) => {
    assertStuck(block, ['after-await']);
    const caller = markedFrame('states.cjs', 'after-await-caller');
    assertFrame(block, { ...caller, functionName: `async ${caller.functionName}` });
  },
};

const idle: BlockedState = {
  state: 'idle',
  title: 'nothing to do',
  check: (block) => {
    assert.match(block.head, /\bIDLE\b/);
    assert.doesNotMatch(block.head, /BLOCKED|RUNNING|NOT ANSWERING/);
    assert.doesNotMatch(block.body, /waitForEvents \(/);
  },
};

/** Every state that a report must explain. */
export const BLOCKED_STATES: readonly BlockedState[] = [
  stuck('busy-loop', 'a busy loop'),
  stuck('regex', 'a regular expression that backtracks for ever'),
  // A function that goes on after an await is entered anew.
  reentered('promise-storm', 'a storm of promise jobs'),
  reentered('queue-microtask', 'a storm of queueMicrotask'),
  reentered('next-tick', 'a storm of process.nextTick'),
  wasmLoop,
  atomicsWait,
  idle,
  deepRecursion,
  stuck('vm-context', 'a loop in a vm context', ['vm-context-loop', 'vm-context']),
  evalLoop,
  stuck('generator', 'a generator', ['generator', 'generator-caller']),
  stuck('sort', 'a comparator of sort'),
  stuck('constructor', 'the constructor of a class'),
  afterAwait,
];

/**
 * Functions of the fixtures in which a thread says that it is about to get stuck; or the line that calls a wasm
 * function, on top: V8 compiles such a function when it is called first.
 */
const ANNOUNCING = /\bannounce(OnStdout|ToParent) \(|\n\n? *(?:[a-z]+: .*\n *)*heap: .*\n +wasmLoop \(/;

/** A loop that gets hot is compiled anew, which takes long where the machine is slow; meanwhile its line is not known. */
const COMPILING = /; compiling (?:JavaScript|WebAssembly)$/m;

/**
 * A report of a service whose threads have all arrived where they announced to go. A signal that
 * is quicker than the last instructions of an announcement is answered truly, with the announcement.
 */
export async function reportOfStuckThreads(service: Service): Promise<string> {
  // What is still not there after a few reports will not come: the test then says what it sees.
  for (let reports = 1; ; reports++) {
    const report = await service.reportOnSignal();
    const threads = sectionOf(report, 'Threads');
    const hasArrived = !ANNOUNCING.test(threads) && !COMPILING.test(threads) && !isBetweenTicks(threads);
    if (reports === 5 || hasArrived) return report;
  }
}

/** Whether a thread runs, but only Node's own code: it announced itself and has not begun yet. */
function isBetweenTicks(threads: string): boolean {
  const blocks = threads.split(/^------ .*(?=worker|main)/m);
  return blocks.some((block) => / RUNNING /.test(block) && !/^ {2}\S.* \((?!node:)\S+:\d+/m.test(block));
}

/** The state with this key. */
export function blockedState(state: string): BlockedState {
  const found = BLOCKED_STATES.find((candidate) => candidate.state === state);
  if (found === undefined) throw new Error(`no state '${state}'`);
  return found;
}
