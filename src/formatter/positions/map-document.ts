import { MapBudget, MapFailure, UNREADABLE_REASON } from './budget';
import type { FoundMap } from './find-map';
import { JsonText, type Range } from './json-text';
import type { MappingsText } from './scan-mappings';

/** One source map, or one section of an index map: where its parts are. */
export interface MapSection {
  /** Where in the generated code it begins; from 0. */
  readonly line: number;
  readonly column: number;
  readonly json: JsonText;
  readonly mappings: MappingsText;
  readonly sources: Range;
  readonly sourceRoot: string | null;
  readonly names: Range | undefined;
  readonly contents: Range | undefined;
}

const MAX_SECTIONS = 10_000;
/** `{"line":1000000,"column":1000000}`, generously. */
const MAX_OFFSET_LENGTH = 200;
const MAX_ROOT_LENGTH = 4096;
const MAX_VERSION_LENGTH = 20;
/** Mappings in which an encoder has escaped something are copied. */
const MAX_ESCAPED_MAPPINGS_LENGTH = 4 * 1024 * 1024;

const MEMBERS: ReadonlySet<string> = new Set([
  'mappings',
  'names',
  'sections',
  'sourceRoot',
  'sources',
  'sourcesContent',
  'version',
]);
const SECTION_MEMBERS: ReadonlySet<string> = new Set(['map', 'offset']);

/** The parts of a source map, in the order of the code. Throws {@link MapFailure}. */
export function openMap({ bytes: text }: FoundMap, budget: MapBudget): readonly MapSection[] {
  const json = new JsonText(text, budget);
  const whole = { from: startOfJson(text), to: text.length };
  const members = json.members(whole, MEMBERS);
  const sections = members.get('sections');
  if (sections === undefined) return [toSection(json, members, 0, 0)];
  const found: MapSection[] = [];
  json.elements(sections, (index, element) => {
    if (index >= MAX_SECTIONS) throw new MapFailure(UNREADABLE_REASON);
    found.push(openSection(json, element));
    return true;
  });
  return found.sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Behind a byte order mark, and the line that some servers write before JSON. */
function startOfJson(text: string): number {
  const from = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  return text.startsWith(')]}', from) ? Math.max(from, text.indexOf('\n', from)) : from;
}

function openSection(json: JsonText, section: Range): MapSection {
  const members = json.members(section, SECTION_MEMBERS);
  const map = members.get('map');
  const offset = members.get('offset');
  // Maps that are elsewhere (`url`) and sections in sections are not in use.
  if (map === undefined || offset === undefined) throw new MapFailure(UNREADABLE_REASON);
  const { line, column } = (json.value(offset, MAX_OFFSET_LENGTH) ?? {}) as {
    line?: unknown;
    column?: unknown;
  };
  if (!isIndex(line) || !isIndex(column)) throw new MapFailure(UNREADABLE_REASON);
  return toSection(json, json.members(map, MEMBERS), line, column);
}

function toSection(
  json: JsonText,
  members: ReadonlyMap<string, Range>,
  line: number,
  column: number,
): MapSection {
  const version = members.get('version');
  const sources = members.get('sources');
  const mappings = members.get('mappings');
  if (version === undefined || sources === undefined || mappings === undefined)
    throw new MapFailure(UNREADABLE_REASON);
  if (Number(json.value(version, MAX_VERSION_LENGTH)) !== 3) throw new MapFailure(UNREADABLE_REASON);
  return {
    line,
    column,
    json,
    mappings: mappingsText(json, mappings),
    sources,
    sourceRoot: stringOrNull(json, members.get('sourceRoot')),
    names: arrayOrNone(json, members.get('names')),
    contents: arrayOrNone(json, members.get('sourcesContent')),
  };
}

/** They are read where they are, unless an encoder escapes what it need not. */
function mappingsText(json: JsonText, range: Range): MappingsText {
  const { text } = json;
  if (text[range.from] !== '"') throw new MapFailure(UNREADABLE_REASON);
  if (!text.slice(range.from, range.to).includes('\\')) {
    return { text, from: range.from + 1, to: range.to - 1 };
  }
  const mappings = json.value(range, MAX_ESCAPED_MAPPINGS_LENGTH) as string;
  return { text: mappings, from: 0, to: mappings.length };
}

function stringOrNull(json: JsonText, range: Range | undefined): string | null {
  if (range === undefined) return null;
  const value = json.value(range, MAX_ROOT_LENGTH);
  return typeof value === 'string' ? value : null;
}

function arrayOrNone(json: JsonText, range: Range | undefined): Range | undefined {
  return range !== undefined && json.text[range.from] === '[' ? range : undefined;
}

function isIndex(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
