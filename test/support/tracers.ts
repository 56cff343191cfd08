import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { REPOSITORY_ROOT } from './paths';
import { startService, type Service } from './service';

const STARTED = 'started ';
const PACKAGES = join(REPOSITORY_ROOT, 'tools/tracers/node_modules');

/**
 * Options of a test that needs the packages of tools/tracers. Without them, it is skipped; with `GMR_SERVICES=required`, as
 * in CI, it fails.
 */
export function needsTracers(): { readonly skip: string | false } {
  if (existsSync(PACKAGES)) return { skip: false };
  const reason = 'needs the packages of tools/tracers (`npm ci --omit=optional --prefix tools/tracers`)';
  if (process.env['GMR_SERVICES'] === 'required') throw new Error(reason);
  return { skip: reason };
}

/** `trace ..., span ...` as reports have it. */
export function inWords({ traceId, spanName }: Span): string {
  return `trace ${traceId}, span ${spanName}`;
}

/** Splits `trace ..., span ... (7 s old)`, which fails without an age. */
export function withoutAge(line: string | undefined): string {
  const match = /^(.*) \((?:[\d.]+ \w+ ?)+ old\)$/.exec(line ?? '');
  assert.ok(match !== null, `no age in ${line}`);
  return match[1] ?? '';
}

/** A span as the tracer has it. */
export interface Span {
  readonly traceId: string;
  readonly spanId: string;
  readonly spanName: string;
  readonly startedAtMs: number;
}

/** A service of test/fixtures/traces that has been asked for some URLs, which it does not answer. */
export class TracedService {
  readonly #service: Service;

  private constructor(service: Service) {
    this.#service = service;
  }

  static async start(
    t: TestContext,
    script: string,
    options: {
      readonly args?: readonly string[];
      readonly execArgv?: readonly string[];
      readonly env?: Readonly<Record<string, string>>;
    } = {},
  ): Promise<TracedService> {
    return new TracedService(await startService(t, { script: `traces/${script}`, ...options }).ready());
  }

  /** Requests a path, and waits until the service says that it is stuck in it. Returns the span that is active then. */
  async request(path: string): Promise<Span> {
    const port = (await this.#service.line('port ')).slice('port '.length);
    const from = this.#service.stdout.length;
    get(`http://127.0.0.1:${port}${path}`).on('error', () => undefined);
    const line = await this.#service.line('stuck ', from);
    return JSON.parse(line.slice('stuck '.length)) as Span;
  }

  report(): Promise<string> {
    return this.#service.reportOnSignal();
  }

  /** The spans that the tracer has started, in this order. */
  get started(): readonly Span[] {
    return this.#service.stdout
      .split('\n')
      .filter((line) => line.startsWith(STARTED))
      .map((line) => JSON.parse(line.slice(STARTED.length)) as Span);
  }
}
