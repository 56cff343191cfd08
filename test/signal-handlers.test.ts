import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';

/** Functions that POSIX allows in a signal handler and that ours need; `syscall` is for futexes, see signal-safety(7). */
const SIGNAL_HANDLERS: readonly (readonly [string, RegExp])[] = [
  ['signal_handler', /^(__errno_location|syscall|write|clock_gettime|sigaddset|_GLOBAL_OFFSET_TABLE_)$/],
  [
    'park_handler',
    // MayCall() reads an atomic; own_calls.h says that it is signal-safe.
    /^(__errno_location|syscall|getpid|clock_gettime|_GLOBAL_OFFSET_TABLE_|gmr::platform::MayCall\(.*\))$/,
  ],
];
const SANITIZER = /^__(asan|ubsan|tsan|sanitizer)_/;
const OBJECTS = 'build/Release/obj.target/gmr_native/native/os';

describe('a signal handler', () => {
  const skip = process.platform === 'linux' ? false : 'object files are looked at on Linux only';

  for (const [unit, safe] of SIGNAL_HANDLERS) {
    test(`calls nothing but async-signal-safe functions in ${unit}`, { skip }, () => {
      const object = `${OBJECTS}/${unit}.o`;
      const nm = spawnSync('nm', ['-u', '--demangle', object], { cwd: REPOSITORY_ROOT, encoding: 'utf8' });
      assert.equal(nm.status, 0, `nm failed: ${nm.error?.message ?? nm.stderr}`);
      const symbols = nm.stdout
        .split('\n')
        .map((line) => line.replace(/^\s*[Uw]\s+/, '').replace(/@.*$/, ''))
        .filter((name) => name !== '');
      const { flags } = JSON.parse(readFileSync(join(REPOSITORY_ROOT, 'build/gmr-build.json'), 'utf8')) as {
        flags: readonly string[];
      };
      const sanitized = flags.some((flag) => /^--gmr_[at]san=1$/.test(flag));
      assert.ok(symbols.length > 0, 'a handler that wakes somebody calls something');
      assert.deepEqual(
        symbols.filter((name) => !safe.test(name) && !(sanitized && SANITIZER.test(name))),
        [],
        'not on the list of functions that a signal handler may call',
      );
    });
  }
});
