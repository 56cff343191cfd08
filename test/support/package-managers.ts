import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { REPOSITORY_ROOT } from './paths';
import { HARD_LIMIT_MS } from './patience';

const TOOLS = join(REPOSITORY_ROOT, 'tools', 'package-managers', 'node_modules');

/** One way to install a package, with install scripts blocked and without development dependencies. */
export interface PackageManager {
  readonly name: string;
  readonly script: string;
  /** Arguments of the installation, in a project whose package.json has the dependency. */
  readonly install: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Flags that Node needs to find the packages. */
  readonly execArgv: (project: string) => readonly string[];
}

const plain = (): readonly string[] => [];

function yarn(name: string, linker: string, execArgv: PackageManager['execArgv']): PackageManager {
  return {
    name,
    script: join(TOOLS, '@yarnpkg', 'cli-dist', 'bin', 'yarn.js'),
    install: ['workspaces', 'focus', '--production'],
    env: { YARN_NODE_LINKER: linker, YARN_ENABLE_SCRIPTS: 'false', YARN_ENABLE_TELEMETRY: '0' },
    execArgv,
  };
}

export const PACKAGE_MANAGERS: readonly PackageManager[] = [
  {
    name: 'npm',
    script: join(TOOLS, 'npm', 'bin', 'npm-cli.js'),
    install: ['install', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'],
    execArgv: plain,
  },
  {
    name: 'pnpm',
    script: join(TOOLS, 'pnpm', 'bin', 'pnpm.mjs'),
    install: ['install', '--prod', '--ignore-scripts', '--prefer-offline', '--store-dir=../pnpm-store'],
    execArgv: plain,
  },
  yarn('yarn with node_modules', 'node-modules', plain),
  yarn('yarn with Plug and Play', 'pnp', (project) => ['--require', join(project, '.pnp.cjs')]),
];

/** Are they installed? It takes one command, which the skipped tests name. */
export function packageManagersInstalled(): boolean {
  return PACKAGE_MANAGERS.every(({ script }) => existsSync(script));
}

/** A folder for PATH with nothing but `node` in it: no compiler, no make, no Python. */
export function bareFolder(folder: string, node: string): string {
  mkdirSync(folder, { recursive: true });
  const link = join(folder, 'node');
  if (!existsSync(link)) symlinkSync(node, link);
  return folder;
}

/** Installs what the project's package.json asks for. */
export function install(
  manager: PackageManager,
  project: string,
  path: string,
  node: string,
): SpawnSyncReturns<string> {
  return spawnSync(node, [manager.script, ...manager.install], {
    cwd: project,
    encoding: 'utf8',
    timeout: HARD_LIMIT_MS * 4,
    env: { ...installEnvironment(project, path), ...manager.env },
  });
}

/** The user's configuration stays as it is, except what would change the question. */
function installEnvironment(project: string, path: string): NodeJS.ProcessEnv {
  const ofNpm = /^npm_(?!config_registry$)/i;
  const kept = Object.entries(process.env).filter(([name]) => !ofNpm.test(name) && name !== 'NODE_OPTIONS');
  const registry = registryOf(project);
  return {
    ...Object.fromEntries(kept),
    PATH: path,
    // The managers behave differently in CI: a new lockfile would be an error.
    CI: '',
    COREPACK_ENABLE_STRICT: '0',
    YARN_ENABLE_IMMUTABLE_INSTALLS: 'false',
    YARN_GLOBAL_FOLDER: join(project, '..', 'yarn'),
    ...(registry === null ? {} : registryForYarn(registry)),
  };
}

/** yarn does not read npm's configuration. */
function registryForYarn(registry: string): Readonly<Record<string, string>> {
  return {
    YARN_NPM_REGISTRY_SERVER: registry.replace(/\/$/, ''),
    YARN_UNSAFE_HTTP_WHITELIST: new URL(registry).hostname,
  };
}

let knownRegistry: string | null | undefined;

function registryOf(project: string): string | null {
  if (knownRegistry === undefined) {
    const npm = PACKAGE_MANAGERS[0]?.script ?? '';
    const { status, stdout } = spawnSync(newestNode(), [npm, 'config', 'get', 'registry'], {
      cwd: project,
      encoding: 'utf8',
    });
    const address = stdout.trim().split('\n').at(-1) ?? '';
    knownRegistry = status === 0 && URL.canParse(address) ? address : null;
  }
  return knownRegistry;
}

/** The managers ask for a newer Node than the packages that they install. */
export function newestNode(): string {
  return installedNodes().at(-1) ?? process.execPath;
}

/** The Nodes of tools/nodes, oldest first; only the running one where they are not installed. */
export function installedNodes(): string[] {
  const nodes = [20, 22, 24, 26]
    .map((major) => join(REPOSITORY_ROOT, 'tools', 'nodes', 'node_modules', `node-${major}`, 'bin', 'node'))
    .filter((path) => existsSync(path));
  return nodes.length > 0 ? nodes : [process.execPath];
}

/** An empty project that depends on the tarball, and on something that only developers need. */
export function makeProject(project: string, tarball: string): void {
  mkdirSync(join(project, 'left-out'), { recursive: true });
  writeFileSync(
    join(project, 'left-out', 'package.json'),
    JSON.stringify({ name: 'left-out', version: '1.0.0' }),
  );
  const manifest = {
    name: 'consumer',
    version: '1.0.0',
    private: true,
    dependencies: { 'gmr-native': `file:${tarball}` },
    devDependencies: { 'left-out': 'file:./left-out' },
  };
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest, null, 2));
  // Else yarn takes the repository's or the user's for its project.
  writeFileSync(join(project, 'yarn.lock'), '');
  for (const name of ['service.cjs', 'plain.cjs']) {
    const source = join(REPOSITORY_ROOT, 'test', 'fixtures', 'consumer', name);
    writeFileSync(join(project, name), readFileSync(source));
  }
}
