import { spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import type { Installed } from '../../src/cli/processes/inspect';
import { libPath, requireLib } from './lib';
import { HARD_LIMIT_MS, PATIENT, eventually } from './patience';
import { type Service, type ServiceOptions, startService } from './service';
import { shellCommand } from './shell';

/** How a run of the command `gmr` ended. */
export interface GmrResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Path of the file behind the command `gmr`. */
export const GMR: string = libPath('cli/gmr.js');

export const { inspect } = requireLib(
  'cli/processes/inspect',
) as typeof import('../../src/cli/processes/inspect');

/** Options of the tests of what reads /proc. */
export const linuxOnly = {
  ...PATIENT,
  skip: process.platform === 'linux' ? false : 'the command reads /proc, which is only on Linux',
};

/** A service that says that it lives, and has reports. */
export const AUTORUN: Pick<ServiceOptions, 'script' | 'execArgv'> = {
  script: 'echo-service.cjs',
  execArgv: ['--require', libPath('autorun.js')],
};

/** A signal is taken by the reporter thread some instructions after the setup has returned. */
export async function installed(service: Service): Promise<Installed> {
  return eventually('the handler is installed', () => {
    const inspection = inspect(service.pid);
    return inspection.status === 'installed' ? inspection : undefined;
  });
}

/** Runs `gmr`, with a text on its standard input and flags of Node. */
export function runGmr(
  args: readonly string[],
  input = '',
  execArgv: readonly string[] = [],
): Promise<GmrResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...execArgv, GMR, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Systems for continuous integration set it.
      env: { ...process.env, FORCE_COLOR: undefined },
    });
    const limit = setTimeout(() => child.kill('SIGKILL'), HARD_LIMIT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      resolve({ code, stdout, stderr });
    });
    // A run that does not read its input is not an error of the test.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** A service whose standard error is a file, as under many a process manager. Its reports are in that file only. */
export function startLogging(t: TestContext, logFile: string, options: ServiceOptions): Service {
  const node = [process.execPath, ...(options.execArgv ?? [])];
  const [execPath, ...execArgv] = shellCommand('exec "$@" 2>> "$0"', logFile, ...node);
  return startService(t, { ...options, execPath, execArgv });
}
