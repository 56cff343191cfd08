import type { ReportOutcome } from '../addon/contract';
import { loadAddon } from '../addon/load';
import { GmrError } from '../errors';
import { guarded } from '../guard';
import { noReporterError, prepareReporter, toReportError } from './generate-report';

/**
 * See `writeReport` of the package.
 *
 * @throws GmrError possibly synchronously; the public function turns that into a rejection.
 */
export function writeReport(): Promise<string | null> {
  const addon = loadAddon();
  prepareReporter(addon);
  return new Promise((resolve, reject) => {
    const answer = (json: string): void => {
      try {
        resolve(pathOf(JSON.parse(json) as ReportOutcome));
      } catch (error) {
        reject(toReportError('expected to learn where the report went', error));
      }
    };
    try {
      addon.requestReport(guarded('the answer to writeReport', answer));
    } catch (error) {
      reject(noReporterError(error));
    }
  });
}

function pathOf(outcome: ReportOutcome): string | null {
  if (!outcome.lost) return outcome.files[0] ?? null;
  throw new GmrError('GMR_REPORT_FAILED', `expected an output that takes the report, got ${outcome.error}`);
}
