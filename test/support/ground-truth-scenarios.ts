import type { Expectation } from './ground-truth';
import { LIBC_HAS_TABLES } from './native-addon';
import { TIME_SCALE } from './patience';

/** How a report may have taken a stack, in the words of its state line. */
export type Method = 'by interrupt' | 'while blocked' | 'while held';

/** A way of being stuck, and what a report must show besides the frames of the truth. */
export interface Scenario extends Expectation {
  /** Key in a file of `fixtures/ground-truth`. */
  readonly name: string;
  /** As in "a thread in ...". */
  readonly title: string;
  readonly methods: readonly Method[];
  /** Whether the thread sleeps in a system call, or runs on the CPU. */
  readonly waits: boolean;
  /** Lines that the thread's block must have, in this order. */
  readonly shows: readonly RegExp[];
  readonly needsWasm?: boolean;
  /** The call is made again and again; between two calls the position in the loop is another. */
  readonly repeats?: boolean;
  /** The fixture says whether it got its code optimised. */
  readonly needsOptimiser?: boolean;
}

type Extras = Partial<Scenario>;

function waiting(name: string, title: string, extras: Extras = {}): Scenario {
  return { name, title, methods: ['while blocked'], waits: true, shows: [], ...extras };
}

function computing(name: string, title: string, extras: Extras = {}): Scenario {
  return { name, title, methods: ['while held'], waits: false, shows: [], ...extras };
}

/** A callback, getter, ... that calls `fs.readSync` on a FIFO. */
function calling(name: string, title: string, extras: Extras = {}): Scenario {
  return waiting(name, title, { shows: [/^ {2}readSync \(node:fs:/m], ...extras });
}

const ADDON = / gmr_fixture\.node$/m;
const GAP = /^ *\(native frames above JavaScript are not known\)$/m;

const SYSTEM_CALLS: readonly Scenario[] = [
  waiting('read-sync', 'fs.readSync on a FIFO', {
    shows: [
      /state: S sleeping in read\(fd \d+ -> /,
      ...(LIBC_HAS_TABLES ? [/^ {2}(__)?read +libc/m, /^ {2}node::fs::Read\b.* node$/m] : [GAP]),
      /readSync \(node:fs:/,
    ],
  }),
  waiting('open-sync', 'fs.openSync on a FIFO', {
    shows: [/state: S sleeping in open(at)?\(/, /openSync \(node:fs:/],
  }),
  waiting('write-sync', 'fs.writeSync to a full pipe', {
    shows: [/state: S sleeping in write\(fd \d+ -> /, /writeSync \(node:fs:/],
  }),
  waiting('exec-sync', 'execSync', { shows: [/spawnSync \(node:/, /execSync \(node:child_process:/] }),
  waiting('spawn-sync', 'spawnSync', { shows: [/spawnSync \(node:child_process:/] }),
  // V8 looks for interrupts while it waits: it may answer.
  waiting('atomics-wait', 'Atomics.wait', { methods: ['while blocked', 'by interrupt'] }),
  waiting('addon-sleep', 'an addon that sleeps', { shows: [LIBC_HAS_TABLES ? ADDON : GAP] }),
];

/** It asks for the time again and again. On arm64, the kernel's code for that has no tables to be unwound by. */
const SPINNING_ADDON =
  process.arch === 'arm64' ? new RegExp(`${ADDON.source}|${GAP.source}`, 'm') : LIBC_HAS_TABLES ? ADDON : GAP;

/** V8 may answer between two steps; and a thread that collects garbage is blocked while it waits for its helpers. */
const ANY_METHOD: readonly Method[] = ['while held', 'by interrupt', 'while blocked'];

const COMPUTATIONS: readonly Scenario[] = [
  computing('pbkdf2', 'pbkdf2Sync', { shows: [/pbkdf2Sync \(node:internal\/crypto/] }),
  computing('scrypt', 'scryptSync', { shows: [/scryptSync \(node:internal\/crypto/] }),
  computing('deflate', 'deflateSync', { shows: [/(deflateSync|processChunkSync) \(node:/] }),
  computing('brotli', 'brotliCompressSync', { shows: [/(brotliCompressSync|processChunkSync) \(node:/] }),
  computing('json-parse', 'JSON.parse of 100 MB', {
    methods: ANY_METHOD,
    repeats: true,
  }),
  computing('json-stringify', 'JSON.stringify to 100 MB', {
    methods: ANY_METHOD,
    repeats: true,
  }),
  computing('sort', 'a sort of millions', { methods: ANY_METHOD, repeats: true }),
  computing('sort-with-comparator', 'a sort of millions with a comparator', {
    methods: ANY_METHOD,
    innermostIsBrief: true,
    repeats: true,
  }),
  computing('structured-clone', 'structuredClone', {
    methods: ANY_METHOD,
    repeats: true,
  }),
  computing('regex', 'a regular expression that backtracks', { methods: ['by interrupt'] }),
  computing('wasm-loop', 'a WebAssembly loop', {
    methods: ['by interrupt'],
    shows: [/ \[wasm\]$/m],
    needsWasm: true,
  }),
  computing('addon-spin', 'an addon that spins', { shows: [SPINNING_ADDON] }),
];

const CALLERS: readonly Scenario[] = [
  calling('array-map', 'a callback of Array.map'),
  calling('array-callbacks', 'callbacks of forEach, filter, reduce and some'),
  calling('string-replace', 'a callback of String.replace'),
  calling('to-json', 'toJSON'),
  calling('getter', 'a getter below a setter'),
  calling('proxy', 'traps of a Proxy'),
  calling('generator', 'generators'),
  calling('class-constructor', 'constructors and a private method'),
  calling('class-field', 'the initialiser of a class field'),
  calling('async-before-await', 'an async function before its first await'),
  calling('async-after-await', 'an async function after an await'),
  calling('promise-then', 'a callback of Promise.then'),
  calling('event-emitter', 'a listener of an EventEmitter'),
  calling('reflect-and-bind', 'Reflect.apply, Reflect.construct and a bound function'),
  calling('iterator-and-spread', 'an iterator that is spread'),
  calling('sort-comparator-waits', 'a comparator that waits'),
  calling('recursion', '1,000 frames of a recursion'),
];

const CODE_KINDS: readonly Scenario[] = [
  calling('eval', 'evaluated code'),
  calling('new-function', 'new Function'),
  calling('vm-context', 'a vm context with lineOffset'),
  calling('vm-first-line', 'the first line of a script with columnOffset'),
  calling('compiled-function', 'vm.compileFunction'),
  calling('wasm-import', 'an import of WebAssembly', { needsWasm: true }),
  calling('optimised', 'optimised code with inlined functions', { needsOptimiser: true }),
  calling('optimised-map', 'optimised code with an inlined Array.map', { needsOptimiser: true }),
  calling('optimised-recursion', 'an optimised recursion', { needsOptimiser: true }),
];

const METHODS: readonly Scenario[] = [
  calling('methods', 'methods of classes, plain objects and proxies'),
  computing('methods-in-regex', 'a regular expression below methods', { methods: ['by interrupt'] }),
  computing('methods-in-pbkdf2', 'pbkdf2Sync below methods', {
    shows: [/pbkdf2Sync \(node:internal\/crypto/],
  }),
];

/** Every way of being stuck that a report must explain frame by frame. */
export const SCENARIOS: readonly Scenario[] = [
  ...SYSTEM_CALLS,
  ...COMPUTATIONS,
  ...CALLERS,
  ...CODE_KINDS,
  ...METHODS,
];

/** A way to start Node. */
export interface Variant {
  readonly name: string;
  readonly execArgv: readonly string[];
  readonly hasWasm: boolean;
  /** Whether signals of its own wake the threads all the time, so that hardly any stays as it is for a capture. */
  readonly wakesThreads: boolean;
  /** What a debugger does that is attached from the beginning. */
  readonly debugger: 'none' | 'looks' | 'has a breakpoint';
}

function variant(execArgv: readonly string[], more: Partial<Variant> = {}): Variant {
  return { name: execArgv[0] ?? '', execArgv, hasWasm: true, wakesThreads: false, debugger: 'none', ...more };
}

/** Without any flags. */
export const PLAIN: Variant = variant([]);

/**
 * Each sample wakes the thread, and the stack of a thread that sleeps is read between two of them: in about half a
 * millisecond, but in 60 ms where the processor is emulated. Without a scale it is V8's default.
 */
const PROFILER_INTERVAL_US = 1000 * TIME_SCALE ** 3;

/** `folder` takes what a profiler writes. */
export function variantsWithFlags(folder: string): readonly Variant[] {
  return [
    variant(['--jitless'], { hasWasm: false }),
    variant(['--always-sparkplug']),
    variant(['--no-opt']),
    variant(['--interpreted-frames-native-stack']),
    variant(['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${PROFILER_INTERVAL_US}`], {
      wakesThreads: true,
    }),
    variant(['--inspect=0']),
    variant(['--enable-source-maps']),
    variant(['--max-lazy']),
    variant(['--stack-size=4000']),
    variant(['--inspect=0'], { name: 'a debugger that looks', debugger: 'looks' }),
    variant(['--inspect=0'], { name: 'a debugger with a breakpoint', debugger: 'has a breakpoint' }),
  ];
}
