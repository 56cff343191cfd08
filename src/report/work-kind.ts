import type { Frame } from './model';

const GARBAGE = 'collecting garbage';

/** Kinds of work of V8's own, by a part of the name of a function that does it. The first that matches counts. */
const KINDS: readonly (readonly [string, string])[] = [
  ['Heap::CollectGarbage', GARBAGE],
  ['Heap::PerformGarbageCollection', GARBAGE],
  ['MarkCompactCollector', GARBAGE],
  ['v8::internal::MarkingVisitorBase', GARBAGE],
  ['v8::internal::IncrementalMarking', GARBAGE],
  ['v8::internal::Sweeper', GARBAGE],
  ['v8::internal::ConcurrentMarking', GARBAGE],
  ['Scavenger', GARBAGE],
  // Before the compiler that both languages share.
  ['Runtime_WasmTriggerTierUp', 'compiling WebAssembly'],
  ['Runtime_WasmCompileLazy', 'compiling WebAssembly'],
  ['WasmEngine::SyncCompile', 'compiling WebAssembly'],
  ['v8::internal::compiler::', 'compiling JavaScript'],
  ['v8::internal::maglev::', 'compiling JavaScript'],
  ['v8::internal::Compiler::', 'compiling JavaScript'],
  ['v8::internal::parsing::', 'compiling JavaScript'],
  ['JsonParser', 'parsing JSON'],
  ['JsonStringifier', 'making JSON'],
  ['RegExpImpl', 'matching a regular expression'],
  ['v8::internal::RegExp::', 'matching a regular expression'],
  ['v8::internal::IrregexpInterpreter', 'matching a regular expression'],
  ['v8::internal::ValueSerializer', 'cloning a value'],
  ['v8::internal::ValueDeserializer', 'cloning a value'],
];

/**
 * What a thread works on, judged by the native functions above its innermost JavaScript: `collecting garbage`,
 * `in sha512_block_data_order`. Empty when nothing is known.
 */
export function describeWork(frames: readonly Frame[]): string {
  const first = frames[0];
  if (first === undefined) return '';
  if (first.kind !== 'native') return 'running JavaScript';
  return workKind(frames) ?? (first.functionName === '' ? '' : `in ${first.functionName}`);
}

/** The work of V8's own that the native functions above the innermost JavaScript do; null when it is no such work. */
export function workKind(frames: readonly Frame[]): string | null {
  const above = aboveJavaScript(frames);
  for (const [part, words] of KINDS) {
    if (above.some(({ functionName }) => functionName.includes(part))) return words;
  }
  return null;
}

/** True while V8 collects garbage in the old generation; the young one is collected often, however full the heap is. */
export function isCollectingOldGeneration(frames: readonly Frame[]): boolean {
  const isYoung = aboveJavaScript(frames).some(({ functionName }) => functionName.includes('Scaveng'));
  return workKind(frames) === GARBAGE && !isYoung;
}

function aboveJavaScript(frames: readonly Frame[]): readonly Frame[] {
  const first = frames.findIndex((frame) => frame.kind !== 'native');
  return first === -1 ? frames : frames.slice(0, first);
}
