import type { Frame } from './model';

/** Kinds of work of V8's own, by a part of the name of a function that does it. The first that matches counts. */
const KINDS: readonly (readonly [string, string])[] = [
  ['Heap::CollectGarbage', 'collecting garbage'],
  ['Heap::PerformGarbageCollection', 'collecting garbage'],
  ['MarkCompactCollector', 'collecting garbage'],
  ['v8::internal::MarkingVisitorBase', 'collecting garbage'],
  ['v8::internal::IncrementalMarking', 'collecting garbage'],
  ['v8::internal::Sweeper', 'collecting garbage'],
  ['v8::internal::ConcurrentMarking', 'collecting garbage'],
  ['Scavenger', 'collecting garbage'],
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
  const firstOfV8 = frames.findIndex((frame) => frame.kind !== 'native');
  const above = firstOfV8 === -1 ? frames : frames.slice(0, firstOfV8);
  for (const [part, words] of KINDS) {
    if (above.some(({ functionName }) => functionName.includes(part))) return words;
  }
  return null;
}
