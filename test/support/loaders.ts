import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { scratchFolder, untilReportFiles } from './files';
import { fixturePath, REPOSITORY_ROOT } from './paths';
import { HARD_LIMIT_MS, eventually } from './patience';

/** The folder with the loaders, compilers and test runners. */
export const LOADERS: string = join(REPOSITORY_ROOT, 'tools', 'loaders', 'node_modules');

const isInstalled = existsSync(join(LOADERS, '.package-lock.json'));

/** Options of tests that need them. With `GMR_LOADERS_REQUIRED=1`, as in CI, they must be there. */
export const needsLoaders: { readonly skip: string | false } = {
  skip:
    isInstalled || process.env['GMR_LOADERS_REQUIRED'] === '1'
      ? false
      : 'tools/loaders is not installed: npm ci --no-bin-links --ignore-scripts --prefix tools/loaders',
};

const MAJOR = Number(process.versions.node.split('.')[0]);

/** One way to run TypeScript. */
export interface Loader {
  readonly name: string;
  /** Why it cannot run here; false when it can. */
  readonly skip: string | false;
  /** Writes files into the project, or builds it. Without `maps`, no source map may be found. */
  readonly prepare?: (project: string, maps: boolean) => void;
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** How source maps are removed; never when there are none. */
  readonly withoutMaps: 'prepare' | 'preload' | 'none';
}

const needsNode = (least: number, name: string): string | false =>
  MAJOR >= least ? false : `${name} needs Node ${least} or newer`;

const BABEL = {
  presets: ['@babel/preset-typescript'],
  plugins: ['@babel/plugin-transform-modules-commonjs'],
};

function write(project: string, name: string, text: string): void {
  writeFileSync(join(project, name), text);
}

function run(project: string, program: string): void {
  const { status, stderr, stdout } = spawnSync(process.execPath, ['-e', program], {
    cwd: project,
    encoding: 'utf8',
    timeout: HARD_LIMIT_MS * 4,
  });
  if (status !== 0) throw new Error(`the build failed:\n${stdout}${stderr}`);
}

function esbuild(options: object): NonNullable<Loader['prepare']> {
  return (project, maps) => {
    const { sourcemap, ...rest } = { sourcemap: 'linked', ...options } as { sourcemap?: string };
    const all = {
      entryPoints: ['service.ts'],
      bundle: true,
      platform: 'node',
      outfile: 'dist/service.js',
      ...rest,
    };
    run(project, `require('esbuild').buildSync(${JSON.stringify(maps ? { ...all, sourcemap } : all)})`);
    // A comment without its map is what a deployment without `.map` files has.
    if (!maps) appendMapComment(project);
  };
}

function webpack(project: string, maps: boolean): void {
  const config = {
    context: project,
    entry: './service.ts',
    target: 'node',
    mode: 'production',
    devtool: maps ? 'source-map' : false,
    output: { path: join(project, 'dist'), filename: 'service.js' },
  };
  const rule = `{ test: /\\.ts$/, loader: 'ts-loader', options: { transpileOnly: true } }`;
  run(
    project,
    `require('webpack')({ ...${JSON.stringify(config)}, module: { rules: [${rule}] } }, (error, stats) => {
      if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
    });`,
  );
  if (!maps) appendMapComment(project);
}

function appendMapComment(project: string): void {
  const file = join(project, 'dist', 'service.js');
  writeFileSync(file, `${readFileSync(file, 'utf8')}\n//# sourceMappingURL=service.js.map\n`);
}

function babelRegister(project: string): void {
  const options = { ...BABEL, extensions: ['.ts'], cache: false, babelrc: false, configFile: false };
  write(project, 'babel.cjs', `require('@babel/register')(${JSON.stringify(options)});\n`);
}

/** A file of tests that hangs, for runners that have the global `test`. */
const HANGING_TEST = `import './service';
test('hangs', () => new Promise(() => undefined), 600_000);
`;

function jest(project: string, maps: boolean): void {
  write(project, 'hanging.test.ts', HANGING_TEST);
  const options = JSON.stringify({ ...BABEL, babelrc: false, configFile: false, sourceMaps: false });
  // Babel's own transformer always adds a map.
  write(
    project,
    'transform.cjs',
    `exports.process = (code, filename) => require('@babel/core').transformSync(code, { ...${options}, filename });\n`,
  );
  const transform = maps ? ['babel-jest', BABEL] : '<rootDir>/transform.cjs';
  const config = {
    testEnvironment: 'node',
    watchman: false,
    cache: false,
    transform: { '\\.ts$': transform },
  };
  write(project, 'jest.config.json', JSON.stringify(config));
}

function vitest(project: string): void {
  write(project, 'hanging.test.ts', HANGING_TEST);
  write(
    project,
    'vitest.config.mjs',
    `export default { test: { globals: true, include: ['*.test.ts'] } };\n`,
  );
}

const BUNDLE = ['dist/service.js'];

export const LOADERS_UNDER_TEST: readonly Loader[] = [
  { name: 'tsx, imported', skip: false, args: ['--import', 'tsx', 'service.ts'], withoutMaps: 'preload' },
  {
    name: 'tsx, required',
    skip: false,
    args: ['--require', 'tsx/cjs', 'service.ts'],
    withoutMaps: 'preload',
  },
  {
    name: 'ts-node',
    skip: false,
    args: ['--require', 'ts-node/register/transpile-only', 'service.ts'],
    withoutMaps: 'preload',
  },
  {
    name: 'swc',
    skip: false,
    args: ['--require', '@swc-node/register', 'service.ts'],
    withoutMaps: 'preload',
  },
  {
    name: 'Babel register',
    skip: false,
    prepare: babelRegister,
    args: ['--require', './babel.cjs', 'service.ts'],
    withoutMaps: 'preload',
  },
  { name: 'an esbuild bundle', skip: false, prepare: esbuild({}), args: BUNDLE, withoutMaps: 'prepare' },
  {
    name: 'an esbuild bundle with the map in it',
    skip: false,
    prepare: esbuild({ sourcemap: 'inline' }),
    args: BUNDLE,
    withoutMaps: 'prepare',
  },
  {
    name: 'a minified esbuild bundle',
    skip: false,
    prepare: esbuild({ minify: true }),
    args: BUNDLE,
    withoutMaps: 'prepare',
  },
  { name: 'a webpack bundle', skip: false, prepare: webpack, args: BUNDLE, withoutMaps: 'prepare' },
  {
    name: 'Jest',
    skip: false,
    prepare: jest,
    args: ['node_modules/jest/bin/jest.js', '--runInBand', '--config', 'jest.config.json'],
    withoutMaps: 'prepare',
  },
  {
    name: 'Vitest',
    skip: false,
    prepare: vitest,
    args: ['node_modules/vitest/vitest.mjs', 'run'],
    withoutMaps: 'preload',
  },
  {
    name: "Node's own type stripping",
    skip: needsNode(22, 'type stripping'),
    args: ['--experimental-strip-types', '--no-warnings', 'service.ts'],
    withoutMaps: 'none',
  },
];

/** The folder of a project with the service, in which the loaders are installed. */
export function makeProject(t: TestContext, loader: Loader, maps: boolean): string {
  const project = scratchFolder(t);
  cpSync(fixturePath('loaders'), project, { recursive: true });
  symlinkSync(LOADERS, join(project, 'node_modules'), 'dir');
  write(project, 'package.json', '{ "name": "shop", "version": "1.0.0" }\n');
  const compilerOptions = { target: 'es2022', module: 'commonjs', strict: true, sourceMap: true };
  write(project, 'tsconfig.json', JSON.stringify({ compilerOptions }));
  mkdirSync(join(project, 'reports'));
  loader.prepare?.(project, maps);
  return project;
}

/** Runs the service and returns its report, made on a signal when it is where it stays. */
export async function reportUnder(
  t: TestContext,
  loader: Loader,
  project: string,
  { spins, maps }: { readonly spins: boolean; readonly maps: boolean },
): Promise<string> {
  const preload =
    !maps && loader.withoutMaps === 'preload' ? ['--require', join(project, 'without-maps.cjs')] : [];
  const ready = join(project, 'ready');
  const reports = join(project, 'reports');
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    NODE_OPTIONS: ['--require', join(REPOSITORY_ROOT, 'lib', 'autorun.js'), ...preload].join(' '),
    READY_FILE: ready,
    SPIN: spins ? '1' : '0',
    GMR_LOG_DIR: reports,
    CI: '1',
  };
  delete env['NODE_TEST_CONTEXT'];
  delete env['NODE_ENV'];
  const child = spawn(process.execPath, loader.args, {
    cwd: project,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let pid = 0;
  child.stdout.on('data', (text: Buffer) => (output += text.toString()));
  child.stderr.on('data', (text: Buffer) => (output += text.toString()));
  t.after(() => {
    // A test runner's own process does not end the one that the service spins in.
    if (pid !== 0 && pid !== child.pid) process.kill(pid, 'SIGKILL');
    child.kill('SIGKILL');
  });
  pid = await eventually(`${loader.name} runs the service`, () => {
    if (child.exitCode !== null) throw new Error(`it ended (${child.exitCode})\n${output}`);
    return existsSync(ready) ? Number(readFileSync(ready, 'utf8')) || undefined : undefined;
  });
  if (spins) await eventually('it spins', () => (isBusy(pid) ? true : undefined));
  process.kill(pid, 'SIGUSR2');
  const [name = ''] = await untilReportFiles(reports, 1);
  return readFileSync(join(reports, name), 'utf8');
}

/** The main thread has used the CPU for a tenth of a second since its program was ready. */
function isBusy(pid: number): boolean {
  const ticks = cpuTicks(pid);
  const first = firstTicks.get(pid);
  if (first === undefined) firstTicks.set(pid, ticks);
  return first !== undefined && ticks - first >= 10;
}

const firstTicks = new Map<number, number>();

function cpuTicks(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return Number(fields[11]) + Number(fields[12]);
}
