import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';

interface Outcome {
  readonly status: number | null;
  readonly text: string;
}

/** Compiles a library that asks another one for a symbol of this version; null without a compiler for it. */
function compile(t: TestContext, name: string, version: string): string | null {
  const folder = mkdtempSync(join(tmpdir(), 'gmr-floor-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const source = join(folder, `${name}.c`);
  const library = join(folder, 'libstub.so');
  const file = join(folder, `${name}.node`);
  // A stand-in for a C library of any version: the linker notes whatever version it finds there.
  writeFileSync(join(folder, 'stub.c'), 'void gmr_stub(void) {}\n');
  writeFileSync(join(folder, 'stub.map'), `${version} { global: gmr_stub; };\n`);
  writeFileSync(source, 'void gmr_stub(void); void gmr_call(void) { gmr_stub(); }\n');
  const made =
    gcc(folder, ['stub.c', '-Wl,--version-script=stub.map', '-o', library]) &&
    gcc(folder, [source, library, '-Wl,--strip-all', '-o', file]);
  return made ? file : null;
}

function gcc(cwd: string, args: readonly string[]): boolean {
  return spawnSync('gcc', ['-shared', '-fPIC', ...args], { cwd }).status === 0;
}

function check(file: string): Outcome {
  const script = join(REPOSITORY_ROOT, 'scripts', 'binary-floor.mjs');
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, file], { encoding: 'utf8' });
  return { status, text: `${stdout}${stderr}` };
}

const NO_COMPILER = 'gcc makes no such library on this machine';

describe('the check of what a released Linux binary needs', PATIENT, () => {
  for (const version of ['GLIBC_2.28', 'GLIBC_2.2.5', 'GLIBCXX_3.4.25', 'CXXABI_1.3.11']) {
    test(`lets ${version} pass`, (t) => {
      const file = compile(t, 'good', version);
      if (file === null) return t.skip(NO_COMPILER);
      const { status, text } = check(file);
      assert.equal(status, 0, text);
    });
  }

  for (const version of ['GLIBC_2.29', 'GLIBC_2.34', 'GLIBC_3.0', 'GLIBCXX_3.4.26', 'CXXABI_1.3.12']) {
    test(`refuses ${version}, naming it and the file`, (t) => {
      const file = compile(t, 'bad', version);
      if (file === null) return t.skip(NO_COMPILER);
      const { status, text } = check(file);
      assert.equal(status, 1, text);
      assert.ok(text.includes(`bad.node needs ${version}`), text);
    });
  }
});
