import { closeSync, constants, fstatSync, openSync, readFileSync, statSync } from 'node:fs';
import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { GmrError, describeError } from '../errors';
import { checkFormat, checkFrameOrder } from '../option-rules';
import { checkedOptions, readSettings, type FrameOrder, type ReportFormat } from '../options';
import type { FormatterHost } from '../formatter/host';
import type { RawPhotograph } from '../formatter/mask-photograph';
import { isReporterLinked, linkReporter } from './reporter-link';
import { ownIdentity, type WorkerThreads } from './thread-identity';

/** Options of `generateReport`. */
export interface ReportOptions {
  /** Default: as `setupAutorun` was told. */
  readonly frameOrder?: FrameOrder | undefined;
  /** Default `text`, whatever `setupAutorun` was told. */
  readonly format?: ReportFormat | undefined;
}

/**
 * See `generateReport` of the package. Nothing here is an async function: one that waits for the report would be in it,
 * as a green thread that the service has not started.
 *
 * @throws GmrError also at once; the package's own function makes a rejection of it.
 */
export function generateReport(options: ReportOptions = {}): Promise<string> {
  const checkedReport = readOptions(options);
  const addon = loadAddon();
  prepareReporter(addon);
  return requestPhotograph(addon).then((json) => formatPhotograph(json, checkedReport));
}

function formatPhotograph(json: string, { frameOrder, format: as }: CheckedOptions): string {
  const photograph = parsePhotograph(json);
  const { format } = require('../formatter/format') as typeof import('../formatter/format');
  const view = {
    ...photograph.view,
    frameOrder: frameOrder ?? photograph.view.frameOrder,
    maxBytes: Infinity,
  };
  return format({ ...photograph, view }, NODE_HOST, as);
}

interface CheckedOptions {
  readonly frameOrder: FrameOrder | undefined;
  readonly format: ReportFormat;
}

function readOptions(options: unknown): CheckedOptions {
  const { frameOrder, format } = checkedOptions(options, ['frameOrder', 'format']);
  return {
    frameOrder:
      frameOrder === undefined ? undefined : checked('frameOrder', () => checkFrameOrder(frameOrder)),
    format: format === undefined ? 'text' : checked('format', () => checkFormat(format)),
  };
}

function checked<Value>(name: string, check: () => Value): Value {
  try {
    return check();
  } catch (error) {
    throw new GmrError('GMR_INVALID_OPTION', `option '${name}': ${(error as Error).message}`);
  }
}

/** The calling thread takes part in the report, and there is a reporter to make it. */
export function prepareReporter(addon: NativeAddon): void {
  const threads = require('node:worker_threads') as WorkerThreads;
  if (!threads.isMainThread) addon.registerIsolate(ownIdentity(threads));
  else if (!isReporterLinked()) linkReporter(addon, readSettings());
}

/** Stands in the report for what those who wait for it wait for. */
class ReportRequest {
  readonly resolve: (photographJson: string) => void;

  constructor(resolve: (photographJson: string) => void) {
    this.resolve = resolve;
  }
}

const requests = new Set<ReportRequest>();

function requestPhotograph(addon: NativeAddon): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new ReportRequest(resolve);
    try {
      addon.requestPhotograph((json) => {
        requests.delete(request);
        resolve(json);
      });
      requests.add(request);
    } catch (error) {
      const message = `expected a reporter that takes requests (setupAutorun on the main thread), got ${describeError(error)}`;
      reject(new GmrError('GMR_REPORT_FAILED', message, { cause: error }));
    }
  });
}

function parsePhotograph(json: string): RawPhotograph {
  try {
    return JSON.parse(json) as RawPhotograph;
  } catch (error) {
    throw new GmrError(
      'GMR_REPORT_FAILED',
      `expected a photograph in JSON, got ${json.length} characters of something`,
      {
        cause: error,
      },
    );
  }
}

const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** The formatter's world inside of Node. It reads the same files as the native one does. */
const NODE_HOST: FormatterHost = {
  readTextFile(path, maxBytes) {
    try {
      // Opened first and looked at then: a name may change its file in between. Non-blocking, or a FIFO would hang.
      const descriptor = openSync(path, OPEN_FLAGS);
      try {
        const stat = fstatSync(descriptor);
        return stat.isFile() && stat.size <= maxBytes ? readFileSync(descriptor, 'utf8') : null;
      } finally {
        closeSync(descriptor);
      }
    } catch {
      return null;
    }
  },
  modifiedAtMs(path) {
    try {
      return statSync(path).mtimeMs;
    } catch {
      return null;
    }
  },
  nowMs: () => Date.now(),
};
