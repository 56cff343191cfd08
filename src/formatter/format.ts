import type { ReportFormat } from '../options';
import { areKnown } from '../report/facts';
import type { GitCommit, Photograph } from '../report/model';
import { renderJson } from '../views/json';
import { renderLog } from '../views/log';
import { renderText } from '../views/text';
import { findGitCommit } from './git-commit';
import type { FormatterHost } from './host';
import { maskPhotograph, type RawPhotograph } from './mask-photograph';

/** The report of a photograph in one format. Pure but for what the host reads. */
export function format(raw: RawPhotograph, host: FormatterHost, as: ReportFormat = 'text'): string {
  return render(makePhotograph(raw, host), as, raw.view.maxBytes);
}

/** The photograph without secrets, and with what is checked out. */
export function makePhotograph(raw: RawPhotograph, host: FormatterHost): Photograph {
  const photograph = maskPhotograph(raw);
  return { ...photograph, gitCommit: gitCommitOf(photograph, host) };
}

/**
 * The report in each format that its view wants: file extension and text by turns. Instead of an extension, the document
 * that the process keeps has the word `kept`.
 */
export function formatAll(raw: RawPhotograph, host: FormatterHost): string[] {
  const photograph = makePhotograph(raw, host);
  const { formats, maxBytes, keepBytes } = raw.view;
  const texts = formats.flatMap((as) => [EXTENSIONS[as], render(photograph, as, maxBytes)]);
  return keepBytes === 0
    ? texts
    : [...texts, 'kept', renderJson(photograph, keepBytes, whyNotKept(raw.view))];
}

/** In a kept document, in the place of what is missing; undefined: the usual reason. */
function whyNotKept({ keepBytes, maxBytes }: RawPhotograph['view']): string | undefined {
  return keepBytes < maxBytes ? NOT_KEPT_REASON : undefined;
}

const NOT_KEPT_REASON =
  'omitted: no more than 4 MB are kept in memory; where the process writes its reports, there is more';

const EXTENSIONS: Readonly<Record<ReportFormat, string>> = { text: '', json: '.json', log: '.jsonl' };

function render(photograph: Photograph, as: ReportFormat, maxBytes: number): string {
  switch (as) {
    case 'text':
      return renderText(photograph);
    case 'json':
      return renderJson(photograph, maxBytes);
    case 'log':
      return renderLog(photograph, maxBytes);
  }
}

function gitCommitOf({ facts }: Photograph, host: FormatterHost): GitCommit | null {
  const root = areKnown(facts) ? facts.package.root : null;
  return root === null ? null : findGitCommit(host, root);
}
