import { areKnown } from '../report/facts';
import type { Photograph } from '../report/model';
import type { Surroundings } from '../views/source-lookup';
import { renderText } from '../views/text';
import { findGitCommit } from './git-commit';
import type { FormatterHost } from './host';
import { maskPhotograph } from './mask-photograph';
import { SourceFiles } from './source-files';

/** The report of a photograph as text. Pure but for what the host reads. */
export function format(photograph: Photograph, host: FormatterHost): string {
  return renderText(maskPhotograph(photograph), look(photograph, host));
}

function look({ facts }: Photograph, host: FormatterHost): Surroundings {
  if (!areKnown(facts)) {
    // Without the start of the process nobody knows whether a file is still what runs.
    return { sources: { lineAt: () => ({ status: 'unknown' }) }, gitCommit: null };
  }
  const { root } = facts.package;
  return {
    sources: new SourceFiles(host, facts.startedAtMs),
    gitCommit: root === null ? null : findGitCommit(host, root),
  };
}
