import { readFileSync, realpathSync } from 'node:fs';
import type { VersionOption } from '../options';
import type { ProcessFacts } from '../report/model';
import { OWN_VERSION } from '../version';
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
    versions: process.versions as Readonly<Record<string, string>>,
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
    gmrVersion: OWN_VERSION,
  };
}

/** Most arguments hold nothing that looks like a secret, and then masking need not be loaded. */
function masked(args: readonly string[]): readonly string[] {
  // What comes first is the program itself: its folders are no secret, whatever they are called.
  const isProgram = args.length <= 2 && args[0] === process.execPath;
  if (isProgram || !args.some((argument) => LOOKS_SECRET.test(argument))) return [...args];
  return (require('../config/mask-arguments') as typeof import('../config/mask-arguments')).maskArguments(
    args,
  );
}

/**
 * True for every text that `maskArguments` could change, and for some more. A test holds the words against those of
 * `config/secret-names`. Letters outside of ASCII may be capital forms of the words' own letters.
 */
export const LOOKS_SECRET: RegExp =
  /:\/\/|auth|bearer|code|cookie|credential|dsn|jwt|key|otp|pass|phrase|pwd|salt|secret|session|sid|string|token|[^\0-\x7f]/i;

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
