/*
 * Entry of the formatter bundle. It runs in a bare V8 isolate: no Node, no DOM, only the language. Code inside Node
 * imports `./format` instead, because this file defines a global.
 */
import { format, formatAll } from './format';
import type { FormatterHost } from './host';
import type { RawPhotograph } from './mask-photograph';

/** What the reporter thread calls: the photograph as JSON in; file extension and text of each format out. */
function gmrFormat(photographJson: string, host: FormatterHost): string[] {
  return formatAll(JSON.parse(photographJson) as RawPhotograph, host);
}

(globalThis as { gmrFormat?: typeof gmrFormat }).gmrFormat = gmrFormat;

export { format };
