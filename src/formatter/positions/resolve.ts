import { MapBudget, UNREADABLE_REASON } from './budget';
import { hasMap } from './find-map';
import { isInPackage, localPath } from './local-path';
import { resolveMapped, type Means } from './mapped-script';
import { ScriptFiles } from './script-file';
import {
  AS_WRITTEN,
  UNKNOWN_LENGTH,
  inGeneratedCode,
  type Resolution,
  type ScriptPlaces,
  type SourceHost,
} from './script';

/**
 * The original position of each place, or why its position is one in generated code. The scripts that matter most come
 * first: when time or memory for source maps is used up, the others do without. Never throws.
 */
export function resolvePlaces(
  scripts: readonly ScriptPlaces[],
  host: SourceHost,
  startedAtMs: number | null,
): readonly (readonly Resolution[])[] {
  const own = scripts.map(({ script }) => script.file === null || !isInPackage(script.file));
  try {
    const means = { host, budget: new MapBudget(host), files: new ScriptFiles(host, startedAtMs) };
    const mapped = scripts.map((one, at) => (own[at] === true ? resolveByMap(one, means) : null));
    return scripts.map(({ script, places, isEval }, at) => {
      const resolved = mapped[at];
      if (resolved !== null && resolved !== undefined) return resolved;
      const comparison = isEval
        ? means.files.compareEvaluated(script, places)
        : means.files.compare(script, places);
      return places.map(() => comparison);
    });
  } catch {
    return scripts.map(({ script, places }, at) => {
      const unknown = own[at] === true && hasMap(script) ? inGeneratedCode(UNREADABLE_REASON) : AS_WRITTEN;
      return places.map(() => unknown);
    });
  }
}

/** By the map that a script refers to, or the one beside it; null when there is none. */
function resolveByMap(one: ScriptPlaces, means: Means): readonly Resolution[] | null {
  if (hasMap(one.script)) return resolveMapped(one, false, means);
  const path = one.script.file === null ? null : localPath(one.script.file);
  if (path === null || one.script.length === UNKNOWN_LENGTH) return null;
  const mapUrl = `${path}.map`;
  if (means.host.fileSize(mapUrl) === null) return null;
  const script = { ...one.script, mapUrl };
  const resolved = resolveMapped({ ...one, script }, true, means);
  return resolved.some(({ original }) => original !== null) ? resolved : null;
}
