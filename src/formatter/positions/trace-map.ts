import { TraceMap, decodedMappings, traceSegment } from '@jridgewell/trace-mapping';
import { MapBudget } from './budget';
import type { MapSection } from './map-document';
import { scanMappings, type KeptLine, type Segment, type WantedLine } from './scan-mappings';
import { baseOfSources, shownSource } from './source-names';
import { SourceText } from './source-text';

const MAX_SOURCE_LENGTH = 4096;
const MAX_NAME_LENGTH = 1024;
/** In the notation of JSON. A larger file is not one that a person wrote. */
const MAX_CONTENT_LENGTH = 1024 * 1024;

/** A position in generated code, from 0. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** What a segment of the map says. */
export interface Target {
  /** Where in the generated line the segment begins, from 0. */
  readonly generatedColumn: number;
  /** As reports show it; null when the map does not have the source that the segment refers to. */
  readonly file: string | null;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly name: string | null;
  /** The text of the original file; null when the map does not contain it. */
  readonly content: SourceText | null;
}

/** What a source map says about some positions, which were named when it was made. */
export class TracedMap {
  private readonly sections: readonly TracedSection[];

  constructor(
    sections: readonly MapSection[],
    positions: readonly Position[],
    path: string | null,
    budget: MapBudget,
  ) {
    const wanted = new Map<MapSection, Position[]>();
    for (const position of positions) {
      const section = sectionAt(sections, position);
      if (section === undefined) continue;
      const inSection = wanted.get(section);
      if (inSection === undefined) wanted.set(section, [position]);
      else inSection.push(position);
    }
    this.sections = sections.flatMap((section) => {
      const inSection = wanted.get(section);
      return inSection === undefined ? [] : [new TracedSection(section, inSection, path, budget)];
    });
  }

  /** The segment that a position belongs to; null when it belongs to none, or to one without a source. */
  at(position: Position): Target | null {
    return this.sectionAt(position)?.at(position) ?? null;
  }

  /** The segments near a position, in the order of the code. */
  near(position: Position): readonly Target[] {
    return this.sectionAt(position)?.near(position) ?? [];
  }

  /** The segment that begins next after a position in its line; null when there is none, or it has no source. */
  after(position: Position): Target | null {
    return this.sectionAt(position)?.after(position) ?? null;
  }

  /** Largest column that has a segment in the line of this position; -1 when there is none. */
  lastColumn(position: Position): number {
    return this.sectionAt(position)?.lastColumn(position) ?? -1;
  }

  private sectionAt(position: Position): TracedSection | undefined {
    return sectionAt(this.sections, position);
  }
}

/** The last section that begins at or before the position. */
function sectionAt<Section extends Position>(
  sections: readonly Section[],
  { line, column }: Position,
): Section | undefined {
  let [low, high] = [0, sections.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const section = sections[middle] as Section;
    if (section.line < line || (section.line === line && section.column <= column)) low = middle + 1;
    else high = middle;
  }
  return sections[low - 1];
}

/**
 * The part of a section that some positions need, as a map of a few lines that the library can read: line 0 of that map is
 * the first wanted line, and so on.
 */
class TracedSection implements Position {
  readonly line: number;
  readonly column: number;
  private readonly lines: readonly number[];
  private readonly kept: readonly KeptLine[];
  private readonly map: TraceMap;
  private readonly files: readonly (string | null)[];
  private readonly contents: readonly (SourceText | null)[];

  constructor(section: MapSection, positions: readonly Position[], path: string | null, budget: MapBudget) {
    this.line = section.line;
    this.column = section.column;
    const wanted = wantedLines(positions.map((position) => this.inSection(position)));
    this.lines = wanted.map(({ line }) => line);
    this.kept = scanMappings(section.mappings, wanted, budget);

    const { json } = section;
    const sources = new Numbering();
    const names = new Numbering();
    const mappings = this.kept.map(({ segments }) =>
      segments.map((segment) => renumbered(segment, sources, names)),
    );
    const sourceNames = json.pick(section.sources, sources.numbered, MAX_SOURCE_LENGTH);
    const contents = json.pick(section.contents, sources.numbered, MAX_CONTENT_LENGTH);
    const nameTexts = json.pick(section.names, names.numbered, MAX_NAME_LENGTH);
    const sourceList = sources.list(sourceNames);
    this.map = new TraceMap(
      {
        version: 3,
        sources: sourceList,
        ...(section.sourceRoot === null ? {} : { sourceRoot: section.sourceRoot }),
        names: names.list(nameTexts).map((name) => name ?? ''),
        mappings,
      },
      path === null ? undefined : baseOfSources(path),
    );
    this.files = sourceList.map((source, index) =>
      source === null ? null : shownSource(this.map.resolvedSources[index] ?? source),
    );
    this.contents = sources.list(contents).map((text) => (text === null ? null : new SourceText(text)));
  }

  at(position: Position): Target | null {
    const { line, column } = this.inSection(position);
    const index = this.lines.indexOf(line);
    const segment = index === -1 ? null : traceSegment(this.map, index, column);
    return segment === null ? null : this.toTarget(segment, this.shift(position));
  }

  near(position: Position): readonly Target[] {
    const index = this.lines.indexOf(this.inSection(position).line);
    const segments = decodedMappings(this.map)[index] ?? [];
    return segments.flatMap((segment) => this.toTarget(segment, this.shift(position)) ?? []);
  }

  after(position: Position): Target | null {
    const { line, column } = this.inSection(position);
    const segments = decodedMappings(this.map)[this.lines.indexOf(line)] ?? [];
    const next = segments.find((segment) => segment[0] > column);
    return next === undefined ? null : this.toTarget(next, this.shift(position));
  }

  lastColumn(position: Position): number {
    const index = this.lines.indexOf(this.inSection(position).line);
    const last = this.kept[index]?.lastColumn ?? -1;
    return last === -1 ? -1 : last + this.shift(position);
  }

  private inSection({ line, column }: Position): Position {
    return { line: line - this.line, column: line === this.line ? column - this.column : column };
  }

  /** Shift of the columns in the section's first line. */
  private shift({ line }: Position): number {
    return line === this.line ? this.column : 0;
  }

  private toTarget(segment: Readonly<Segment>, shift: number): Target | null {
    if (segment.length === 1) return null;
    const [column, source, line, originalColumn, name] = segment;
    return {
      generatedColumn: column + shift,
      file: this.files[source] ?? null,
      line: line + 1,
      column: originalColumn + 1,
      name: name === undefined ? null : this.map.names[name] || null,
      content: this.contents[source] ?? null,
    };
  }
}

function wantedLines(positions: readonly Position[]): WantedLine[] {
  const lines = new Map<number, Set<number>>();
  for (const { line, column } of positions) {
    const columns = lines.get(line);
    if (columns === undefined) lines.set(line, new Set([column]));
    else columns.add(column);
  }
  return [...lines]
    .sort(([a], [b]) => a - b)
    .map(([line, columns]) => ({ line, columns: [...columns].sort((a, b) => a - b) }));
}

/** Numbers the few entries of a long table that are in use. */
class Numbering {
  private readonly numbers = new Map<number, number>();

  get numbered(): ReadonlySet<number> {
    return new Set(this.numbers.keys());
  }

  numberOf(index: number): number {
    const known = this.numbers.get(index);
    if (known !== undefined) return known;
    this.numbers.set(index, this.numbers.size);
    return this.numbers.size - 1;
  }

  /** The strings in the order of the numbers; null for what is no string. */
  list(values: ReadonlyMap<number, unknown>): (string | null)[] {
    return [...this.numbers.keys()].map((index) => {
      const value = values.get(index);
      return typeof value === 'string' ? value : null;
    });
  }
}

function renumbered(segment: Segment, sources: Numbering, names: Numbering): Segment {
  if (segment.length === 1) return segment;
  const [column, source, line, originalColumn, name] = segment;
  const number = sources.numberOf(source);
  return name === undefined
    ? [column, number, line, originalColumn]
    : [column, number, line, originalColumn, names.numberOf(name)];
}
