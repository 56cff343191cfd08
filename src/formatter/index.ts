/*
 * Entry of the formatter bundle. It runs in a bare V8 isolate: no Node, no DOM, only the language. Code inside Node
 * imports `./format` instead, because this file defines globals.
 */
import { format, formatAll } from './format';
import type { BundleHost } from './host';
import type { RawPhotograph } from './mask-photograph';
import { resolvePositions } from './resolve-positions';
import type { UnresolvedPhotograph } from './unresolved';

/** What the reporter thread calls: the photograph as JSON in; file extension and text of each format out. */
function gmrFormat(photographJson: string, host: BundleHost): string[] {
  return formatAll(resolve(photographJson, host), host);
}

/** What it calls for those who format the photograph themselves: the same photograph with original positions. */
function gmrResolve(photographJson: string, host: BundleHost): string {
  return JSON.stringify(resolve(photographJson, host));
}

function resolve(photographJson: string, host: BundleHost): RawPhotograph {
  return resolvePositions(JSON.parse(photographJson) as UnresolvedPhotograph | RawPhotograph, host);
}

Object.assign(globalThis, { gmrFormat, gmrResolve });

export { format };
