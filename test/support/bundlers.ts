import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { fixturePath, REPOSITORY_ROOT } from './paths';
import { HARD_LIMIT_MS } from './patience';
import { stagePackage } from './staged-package';

const TOOLS = join(REPOSITORY_ROOT, 'tools', 'bundlers', 'node_modules');

/** One way to turn the service into a bundle. */
export interface Bundler {
  readonly name: string;
  /** The option that the warning must name. */
  readonly option: string;
  /** Bundles the service, with or without gmr-native in it; returns the bundle's path. */
  readonly bundle: (project: string, external: boolean) => Promise<string>;
}

/** True when tools/bundlers is installed; the skipped tests name the command for it. */
export function bundlersInstalled(): boolean {
  return ['next', 'webpack', 'vite', '@vercel/ncc', '@vercel/nft'].every((name) =>
    existsSync(join(TOOLS, name, 'package.json')),
  );
}

/** A project with the package in its node_modules, as npm installs it, and the service as both kinds of module. */
export function makeProject(): string {
  const project = mkdtempSync(join(tmpdir(), 'gmr-bundled-'));
  const modules = join(project, 'node_modules');
  stagePackage(join(modules, 'gmr-native'));
  copyBinary(join(modules, 'gmr-native'));
  for (const name of ['commander', 'node-addon-api', 'node-gyp-build']) {
    cpSync(join(REPOSITORY_ROOT, 'node_modules', name), join(modules, name), { recursive: true });
  }
  const service = readFileSync(fixturePath(join('bundled', 'service.mjs')), 'utf8');
  writeFileSync(join(project, 'service.mjs'), service);
  writeFileSync(join(project, 'service.cjs'), toCommonJs(service));
  writeFileSync(join(project, 'package.json'), '{ "name": "shop", "version": "1.0.0" }\n');
  return project;
}

function toCommonJs(source: string): string {
  return source.replaceAll(/^import \* as (\w+) from ('[^']+');$/gm, 'const $1 = require($2);');
}

interface GlibcReport {
  readonly header: { readonly glibcVersionRuntime?: string };
}

/** Adds the binary under test as the prebuilt one for this Node; prebuilt binaries of the checkout stay. */
function copyBinary(packageFolder: string): void {
  const { modules } = process.versions;
  const folder = join(packageFolder, 'prebuilds', `${process.platform}-${process.arch}`);
  const { glibcVersionRuntime } = (process.report.getReport() as GlibcReport).header;
  const libc = glibcVersionRuntime === undefined ? 'musl' : 'glibc';
  const tags = process.platform === 'linux' ? `abi${modules}.${libc}` : `abi${modules}`;
  mkdirSync(folder, { recursive: true });
  copyFileSync(
    join(REPOSITORY_ROOT, 'build', 'Release', 'gmr_native.node'),
    join(folder, `gmr-native.${tags}.node`),
  );
}

function runNode(cwd: string, args: readonly string[]): void {
  execFileSync(process.execPath, args, {
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: HARD_LIMIT_MS * 16,
    env: { ...process.env, NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
  });
}

async function esbuild(project: string, external: boolean, format: 'cjs' | 'esm'): Promise<string> {
  const outfile = join(project, 'dist', `service.${format === 'cjs' ? 'cjs' : 'mjs'}`);
  // The usual banner for CommonJS code in a bundle of ES modules.
  const banner =
    "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";
  await build({
    absWorkingDir: project,
    entryPoints: [format === 'cjs' ? 'service.cjs' : 'service.mjs'],
    bundle: true,
    platform: 'node',
    format,
    ...(format === 'esm' ? { banner: { js: banner } } : {}),
    ...(external ? { external: ['gmr-native'] } : {}),
    outfile,
    logLevel: 'error',
  });
  return outfile;
}

function webpack(project: string, external: boolean): string {
  const config = {
    context: project,
    entry: './service.cjs',
    target: 'node',
    mode: 'production',
    // Keeps the function names, and takes one second instead of many.
    optimization: { minimize: false },
    output: { path: join(project, 'dist'), filename: 'webpack.cjs' },
    ...(external ? { externals: { 'gmr-native': 'commonjs gmr-native' } } : {}),
  };
  const program = `require(${JSON.stringify(join(TOOLS, 'webpack'))})(${JSON.stringify(config)}, (error, stats) => {
    if (error || stats.hasErrors()) throw error ?? new Error(stats.toString());
  });`;
  runNode(project, ['-e', program]);
  return join(project, 'dist', 'webpack.cjs');
}

function ncc(project: string, external: boolean): string {
  const cli = join(TOOLS, '@vercel', 'ncc', 'dist', 'ncc', 'cli.js');
  const options = external ? ['--external', 'gmr-native'] : [];
  runNode(project, [cli, 'build', 'service.cjs', '--out', join('dist', 'ncc'), '--quiet', ...options]);
  // The name of the output depends on the kind of the entry.
  return join(
    project,
    'dist',
    'ncc',
    existsSync(join(project, 'dist', 'ncc', 'index.cjs')) ? 'index.cjs' : 'index.js',
  );
}

function vite(project: string, external: boolean): string {
  const ssr = external ? `{ noExternal: true, external: ['gmr-native'] }` : '{ noExternal: true }';
  writeFileSync(join(project, 'vite.config.mjs'), `export default { ssr: ${ssr}, logLevel: 'error' };\n`);
  const cli = join(TOOLS, 'vite', 'bin', 'vite.js');
  runNode(project, [cli, 'build', '--ssr', 'service.mjs', '--outDir', join('dist', 'vite')]);
  const [name] = ['service.mjs', 'service.js'].filter((one) =>
    existsSync(join(project, 'dist', 'vite', one)),
  );
  return join(project, 'dist', 'vite', name ?? 'service.js');
}

export const BUNDLERS: readonly Bundler[] = [
  {
    name: 'esbuild',
    option: '--external:gmr-native',
    bundle: (project, external) => esbuild(project, external, 'cjs'),
  },
  {
    name: 'esbuild with ES modules',
    option: '--external:gmr-native',
    bundle: (project, external) => esbuild(project, external, 'esm'),
  },
  {
    name: 'webpack',
    option: `externals: { 'gmr-native': 'commonjs gmr-native' }`,
    bundle: async (project, external) => webpack(project, external),
  },
  {
    name: 'ncc',
    option: '--external gmr-native',
    bundle: async (project, external) => ncc(project, external),
  },
  {
    name: 'Vite',
    option: `ssr: { external: ['gmr-native'] }`,
    bundle: async (project, external) => vite(project, external),
  },
];

/** Copies what @vercel/nft finds that the service needs; returns the path of the service in the copy. */
export function traceAndCopy(project: string, target: string): string {
  const program = `
    const { cpSync } = require('node:fs');
    const { join } = require('node:path');
    const { nodeFileTrace } = require(${JSON.stringify(join(TOOLS, '@vercel', 'nft'))});
    const [project, target] = ${JSON.stringify([project, target])};
    nodeFileTrace([join(project, 'service.cjs')], { base: project }).then(({ fileList }) => {
      for (const file of fileList) cpSync(join(project, file), join(target, file));
    });`;
  runNode(project, ['-e', program]);
  return join(target, 'service.cjs');
}

/** Builds the Next.js fixture with this configuration; returns its folder. */
export function buildNext(project: string, config: string): string {
  const folder = join(project, 'shop');
  if (!existsSync(folder)) {
    cpSync(fixturePath(join('bundled', 'next')), folder, { recursive: true });
    // Turbopack refuses links that leave the project. Hard links make no second copy of 400 MB.
    execFileSync('cp', ['-al', TOOLS, join(folder, 'node_modules')]);
    cpSync(join(project, 'node_modules'), join(folder, 'node_modules'), { recursive: true });
  }
  writeFileSync(join(folder, 'next.config.js'), config);
  runNode(folder, [join('node_modules', 'next', 'dist', 'bin', 'next'), 'build']);
  return folder;
}
