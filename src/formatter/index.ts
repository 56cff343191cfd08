/*
 * Entry of the formatter bundle. It runs in a bare V8 isolate: no Node, no DOM, only the language. Code inside Node
 * imports `./format` instead, because this file defines a global.
 */
import type { Photograph } from '../report/model';
import { format } from './format';
import type { FormatterHost } from './host';

/** What the reporter thread calls: the photograph as JSON in, the text of the report out. */
function gmrFormat(photographJson: string, host: FormatterHost): string {
  return format(JSON.parse(photographJson) as Photograph, host);
}

(globalThis as { gmrFormat?: typeof gmrFormat }).gmrFormat = gmrFormat;

export { format };
