import { NO_ENTRY_REASON } from '../../report/positions';
import type { OriginalPosition } from '../../report/stack';
import { MISFIT_REASON, MapBudget, MapFailure, UNREADABLE_REASON } from './budget';
import { exactTarget } from './exact-target';
import { findMap } from './find-map';
import { agreementNear, endsWithLine, existsInOriginal, isOfThisCode } from './fit';
import { nameSpots, originalName } from './function-names';
import { openMap } from './map-document';
import type { ScriptFiles } from './script-file';
import { inGeneratedCode, type Place, type Resolution, type ScriptPlaces, type SourceHost } from './script';
import { excerptOf } from './source-text';
import { TracedMap, type Position, type Target } from './trace-map';

/**
 * What loaders put before the first line of a module after its map was made: Jest has its own wrapper, and others use
 * the one that Node had for CommonJS modules.
 */
const WRAPPERS: readonly RegExp[] = [
  /^\(\{"Object\.<anonymous>":function\([\w$, ]*\)\{/,
  /^\(function \(exports, require, module, __filename, __dirname\) \{ ?/,
];

/** What resolving takes from its surroundings. */
export interface Means {
  readonly host: SourceHost;
  readonly budget: MapBudget;
  readonly files: ScriptFiles;
}

/**
 * Finds the original positions of places in a script that has a source map. `isImplied`: the script does not refer to the
 * map, which therefore must have words in common with it.
 */
export function resolveMapped(
  { script, index, places }: ScriptPlaces,
  isImplied: boolean,
  { host, budget, files }: Means,
): readonly Resolution[] {
  try {
    if (host.noMaps !== null) throw new MapFailure(host.noMaps);
    budget.check();
    const found = findMap(script, index, host, budget);
    if (found.isFile && found.path !== null && files.mayBeOfAnotherBuild(found.path, script, places))
      throw new MapFailure('its source map has changed since the process started');
    const moved = withoutWrapper(places, wrapperWidth(script.head));
    const map = new TracedMap(openMap(found, budget), positionsOf(moved), found.path, budget);
    if (!isMapOf(map, moved, script.length, isImplied)) throw new MapFailure(MISFIT_REASON);
    return moved.map((place) => resolvePlace(map, place));
  } catch (error) {
    const reason = inGeneratedCode(error instanceof MapFailure ? error.message : UNREADABLE_REASON);
    return places.map(() => reason);
  }
}

/** The places as they are without the loader's wrapper, for which the map was made. */
function withoutWrapper(places: readonly Place[], width: number): readonly Place[] {
  if (width === 0) return places;
  return places.map((place) => {
    const { functionStart } = place;
    return {
      ...place,
      column: place.line === 1 ? place.column - width : place.column,
      source:
        place.line === 1 && place.source !== null
          ? { ...place.source, column: place.source.column - width }
          : place.source,
      functionStart:
        functionStart?.line === 1
          ? { ...functionStart, column: functionStart.column - width }
          : functionStart,
    };
  });
}

function wrapperWidth(head: string): number {
  return Math.max(0, ...WRAPPERS.map((wrapper) => wrapper.exec(head)?.[0].length ?? 0));
}

function positionsOf(places: readonly Place[]): readonly Position[] {
  return places.flatMap((place) => {
    const spots = nameSpots(place);
    const named = spots === null ? [] : [spots.start, spots.name, spots.words];
    return [positionOf(place), ...named.filter((spot) => spot !== null)];
  });
}

function positionOf({ line, column }: Place): Position {
  return { line: line - 1, column: column - 1 };
}

function isMapOf(
  map: TracedMap,
  places: readonly Place[],
  scriptLength: number,
  mustAgree: boolean,
): boolean {
  const agreements = [];
  for (const place of places) {
    if (place.source === null) continue;
    const position = positionOf(place);
    if (!endsWithLine(map, position, place.source, scriptLength)) return false;
    agreements.push(agreementNear(map, position, place.source));
  }
  return isOfThisCode(agreements, mustAgree);
}

function resolvePlace(map: TracedMap, place: Place): Resolution {
  const target = map.at(positionOf(place));
  if (target === null) return inGeneratedCode(NO_ENTRY_REASON);
  if (target.file === null || !existsInOriginal(target, place.source)) return inGeneratedCode(MISFIT_REASON);
  const functionName = originalName(place, nameSpots(place), (position) => map.at(position));
  const exact = exactTarget(map, place, target);
  return { original: toOriginal(exact.file ?? target.file, exact, functionName), generated: null };
}

function toOriginal(
  file: string,
  { line, column, content }: Target,
  functionName: string | null,
): OriginalPosition {
  const text = content?.line(line) ?? null;
  return { file, line, column, functionName, source: text === null ? null : excerptOf(text, column) };
}
