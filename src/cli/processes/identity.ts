import { basename, dirname, extname, join, resolve } from 'node:path';
import { readDeployment } from '../../deployment';
import { isTool } from '../../report/tools';
import { readRegularFile } from '../base/read-file';
import { pathSeenBy, readLink, readStrings } from './proc';

/** What a process calls itself, as far as that can be seen from outside. */
export interface ProcessIdentity {
  /**
   * `GMR_SERVICE_NAME`, else the name that OpenTelemetry's variables or PM2 give to the service, else that of the
   * application's package, else the script's, else the process title. A `serviceName` in code cannot be seen.
   */
  readonly service: string;
  /** Executable and main script, without the other arguments: they may hold secrets. */
  readonly command: string;
  /** Path of the main script as it was given; null when there is none. */
  readonly script: string | null;
  /** The variables with which the process was started and whose names begin with `GMR_`, without that. */
  readonly settings: ReadonlyMap<string, string>;
}

/** Options of Node whose value is the next argument. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  '-r',
  '--require',
  '--import',
  '--loader',
  '--experimental-loader',
  '-C',
  '--conditions',
  '--title',
  '--env-file',
]);
/** After these there is no script. */
const WITHOUT_SCRIPT = /^(?:-e|-p|-pe|--eval|--print|-i|--interactive|-$)/;
const MAX_LEVELS = 64;
const MAX_PACKAGE_BYTES = 1024 * 1024;
/** Of the variables that set this package up. */
const PREFIX = 'GMR_';

/** Never throws: what cannot be read is omitted. */
export function identify(pid: number): ProcessIdentity {
  const argv = argumentsOf(pid);
  const script = mainScript(argv);
  const environment = new Map(readStrings(pid, 'environ').map(splitVariable));
  const settings = new Map([...environment].flatMap(asSetting));
  const deployed = readDeployment(Object.fromEntries(environment)).serviceName;
  const executable = basename(argv[0] ?? '');
  return {
    service: settings.get('SERVICE_NAME') || deployed || serviceOf(pid, script) || executable,
    command: script === null ? executable : `${executable} ${script}`,
    script,
    settings,
  };
}

/** Absolute path, in the file system of the process, of a path that was given to it. */
export function resolveFor(pid: number, path: string): string {
  return resolve(readLink(pid, 'cwd') ?? '/', path);
}

function argumentsOf(pid: number): readonly string[] {
  const argv = readStrings(pid, 'cmdline');
  // A title has taken the place of the arguments, as under PM2: `node /srv/app/server.js`.
  return argv.length === 1 ? (argv[0] ?? '').split(' ') : argv;
}

function mainScript(argv: readonly string[]): string | null {
  for (let index = 1; index < argv.length; index++) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) return argument;
    if (WITHOUT_SCRIPT.test(argument)) return null;
    if (WITH_VALUE.has(argument)) index++;
  }
  return null;
}

function serviceOf(pid: number, script: string | null): string {
  if (script === null) return '';
  const path = resolveFor(pid, script);
  const folder = readLink(pid, 'cwd');
  const ofTool = isTool(path) && folder !== null ? nearestPackageName(pid, folder) : null;
  return ofTool ?? nearestPackageName(pid, dirname(path)) ?? basename(path, extname(path));
}

function nearestPackageName(pid: number, folder: string): string | null {
  let current = folder;
  for (let level = 0; level < MAX_LEVELS; level++) {
    const name = packageName(pathSeenBy(pid, join(current, 'package.json')));
    if (name !== null) return name;
    const parent = dirname(current);
    if (parent === current) break;
    current = parent;
  }
  return null;
}

function packageName(path: string): string | null {
  try {
    const { name } = JSON.parse(readRegularFile(path, MAX_PACKAGE_BYTES) ?? '{}') as {
      readonly name?: unknown;
    };
    return typeof name === 'string' && name !== '' ? name : null;
  } catch {
    return null;
  }
}

function splitVariable(variable: string): [string, string] {
  const equals = variable.indexOf('=');
  return [variable.slice(0, equals), variable.slice(equals + 1)];
}

function asSetting([name, value]: readonly [string, string]): [string, string][] {
  return name.startsWith(PREFIX) ? [[name.slice(PREFIX.length), value]] : [];
}
