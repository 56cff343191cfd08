import type { CodeOwner } from '../code-owner';
import type { Frame, IsolateThread, OsThread, Stack, Unavailable } from '../model';
import { syscallName } from '../os-state';
import { NO_ENTRY_REASON, isEvaluated, shownName, shownPosition } from '../positions';
import { workKind } from '../work-kind';
import { describeGone } from './gone';
import {
  PUBLIC_MODULES,
  moduleName,
  calleeName,
  lineOf,
  located,
  nameWithPosition,
  ownerOf,
  plainName,
  simpleSymbol,
  type Naming,
} from './place';
import { describeRetries } from './retries';

type CapturedStack = Extract<Stack, { readonly status: 'captured' }>;

/** A frame that a summary names, and where it is in its stack. */
interface Chosen {
  readonly frame: Frame;
  readonly owner: CodeOwner;
  readonly index: number;
}

/**
 * Where a thread is: `in saveOrder (app.js:19), in Database.run of better-sqlite3, in read(fd 24 -> /run/db)`. For work
 * of V8's own `collecting garbage in parseBig (report.js:23)`. Empty when nothing is known.
 */
export function describeWhere(isolate: IsolateThread, naming: Naming): string {
  const { stack } = isolate;
  if (stack.status !== 'captured') {
    return sleeps(isolate.os) ? `in ${systemCall(isolate.os)}` : '';
  }
  const call = describeRetries(isolate, naming) ?? sleepingCall(isolate, stack);
  const chosen = choosePlace(stack.frames, naming);
  if (chosen === null) return join([outsideJavaScript(stack), call]);
  const callee = describeCallee(stack.frames, chosen, naming);
  // Between a line of code and a system call with its arguments, Node's function says little.
  const isPlain = callee !== null && callee.owner === 'node' && isTelling(isolate.os, call);
  const place = describeWork(stack, chosen, naming);
  return join([
    place,
    callee === null || isPlain ? '' : callee.text,
    evaluatedCode(stack.frames, chosen, naming),
    call,
    endOfProcess(stack.frames, chosen),
    asyncCaller(stack, chosen, naming) || wentOn(isolate, chosen, naming),
  ]);
}

/** Where a stack is, without the rest; empty when no JavaScript but Node's own is on it. */
export function describeOwnCode(frames: readonly Frame[], naming: Naming): string {
  const chosen = choosePlace(frames, naming);
  if (chosen === null || chosen.owner.kind === 'node') return '';
  return located(chosen.frame, naming) + calledFrom(frames, chosen, naming);
}

function join(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(', ');
}

/** The first frame of the application; else of a package; else of Node. Null without JavaScript. */
export function choosePlace(frames: readonly Frame[], naming: Naming): Chosen | null {
  for (const kind of ['application', 'package', 'node'] as const) {
    for (const [index, frame] of frames.entries()) {
      const owner = ownerOf(frame, naming);
      if (owner.kind !== kind || isOfCompiler(frames, index) || isMadeByPackage(frames, index, naming))
        continue;
      return { frame, owner, index };
    }
  }
  return null;
}

/** True for what a compiler added to a script, as a helper that reads private fields, below which code of a person runs. */
function isOfCompiler(frames: readonly Frame[], index: number): boolean {
  const frame = frames[index];
  if (frame?.generated !== NO_ENTRY_REASON || frame.file === null) return false;
  return frames.slice(index + 1).some(({ file, original }) => original !== null && file === frame.file);
}

/** True for code without a file, as `new Function` makes it, that a package called: validators, parsers of rows ... */
function isMadeByPackage(frames: readonly Frame[], index: number, naming: Naming): boolean {
  if (!isMadeFromString(frames[index])) return false;
  const caller = frames.slice(index + 1).find((frame) => frame.kind === 'js' && !isMadeFromString(frame));
  return caller !== undefined && ownerOf(caller, naming).kind === 'package';
}

function isMadeFromString(frame: Frame | undefined): boolean {
  return frame?.kind === 'js' && (shownPosition(frame).file === null || isEvaluated(frame));
}

/** The words for a place, with what V8 does there. */
function describeWork(stack: CapturedStack, chosen: Chosen, naming: Naming): string {
  const { frames } = stack;
  const place =
    betweenCallbacks(frames, chosen) ?? located(chosen.frame, naming) + calledFrom(frames, chosen, naming);
  const work = chosen.index === 0 ? null : workKind(frames);
  const call = work === null ? builtinCall(frames, chosen) : BUILTINS_BY_WORK.get(work);
  if (call !== undefined && call !== '') return `in ${call} called ${fromPlace(place)}`;
  return work === null ? place : `${work} ${place}`;
}

/** Functions of Node that only call one callback after the other, and what these are. */
const CALLERS: ReadonlyMap<string, string> = new Map([
  ['processTicksAndRejections', 'callbacks of process.nextTick or promise jobs'],
  ['runNextTicks', 'callbacks of process.nextTick or promise jobs'],
  ['processTimers', 'timers'],
  ['processImmediate', 'callbacks of setImmediate'],
]);

/** Words for a stack on which Node is between two callbacks; null when it is not. */
function betweenCallbacks(frames: readonly Frame[], { owner }: Chosen): string | null {
  if (owner.kind !== 'node') return null;
  const outermost = frames.findLast(({ kind }) => kind === 'js');
  const callbacks = outermost === undefined ? undefined : CALLERS.get(plainName(outermost));
  return callbacks === undefined ? null : `between ${callbacks}`;
}

const BUILTINS_BY_WORK: ReadonlyMap<string, string> = new Map([
  ['parsing JSON', 'JSON.parse'],
  ['making JSON', 'JSON.stringify'],
]);

/** `from churn (app.js:21)`, `at app.js:21` */
function fromPlace(place: string): string {
  return place.startsWith('in ') ? `from ${place.slice('in '.length)}` : place;
}

/** The builtin function that runs above the place, for example `Array.sort`; empty when another one does. */
function builtinCall(frames: readonly Frame[], { index }: Chosen): string {
  const above = frames.slice(0, index);
  const builtin = above.findLast(({ kind }) => kind !== 'native');
  return builtin?.kind === 'builtin' && above[0] === builtin ? plainName(builtin) : '';
}

/**
 * The function of the application that called the place, where that says too little itself: a function without a name,
 * or one of a script without a path, which was made from a string.
 */
function calledFrom(frames: readonly Frame[], { frame, owner, index }: Chosen, naming: Naming): string {
  if (owner.kind !== 'application') return '';
  if (isPathless(frame)) {
    const callers = frames.slice(index + 1).filter((each) => isOwn(each, naming) && !isPathless(each));
    const caller = callers.find((each) => plainName(each) !== '') ?? callers[0];
    return caller === undefined ? '' : `, called from ${nameWithPosition(caller, naming)}`;
  }
  if (plainName(frame) !== '') return '';
  // Functions of Node may only carry the call, as vm.runInContext() does.
  const callers = frames.slice(index + 1).filter(({ kind }) => kind === 'js' || kind === 'wasm');
  // So may functions of the application without a name.
  const caller = callers.find(
    (each) => ownerOf(each, naming).kind !== 'node' && !(isOwn(each, naming) && plainName(each) === ''),
  );
  if (caller === undefined || !isOwn(caller, naming)) return '';
  // A helper that a compiler wrote into the file.
  if (caller.generated === NO_ENTRY_REASON) return '';
  const isSame = lineOf(caller, naming) === lineOf(frame, naming);
  return `, called from ${isSame ? plainName(caller) : nameWithPosition(caller, naming)}`;
}

function isOwn(frame: Frame, naming: Naming): boolean {
  return ownerOf(frame, naming).kind === 'application';
}

function isPathless(frame: Frame): boolean {
  const { file } = shownPosition(frame);
  return file === null || isEvaluated(frame) || !(file.includes('/') || file.includes('\\'));
}

/** What the code at the place called: a package, Node, or a function of an addon. */
function describeCallee(
  frames: readonly Frame[],
  chosen: Chosen,
  naming: Naming,
): { readonly text: string; readonly owner: CodeOwner['kind'] } | null {
  for (let index = chosen.index - 1; index >= 0; index--) {
    const frame = frames[index];
    if (frame === undefined) break;
    const owner = ownerOf(frame, naming);
    const name = frame.kind === 'native' ? nativeFunction(frame) : nameOfCallee(frame, owner, chosen.owner);
    if (name !== '') return { text: `in ${name}`, owner: owner.kind };
  }
  return null;
}

/** Code with a name that a package made from a string, as of a template: it runs for the place. */
function evaluatedCode(frames: readonly Frame[], { index }: Chosen, naming: Naming): string {
  const frame = frames.slice(0, index).find((each) => isEvaluated(each));
  return frame === undefined ? '' : `in ${lineOf(frame, naming)}`;
}

function nameOfCallee(frame: Frame, owner: CodeOwner, of: CodeOwner): string {
  if (frame.kind === 'wasm') return `${plainName(frame)} of WebAssembly`;
  switch (owner.kind) {
    case 'package':
      return of.kind === 'package' && of.name === owner.name ? '' : calleeName(frame, owner);
    case 'node':
      return of.kind === 'node' ? '' : calleeName(frame, owner);
    default:
      return '';
  }
}

/** Prefixes of functions that only carry a call from JavaScript to an addon. */
const GLUE = /^(v8::|v8impl::|Napi::|Nan::|napi_|node::|std::|uv_|_Napi|nan_)/;
const ADDON = /\.node$/;

/** `Statement::JS_run of better_sqlite3`, for functions of addons; empty for all others. */
function addonFunction({ file, functionName }: Frame): string {
  if (file === null || !ADDON.test(file) || GLUE.test(functionName)) return '';
  // Templates belong to libraries for addons, such as `CallbackMaker<...>::Callback`.
  if (functionName.includes('<')) return '';
  const name = simpleSymbol(functionName);
  // A function that no symbol names has its module's name already.
  if (name === '' || name.startsWith(file)) return '';
  return `${name} of ${file.replace(ADDON, '')}`;
}

/** A function of an addon, or one of Node's classes in C++ that the application calls without JavaScript between. */
function nativeFunction(frame: Frame): string {
  const [, module = '', rest = ''] = /^node::(\w+)::(\w+::\w+)$/.exec(frame.functionName) ?? [];
  const isPublic = frame.file === 'node' && PUBLIC_MODULES.has(module);
  return isPublic ? `${rest} of ${moduleName(module)}` : addonFunction(frame);
}

function outsideJavaScript({ frames, runningMicrotasks }: CapturedStack): string {
  const addon = frames.map(addonFunction).find((name) => name !== '');
  if (addon !== undefined) return `in ${addon}, outside JavaScript`;
  const work = workKind(frames);
  if (work !== null) return work;
  return runningMicrotasks ? 'between promise jobs' : 'outside JavaScript';
}

/** The function of the application for which a package or Node runs, when it awaits that. */
function asyncCaller({ asyncFrames }: CapturedStack, { owner }: Chosen, naming: Naming): string {
  if (owner.kind === 'application') return '';
  const caller = asyncFrames.find((frame) => ownerOf(frame, naming).kind === 'application');
  return caller === undefined ? '' : `awaited by ${nameWithPosition(caller, naming)}`;
}

/**
 * For a thread that works for a package or Node without being called or awaited by the application: the functions of the
 * application that went on while the heap was read. One of them may ask for this work again and again.
 */
function wentOn({ greenThreads }: IsolateThread, { owner }: Chosen, naming: Naming): string {
  const gone = owner.kind === 'application' ? '' : describeGone(greenThreads, naming);
  return gone === '' ? '' : `while ${gone} went on`;
}

/** What emits the last events of a process: functions of Node in C++, and process.exit(). */
const LAST_EVENTS: readonly (readonly [RegExp, string])[] = [
  [/\bEmitProcessBeforeExit/, 'beforeExit'],
  [/\bEmitProcessExit/, 'exit'],
];

/** `in a listener of the process's 'exit' event`, for code that the process still runs when it ends. */
function endOfProcess(frames: readonly Frame[], { index }: Chosen): string {
  const emit = frames.findLastIndex(
    (frame) => frame.kind === 'js' && frame.file === 'node:events' && shownName(frame) === 'emit',
  );
  if (emit <= index) return '';
  const [caller, ...others] = frames.slice(emit + 1);
  if (caller?.kind === 'js') {
    const isExit = shownName(caller) === 'exit' && caller.file?.startsWith('node:internal/process/') === true;
    return isExit ? inListenerOf('exit') : '';
  }
  const native = caller === undefined ? [] : [caller, ...others].filter(({ kind }) => kind === 'native');
  const found = LAST_EVENTS.find(([name]) => native.some(({ functionName }) => name.test(functionName)));
  return found === undefined ? '' : inListenerOf(found[1]);
}

function inListenerOf(event: string): string {
  return `in a listener of the process's '${event}' event`;
}

/** System calls in which a thread waits for another thread or for any event: their names alone say little. */
const WAITS = /^(futex|epoll_p?wait2?|p?poll|p?select6?|restart_syscall)\b/;

function isTelling(os: OsThread | Unavailable, call: string): boolean {
  return call !== '' && os.status === 'known' && !WAITS.test(systemCall(os));
}

/** `in read(fd 24 -> /run/db)` for a thread that sleeps in a system call below the captured stack; else empty. */
function sleepingCall({ os, state }: IsolateThread, { method, frames }: CapturedStack): string {
  if (state === 'idle' || !sleeps(os)) return '';
  const call = systemCall(os);
  const isAtomics = call.startsWith('futex') && (frames.some(isFutexWait) || isWaitLine(frames[0]));
  if (isAtomics) return 'in Atomics.wait';
  // A thread that answered an interrupt ran again by then: its system call belongs to another moment.
  return method === 'passive' ? `in ${call}` : '';
}

/** By the text of its line. Only `Atomics.wait` answers interrupts while it sleeps. */
function isWaitLine(frame: Frame | undefined): boolean {
  return frame?.source?.text.includes('Atomics.wait') === true;
}

function isFutexWait({ functionName }: Frame): boolean {
  return functionName.includes('FutexEmulation::Wait') || functionName === 'Atomics.wait';
}

function sleeps(os: OsThread | Unavailable): os is OsThread {
  return os.status === 'known' && (os.state === 'S' || os.state === 'D') && os.syscall !== null;
}

function systemCall({ syscall }: OsThread): string {
  return syscall === null ? '' : syscallName(syscall);
}
