import { spawn } from 'node:child_process';
import { GMR } from './gmr-command';
import { fixturePath } from './paths';
import { HARD_LIMIT_MS } from './patience';

const PAUSE_MS = 500;

/** A run of a program on a terminal. */
export interface ScreenRun {
  readonly rows: number;
  readonly columns: number;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What the user types: each time, the text that the user waits for, and then the keys. No text: half a second. */
  readonly type?: readonly (readonly [string, string])[];
}

/** How such a run ended, and everything that the terminal was sent. */
export interface ScreenResult {
  readonly code: number | null;
  readonly shown: string;
}

/** Runs `gmr` on a pseudo terminal of that size. */
export function gmrOnScreen(args: readonly string[], run: ScreenRun): Promise<ScreenResult> {
  return onScreen([process.execPath, GMR, ...args], run);
}

/** Runs a program on a pseudo terminal of that size. */
export function onScreen(program: readonly string[], run: ScreenRun): Promise<ScreenResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(
      'python3',
      [fixturePath('screen.py'), String(run.rows), String(run.columns), ...program],
      {
        stdio: ['pipe', 'pipe', 'inherit'],
        env: environment(run.env),
      },
    );
    const limit = setTimeout(() => child.kill('SIGKILL'), HARD_LIMIT_MS);
    let shown = '';
    let seen = 0;
    const steps = [...(run.type ?? [])];
    const next = (): void => {
      child.stdin.write(steps.shift()?.[1] ?? '');
      seen = shown.length;
      if (steps[0]?.[0] === '') setTimeout(next, PAUSE_MS);
    };
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      shown += text;
      const [step] = steps;
      if (step !== undefined && step[0] !== '' && shown.slice(seen).includes(step[0])) next();
    });
    child.stdin.on('error', () => undefined);
    child.on('error', reject);
    child.on('close', (code) => {
      clearTimeout(limit);
      // A terminal makes two characters of each line break.
      resolve({ code, shown: shown.replaceAll('\r\n', '\n') });
    });
  });
}

/** Nothing of the user's own taste. */
function environment(more: ScreenRun['env'] = {}): NodeJS.ProcessEnv {
  const { PAGER: _pager, LESS: _less, NO_COLOR: _no, FORCE_COLOR: _force, ...others } = process.env;
  return { ...others, TERM: 'xterm-256color', ...more };
}
