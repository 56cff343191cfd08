import { withResolutions } from './code-frames';
import type { RawPhotograph } from './mask-photograph';
import { hasMap } from './positions/find-map';
import { isInPackage } from './positions/local-path';
import { AS_WRITTEN, inGeneratedCode } from './positions/script';
import type { UnresolvedPhotograph } from './unresolved';

const NOT_READ = inGeneratedCode('its source map was not read');

/**
 * The photograph without original positions, for callers that get it before the reporter thread could resolve them: frames
 * of scripts with a source map say so. Reads nothing. A photograph with positions is not changed.
 */
export function leavePositions(photograph: UnresolvedPhotograph | RawPhotograph): RawPhotograph {
  if (!('scripts' in photograph)) return photograph;
  const { scripts } = photograph;
  return withResolutions(photograph, ({ script: index }) => {
    const script = index === null ? undefined : scripts[index];
    if (script === undefined || !hasMap(script)) return AS_WRITTEN;
    return script.file !== null && isInPackage(script.file) ? AS_WRITTEN : NOT_READ;
  });
}
