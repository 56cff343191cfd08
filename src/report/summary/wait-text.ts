import { ownerOfFile } from '../code-owner';
import { clip } from '../../escape';
import { shortened, type Naming } from './place';

const MAX_LENGTH = 200;

/** How a wait begins of which it is not known what would end it. */
const UNKNOWN = 'something that was not ';
/** What stands before a limit of time. */
const LIMIT = ', given up ';
/** Before what a promise of `Promise.all` and the like depends on. */
const KINDS = ['Promise.all', 'Promise.allSettled', 'Promise.any', 'resolve'];

/** True if a wait only says what was not found. */
export function isUnknownWait(waitsFor: string): boolean {
  const [answer] = splitLimit(waitsFor);
  return answer === '' || answer.startsWith(UNKNOWN);
}

/**
 * What a function waits for, with short names of files: `waiting for SeatPool.queue ("seats" in app.js), given up after
 * 600 s (599 s left)`. Empty where it is not known.
 */
export function shortWait(waitsFor: string, naming: Naming): string {
  // A caller of `writeReport()` waits for its end.
  if (waitsFor.includes('(gmr:') || waitsFor.includes(' in gmr:')) return 'waiting for this report';
  const [answer, limit] = splitLimit(waitsFor);
  if (isUnknownWait(waitsFor)) return limit;
  const [kind, rest] = splitKind(answer);
  const conjunction = kind.startsWith('Promise.all') ? ' and ' : ' or ';
  const texts = [...new Set(rest.split(' | '))].map((text) => withShortFiles(text, naming));
  const text = clip([...new Set(texts)].join(conjunction), MAX_LENGTH);
  return `waiting for ${text}${limit === '' ? '' : `, ${limit}`}`;
}

/** What settles a promise, and the limit after which it is given up. */
function splitLimit(waitsFor: string): readonly [string, string] {
  const at = waitsFor.lastIndexOf(LIMIT);
  return at === -1 ? [waitsFor, ''] : [waitsFor.slice(0, at), waitsFor.slice(at + 2)];
}

/** `Promise.all` and what follows. */
function splitKind(waitsFor: string): readonly [string, string] {
  const at = waitsFor.indexOf(': ');
  const kinds = waitsFor.slice(0, Math.max(0, at));
  const isKind = at !== -1 && kinds.split(', ').every((kind) => KINDS.includes(kind));
  return isKind ? [kinds, waitsFor.slice(at + 2)] : ['', waitsFor];
}

/** Gives the files in brackets short names: `callback next (undici: lib/pool.js:41)`. */
function withShortFiles(waitsFor: string, naming: Naming): string {
  let text = '';
  let from = 0;
  for (;;) {
    const open = waitsFor.indexOf('(', from);
    const close = open === -1 ? -1 : waitsFor.indexOf(')', open);
    if (close === -1) break;
    const parts = waitsFor.slice(open + 1, close).split('; ');
    text += `${waitsFor.slice(from, open)}(${parts.map((part) => shortPart(part, naming)).join('; ')})`;
    from = close + 1;
  }
  return text + waitsFor.slice(from);
}

/** A position, a file, or a variable in a file; any other text stays. */
function shortPart(text: string, naming: Naming): string {
  const position = shortPosition(text, naming);
  if (position !== null) return position;
  const variable = text.startsWith('"') ? text.lastIndexOf(' in ') : -1;
  if (variable !== -1) return text.slice(0, variable + 4) + shortFile(text.slice(variable + 4), naming);
  return isPath(text) ? shortFile(text, naming) : text;
}

function isPath(text: string): boolean {
  return ['/', 'file:', 'node:'].some((start) => text.startsWith(start));
}

function shortFile(file: string, naming: Naming): string {
  const owner = ownerOfFile(file, naming.root);
  if (owner.kind === 'package') return owner.name;
  return owner.kind === 'node' ? file : naming.files.shortName(file);
}

/** A position `/srv/app/a.js:10:3` with a short name; null for any other text. */
function shortPosition(text: string, naming: Naming): string | null {
  const columnAt = text.lastIndexOf(':');
  const lineAt = text.lastIndexOf(':', columnAt - 1);
  if (lineAt < 1 || !isNumber(text.slice(columnAt + 1)) || !isNumber(text.slice(lineAt + 1, columnAt)))
    return null;
  const file = text.slice(0, lineAt);
  const line = text.slice(lineAt + 1, columnAt);
  const owner = ownerOfFile(file, naming.root);
  if (owner.kind === 'package') return `${owner.name}: ${shortened(owner.path)}:${line}`;
  return owner.kind === 'node' ? `${file}:${line}` : `${naming.files.shortName(file)}:${line}`;
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
