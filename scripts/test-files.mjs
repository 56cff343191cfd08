// Which tests there are, and how they are run.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, tryRun } from './process.mjs';

/** They run no code of Node's or V8's that differs from version to version: one of the four runs is enough. */
const SAME_ON_EVERY_NODE = new Set(
  (
    'binary-floor bundlers cli-diff cli-view collapsed compare-fleet compare-hostile compare-threads compare-waiting config-sources context-rows conventions docs-api explain-hostile explain-node-shapes explain-rows explain-secrets explain-shapes explain-sql-shapes explainers-page green-threads-view log-view masking open-operations open-summary open-view open-words ' +
    'masking-corpus masking-properties masking-values options package-contents package-conventions parity plain ' +
    'positions report-folder resolve-positions section-value source-map-reading source-maps summary-table tarball ' +
    'text-tree text-view text-view-states trigger-options troubleshooting view-hostile whats-open-page workflows'
  )
    .split(' ')
    .map((name) => `${name}.test.ts`),
);

/**
 * These test the operating system more than the version of Node: descriptors, signals, files, memory limits, other
 * tools. They run on one Node; those that depend on the system calls that Node makes also run on another one.
 */
const OF_THE_SYSTEM = new Set(
  (
    'cli cli-list completion cpu-shares entries exits file-trigger guides-log-pipelines jest loaders memory-limits nestjs no-trace nodemon ' +
    'outputs outputs-identity outputs-stuck own-faults permissions process-facts processes queue-signal ' +
    'report-channel report-rotation seccomp-filters sections-live storm terminal-view unavailable vanishing-package view-live watchdog'
  )
    .split(' ')
    .map((name) => `${name}.test.ts`),
);

/**
 * These test what is said of libraries, the command, or what the process does with signals and files, more than how
 * memory is read: of the versions of Node, the oldest and the newest are enough.
 */
const OF_OLDEST_AND_NEWEST = new Set(
  (
    'child-summary cli-help compare-live explain-limits explain-messaging explain-network explain-node explain-sql ' +
    'explain-stores fatal-errors formatter-bundle formatter-host hostile-graphs hostile-text hot-modules inline-maps ' +
    'json-view kept-reports kept-reports-forged lifecycle loading masking-views module-hooks open-fastify open-outputs ' +
    'own-calls resource-users same-object signal-handlers signal-listeners signals source-lines source-maps-live steady-state ' +
    'text-view-states traces-dd-trace'
  )
    .split(' ')
    .map((name) => `${name}.test.ts`),
);

/**
 * The compiled test files whose name contains one of `parts`; all when none is given. With `differing` those that
 * are the same on every Node are omitted; with `reading`, those of the system too; with `between`, those for the oldest and
 * the newest Node too.
 */
export function testFiles(parts = [], { differing = false, reading = false, between = false } = {}) {
  // From the sources: a test that was deleted or renamed may still have its output in build/test.
  return readdirSync(join(ROOT, 'test'))
    .filter((name) => name.endsWith('.test.ts'))
    .filter((name) => !((differing || reading || between) && SAME_ON_EVERY_NODE.has(name)))
    .filter((name) => !((reading || between) && OF_THE_SYSTEM.has(name)))
    .filter((name) => !(between && OF_OLDEST_AND_NEWEST.has(name)))
    .filter((name) => parts.length === 0 || parts.some((part) => name.includes(part)))
    .sort()
    .map((name) => join('build', 'test', name.replace(/\.ts$/, '.js')));
}

/**
 * Runs them with the Node that runs this script; hands back the exit status.
 *
 * The files are named one by one: `node --test <folder>` and quoted globs differ between Node 20, 22 and 24.
 * One file at a time: the tests watch threads, signals and times of real processes.
 */
export function runTests(files, { env = process.env, flags = [] } = {}) {
  const options = ['--test', '--test-reporter=spec', '--test-concurrency=1', ...flags];
  return tryRun(process.execPath, [...options, ...files], { env });
}
