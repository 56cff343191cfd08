/*
 * Compiled, never run: what the types of the package promise to users, and what they refuse.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import {
  type AutorunHandle,
  type AutorunOptions,
  type EnvironmentPolicy,
  GmrError,
  type GmrErrorCode,
  type MaskOptions,
  type SectionOptions,
  type SignalListeners,
  type EventLoopBlock,
  type Photograph,
  type ReportEvent,
  generateReport,
  onReport,
  registerSection,
  setupAutorun,
  writeReport,
} from 'gmr-native';

/** Everything at once, with each form of each option. */
export const complete: AutorunOptions = {
  version: { name: 'cart', version: '1.0.0', author: { name: 'Acme' } },
  serviceName: 'cart-api',
  conf: () => ({ port: 80 }),
  mask: { keys: ['pin'], values: ['a secret', /x/], allow: ['sessionName'] },
  env: 'masked',
  signal: false,
  signalListeners: 'call' satisfies SignalListeners,
  fileEventHandler: '/run/cart.trigger',
  fileEventHandlerInterval: 0.5,
  blockedEventLoop: {
    thresholdMs: 500,
    intervalMs: 50,
    maxReportsPerHour: 2,
    threads: 'all',
    onBlockEnd: ({ blockedMs }: EventLoopBlock) => void blockedMs,
  },
  logDir: '/var/log/cart',
  maxReports: 10,
  maxReportBytes: 1_000_000,
  frameOrder: 'outermost-first',
  frames: 'all',
  maxFrames: 100,
  interruptTimeoutMs: 50,
  sectionTimeoutMs: 500,
  reportTimeoutMs: 5000,
  greenThreads: {
    maxGroups: 10,
    context: { storage: new AsyncLocalStorage<{ requestId: string }>(), keys: ['requestId'] },
  },
  workers: false,
  optional: true,
};

/** Options that come out of the user's own optional settings may be undefined. */
export const undecided: AutorunOptions = { serviceName: undefined, signal: undefined };

export async function uses(): Promise<string> {
  const handle: AutorunHandle = setupAutorun();
  setupAutorun(complete).dispose();
  const mask: MaskOptions | false = false;
  const env: EnvironmentPolicy = 'none';
  setupAutorun({ mask, env, conf: new Map([['port', 80]]) });
  const placed: SectionOptions = { timeoutMs: 50, order: -1 };
  registerSection('Front', () => 1, placed).dispose();
  setupAutorun({ version: '1.0', signal: 'SIGQUIT', conf: { a: 1 } });
  setupAutorun({ version: { versionStringWithPackage: () => '1.0' } });
  setupAutorun({ version: { version_string_with_package: () => '1.0', vendor_string: () => 'Acme' } });
  using section = registerSection('Queue', async () => ({ pending: 1 }));
  section.dispose();
  handle[Symbol.dispose]();
  const file: string | null = await writeReport();
  using told = onReport(({ photograph }: ReportEvent) => void (photograph satisfies Photograph | null));
  told.dispose();
  const report: string = await generateReport({ frameOrder: 'innermost-first', frames: 'all' });
  return file + report + (await generateReport());
}

export function refusals(): void {
  // @ts-expect-error unknown option
  setupAutorun({ maxFrame: 1 });
  // @ts-expect-error a signal is a name
  setupAutorun({ signal: 12 });
  // @ts-expect-error true is not a signal
  setupAutorun({ signal: true });
  // @ts-expect-error no such order
  setupAutorun({ frameOrder: 'oslo' });
  // @ts-expect-error masking is a list of things, or off
  setupAutorun({ mask: true });
  // @ts-expect-error no such policy
  setupAutorun({ env: 'some' });
  // @ts-expect-error a number
  setupAutorun({ maxFrames: '200' });
  // @ts-expect-error a storage, not what it holds
  setupAutorun({ greenThreads: { context: { storage: { requestId: 1 }, keys: ['requestId'] } } });
  // @ts-expect-error the keys are missing
  setupAutorun({ greenThreads: { context: { storage: new AsyncLocalStorage() } } });
  // @ts-expect-error an object or a function
  setupAutorun({ conf: 'file.json' });
  // @ts-expect-error no method of that kind gives a number
  setupAutorun({ version: { versionStringWithPackage: () => 1 } });
  // @ts-expect-error the generator is missing
  registerSection('Queue');
  // @ts-expect-error a generator is a function
  registerSection('Queue', { pending: 1 });
  // @ts-expect-error the third argument has options
  registerSection('Queue', () => 1, 500);
  // @ts-expect-error unknown option
  void generateReport({ maxFrames: 1 });
  // @ts-expect-error a threshold is said by its name
  setupAutorun({ blockedEventLoop: 500 });
  // @ts-expect-error no such choice
  setupAutorun({ blockedEventLoop: { threads: 'workers' } });
  // @ts-expect-error a listener is a function
  onReport('log');
  // @ts-expect-error options are read only
  complete.maxFrames = 1;
}

/** Codes can be told apart exhaustively. */
export function explain(error: unknown): string {
  if (!(error instanceof GmrError)) return 'not ours';
  const code: GmrErrorCode = error.code;
  switch (code) {
    case 'GMR_INVALID_OPTION':
    case 'GMR_ADDON_UNAVAILABLE':
    case 'GMR_SIGNAL_FAILED':
    case 'GMR_REPORT_FAILED':
      return code;
  }
}
