import { ownerOfFile } from '../code-owner';
import type { IsolateThread, Trigger } from '../model';
import type { Naming } from './place';
import { describeOwnCode } from './where';

type FatalTrigger = Extract<Trigger, { readonly kind: 'fatal' }>;

/** The first line of a message and its stack. */
export function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end === -1 ? text : text.slice(0, end);
}

/** Why the process ends, and which function of the application was running then. */
export function describeFatal(
  { error }: FatalTrigger,
  isolates: readonly IsolateThread[],
  naming: Naming,
): readonly string[] {
  const thrown = thrownAt(error, naming);
  const sentences = [
    `The process is about to end: ${firstLine(error)}${thrown === null ? '' : `, thrown ${thrown}`}.`,
  ];
  // An exception has left the functions that its stack names; what runs now is what reports it.
  if (firstLine(error) !== error) return sentences;
  const main = isolates.find(({ kind }) => kind === 'main');
  const frames = main?.stack.status === 'captured' ? main.stack.frames : [];
  const where = describeOwnCode(frames, naming);
  if (where !== '') sentences.push(`main thread: was running ${where}.`);
  return sentences;
}

/** `in handler (app.js:12)`: the first line of the application in the stack of an error; null when there is none. */
function thrownAt(error: string, naming: Naming): string | null {
  for (const line of error.split('\n').slice(1)) {
    const frame = parseStackLine(line);
    if (frame === null || ownerOfFile(frame.file, naming.root).kind !== 'application') continue;
    const position = `${naming.files.shortName(frame.file)}:${frame.line}`;
    return frame.name === '' ? `at ${position}` : `in ${frame.name} (${position})`;
  }
  return null;
}

const PREFIX = '    at ';

/** `    at Cart.total (/srv/app/cart.js:6:30)` or `    at /srv/app/cart.js:6:30`, as V8 prints frames. */
function parseStackLine(
  text: string,
): { readonly name: string; readonly file: string; readonly line: string } | null {
  if (!text.startsWith(PREFIX)) return null;
  const rest = text.slice(PREFIX.length);
  const open = rest.endsWith(')') ? rest.lastIndexOf(' (') : -1;
  const position = open === -1 ? rest : rest.slice(open + 2, -1);
  const [file, line] = splitPosition(position);
  if (file === '' || line === '') return null;
  const name = open === -1 ? '' : withoutAlias(rest.slice(0, open));
  return { name: name === 'Object.<anonymous>' || name === '<anonymous>' ? '' : name, file, line };
}

function splitPosition(position: string): readonly [string, string] {
  const columnAt = position.lastIndexOf(':');
  const lineAt = position.lastIndexOf(':', columnAt - 1);
  if (lineAt < 1) return ['', ''];
  const file = position.slice(0, lineAt);
  return [
    file.startsWith('async ') ? file.slice('async '.length) : file,
    position.slice(lineAt + 1, columnAt),
  ];
}

/** V8 adds the name of the property when it is not that of the function: `Cart.total [as sum]`. */
function withoutAlias(name: string): string {
  const at = name.indexOf(' [as ');
  const own = at === -1 ? name : name.slice(0, at);
  return own.startsWith('async ') ? own.slice('async '.length) : own;
}
