import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { TestContext } from 'node:test';
import { fixturePath } from './paths';
import { eventually } from './patience';

/** A fixture whose stderr is a terminal that is not read until `resume()`. */
export class TerminalService {
  readonly #python: ChildProcess;
  readonly #control: Writable;
  #events = '';
  #endedAtMs = 0;
  stdout = '';
  /** Everything that the terminal has shown so far. */
  screen = '';

  constructor(script: string, args: readonly string[], foreign: boolean) {
    const program = [process.execPath, fixturePath(script), ...args];
    this.#python = spawn(
      'python3',
      [fixturePath('terminal.py'), ...(foreign ? ['--foreign'] : []), ...program],
      {
        stdio: ['pipe', 'pipe', 'pipe', 'pipe', 'pipe'],
      },
    );
    const { stdin, stdout, stderr, stdio } = this.#python;
    this.#control = stdio[3] as Writable;
    for (const stream of [stdin, this.#control]) stream?.on('error', () => undefined);
    stdout?.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    stderr?.setEncoding('utf8').on('data', (text: string) => (this.screen += text));
    (stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      this.#events += text;
      if (this.#events.includes('ended ')) this.#endedAtMs = Date.now();
    });
  }

  /** Available after `line('ready')`. */
  get pid(): number {
    return Number(/^pid (\d+)$/m.exec(this.#events)?.[1]);
  }

  get alive(): boolean {
    return this.#endedAtMs === 0;
  }

  write(text: string): void {
    this.#python.stdin?.write(text);
  }

  signal(name: NodeJS.Signals = 'SIGUSR2'): void {
    if (this.alive) process.kill(this.pid, name);
  }

  resume(): void {
    this.#control.write('read\n');
  }

  halt(): void {
    this.#control.write('stop\n');
  }

  /** Waits for a complete line of stdout with this beginning, from character `from` of stdout on. */
  async line(prefix: string, from = 0): Promise<string> {
    return await eventually(`a line '${prefix}'\n${this.stdout}`, () =>
      this.stdout
        .slice(from, this.stdout.lastIndexOf('\n') + 1)
        .split('\n')
        .find((line) => line.startsWith(prefix)),
    );
  }

  async shows(text: string): Promise<void> {
    await eventually(`'${text}' on the terminal`, () => (this.screen.includes(text) ? true : undefined));
  }

  /** Waits for the end: the exit code, or minus the signal, and the time since `sinceMs`. */
  async ended(sinceMs: number): Promise<{ readonly code: number; readonly ms: number }> {
    const code = await eventually('the end of the service', () => /^ended (-?\d+)$/m.exec(this.#events)?.[1]);
    return { code: Number(code), ms: this.#endedAtMs - sinceMs };
  }

  /** Ends the service and its terminal. */
  stop(): void {
    this.#control.destroy();
    this.#python.stdin?.destroy();
  }
}

/** Starts a fixture on a terminal. `foreign`: it may not reopen the terminal, as under su. */
export async function startOnTerminal(
  t: TestContext,
  script: string,
  args: readonly string[],
  foreign = false,
): Promise<TerminalService> {
  const service = new TerminalService(script, args, foreign);
  t.after(() => service.stop());
  await service.line('ready');
  return service;
}

/** Why such a terminal cannot be made here; null if it can. */
export function whyNoTerminal(): string | null {
  const found = spawnSync('python3', ['-c', 'import os, pty; os.waitstatus_to_exitcode(0)']);
  return found.status === 0 ? null : 'python3 3.9 or newer is not installed';
}
