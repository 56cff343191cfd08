import { isRegExp } from '../kinds';
/** Bytes or elements of a binary value that are shown. */
const MAX_SHOWN_ELEMENTS = 16;
/** Printing a BigInt takes more than linear time, so huge ones are only described. */
const HUGE_BIGINT = 1n << 1024n;

/** `[threw: message]` for anything that can be thrown, without trusting it. */
export function describeThrown(error: unknown): string {
  return `[threw: ${messageOf(error)}]`;
}

/** The built-in tag (`Map`, `Date`, ...) of an object; the user may lie about it, so every use of it must be checked. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** A short text for values that have no data of their own, and for keys of Maps. */
export function labelOf(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value;
    case 'bigint':
      return value < HUGE_BIGINT && value > -HUGE_BIGINT ? `${value}n` : '[BigInt of more than 1024 bits]';
    case 'function':
      return functionLabel(value);
    case 'object':
      return value === null ? 'null' : `[${className(value)}]`;
    default:
      return String(value);
  }
}

/**
 * One line for built-in objects that are better shown than taken apart; null for everything else.
 * Throws where the object lies about its kind in a way that cannot be seen before.
 */
export function describeBuiltin(value: object, tag: string): string | null {
  if (ArrayBuffer.isView(value)) return describeView(value, tag);
  switch (tag) {
    case 'Date':
      return hasDateBrand(value) ? describeDate(value as Date) : null;
    case 'RegExp':
      return isRegExp(value) ? RegExp.prototype.toString.call(value) : null;
    case 'Number':
    case 'Boolean':
    case 'String':
    case 'Symbol':
    case 'BigInt':
      return describeBoxed(value);
    case 'URL':
      return textProperty(value, 'href');
    case 'ArrayBuffer':
    case 'SharedArrayBuffer':
      return describeBuffer(value as ArrayBuffer, tag);
    default:
      return null;
  }
}

function messageOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return labelOf(error).slice(0, 500);
    const message = textProperty(error, 'message');
    return message === null ? labelOf(error) : message.slice(0, 500);
  } catch {
    return 'something that cannot be printed';
  }
}

function functionLabel(value: object): string {
  try {
    const name = textProperty(value, 'name');
    return name === null || name === '' ? '[function]' : `[function ${name.slice(0, 200)}]`;
  } catch {
    return '[function]';
  }
}

function className(value: object): string {
  try {
    if (Array.isArray(value)) return `Array of ${value.length}`;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null) return 'Object';
    const constructor: unknown = (prototype as { constructor?: unknown }).constructor;
    const name = typeof constructor === 'function' ? textProperty(constructor, 'name') : null;
    return name === null || name === '' ? 'Object' : name.slice(0, 200);
  } catch {
    return 'Object';
  }
}

function textProperty(value: object, key: string): string | null {
  const text = (value as Record<string, unknown>)[key];
  return typeof text === 'string' ? text : null;
}

/** True for dates of other contexts too. */
function hasDateBrand(value: object): boolean {
  try {
    Date.prototype.getTime.call(value as Date);
    return true;
  } catch {
    return false;
  }
}

function describeDate(value: Date): string {
  const time = Date.prototype.getTime.call(value);
  return Number.isNaN(time) ? 'Invalid Date' : Date.prototype.toISOString.call(value);
}

function describeBoxed(value: object): string | null {
  for (const { prototype } of [Number, Boolean, String, Symbol, BigInt]) {
    try {
      return labelOf((prototype.valueOf as (this: unknown) => unknown).call(value));
    } catch {
      // Not of this kind: the next one may know it.
    }
  }
  return null;
}

function describeView(view: ArrayBufferView, tag: string): string {
  if (tag === 'DataView' || !('length' in view)) return `[DataView of ${view.byteLength} bytes]`;
  const elements = view as unknown as ArrayLike<number | bigint>;
  const isBuffer = tag === 'Uint8Array' && className(view) === 'Buffer';
  const count = Math.min(elements.length, MAX_SHOWN_ELEMENTS);
  const shown: string[] = [];
  for (let index = 0; index < count; index++) {
    const element = elements[index] ?? 0;
    shown.push(isBuffer ? element.toString(16).padStart(2, '0') : String(element));
  }
  const name = isBuffer ? `Buffer of ${elements.length} bytes` : `${tag} of ${elements.length}`;
  if (count === 0) return `[${name}]`;
  return `[${name}: ${shown.join(' ')}${elements.length > count ? ' ...' : ''}]`;
}

function describeBuffer(buffer: ArrayBuffer, tag: string): string | null {
  return typeof buffer.byteLength === 'number' ? `[${tag} of ${buffer.byteLength} bytes]` : null;
}
