import { withResolutions, type CodeFrame } from './code-frames';
import type { RawPhotograph } from './mask-photograph';
import { hasMap } from './positions/find-map';
import { isInPackage, withoutQuotes } from './positions/local-path';
import { resolvePlaces } from './positions/resolve';
import {
  AS_WRITTEN,
  UNREAD_SCRIPT,
  inGeneratedCode,
  type Place,
  type Resolution,
  type ScriptPlaces,
  type SourceHost,
} from './positions/script';
import type { UnresolvedPhotograph, UnresolvedScript } from './unresolved';

/**
 * Gives each frame of user code its position in the file that a person wrote, or the reason why its position is one in
 * generated code. Drops what only this step needs. A photograph that has been through it is not changed.
 */
export function resolvePositions(
  unresolved: UnresolvedPhotograph | RawPhotograph,
  host: SourceHost,
): RawPhotograph {
  if (!('scripts' in unresolved)) return unresolved;
  const { scripts, facts } = unresolved;
  const places = new PlacesByScript(scripts);
  withResolutions(unresolved, (frame, depth) => {
    places.add(frame, depth);
    return AS_WRITTEN;
  });
  const startedAtMs = 'startedAtMs' in facts ? facts.startedAtMs : null;
  const resolutions = places.resolve(host, startedAtMs);
  return withResolutions(unresolved, (frame) => resolutions.get(keyOf(frame)) ?? AS_WRITTEN);
}

const WITHOUT_COLUMN = inGeneratedCode('its column is not known');

type PlacedFrame = CodeFrame & { readonly line: number };

/** A frame has a place in a script of the service or of a package. */
function isPlaced(frame: CodeFrame): frame is PlacedFrame {
  if (frame.isUserCode === false || frame.line === null) return false;
  return frame.file === null ? frame.script !== null : !frame.file.startsWith('node:');
}

function keyOf(frame: CodeFrame): string {
  const { script, file, line, column, functionName, functionStart } = frame;
  const start = `${functionStart?.line}:${functionStart?.column}`;
  return `${script ?? file}:${line}:${column}:${start}:${functionName}`;
}

interface RankedScript extends ScriptPlaces {
  readonly keys: string[];
  readonly places: Place[];
  /** The depth of the innermost frame in it. */
  depth: number;
}

/** The different places of a report, each once. */
class PlacesByScript {
  private readonly scripts: readonly UnresolvedScript[];
  private readonly ranked = new Map<string, RankedScript>();
  private readonly known = new Set<string>();
  /** The position of places that are not looked up. */
  private readonly settled = new Map<string, Resolution>();

  constructor(scripts: readonly UnresolvedScript[]) {
    this.scripts = scripts.map((script) => ({ ...script, file: withoutQuotes(script.file) }));
  }

  add(frame: CodeFrame, depth: number): void {
    if (!isPlaced(frame)) return;
    const ranked = this.rankedOf(frame);
    const { script } = ranked;
    // Maps of installed packages are not read.
    if (script.file === null || !isInPackage(script.file)) ranked.depth = Math.min(ranked.depth, depth);
    const key = keyOf(frame);
    if (this.known.has(key)) return;
    this.known.add(key);
    const { line, column, functionName, source, functionStart } = frame;
    if (column === null) {
      this.settled.set(key, hasMap(script) ? WITHOUT_COLUMN : AS_WRITTEN);
      return;
    }
    ranked.keys.push(key);
    ranked.places.push({ functionName, line, column, source, functionStart });
  }

  resolve(host: SourceHost, startedAtMs: number | null): ReadonlyMap<string, Resolution> {
    const inOrder = [...this.ranked.values()].sort((a, b) => a.depth - b.depth);
    const resolutions = new Map(this.settled);
    resolvePlaces(inOrder, host, startedAtMs).forEach((resolved, index) => {
      inOrder[index]?.keys.forEach((key, at) => resolutions.set(key, resolved[at] ?? AS_WRITTEN));
    });
    return resolutions;
  }

  private rankedOf({ script: ownIndex, file, isEval = false }: PlacedFrame): RankedScript {
    // Where a frame's script was not read, that of another frame may be known.
    const index = ownIndex ?? this.scripts.findIndex((script) => script.file === file);
    const key = index === -1 ? `file:${file}` : String(index);
    const known = this.ranked.get(key);
    if (known !== undefined) return known;
    const script = this.scripts[index] ?? { ...UNREAD_SCRIPT, file };
    const made: RankedScript = { script, index, places: [], keys: [], depth: Infinity, isEval };
    this.ranked.set(key, made);
    return made;
  }
}
