import type { NativeAddon, ReportOutcome } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { GmrError, describeError } from '../errors';
import { prepareReporter } from './generate-report';

/** See `writeReport` of the package. Everything that fails does so as a rejection. */
export async function writeReport(): Promise<string | null> {
  const addon = loadAddon();
  prepareReporter(addon);
  const outcome = JSON.parse(await requestReport(addon)) as ReportOutcome;
  if (!outcome.lost) return outcome.files[0] ?? null;
  throw new GmrError('GMR_REPORT_FAILED', `expected an output that takes the report, got ${outcome.error}`);
}

function requestReport(addon: NativeAddon): Promise<string> {
  return new Promise((resolve, reject) => {
    try {
      addon.requestReport(resolve);
    } catch (error) {
      const message = `expected a reporter that takes requests (setupAutorun on the main thread), got ${describeError(error)}`;
      reject(new GmrError('GMR_REPORT_FAILED', message, { cause: error }));
    }
  });
}
