/*
 * Loads the modules that setup does not need, without reading a file: the addon has kept their text since setup.
 *
 * After setup the package may be unreadable (a service that gave up its rights), gone or replaced (a deployment), no
 * descriptor may be left, and under a test runner `require` itself may no longer be called. So only this file loads
 * modules of ours on demand; `test/entries.test.ts` checks that.
 */
import { GmrError, describeError } from './errors';

/** The file of `lib/deferred/` that contains each module. `scripts/build-hot.mjs` makes these files from this table. */
const FILE_OF = {
  signals: 'options',
  'mask-options': 'options',
  'trigger-options': 'options',
  'context-option': 'options',
  'nearest-name': 'options',
  'sections/given-package': 'options',
  deployment: 'options',
  'addon/explain-failure': 'options',
  'addon/find-prebuild': 'options',
  'addon/libc': 'options',
  'autorun/signal-stand-in': 'options',
  'sections/configuration': 'sections',
  'sections/runner': 'sections',
  'autorun/fatal-errors': 'sections',
  'autorun/new-worker': 'workers',
  'autorun/generate-report': 'reports',
  'autorun/on-report': 'reports',
  'autorun/report-counters': 'reports',
  'autorun/reporter-events': 'reports',
  'autorun/write-report': 'reports',
} as const;

/** Module that is loaded when it is first needed. */
export type DeferredName = keyof typeof FILE_OF;

type DeferredFile = (typeof FILE_OF)[DeferredName];
type Modules = Readonly<Record<string, () => unknown>>;

/** Literal calls of `require`, so that bundlers and tracers find the files. */
const FROM_DISK: Readonly<Record<DeferredFile, () => unknown>> = {
  options: () => require('./deferred/options'),
  sections: () => require('./deferred/sections'),
  workers: () => require('./deferred/workers'),
  reports: () => require('./deferred/reports'),
};

/** The files that the addon keeps in memory, relative to `lib/`. */
export const DEFERRED_FILES: readonly string[] = Object.keys(FROM_DISK).map(pathOf);

/** The function that the addon compiles from a file in memory, with the parameters of a CommonJS module. */
type CompileKept = (
  path: string,
) => ((module: object, exports: object, require: (name: string) => unknown) => void) | undefined;

const loaded: Partial<Record<DeferredFile, Modules>> = {};
let compileKept: CompileKept = () => undefined;

/** From now on, files are taken from the memory of the addon if it has them. */
export function loadDeferredFrom(compile: CompileKept): void {
  compileKept = compile;
}

/**
 * Returns a module, and loads it first if necessary: `deferred('signals') as typeof import('./signals')`.
 *
 * @throws GmrError `GMR_ADDON_UNAVAILABLE` when it is neither kept nor readable.
 */
export function deferred(name: DeferredName): unknown {
  const file = FILE_OF[name];
  const modules = (loaded[file] ??= fromMemory(file) ?? fromDisk(file));
  return modules[name]?.();
}

function fromMemory(file: DeferredFile): Modules | undefined {
  const compiled = compileKept(pathOf(file));
  if (compiled === undefined) return undefined;
  const own = { exports: {} };
  // The files require lib/index.js, which is this very module, and modules of Node.
  compiled(own, own.exports, (name) => (name === '../index' ? module.exports : builtin(name)));
  return own.exports;
}

function fromDisk(file: DeferredFile): Modules {
  try {
    return FROM_DISK[file]() as Modules;
  } catch (error) {
    const message = `expected to load lib/${pathOf(file)} of gmr-native, got ${describeError(error)}`;
    throw new GmrError('GMR_ADDON_UNAVAILABLE', message, { cause: error });
  }
}

function pathOf(file: string): string {
  return `deferred/${file}.js`;
}

/** Calls of `require` for the versions of Node that have no `process.getBuiltinModule`. */
const BUILTINS: Readonly<Record<string, () => unknown>> = {
  'node:async_hooks': () => require('node:async_hooks'),
  'node:diagnostics_channel': () => require('node:diagnostics_channel'),
  'node:fs': () => require('node:fs'),
  'node:module': () => require('node:module'),
  'node:os': () => require('node:os'),
  'node:path': () => require('node:path'),
  'node:worker_threads': () => require('node:worker_threads'),
};

/**
 * Returns a module of Node, without `require` if possible: test runners replace `require`, and forbid it after a test.
 */
export function builtin(name: string): unknown {
  const { getBuiltinModule } = process as { getBuiltinModule?: (name: string) => unknown };
  return getBuiltinModule?.(name) ?? BUILTINS[name]?.();
}
