// A measured process: started, awaited by its lines, ended by pid.

import { spawn } from 'node:child_process';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

const LIMIT_MS = 120_000;

/** Milliseconds of the clock that all processes of this machine share. */
export function nowMs() {
  return Number(process.hrtime.bigint()) / 1e6;
}

export class Child {
  #child;
  #watchers = [];
  stdout = '';
  stderr = '';

  /** `target` is a file in bench/targets, or an absolute path. */
  constructor(target, { args = [], execArgv = [], cwd } = {}) {
    const script = isAbsolute(target)
      ? target
      : fileURLToPath(new URL(`../targets/${target}`, import.meta.url));
    this.#child = spawn(process.execPath, [...execArgv, script, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd,
    });
    for (const stream of ['stdout', 'stderr']) {
      this.#child[stream].setEncoding('utf8').on('data', (text) => {
        this[stream] += text;
        this.#wake();
      });
    }
    this.ended = new Promise((resolve) => this.#child.once('close', resolve));
    void this.ended.then(() => this.#wake());
  }

  get pid() {
    return this.#child.pid;
  }

  kill(signal) {
    this.#child.kill(signal);
  }

  /** Waits until `probe` returns something; throws when the child ends first, returns null after `limitMs`. */
  async until(probe, limitMs = LIMIT_MS) {
    const deadline = Date.now() + limitMs;
    for (;;) {
      const found = probe();
      if (found !== undefined) return found;
      if (this.#child.exitCode !== null || this.#child.signalCode !== null) {
        throw new Error(`${this.#child.spawnargs.join(' ')} ended:\n${this.stderr.slice(-4000)}`);
      }
      if (Date.now() >= deadline) return null;
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, deadline - Date.now());
        this.#watchers.push(() => {
          clearTimeout(timer);
          resolve();
        });
      });
    }
  }

  ready() {
    return this.until(() => (this.stdout.includes('ready\n') ? true : undefined));
  }

  async stop() {
    this.#child.kill('SIGKILL');
    await this.ended;
  }

  #wake() {
    const watchers = this.#watchers;
    this.#watchers = [];
    for (const watcher of watchers) watcher();
  }
}
