import { MapBudget, MapFailure, MISFIT_REASON, UNREADABLE_REASON } from './budget';

/** Generated column, index of the source, original line and column, index of the name: all from 0. */
export type Segment = [number] | [number, number, number, number] | [number, number, number, number, number];

/** Columns of one generated line around which segments are kept; from 0, in ascending order, without repetition. */
export interface WantedLine {
  readonly line: number;
  readonly columns: readonly number[];
}

/** What was kept of one line. */
export interface KeptLine {
  /** In ascending order of their generated columns. */
  readonly segments: readonly Segment[];
  /** Largest generated column in the line; -1 when it has no segment. */
  readonly lastColumn: number;
}

/** The `mappings` of a source map, within a larger text. */
export interface MappingsText {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** Segments that are kept on either side of a wanted column, besides the nearest one before: for comparing with text. */
const WINDOW = 100;
/** A line has one segment per column at most, unless it is made to harm. */
const MAX_KEPT_PER_COLUMN = 3 * WINDOW;
/** Between two looks at the clock. */
const CHARACTERS_AT_ONCE = 65_536;

const SEMICOLON = 0x3b;
const COMMA = 0x2c;
const CONTINUES = 32;
const INVALID = 64;
/** Of the last digit of a number of 32 bits. */
const MAX_SHIFT = 30;

/** The value of each character of base 64. */
const VALUES: Uint8Array = new Uint8Array(128).fill(INVALID);
const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
for (let value = 0; value < DIGITS.length; value++) VALUES[DIGITS.charCodeAt(value)] = value;

/**
 * Reads the `mappings` of a source map, and keeps the segments that decide what the wanted columns map to, and those near
 * them. The map of a large bundle has millions of segments: decoded as arrays, as libraries do it, they would take some
 * hundred megabytes.
 */
export function scanMappings(
  mappings: MappingsText,
  wanted: readonly WantedLine[],
  budget: MapBudget,
): readonly KeptLine[] {
  const reader = new Reader(mappings, budget);
  return wanted.map(({ line, columns }) => {
    const collector = new Collector(columns);
    let stop = collector.stopAfter(-1);
    while (reader.readTo(line, stop)) {
      collector.add(reader.passed);
      collector.add(reader.segment);
      stop = reader.isInOrder ? collector.stopAfter(reader.segment.column) : -1;
    }
    collector.add(reader.passed);
    return collector.finish();
  });
}

/** What a segment says. What it does not have is what the one before has. */
class Fields {
  /** How many it has; 0: there is no segment. */
  count = 0;
  column = 0;
  source = 0;
  originalLine = 0;
  originalColumn = 0;
  name = 0;

  /** Changes the field with this index. */
  move(index: number, delta: number): void {
    if (index === 0) this.column += delta;
    else if (index === 1) this.source += delta;
    else if (index === 2) this.originalLine += delta;
    else if (index === 3) this.originalColumn += delta;
    else if (index === 4) this.name += delta;
    else throw new MapFailure(UNREADABLE_REASON);
  }

  copy(other: Fields): void {
    this.count = other.count;
    this.column = other.column;
    this.source = other.source;
    this.originalLine = other.originalLine;
    this.originalColumn = other.originalColumn;
    this.name = other.name;
  }
}

/** Reads one segment after the other, without allocating memory. */
class Reader {
  /** The segment that was read last. */
  readonly segment: Fields = new Fields();
  /** The last one before it in its line that was not requested. */
  readonly passed: Fields = new Fields();
  /** False when the columns of the line do not ascend. */
  isInOrder = true;
  private line = 0;
  private previousColumn = 0;
  private at: number;
  private readonly mappings: MappingsText;
  private readonly budget: MapBudget;

  constructor(mappings: MappingsText, budget: MapBudget) {
    this.mappings = mappings;
    this.at = mappings.from;
    this.budget = budget;
  }

  /**
   * Reads up to the next segment of this line whose column is at least `stop`, or less than that of the one before. Returns
   * false when the line has ended.
   */
  readTo(line: number, stop: number): boolean {
    this.passed.count = 0;
    for (;;) {
      if (this.readSome(line, stop, Math.min(this.at + CHARACTERS_AT_ONCE, this.mappings.to))) return true;
      if (this.line > line || this.at > this.mappings.to) return false;
      this.budget.check();
    }
  }

  /** This loop takes most of the time that a large map needs, so it does as little as can be for each character. */
  private readSome(wantedLine: number, stop: number, limit: number): boolean {
    const { segment } = this;
    const { text, to } = this.mappings;
    let { at } = this;
    let count = 0;
    let value = 0;
    let shift = 0;
    let isFound = false;
    for (;;) {
      // What is behind the mappings is no digit.
      const code = text.charCodeAt(at);
      const digit = code < 128 ? (VALUES[code] as number) : INVALID;
      at += 1;
      if (digit < CONTINUES) {
        value |= digit << shift;
        const delta = (value & 1) === 0 ? value >>> 1 : -(value >>> 1);
        segment.move(count, delta);
        count += 1;
        value = 0;
        shift = 0;
      } else if (digit < INVALID) {
        value |= (digit - CONTINUES) << shift;
        shift += 5;
        if (shift > MAX_SHIFT) throw new MapFailure(UNREADABLE_REASON);
      } else {
        if (shift !== 0 || (at <= to && code !== COMMA && code !== SEMICOLON)) {
          throw new MapFailure(UNREADABLE_REASON);
        }
        isFound = count !== 0 && this.endSegment(count, wantedLine, stop);
        if (isFound) break;
        count = 0;
        if (code !== COMMA) this.endLine();
        if (this.line > wantedLine || at > limit) break;
      }
    }
    // When the end of a segment is read again, a line that ends there ends.
    this.at = isFound ? at - 1 : at;
    return isFound;
  }

  /** True when this segment is the one that was requested. */
  private endSegment(count: number, wantedLine: number, stop: number): boolean {
    const { segment, passed } = this;
    const { column, source, originalLine, originalColumn, name } = segment;
    if (count !== 4 && count !== 5 && count !== 1) throw new MapFailure(UNREADABLE_REASON);
    // One negative number makes the whole negative.
    if ((column | source | originalLine | originalColumn | name) < 0) throw new MapFailure(MISFIT_REASON);
    if (this.line !== wantedLine) return false;
    segment.count = count;
    if (column < this.previousColumn) this.isInOrder = false;
    this.previousColumn = column;
    if (column >= stop || !this.isInOrder) return true;
    passed.copy(segment);
    return false;
  }

  private endLine(): void {
    this.line += 1;
    this.segment.column = 0;
    this.previousColumn = 0;
    this.isInOrder = true;
  }
}

/**
 * Keeps, of one line, the segments near the wanted columns, and between these neighbourhoods the last segment: that is
 * the one that the column behind it maps to when there is none nearer. Segments need not be in order.
 */
class Collector {
  private readonly starts: number[] = [];
  private readonly ends: number[] = [];
  private readonly near: Segment[] = [];
  /** The last segment in the gap before each neighbourhood. */
  private readonly gaps: (Fields | undefined)[] = [];
  private readonly maxKept: number;
  private lastColumn = -1;
  /** The first neighbourhood that ends behind the column before; mostly the right one for the next column as well. */
  private current = 0;

  constructor(columns: readonly number[]) {
    for (const column of columns) {
      const last = this.ends.length - 1;
      if (last >= 0 && column - WINDOW <= (this.ends[last] as number)) this.ends[last] = column + WINDOW;
      else {
        this.starts.push(column - WINDOW);
        this.ends.push(column + WINDOW);
      }
    }
    this.maxKept = MAX_KEPT_PER_COLUMN * columns.length;
  }

  /** The column from which on segments are of interest, after one at this column. */
  stopAfter(column: number): number {
    const { starts, ends } = this;
    let index = this.current;
    while (index < ends.length && column > (ends[index] as number)) index += 1;
    const start = starts[index];
    if (start === undefined) return Infinity;
    return column >= start ? -1 : start;
  }

  add(segment: Fields): void {
    if (segment.count === 0) return;
    const { starts, ends } = this;
    const { column } = segment;
    if (column > this.lastColumn) this.lastColumn = column;
    let index = this.current;
    while (index < ends.length && column > (ends[index] as number)) index += 1;
    while (index > 0 && column <= (ends[index - 1] as number)) index -= 1;
    this.current = index;
    if (index === ends.length) return;
    if (column < (starts[index] as number)) {
      this.addToGap(index, segment);
      return;
    }
    if (this.near.length >= this.maxKept) throw new MapFailure(MISFIT_REASON);
    this.near.push(toSegment(segment));
  }

  private addToGap(index: number, segment: Fields): void {
    const gap = (this.gaps[index] ??= new Fields());
    // Of several segments at one column, the last one counts for what is behind them.
    if (gap.count === 0 || segment.column >= gap.column) gap.copy(segment);
  }

  finish(): KeptLine {
    const segments = [...this.near, ...this.gaps.filter((gap) => gap !== undefined).map(toSegment)];
    segments.sort((a, b) => a[0] - b[0]);
    return { segments, lastColumn: this.lastColumn };
  }
}

function toSegment({ count, column, source, originalLine, originalColumn, name }: Fields): Segment {
  if (count === 1) return [column];
  return count === 4
    ? [column, source, originalLine, originalColumn]
    : [column, source, originalLine, originalColumn, name];
}
