import { readFileSync } from 'node:fs';
import { fixturePath } from './paths';
import type { ExpectedFrame } from './report-text';

/**
 * Where a fixture says `// <-- HERE <mark>`: the truth that a report is held against.
 * Read from the fixture, so that an edit of the fixture cannot make a test wrong.
 */
export function markedFrame(fixture: string, mark: string): ExpectedFrame {
  const file = fixturePath(fixture);
  const lines = readFileSync(file, 'utf8').split('\n');
  const index = lines.findIndex((line) => line.trimEnd().endsWith(`// <-- HERE ${mark}`));
  if (index === -1) throw new Error(`${file} has no mark '${mark}'`);
  for (let at = index - 1; at >= 0; at -= 1) {
    const owner = /(?:function\*?|(class))\s+(\w+)/.exec(lines[at] ?? '');
    if (owner === null) continue;
    const name = owner[2] ?? '';
    return { functionName: owner[1] === undefined ? name : `new ${name}`, file, line: index + 1 };
  }
  throw new Error(`${file}: nothing with a name encloses the mark '${mark}'`);
}
