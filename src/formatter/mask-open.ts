import type { Gate } from '../masking/gate';
import type { RawOf } from '../masking/raw';
import type { Census, CensusFunction, CensusGroup } from '../open/base/census';
import type { HeapClasses } from '../report/heap-classes';
import type { LoopHandles } from '../report/open';
import type { Unavailable } from '../report/model';
import type { HeldValue } from '../report/waits';
import { maskPosition, maskUnavailable } from './mask-threads';

/** Masks the values of all objects, before they are described: a part of a secret does not look like one. */
export function maskCensus(raw: RawOf<Census>, gate: Gate): Census {
  return {
    ...raw,
    groups: raw.groups.map((group) => maskGroup(group, gate)),
    loop: maskLoop(raw.loop, gate),
    partial: gate.textOrNull(raw.partial),
  };
}

function maskLoop(raw: RawOf<LoopHandles | Unavailable>, gate: Gate): LoopHandles | Unavailable {
  // The names of types are libuv's own.
  return raw.status === 'unavailable' ? maskUnavailable(raw, gate) : raw;
}

function maskGroup(raw: RawOf<CensusGroup>, gate: Gate): CensusGroup {
  return {
    ...raw,
    row: gate.code(raw.row),
    class: gate.code(raw.class),
    file: gate.code(raw.file),
    values: gate.record<HeldValue>(raw.values, (value, path) => maskValue(value, path, gate)),
    functions: gate.record<CensusFunction>(raw.functions, (found) => maskFunction(found, gate)),
  };
}

function maskValue({ kind, text }: RawOf<HeldValue>, path: string, gate: Gate): HeldValue {
  const name = path.split('.').at(-1) ?? path;
  return { kind, text: kind === 'object' ? gate.code(text) : gate.contextValue(name, kind, text) };
}

function maskFunction(raw: RawOf<CensusFunction>, gate: Gate): CensusFunction {
  return {
    ...raw,
    ...maskPosition(raw, gate),
    functionName: gate.code(raw.functionName),
    file: gate.codeOrNull(raw.file),
  };
}

export function maskHeapClasses(raw: RawOf<HeapClasses>, gate: Gate): HeapClasses {
  return {
    ...raw,
    classes: raw.classes.map((one) => ({ ...one, name: gate.code(one.name), file: gate.code(one.file) })),
  };
}
