import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { requireLib } from './lib';
import { REPOSITORY_ROOT } from './paths';

const FOLDER = join(REPOSITORY_ROOT, 'test', 'native');
const BUILD = join(FOLDER, 'build');
/** What the present build was configured for. */
const STAMP = join(BUILD, 'gmr-build.json');
const PRODUCT_STAMP = join(REPOSITORY_ROOT, 'build', 'gmr-build.json');

/** Targets of test/native/binding.gyp. */
export type NativeAddon =
  | 'gmr_fixture'
  | 'green_fixture'
  | 'jsframes_fixture'
  | 'lane_fixture'
  | 'scopes_fixture'
  | 'stress_fixture'
  | 'stuck_library'
  | 'tables_fixture'
  | 'text_fixture'
  | 'truth_fixture'
  | 'unwind_fixture';

/** Object files of the product; some addons of the tests are linked from them. */
export const PRODUCT_OBJECTS: string = join(
  REPOSITORY_ROOT,
  'build',
  'Release',
  'obj.target',
  'gmr_native',
  'native',
);

const IS_64_BIT_LINUX = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

/** Reading foreign stacks, and heaps, knows one system and two processors so far. */
export const STACK_READING: { readonly skip: string | false } = {
  skip: IS_64_BIT_LINUX ? false : 'stacks are read on Linux x64 and arm64 only',
};

/**
 * Reading the stack of a thread that is blocked, which needs the kernel's word for where it is. An emulator of
 * processes has the kernel of another processor.
 */
export const PASSIVE_READING: { readonly skip: string | false } =
  process.env['GMR_TEST_EMULATED_PROCESS'] === '1'
    ? { skip: 'the kernel does not tell where threads of an emulated process are' }
    : STACK_READING;

const { libcOf } = requireLib('addon/libc') as typeof import('../../src/addon/libc');

/**
 * Whether the C library has unwind tables. musl is built without: from a thread that is in one of its functions nothing
 * leads to the caller, but V8's own note of where it left JavaScript.
 */
export const LIBC_HAS_TABLES: boolean = process.platform !== 'linux' || libcOf(process.execPath) === 'glibc';

/** Reading the native frames of a thread that is blocked in the C library. */
export const PASSIVE_NATIVE_READING: { readonly skip: string | false } = LIBC_HAS_TABLES
  ? PASSIVE_READING
  : { skip: 'musl has no unwind tables' };

/** Runs of each fuzzer; more are asked for by hand. */
export function fuzzRuns(usual: number): number {
  return Number(process.env['GMR_FUZZ_RUNS'] ?? usual);
}

/** Is the product that the tests use built with a sanitizer? Its runtime has frames and calls of its own. */
export function isSanitized(by?: 'asan' | 'tsan'): boolean {
  const names = by === undefined ? ['asan', 'tsan'] : [by];
  return productBuild().flags.some((flag) => names.some((name) => flag === `--gmr_${name}=1`));
}

/**
 * Builds one of the tests' own addons for the running Node, with the headers and flags of the product, and hands
 * back its path. Quick when nothing changed.
 */
export function buildNativeAddon(name: NativeAddon): string {
  const made = join(BUILD, 'Release', `${name}.node`);
  // By a cross compiler: the Node that runs has no compiler of its own.
  if (process.env['GMR_TEST_ADDONS'] === 'made') return made;
  const { headers, flags } = productBuild();
  const gyp = ['binding.gyp', 'under-test.gypi'].map((file) => readFileSync(join(FOLDER, file), 'utf8'));
  const wanted = [readFileSync(PRODUCT_STAMP, 'utf8'), ...gyp].join('\n');
  if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== wanted) {
    rmSync(BUILD, { recursive: true, force: true });
    nodeGyp(['configure', ...flags], headers);
    writeFileSync(STAMP, wanted);
  }
  // make knows nothing of the product's objects: it links again when there is nothing linked.
  const linked = join(BUILD, 'Release', 'obj.target', `${name}.node`);
  if (existsSync(linked) && statSync(linked).mtimeMs <= newestProductObject()) rmSync(linked);
  nodeGyp(['build', name], headers);
  return made;
}

interface ProductBuild {
  /** null: node-gyp fetched them. */
  readonly headers: string | null;
  readonly flags: readonly string[];
}

function productBuild(): ProductBuild {
  return JSON.parse(readFileSync(PRODUCT_STAMP, 'utf8')) as ProductBuild;
}

function newestProductObject(): number {
  const times = readdirSync(PRODUCT_OBJECTS, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.o'))
    .map((name) => statSync(join(PRODUCT_OBJECTS, name)).mtimeMs);
  return Math.max(...times);
}

function nodeGyp(args: readonly string[], headers: string | null): void {
  const script = join(dirname(require.resolve('node-gyp/package.json')), 'bin', 'node-gyp.js');
  // Without the sanitizer's runtime: it would watch the compiler, too.
  const inherited = Object.entries(process.env).filter(([name]) => !/nodedir$|^LD_PRELOAD$/i.test(name));
  const env = Object.fromEntries(inherited);
  try {
    execFileSync(process.execPath, [script, ...args], {
      cwd: FOLDER,
      stdio: 'pipe',
      encoding: 'utf8',
      env: headers === null ? env : { ...env, npm_config_nodedir: headers },
    });
  } catch (error) {
    // Half a build must not pass for a good one the next time.
    rmSync(STAMP, { force: true });
    throw error;
  }
}
