import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../addon/load';
import type { VersionOption } from '../options';
import type { ProcessFacts } from '../report/model';
import { collectPackageFacts } from './package-facts';

/** Who this process is, as far as JavaScript knows. Collected at setup: later the main thread may not answer. */
export function collectProcessFacts(
  version: VersionOption | undefined,
  serviceName: string | undefined,
): ProcessFacts {
  const mainScript = findMainScript();
  const described = collectPackageFacts(version, mainScript);
  const nodeOptions = process.env['NODE_OPTIONS'];
  return {
    serviceName: serviceName ?? described.product,
    package: described,
    versions: knownVersions(),
    platform: process.platform,
    arch: process.arch,
    argv: masked(process.argv),
    execArgv: masked(process.execArgv),
    execPath: process.execPath,
    cwd: workingFolder(),
    mainScript,
    host: hostName(),
    nodeOptions:
      nodeOptions === undefined || nodeOptions === '' ? null : masked(nodeOptions.split(' ')).join(' '),
    startedAtMs: Math.round(Date.now() - process.uptime() * 1000),
    gmrVersion: ownVersion(),
  };
}

/** Two arguments, or none, are the program itself: nothing that masking would have to be loaded for. */
function masked(args: readonly string[]): readonly string[] {
  const isProgram = args.length <= 2 && args[0] === process.execPath;
  if (args.length === 0 || isProgram) return [...args];
  return (require('../config/mask-arguments') as typeof import('../config/mask-arguments')).maskArguments(
    args,
  );
}

function knownVersions(): Record<string, string> {
  const versions: Record<string, string> = {};
  for (const [component, version] of Object.entries(process.versions)) {
    if (typeof version === 'string') versions[component] = version;
  }
  return versions;
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '(removed)';
  }
}

/** Linux tells the name in a file; `node:os` would cost a tenth of the time that setup may take. */
function hostName(): string {
  try {
    return readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();
  } catch {
    return (require('node:os') as typeof import('node:os')).hostname();
  }
}

function ownVersion(): string {
  const own = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'package.json'), 'utf8')) as {
    readonly version: string;
  };
  return own.version;
}

/** Options of node whose program is text, not a file; then `process.argv[1]` is the program's own argument. */
const PROGRAM_IN_TEXT: ReadonlySet<string> = new Set([
  '-e',
  '--eval',
  '-p',
  '--print',
  '-pe',
  '-i',
  '--interactive',
]);

/** The real path of the script that the process was started with; null for `-e`, the REPL and standard input. */
function findMainScript(): string | null {
  if (process.execArgv.some((argument) => PROGRAM_IN_TEXT.has(argument))) return null;
  return realPath(process.argv[1]) ?? realPath(require.main?.filename);
}

function realPath(path: string | undefined): string | null {
  if (path === undefined || path === '' || path === '-') return null;
  // `node app` is resolved to a path, but without the extension that Node finds by itself.
  for (const candidate of [path, `${path}.js`]) {
    try {
      return realpathSync(candidate);
    } catch {
      // Not there under this name.
    }
  }
  return null;
}
