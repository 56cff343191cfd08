import type { ThreadBlock } from './report-text';

/** A call site of an Error, as `fixtures/truth-service.cjs` writes it down. */
export interface CallSite {
  readonly functionName: string;
  /** Empty for evaluated code without a name. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly isConstructor: boolean;
  readonly isEval: boolean;
  /** A function of V8 itself, for example `map`. */
  readonly isNative: boolean;
  readonly isAsync: boolean;
  /** Class of the receiver as V8 prints it; null for functions that are no methods, and for constructors. */
  readonly typeName: string | null;
}

/** A JavaScript frame as the text report prints it. */
export interface PrintedFrame {
  /** With `new` or `async`, as printed. */
  readonly name: string;
  /** What is in the parentheses: `file:line:column`, `<builtin>`, `[eval]`... */
  readonly place: string;
  /** False when the report itself says that it does not know the position. */
  readonly isSure: boolean;
  readonly isWasm: boolean;
  /** V8 11 and 12 do not tell the class of a static method, so the report may name any. */
  readonly hasAnyClass?: boolean;
}

/** How one stack of a report compares with the truth. */
export interface Verdict {
  /** As the state line says: `by interrupt`, `while blocked`, `while held`; empty when there is no stack. */
  readonly method: string;
  /** Frames of the user's code, in the truth. */
  readonly frames: number;
  /** Those whose position is reported, and right. */
  readonly exact: number;
  /** One sentence each; empty when everything that the report says is true, and nothing is missing. */
  readonly problems: readonly string[];
  /** Whether all is right but the position in the innermost function: a loop, between two of its calls. */
  readonly isBetweenCalls: boolean;
  /** Whether names lack only their class: the time for reading that, while a thread is stopped, is limited. */
  readonly lacksClasses: boolean;
}

/** What can be known beforehand about a comparison. */
export interface Expectation {
  /** The innermost function is entered and left all the time: it may be missing, and be at any of its positions. */
  readonly innermostIsBrief?: boolean;
}

/** Behind a position in a string that was evaluated, which is that of the code that runs all the same. */
const IN_STRING = ', position in generated code: it was made from a string';
const DOUBTS = [', start of the function', ', approximately'];
/** Lines of a block that are no frames. */
const NO_FRAME =
  /^ {2}(?:\*\*\*|\.\.\.|\((?!anonymous\))|(?:state|entry|limits|heap|note): |No JavaScript|no stack|The event )/;

/** The JavaScript frames of a block, in printed order. */
export function printedFrames(block: ThreadBlock): PrintedFrame[] {
  return block.body.split('\n').flatMap((line) => parseFrame(line) ?? []);
}

function parseFrame(line: string): PrintedFrame | undefined {
  if (!/^ {2}\S/.test(line) || NO_FRAME.test(line)) return undefined;
  const mark = /\)( \[(?:wasm|eval)\])?$/.exec(line);
  const open = line.lastIndexOf(' (');
  // Native frames have their module behind spaces, without parentheses.
  if (mark === null || open === -1) return undefined;
  const inside = line.slice(open + 2, mark.index).replace(IN_STRING, '');
  const doubt = DOUBTS.find((text) => inside.endsWith(text));
  return {
    name: line.slice(2, open),
    place: doubt === undefined ? inside : inside.slice(0, -doubt.length),
    isSure: doubt === undefined,
    isWasm: mark[1] === ' [wasm]' || inside.startsWith('wasm:'),
  };
}

const UNTOLD_CLASS = 'Function';

/** The class with a period; empty when V8 or the report prints none. */
function classOf({ functionName, typeName }: CallSite): string {
  if (typeName === UNTOLD_CLASS) return '';
  return typeName === null || typeName === 'Object' || functionName.startsWith(typeName)
    ? ''
    : `${typeName}.`;
}

/** How the report prints this call site. */
function asPrinted(site: CallSite): PrintedFrame {
  const name = classOf(site) + (site.functionName === '' ? '(anonymous)' : site.functionName);
  const prefix = site.isAsync ? 'async ' : site.isConstructor ? 'new ' : '';
  const file = site.file === '' && site.isEval ? '[eval]' : site.file;
  return {
    name: `${prefix}${name}`,
    place: file === '' ? '<no file>' : `${file}:${site.line}:${site.column}`,
    isSure: true,
    isWasm: site.file.startsWith('wasm:'),
    hasAnyClass: site.typeName === UNTOLD_CLASS,
  };
}

function isUserFrame({ place, isWasm }: PrintedFrame): boolean {
  return !isWasm && place !== '<builtin>' && !place.startsWith('node:');
}

function fileOf(place: string): string {
  return place.replace(/(?::\d+)*$/, '');
}

/** The frames of `got`, with the classes that their names lack. */
function withClassesOf(wanted: readonly PrintedFrame[], got: readonly PrintedFrame[]): PrintedFrame[] {
  return got.map((frame, index) => {
    const name = wanted[index]?.name ?? '';
    return name.endsWith(`.${frame.name}`) ? { ...frame, name } : frame;
  });
}

/** Holds a block against the call sites that were recorded at the same place. */
export function compareWithTruth(
  block: ThreadBlock,
  sites: readonly CallSite[],
  { innermostIsBrief = false }: Expectation = {},
): Verdict {
  const method =
    /(?:captured|read from memory) (by interrupt|while blocked|while held|late)/.exec(block.body)?.[1] ?? '';
  const printed = printedFrames(block);
  const isAsync = (frame: PrintedFrame): boolean => frame.name.startsWith('async ');
  const got = printed.filter((frame) => isUserFrame(frame) && !isAsync(frame));
  const all = sites
    .filter((site) => !site.isAsync && !site.isNative)
    .map(asPrinted)
    .filter(isUserFrame);
  // What is brief is never counted.
  const brief = innermostIsBrief ? all.slice(0, 1) : [];
  const wanted = all.slice(brief.length);
  if (brief.length > 0 && shapeOf(got[0]) === shapeOf(brief[0])) got.shift();
  got.forEach((frame, index) => {
    if (wanted[index]?.hasAnyClass === true)
      got[index] = { ...frame, name: frame.name.replace(/^[^. ]+\./, '') };
  });
  const shape = compareShape(wanted, got);
  const wrong = shape.length > 0 ? [] : wrongPlaces(wanted, got);
  const unsure = got.filter((frame) => !frame.isSure).length;
  const others = method === 'by interrupt' ? [] : compareBuiltins(printed, sites);
  const asyncProblems = compareAsync(
    printed.filter((frame) => isAsync(frame) && isUserFrame(frame)),
    sites.filter((site) => site.isAsync && !site.isNative).map(asPrinted),
    method !== 'by interrupt' || block.body.includes('(async callers not known'),
  );
  return {
    method,
    frames: wanted.length,
    exact: shape.length > 0 ? 0 : wanted.length - wrong.length - unsure,
    problems: [...shape, ...wrong.map(({ text }) => text), ...others, ...asyncProblems],
    isBetweenCalls: wrong.length === 1 && wrong[0]?.index === 0,
    lacksClasses: shape.length > 0 && compareShape(wanted, withClassesOf(wanted, got)).length === 0,
  };
}

function shapeOf(frame: PrintedFrame | undefined): string {
  return frame === undefined ? 'nothing' : `${frame.name} (${fileOf(frame.place)})`;
}

/** Functions and files, in order. */
function compareShape(wanted: readonly PrintedFrame[], got: readonly PrintedFrame[]): string[] {
  const length = Math.max(wanted.length, got.length);
  for (let index = 0; index < length; index += 1) {
    if (shapeOf(wanted[index]) === shapeOf(got[index])) continue;
    const counts = wanted.length === got.length ? '' : `, ${got.length} of ${wanted.length} frames`;
    return [`frame ${index} is ${shapeOf(got[index])} instead of ${shapeOf(wanted[index])}${counts}`];
  }
  return [];
}

/** Positions that the report is sure of, and that are not those of the truth. */
function wrongPlaces(
  wanted: readonly PrintedFrame[],
  got: readonly PrintedFrame[],
): { readonly index: number; readonly text: string }[] {
  return got.flatMap((frame, index) => {
    const place = wanted[index]?.place ?? '';
    if (frame.place === place || !frame.isSure) return [];
    return [{ index, text: `frame ${index}, ${frame.name}, is at ${frame.place} instead of ${place}` }];
  });
}

/** Functions of V8 below the call that blocks. That call itself may be one: it is on top, and not in the truth. */
function compareBuiltins(printed: readonly PrintedFrame[], sites: readonly CallSite[]): string[] {
  const wanted = sites.filter((site) => site.isNative && !site.isAsync).map((site) => site.functionName);
  const all = printed.filter((frame) => frame.place === '<builtin>');
  const got = all.map((frame) => frame.name.replace(/^new /, '').replace(/^.*\./, ''));
  const below = wanted.length === 0 ? [] : got.slice(-wanted.length);
  if (String(below) === String(wanted)) return [];
  return [`builtins are [${got.join(', ')}] instead of [${wanted.join(', ')}]`];
}

/** Functions that wait for this stack. A capture that does not ask V8 may not know them; but none may be wrong. */
function compareAsync(
  got: readonly PrintedFrame[],
  wanted: readonly PrintedFrame[],
  mayBeUnknown: boolean,
): string[] {
  if (got.length === 0 && mayBeUnknown) return [];
  const text = (frames: readonly PrintedFrame[]): string =>
    frames.map(({ name, place }) => `${name} (${place})`).join(', ');
  if (text(got) === text(wanted)) return [];
  return [`async callers are [${text(got)}] instead of [${text(wanted)}]`];
}
