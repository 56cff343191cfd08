import type { ReportFormat } from '../options';
import { areKnown } from '../report/facts';
import type { Photograph } from '../report/model';
import { renderJson } from '../views/json';
import type { Surroundings } from '../views/surroundings';
import { renderText } from '../views/text';
import { findGitCommit } from './git-commit';
import type { FormatterHost } from './host';
import { maskPhotograph, type RawPhotograph } from './mask-photograph';

/** The report of a photograph in one format. Pure but for what the host reads. */
export function format(raw: RawPhotograph, host: FormatterHost, as: ReportFormat = 'text'): string {
  return render(maskPhotograph(raw), host, as, raw.view.maxBytes);
}

/** The report in each format that its view wants: file extension and text by turns. */
export function formatAll(raw: RawPhotograph, host: FormatterHost): string[] {
  const photograph = maskPhotograph(raw);
  return raw.view.formats.flatMap((as) => [EXTENSIONS[as], render(photograph, host, as, raw.view.maxBytes)]);
}

const EXTENSIONS: Readonly<Record<ReportFormat, string>> = { text: '', json: '.json' };

function render(photograph: Photograph, host: FormatterHost, as: ReportFormat, maxBytes: number): string {
  switch (as) {
    case 'text':
      return renderText(photograph, lookAround(photograph, host));
    case 'json':
      return renderJson(photograph, maxBytes);
  }
}

function lookAround({ facts }: Photograph, host: FormatterHost): Surroundings {
  const root = areKnown(facts) ? facts.package.root : null;
  return { gitCommit: root === null ? null : findGitCommit(host, root) };
}
