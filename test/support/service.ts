import { type ChildProcess, spawn } from 'node:child_process';
import type { TestContext } from 'node:test';
import { fixturePath } from './paths';
import { HARD_LIMIT_MS } from './patience';
import { assertOurMargin } from './report-margin';

/** How a fixture is started. */
export interface ServiceOptions {
  /** Name of a file in test/fixtures, or an absolute path. */
  readonly script: string;
  readonly args?: readonly string[];
  /** Flags of Node itself. */
  readonly execArgv?: readonly string[];
  /** Added to the environment of the tests. */
  readonly env?: Readonly<Record<string, string>>;
  /** Another Node than the one that runs the tests. */
  readonly execPath?: string;
  readonly cwd?: string;
  /** Longest life of the child. */
  readonly limitMs?: number;
}

/** How a child process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** First characters of a report's last line. */
export const END_MARKER = '==== End of report';
/** Title in the first banner of a report. */
const BEGIN_MARKER = 'Guru Meditation';

/**
 * A fixture that runs in a child process of its own.
 * Nothing here sleeps: every wait ends with a line, a report, or the end of the child.
 */
export class Service {
  readonly #child: ChildProcess;
  readonly #ending: Promise<Ending>;
  readonly #limit: NodeJS.Timeout;
  readonly #limitMs: number;
  #watchers: (() => void)[] = [];
  #ended: Ending | undefined;
  #expired = false;
  #reportsTaken = 0;
  /** All of stdout and stderr so far. */
  stdout = '';
  stderr = '';

  constructor(options: ServiceOptions) {
    const script = options.script.startsWith('/') ? options.script : fixturePath(options.script);
    const argv = [...(options.execArgv ?? []), script, ...(options.args ?? [])];
    this.#child = spawn(options.execPath ?? process.execPath, argv, {
      // Blocked `cat` children of a fixture read this pipe: they end when it is closed, whoever closes it.
      stdio: ['pipe', 'pipe', 'pipe'],
      env: serviceEnvironment(options.env),
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    // Writing to a child that has just ended is not an error of the test.
    this.#child.stdin?.on('error', () => undefined);
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#grow('stdout', text));
    // Strict, because a report is valid UTF-8 whatever it quotes.
    const decoder = new TextDecoder('utf-8', { fatal: true });
    this.#child.stderr?.on('data', (bytes: Buffer) =>
      this.#grow('stderr', decoder.decode(bytes, { stream: true })),
    );
    this.#ending = new Promise((resolve) => {
      this.#child.on('error', (error) => this.#grow('stderr', `spawn failed: ${String(error)}\n`));
      this.#child.on('close', (code, signal) => {
        this.#ended = { code, signal };
        clearTimeout(this.#limit);
        this.#wake();
        resolve(this.#ended);
      });
    });
    this.#limitMs = options.limitMs ?? HARD_LIMIT_MS;
    this.#limit = setTimeout(() => this.#expire(), this.#limitMs);
  }

  get pid(): number {
    const { pid } = this.#child;
    if (pid === undefined) throw new Error(`the child did not start: ${this.stderr}`);
    return pid;
  }

  /** True until the child has ended. */
  get alive(): boolean {
    return this.#ended === undefined;
  }

  /** Sends a signal to this child only. */
  signal(name: NodeJS.Signals = 'SIGUSR2'): void {
    this.#child.kill(name);
  }

  /** Writes to the child's standard input. */
  write(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** The next line of stdout that begins so; from character `from` of stdout on. */
  line(prefix: string, from = 0): Promise<string> {
    return this.#until(`a line on stdout that begins with '${prefix}'`, () => {
      const complete = this.stdout.slice(from, this.stdout.lastIndexOf('\n') + 1);
      return complete.split('\n').find((line) => line.startsWith(prefix));
    });
  }

  /** Waits until stderr has a text, for example a warning: Node prints those some time later. */
  async says(text: string): Promise<void> {
    await this.#until(`'${text}' on stderr`, () => (this.stderr.includes(text) ? true : undefined));
  }

  /** Waits for the fixture's line `ready`. */
  async ready(): Promise<this> {
    await this.line('ready');
    return this;
  }

  /** The next report on stderr that was not handed out yet. */
  async report(): Promise<string> {
    const index = this.#reportsTaken;
    const report = await this.#until(
      `report number ${index + 1} on stderr`,
      () => cutReports(this.stderr)[index],
    );
    this.#reportsTaken = index + 1;
    return report;
  }

  /** Sends the signal and waits for the report. */
  async reportOnSignal(name: NodeJS.Signals = 'SIGUSR2'): Promise<string> {
    this.signal(name);
    return this.report();
  }

  /** Number of complete reports on stderr so far. */
  get reportCount(): number {
    return cutReports(this.stderr).length;
  }

  /** Forgets the reports that have arrived: the next `report()` waits for a later one. */
  skipReports(): void {
    this.#reportsTaken = this.reportCount;
  }

  /** Waits for the end of the child; fails when the hard limit had to end it. */
  async exited(): Promise<Ending> {
    const ending = await this.#ending;
    if (this.#expired) throw new Error(`the child did not end by itself\n${this.#tails()}`);
    return ending;
  }

  /** Closes standard input and ends the child. Harmless when it has ended. */
  async stop(): Promise<void> {
    this.#child.stdin?.destroy();
    this.#child.kill('SIGKILL');
    await this.#ending;
  }

  #grow(stream: 'stdout' | 'stderr', text: string): void {
    this[stream] += text;
    this.#wake();
  }

  #wake(): void {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }

  #expire(): void {
    this.#expired = true;
    this.#wake();
    this.#child.kill('SIGKILL');
  }

  async #until<T>(what: string, probe: () => T | undefined): Promise<T> {
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      if (this.#expired) throw new Error(`no ${what} within ${this.#limitMs} ms\n${this.#tails()}`);
      if (this.#ended !== undefined) {
        throw new Error(`the child ended (${JSON.stringify(this.#ended)}) without ${what}\n${this.#tails()}`);
      }
      await new Promise<void>((resolve) => this.#watchers.push(resolve));
    }
  }

  #tails(): string {
    return `--- stdout\n${this.stdout.slice(-2_000)}\n--- stderr\n${this.stderr.slice(-20_000)}`;
  }
}

/** Starts a fixture that ends with the test, at the latest. */
export function startService(t: TestContext, options: ServiceOptions): Service {
  const service = new Service(options);
  t.after(() => service.stop());
  return service;
}

/** The complete reports in a text, in order. */
export function cutReports(text: string): string[] {
  const reports: string[] = [];
  let from = 0;
  for (;;) {
    const title = text.indexOf(BEGIN_MARKER, from);
    const end = title === -1 ? -1 : text.indexOf(`\n${END_MARKER}`, title);
    const newline = end === -1 ? -1 : text.indexOf('\n', end + 1);
    if (newline === -1) return reports;
    // The banner's rule is the line before the title.
    const titleLine = text.lastIndexOf('\n', title);
    const begin = Math.max(from, text.lastIndexOf('\n', titleLine - 1) + 1);
    const report = text.slice(begin, newline + 1);
    assertOurMargin(report);
    reports.push(report);
    from = newline + 1;
  }
}

function serviceEnvironment(extra: Readonly<Record<string, string>> | undefined): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ...extra };
  // The test runner's own: a fixture is not a test file.
  delete env['NODE_TEST_CONTEXT'];
  return env;
}
