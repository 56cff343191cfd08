import type { Frame } from './model';
import { formatPosition, shownName, shownPosition } from './positions';

/** Name as a reader expects it: `new Queue`, `async drain`, `OrderService.total`, `(anonymous)`. */
export function frameName(frame: Frame): string {
  const name = withClass(shownName(frame), frame.className);
  if (frame.kind === 'async') return `async ${name}`;
  return frame.isConstructor ? `new ${name}` : name;
}

/** The name of a method with its class; V8 writes both into the names of some builtins (`Array.map`). */
export function withClass(functionName: string, className: string | null): string {
  const name = functionName === '' ? '(anonymous)' : functionName;
  const isComplete = className === null || className === '' || name.startsWith(`${className}.`);
  return isComplete || name === className ? name : `${className}.${name}`;
}

/** The shown position as `file:line:column`; for wasm the byte offset in hexadecimal; null without file. */
export function framePosition(frame: Frame): string | null {
  if (frame.kind !== 'wasm') return formatPosition(shownPosition(frame));
  if (frame.file === null || frame.column === null) return frame.file;
  return `${frame.file}:0x${frame.column.toString(16)}`;
}

/** Last part of a path or URL, without query. */
export function baseName(file: string): string {
  const query = file.startsWith('file:') ? file.indexOf('?') : -1;
  const path = query === -1 ? file : file.slice(0, query);
  const cut = Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\'));
  return path.slice(cut + 1);
}
