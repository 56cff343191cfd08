import { build, type BuildOptions } from 'esbuild';
import type { Place, Resolution, SourceHost, UnresolvedScript } from '../../src/formatter/positions/script';
import { requireLib } from './lib';

const { resolvePlaces } = requireLib(
  'formatter/positions/resolve',
) as typeof import('../../src/formatter/positions/resolve');
const { excerptOf } = requireLib(
  'formatter/positions/source-text',
) as typeof import('../../src/formatter/positions/source-text');

/** Files in memory, by path; with a time of change, or of the year 1970. */
export type Files = Readonly<
  Record<string, string | { readonly text: string; readonly changedAtMs: number }>
>;

const textOf = (file: Files[string] | undefined): string | undefined =>
  typeof file === 'object' ? file.text : file;

/** A host with these files, and a clock that stands still. */
export function hostWith(files: Files, more: Partial<SourceHost> = {}): SourceHost {
  const bytesOf = (path: string): Buffer | null => {
    const text = textOf(files[path]);
    return text === undefined ? null : Buffer.from(text);
  };
  return {
    readTextFile: (path, maxBytes) => limited(bytesOf(path), maxBytes)?.toString('utf8') ?? null,
    readBytes: (path, maxBytes) => limited(bytesOf(path), maxBytes)?.toString('latin1') ?? null,
    fileSize: (path) => bytesOf(path)?.length ?? null,
    modifiedAtMs: (path) => {
      const file = files[path];
      return typeof file === 'object' ? file.changedAtMs : file === undefined ? null : 0;
    },
    nowMs: () => 1_000_000,
    cpuMs: () => 0,
    noMaps: null,
    inlineMap: () => null,
    ...more,
  };
}

function limited(bytes: Buffer | null, maxBytes: number): Buffer | null {
  return bytes === null || bytes.length > maxBytes ? null : bytes;
}

/** Code as V8 runs it. */
export interface Running {
  readonly file: string;
  readonly code: string;
  readonly mapUrl?: string | null;
  readonly hasLongMap?: boolean;
  readonly isEval?: boolean;
}

/** Which place of the code: where `at` is in it, in a function whose parameters begin at `start`. */
export interface Wanted {
  readonly at: string;
  readonly name?: string;
  readonly start?: string;
}

/** What the reporter thread would write about a place. */
export function placeIn(code: string, { at, name = '', start }: Wanted): Place {
  const position = positionOf(code, code.indexOf(at));
  const line = code.split('\n')[position.line - 1] ?? '';
  return {
    functionName: name,
    ...position,
    source: excerptOf(line, position.column),
    functionStart: start === undefined ? null : functionStart(code, code.indexOf(start)),
  };
}

function functionStart(code: string, index: number): Place['functionStart'] {
  const { line, column } = positionOf(code, index);
  return { line, column, before: code.slice(Math.max(index - 64, index - column + 1), index) };
}

function positionOf(code: string, index: number): { readonly line: number; readonly column: number } {
  if (index === -1) throw new Error('not in the code');
  const before = code.slice(0, index);
  return { line: before.split('\n').length, column: index - before.lastIndexOf('\n') };
}

export function scriptOf({ file, code, mapUrl = null, hasLongMap = false }: Running): UnresolvedScript {
  return { file, length: code.length, head: code.slice(0, 128), mapUrl, hasLongMap };
}

/** What is found out about one place of one script. */
export function resolveOne(
  running: Running,
  wanted: Wanted,
  host: SourceHost,
  startedAtMs: number | null = 500_000,
): Resolution {
  const places = [placeIn(running.code, wanted)];
  const script = { script: scriptOf(running), index: 0, places, isEval: running.isEval ?? false };
  const [resolved] = resolvePlaces([script], host, startedAtMs);
  const [one] = resolved ?? [];
  if (one === undefined) throw new Error('no answer');
  return one;
}

/** The output and the map of one source, made by esbuild. */
export async function transformed(
  source: string,
  options: BuildOptions = {},
): Promise<{ readonly code: string; readonly map: string }> {
  const { outputFiles } = await build({
    stdin: { contents: source, sourcefile: 'src/cart.ts', loader: 'ts', resolveDir: '/srv' },
    sourcemap: 'external',
    outfile: '/srv/cart.js',
    absWorkingDir: '/',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
    ...options,
  });
  const find = (end: string): string => outputFiles?.find(({ path }) => path.endsWith(end))?.text ?? '';
  return { code: find('.js'), map: find('.js.map') };
}

/** A map in a `data:` URL. */
export function dataUrl(map: string): string {
  return `data:application/json;charset=utf-8;base64,${Buffer.from(map).toString('base64')}`;
}
