import type { NativeAddon } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { builtin } from '../deferred';
import { GmrError, describeError } from '../errors';
import { checkFormat, checkFrameOrder, checkFrames } from '../option-rules';
import {
  checkedOptions,
  readSettings,
  type FrameOrder,
  type FrameSelection,
  type ReportFormat,
} from '../options';
import { format as formatPhotographAs } from '../formatter/format';
import type { RawPhotograph } from '../formatter/mask-photograph';
import { leavePositions } from '../formatter/leave-positions';
import type { UnresolvedPhotograph } from '../formatter/unresolved';
import { guarded } from '../guard';
import { NODE_HOST } from './node-host';
import { isReporterLinked, linkReporter } from './reporter-link';
import { ownIdentity, type WorkerThreads } from './thread-identity';

/** Options of `generateReport`. */
export interface ReportOptions {
  /** Default: the value given to `setupAutorun`. */
  readonly frameOrder?: FrameOrder | undefined;
  /** Default: the value given to `setupAutorun`. */
  readonly frames?: FrameSelection | undefined;
  /** Default `text`, whatever was given to `setupAutorun`. */
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
  return requestPhotograph(addon, (json) => formatPhotograph(json, checkedReport));
}

function formatPhotograph(json: string, { frameOrder, frames, format: as }: CheckedOptions): string {
  const photograph = parsePhotograph(json);
  const view = {
    ...photograph.view,
    frameOrder: frameOrder ?? photograph.view.frameOrder,
    frames: frames ?? photograph.view.frames,
    maxBytes: Infinity,
    keepBytes: 0,
  };
  return formatPhotographAs({ ...photograph, view }, NODE_HOST, as);
}

interface CheckedOptions {
  readonly frameOrder: FrameOrder | undefined;
  readonly frames: FrameSelection | undefined;
  readonly format: ReportFormat;
}

function readOptions(options: unknown): CheckedOptions {
  const { frameOrder, frames, format } = checkedOptions(options, ['frameOrder', 'frames', 'format']);
  return {
    frameOrder:
      frameOrder === undefined ? undefined : checked('frameOrder', () => checkFrameOrder(frameOrder)),
    frames: frames === undefined ? undefined : checked('frames', () => checkFrames(frames)),
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
  const threads = builtin('node:worker_threads') as WorkerThreads;
  if (!threads.isMainThread) addon.registerIsolate(ownIdentity(threads));
  else if (!isReporterLinked()) linkReporter(addon, readSettings());
}

/** The error with which a request for a report rejects. */
export function toReportError(expected: string, error: unknown): GmrError {
  if (error instanceof GmrError) return error;
  return new GmrError('GMR_REPORT_FAILED', `${expected}, got ${describeError(error)}`, { cause: error });
}

/** The error of a request that no reporter takes, as in a worker before the main thread has called `setupAutorun`. */
export function noReporterError(error: unknown): GmrError {
  return toReportError('expected a reporter that takes requests (setupAutorun on the main thread)', error);
}

/** The name by which a report shows what the callers of these functions wait for. */
class ReportRequest {
  readonly resolve: (photographJson: string) => void;

  constructor(resolve: (photographJson: string) => void) {
    this.resolve = resolve;
  }
}

const requests = new Set<ReportRequest>();

function requestPhotograph(
  addon: NativeAddon,
  toReport: (photographJson: string) => string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = new ReportRequest(resolve);
    const answer = (json: string): void => {
      requests.delete(request);
      try {
        resolve(toReport(json));
      } catch (error) {
        reject(toReportError('expected to format the report', error));
      }
    };
    try {
      addon.requestPhotograph(guarded('the answer to generateReport', answer));
      requests.add(request);
    } catch (error) {
      reject(noReporterError(error));
    }
  });
}

function parsePhotograph(json: string): RawPhotograph {
  try {
    return leavePositions(JSON.parse(json) as UnresolvedPhotograph | RawPhotograph);
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
