// Runs the tests against an addon that is built with a sanitizer, in a stock Node.
//
//   node scripts/test-sanitized.mjs asan|tsan [part of a test file's name]...
//
// asan is AddressSanitizer with UndefinedBehaviorSanitizer. A finding in any process, children and killed ones
// too, fails the run: AddressSanitizer and ThreadSanitizer write into files, and there must be none at the end.
// UndefinedBehaviorSanitizer ignores the file when it is loaded beside the other, so it ends the process instead.

import { mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fail, hasProgram, output, run, tryRun } from './process.mjs';
import { runTests, testFiles } from './test-files.mjs';

/** They never load the addon that was built here; with the preload they would only be slower. */
const WITHOUT_ADDON = ['binary-floor', 'conventions', 'docs-api', 'package-contents', 'tarball'];

const SANITIZERS = {
  asan: {
    flag: '--gmr_asan=1',
    library: 'libasan.so',
    symbol: '__asan_',
    // Node itself leaks a few bytes at exit; what we leak on purpose is said in the headers.
    options: (log) => ({
      ASAN_OPTIONS: `detect_leaks=0:log_path=${log}`,
      UBSAN_OPTIONS: `print_stacktrace=1:halt_on_error=1:abort_on_error=1`,
    }),
  },
  tsan: {
    flag: '--gmr_tsan=1',
    library: 'libtsan.so',
    symbol: '__tsan_',
    // Node and V8 are not instrumented: without the first option their every hand-over looks like a race. And the
    // process may exit between the end of a helper thread and its being joined, which leaks nothing.
    options: (log) => ({
      TSAN_OPTIONS: `ignore_noninstrumented_modules=1:report_thread_leaks=0:log_path=${log}`,
    }),
    // They hold every frame against what the thread says itself, and with it the threads are mostly in its runtime.
    without: ['ground-truth', 'native-stress', 'native-unwind'],
  },
};

function main() {
  const [name, ...parts] = process.argv.slice(2);
  const sanitizer = SANITIZERS[name];
  if (sanitizer === undefined) fail('test-sanitized: expected asan or tsan');
  if (!hasProgram('gcc') || !hasProgram('nm')) fail('test-sanitized: needs gcc and binutils');
  const logs = mkdtempSync(join(tmpdir(), `gmr-${name}-`));
  let passed = false;
  try {
    run(process.execPath, ['scripts/build.mjs', 'ts', 'native', sanitizer.flag]);
    assertSanitized(sanitizer);
    const without = [...WITHOUT_ADDON, ...(sanitizer.without ?? [])];
    const files = testFiles(parts).filter((file) => !without.some((part) => file.includes(part)));
    const status = runTests(files, { env: environment(sanitizer, join(logs, 'finding')) });
    passed = printFindings(logs) === 0 && status === 0;
  } finally {
    rmSync(logs, { recursive: true, force: true });
    // Nobody should go on working with a sanitized binary by accident: it does not even load without the preload.
    tryRun(process.execPath, ['scripts/build.mjs', 'native']);
  }
  if (!passed) fail(`test-sanitized: ${name} failed`);
  process.stdout.write(`\ntest-sanitized: ${name} clean\n`);
}

/** A sanitizer build can silently have no sanitizer in it. */
function assertSanitized({ symbol, flag }) {
  const symbols = output('nm', ['-D', '--undefined-only', 'build/Release/gmr_native.node']) ?? '';
  if (!symbols.includes(symbol)) fail(`test-sanitized: built with ${flag}, but nothing refers to ${symbol}*`);
}

function environment({ library, options }, log) {
  const path = output('gcc', [`-print-file-name=${library}`])?.trim() ?? library;
  // gcc prints the bare name when it has no such library.
  if (path === library) fail(`test-sanitized: gcc has no ${library}`);
  return {
    GMR_TEST_TIME_SCALE: '4',
    ...process.env,
    ...options(log),
    LD_PRELOAD: realpathSync(path),
  };
}

function printFindings(folder) {
  const files = readdirSync(folder);
  for (const file of files) process.stderr.write(`\n${readFileSync(join(folder, file), 'utf8')}`);
  if (files.length > 0) process.stderr.write(`\n${files.length} processes with findings\n`);
  return files.length;
}

main();
