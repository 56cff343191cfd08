import assert from 'node:assert/strict';
import { test } from 'node:test';
import { describeWaits } from './support/named-waits';

const FILE = String.raw`\S*/registries-service\.cjs`;
const EXPORTS = String.raw`\S*/registries-exports\.mjs`;
const USERS = String.raw`\S*/registries-users\.mjs`;

/** Function of test/fixtures/green/registries-service.cjs or -users.mjs, and what it waits for. */
const WAITS: Readonly<Record<string, RegExp>> = {
  manyInMap: new RegExp(`^Map "calls" \\(${FILE}\\)$`),
  manyInSet: new RegExp(`^Set "subscribers" \\(${FILE}\\)$`),
  manyInObject: new RegExp(`^object "byName(?:\\.last)?" \\(${FILE}\\)$`),
  byNumber: new RegExp(`^Rpc\\.callbacks \\((?:"rpc" in )?${FILE}\\)$`),
  sparseArray: new RegExp(`^Array "sparse" \\(${FILE}\\)$`),
  collection: new RegExp(`^FinalizationRegistry "registry" \\(${FILE}\\)$`),
  // Node's own array of arguments is no answer.
  promisified: /^timer 75000 ms \(\d+ ms left\)$/,
  // V8 may have collected the callback.
  lostCallback:
    /^(?:callback in fn \(node:internal\/util:\S+\), which|a promise that) nothing in the heap can /,
  generator: new RegExp(
    `^saga "going" \\(${FILE}\\), which may settle it \\| timer 76000 ms \\(\\d+ ms left\\), which may settle it$`,
  ),
  wantsLock: new RegExp(`^Lock\\.queue \\("lock" in ${EXPORTS}\\)$`),
  ownExport: new RegExp(`^Map "own" \\(${USERS}\\)$`),
  otherExport: new RegExp(`^Map "replies" \\(${EXPORTS}\\)$`),
  defaultExport: new RegExp(`^object "default\\.waiters" \\(${EXPORTS}\\)$`),
  exportedFunction: new RegExp(`^variable "wake" \\(${USERS}\\)$`),
};

describeWaits({
  title: 'where the callback of a promise is kept',
  script: 'green/registries-service.cjs',
  waits: WAITS,
  nameOf: (name) => `is named: ${name}`,
  more: (found) => {
    test('is a lock that a module imports: its holder is named', () => {
      assert.match(
        found().text,
        /probably held by holdsLock \(\S+:\d+:\d+\), which waits for timer 78000 ms/,
      );
    });
  },
});
