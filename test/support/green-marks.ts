import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { PrintedGreenThreads, PrintedGroup } from './green-threads';
import { fixturePath } from './paths';

const FOLDER = fixturePath('green');
/** File, and how V8 names it. */
const SOURCES: readonly (readonly [string, string])[] = [
  ['shapes.cjs', join(FOLDER, 'shapes.cjs')],
  ['minified.cjs', join(FOLDER, 'minified.cjs')],
  ['compiled.cjs', join(FOLDER, 'compiled.cjs')],
  ['compiled-generators.cjs', join(FOLDER, 'compiled-generators.cjs')],
  ['babel-regenerator.cjs', join(FOLDER, 'babel-regenerator.cjs')],
  ['babel-regenerator-runtime.cjs', join(FOLDER, 'babel-regenerator-runtime.cjs')],
  ['module.mjs', pathToFileURL(join(FOLDER, 'module.mjs')).href],
  ['evaluated.js', 'evaluated.js'],
];
/** Fewer would mean that shapes were left out. */
const LEAST_CHAINS = 56;

interface Mark {
  readonly id: string;
  readonly name: string;
}

interface Marks {
  /** By `file:line:column`. */
  readonly places: ReadonlyMap<string, Mark>;
  /** `2x a < b [Promise.all] < c`, innermost first. */
  readonly chains: readonly string[];
}

/**
 * What the sources say of themselves: a comment with an at sign, an id and a name stands at each place that must be
 * named, and a line that begins with `//=` has chains of ids with their counts.
 */
function readMarks(): Marks {
  const places = new Map<string, Mark>();
  const chains: string[] = [];
  for (const [file, name] of SOURCES) {
    const source = readFileSync(join(FOLDER, file), 'utf8');
    for (const found of source.matchAll(/\/\*@(\w+) ?([^*]*)\*\/\s?/g)) {
      const before = source.slice(0, found.index + found[0].length);
      const line = before.split('\n').length;
      const column = before.length - before.lastIndexOf('\n');
      places.set(`${name}:${line}:${column}`, { id: found[1] ?? '', name: found[2] ?? '' });
    }
    for (const found of source.matchAll(/\/\/= (\d.*)/g)) chains.push(...(found[1] ?? '').split(';'));
  }
  return { places, chains };
}

function describeGroup({ count, deadlock, frames }: PrintedGroup, places: Marks['places']): string {
  const parts = frames.map(({ name, place, via }, index) => {
    const mark = places.get(place);
    // A name that is not the marked one makes the chain one that nobody expects.
    const text = mark !== undefined && mark.name === name ? mark.id : `${name} (${place})`;
    return index + 1 < frames.length && via !== null ? `${text} [${via}]` : text;
  });
  // With promise hooks, V8 takes another way to a promise that is returned, and to one that another is resolved with.
  const whole = parts.join(' < ').replace(/ \[resolve\] < (viaReturn|\w+More)\b/, ' < $1');
  // Behind it are functions of Node, which differ between versions.
  const chain = whole.replace(/ \[import\] < .*/, ' [import]');
  return `${count}x ${deadlock ? 'deadlock ' : ''}${chain}`;
}

/** Asserts that exactly the marked functions are listed, with their names, positions, counts and callers. */
export function assertAllMarks(found: PrintedGreenThreads, context: string): void {
  const { places, chains } = readMarks();
  assert.ok(chains.length >= LEAST_CHAINS, `only ${chains.length} chains are marked`);
  const own = found.groups.filter(({ frames }) => !frames.every(({ place }) => place.startsWith('node:')));
  assert.deepEqual(own.map((group) => describeGroup(group, places)).sort(), [...chains].sort(), context);
}
