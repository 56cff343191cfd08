import type { SectionValue } from '../report/model';
import { clip, escapeInline, escapeLine, escapeLines } from '../escape';

/** Deeper values cannot come from `toSectionValue`; this guards the stack against other writers. */
const MAX_DEPTH = 32;
const MAX_KEY_LENGTH = 200;

/** How a tree is printed. */
export interface TreeStyle {
  readonly sortKeys: boolean;
}

/**
 * A value as oslo.reports prints it: `key = value`, `key:` above a nested object, arrays one item per line. A string
 * at the top is printed as it is.
 */
export function renderTree(value: SectionValue, style: TreeStyle, indent = ''): readonly string[] {
  const lines: string[] = [];
  new TreePrinter(lines, style).top(value, indent);
  return lines;
}

class TreePrinter {
  private readonly lines: string[];
  private readonly style: TreeStyle;
  private depth = 0;

  constructor(lines: string[], style: TreeStyle) {
    this.lines = lines;
    this.style = style;
  }

  top(value: SectionValue, indent: string): void {
    if (isArray(value)) this.items(value, indent);
    else if (isRecord(value)) this.record(value, indent);
    else this.block(value === '' ? '(empty)' : String(value), indent);
  }

  private record(record: { readonly [key: string]: SectionValue }, indent: string): void {
    const keys = Object.keys(record);
    if (keys.length === 0) this.lines.push(`${indent}(empty)`);
    if (this.style.sortKeys) keys.sort();
    for (const key of keys) this.entry(escapeInline(clip(key, MAX_KEY_LENGTH)), record[key] ?? null, indent);
  }

  private entry(key: string, value: SectionValue, indent: string): void {
    if (isInline(value)) {
      this.lines.push(`${indent}${key} = ${inline(value)}`);
      return;
    }
    this.lines.push(isRecord(value) ? `${indent}${key}:` : `${indent}${key} =`);
    this.nested(value, `${indent}  `);
  }

  private items(items: readonly SectionValue[], indent: string): void {
    if (items.length === 0) this.lines.push(`${indent}(empty)`);
    for (const item of items) {
      if (isInline(item)) {
        this.lines.push(indent + inline(item));
      } else {
        // A dash keeps neighbours apart that take several lines.
        this.lines.push(`${indent}-`);
        this.nested(item, `${indent}  `);
      }
    }
  }

  private nested(value: SectionValue, indent: string): void {
    if (this.depth >= MAX_DEPTH) {
      this.lines.push(`${indent}(deeper levels omitted)`);
      return;
    }
    this.depth++;
    this.top(value, indent);
    this.depth--;
  }

  private block(text: string, indent: string): void {
    for (const line of escapeLines(text)) this.lines.push(line === '' ? '' : indent + line);
  }
}

function isInline(value: SectionValue): boolean {
  if (typeof value === 'string') return !value.includes('\n');
  if (isArray(value)) return value.length === 0;
  return !isRecord(value) || Object.keys(value).length === 0;
}

function inline(value: SectionValue): string {
  if (typeof value === 'string') return value === '' ? '""' : escapeLine(value);
  if (isArray(value)) return '[]';
  return isRecord(value) ? '{}' : String(value);
}

function isArray(value: SectionValue): value is readonly SectionValue[] {
  return Array.isArray(value);
}

function isRecord(value: SectionValue): value is { readonly [key: string]: SectionValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
