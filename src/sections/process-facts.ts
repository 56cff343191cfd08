import { readFileSync, realpathSync } from 'node:fs';
import type { VersionOption } from '../options';
import type { ProcessFacts } from '../report/model';
import type { Deployment } from '../deployment';
import { deferred } from '../deferred';
import { boundedName } from '../escape';
import { OWN_VERSION } from '../version';
import { collectPackageFacts } from './package-facts';

/**
 * Who this process is, as far as JavaScript knows. Collected at setup: later the main thread may not answer. Not masked
 * yet; the formatter does that, so that setup pays nothing for it.
 */
export function collectProcessFacts(
  version: VersionOption | undefined,
  serviceName: string | undefined,
): ProcessFacts {
  const deployment = collectDeployment();
  const mainScript = findMainScript(deployment);
  const cwd = workingFolder();
  const folder = deployment?.folder ?? cwd;
  const described = collectPackageFacts(version, { mainScript, folder, version: deployment?.version });
  const nodeOptions = process.env['NODE_OPTIONS'];
  return {
    serviceName: boundedName(serviceName ?? deployment?.serviceName ?? described.product),
    package: described,
    deployment: deployment?.shown ?? {},
    versions: process.versions as Readonly<Record<string, string>>,
    platform: process.platform,
    arch: process.arch,
    argv: process.argv,
    execArgv: process.execArgv,
    execPath: process.execPath,
    cwd,
    mainScript,
    host: hostName(),
    nodeOptions: nodeOptions === undefined || nodeOptions === '' ? null : nodeOptions,
    startedAtMs: Math.round(Date.now() - process.uptime() * 1000),
    gmrVersion: OWN_VERSION,
  };
}

/** Null for the many processes whose environment says nothing about them; they do not load what reads it. */
function collectDeployment(): Deployment | null {
  const { env } = process;
  const isKnown =
    env['OTEL_SERVICE_NAME'] !== undefined ||
    env['OTEL_RESOURCE_ATTRIBUTES'] !== undefined ||
    env['pm_id'] !== undefined ||
    env['pm2_env'] !== undefined;
  if (!isKnown) return null;
  const { readDeployment } = deferred('deployment') as typeof import('../deployment');
  return readDeployment(env);
}

function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    return '(removed)';
  }
}

/** Linux shows the name in a file; `node:os` would cost a tenth of the time that setup may take. */
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
function findMainScript(deployment: Deployment | null): string | null {
  if (process.execArgv.some((argument) => PROGRAM_IN_TEXT.has(argument))) return null;
  return realPath(startedScript(deployment)) ?? realPath(require.main?.filename);
}

/** PM2 starts a program of its own, which then loads the service's. */
function startedScript(deployment: Deployment | null): string | undefined {
  const script = process.argv[1];
  const isPm2 = script !== undefined && /[\\/]ProcessContainer(?:Fork)?\.js$/.test(script);
  return isPm2 ? (deployment?.script ?? script) : script;
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
