import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { PRODUCT_OBJECTS, STACK_READING, isSanitized } from './support/native-addon';
import { PATIENT } from './support/patience';
import { loadUnwindFixture } from './support/unwind-fixture';

/** What a capture calls between its first and its last look at a thread. */
const CAPTURE_PATH = [
  'process/safe_read',
  'process/self_memory_read',
  'process/self_memory_read_linux',
  'process/threads/fd_describe',
  'process/threads/passive_probe',
  'process/threads/passive_probe_linux',
  'process/threads/syscall_describe_linux',
  'process/threads/syscall_names',
  'unwind/cfi_program',
  'unwind/cfi_unwinder',
  'unwind/dwarf_expression',
  'unwind/eh_frame',
  'unwind/frame_pointer_search',
  'unwind/machine_code',
  'unwind/native_stepper',
];

/** They take no lock and no memory from malloc. */
const HARMLESS: ReadonlySet<string> = new Set(
  (
    'memchr memcpy memmove memcmp memset strlen snprintf inet_ntop __errno_location _GLOBAL_OFFSET_TABLE_ ' +
    'open open64 close read write readlink pread pread64 pipe2 mmap mmap64 munmap getpid process_vm_readv ' +
    'getsockname getpeername getsockopt ntohs syscall ' +
    // Functions that would only pass an exception on.
    '_Unwind_Resume __gxx_personality_v0'
  ).split(' '),
);

const EPERM = 1;
const ENOSYS = 38;

const fixture = loadUnwindFixture();

/** `unit`: with its folder in native/, without an extension. */
function undefinedSymbols(unit: string): string[] {
  const object = join(PRODUCT_OBJECTS, `${unit}.o`);
  return execFileSync('nm', ['-u', '--demangle', object], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.replace(/^\s*\w\s+/, ''))
    .filter((name) => name !== '');
}

/** The ways of reading that a reader finds, made before and after a seccomp filter denied the best one. */
function readUnderSeccomp(error: number, andNoProcMem: boolean): unknown {
  const call = `denyProcessVmReadv(${error}, ${andNoProcMem ? 1 : 0})`;
  const program = `console.log(JSON.stringify(require(process.argv[1]).${call} ?? null))`;
  return JSON.parse(execFileSync(process.execPath, ['-e', program, fixture.path], { encoding: 'utf8' }));
}

describe('reading memory that may not be there', { ...PATIENT, ...STACK_READING }, () => {
  for (const [backend, name] of ['process_vm_readv', '/proc/self/mem', 'a pipe'].entries()) {
    test(`yields what is there and refuses what is not, by ${name}`, () => {
      const claims = Object.entries(fixture.checkReader(backend));
      const failed = claims.filter(([, holds]) => !holds).map(([claim]) => claim);
      assert.deepEqual(failed, []);
      assert.ok(claims.length > 10, `only ${claims.length} claims`);
    });
  }

  test('falls back to /proc/self/mem under seccomp, also when that comes late', () => {
    for (const error of [EPERM, ENOSYS]) {
      assert.deepEqual(readUnderSeccomp(error, false), {
        before: 'process_vm_readv',
        old: '/proc/self/mem',
        new: '/proc/self/mem',
      });
    }
  });

  const skip = process.getuid?.() === 0 ? false : 'only root can become a plain user';

  test('falls back to a pipe in an undumpable process of a plain user', { skip }, () => {
    assert.deepEqual(readUnderSeccomp(EPERM, true), { before: 'process_vm_readv', old: 'pipe', new: 'pipe' });
  });
});

describe('the capture path', STACK_READING, () => {
  const skip = isSanitized() ? 'a sanitizer calls its own runtime' : false;

  // A thread that is stopped for a capture may hold the lock of malloc or of the loader.
  test('calls nothing that allocates or locks', { skip }, () => {
    for (const unit of CAPTURE_PATH) {
      const names = undefinedSymbols(unit);
      const others = names.filter((name) => !name.startsWith('gmr::platform::') && !HARMLESS.has(name));
      assert.deepEqual(others, [], unit);
    }
  });
});
