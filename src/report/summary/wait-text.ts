import { ownerOfFile } from '../code-owner';
import { clip } from '../../escape';
import { shortened, type Naming } from './place';

const MAX_LENGTH = 160;

/** Holders that say nothing about what is waited for. */
const VAGUE: ReadonlySet<string> = new Set([
  'object',
  'Object',
  'Array',
  'Function',
  'Module',
  'Promise',
  'Set',
  'Map',
]);

/** What a chain of holders says in a word. */
interface Telling {
  readonly text: string;
  /** The holder was met behind a function of the application that may have nothing to do with the promise. */
  readonly isGuess: boolean;
}

/**
 * What a function waits for in a few words, `waiting for Mutex`: of each chain of holders the first that says something,
 * which is usually the outermost. Empty when none does.
 */
export function shortWait(waitsFor: string, naming: Naming): string {
  // A caller of `writeReport()` waits for its end.
  if (waitsFor.includes('(gmr:')) return 'waiting for this report';
  const [kind, rest] = splitKind(waitsFor);
  const telling = rest
    .split(' | ')
    .map((chain) => firstTelling(chain, naming))
    .filter(({ text }) => text !== '');
  if (telling.length === 0) return '';
  const conjunction = kind === 'Promise.all' || kind === 'Promise.allSettled' ? ' and ' : ' or ';
  const texts = [...new Set(telling.map(({ text }) => text))].join(conjunction);
  const verb = telling.some(({ isGuess }) => isGuess) ? 'possibly waiting for' : 'waiting for';
  return `${verb} ${clip(withShortPositions(texts, naming), MAX_LENGTH)}`;
}

/** `Promise.all` and what follows; a promise that was resolved with another one waits for that, whatever its kind. */
function splitKind(waitsFor: string): readonly [string, string] {
  for (const kind of ['Promise.all', 'Promise.allSettled', 'Promise.any', 'Promise.race', 'resolve']) {
    if (waitsFor.startsWith(`${kind}: `)) return [kind, waitsFor.slice(kind.length + 2)];
  }
  return ['', waitsFor];
}

/**
 * `Pool` of `Pool <- Array`. In `timer 1000 ms <- callback tick (app.js:9:3) <- Array`, an array has the promise, and the
 * function of the application may only share a scope with it: what calls that function is a guess.
 */
function firstTelling(chain: string, naming: Naming): Telling {
  const holders = chain.split(' <- ');
  const callback = holders.findIndex((holder) => isOwnCallback(holder, naming));
  const inner = callback === -1 ? [] : holders.slice(callback + 1);
  const certain = (inner.length === 0 ? holders : inner).find(isTelling);
  if (certain !== undefined) return { text: certain, isGuess: false };
  return { text: holders.slice(0, Math.max(0, callback)).find(isTelling) ?? '', isGuess: true };
}

function isTelling(holder: string): boolean {
  return !VAGUE.has(holder);
}

function isOwnCallback(holder: string, { root }: Naming): boolean {
  const file = /^callback .*\((.+):\d+:\d+\)$/.exec(holder)?.[1];
  return file !== undefined && ownerOfFile(file, root).kind === 'application';
}

/** Gives files short names: `callback next (undici: lib/pool.js:41)`. */
function withShortPositions(waitsFor: string, naming: Naming): string {
  let text = '';
  let from = 0;
  for (;;) {
    const open = waitsFor.indexOf('(', from);
    const close = open === -1 ? -1 : waitsFor.indexOf(')', open);
    if (close === -1) break;
    const inner = waitsFor.slice(open + 1, close);
    text += `${waitsFor.slice(from, open)}(${shortPosition(inner, naming) ?? inner})`;
    from = close + 1;
  }
  return text + waitsFor.slice(from);
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
