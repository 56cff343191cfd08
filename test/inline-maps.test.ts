import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { transform } from 'esbuild';
import type { Photograph } from '../src/report/model';
import type { Frame } from '../src/report/stack';
import { scratchFolder, untilReportFiles } from './support/files';
import { STACK_READING } from './support/native-addon';
import { PATIENT } from './support/patience';
import { startService } from './support/service';

const LINE = '    return block() + items.length;';
const SHOP = `declare const block: () => number;
class Shop {
  open(items: readonly string[]): number {
${LINE}
  }
}
module.exports = (): number => new Shop().open(['one']);
`;

/** Lengths of a map's `data:` URL between which V8, or the reporter, treats it differently. */
const SIZES = [
  { title: 'a few hundred bytes', padding: 0 },
  { title: 'some 60 KB', padding: 400 },
  { title: 'more than a megabyte', padding: 10_000 },
] as const;

const ENCODINGS = {
  base64: (map: string) => `;base64,${Buffer.from(map).toString('base64')}`,
  percent: (map: string) => `;charset=utf-8,${encodeURIComponent(map)}`,
} as const;

/** Nothing that a compressor of maps could shorten. */
function paddingOf(lines: number): string {
  return Array.from(
    { length: lines },
    (_, index) => `// ${index} ${Math.sin(index)} \u00e9 ${'-'.repeat(60)}\n`,
  ).join('');
}

/** The frame of `open` in a report of a program with this map in itself. */
async function openFrame(t: TestContext, source: string, urlOf: (map: string) => string): Promise<Frame> {
  const folder = scratchFolder(t);
  const logDir = scratchFolder(t);
  const { code, map } = await transform(source, {
    loader: 'ts',
    minify: true,
    sourcemap: 'external',
    sourcefile: join(folder, 'shop.ts'),
  });
  const file = join(folder, 'shop.js');
  writeFileSync(file, `${code}//# sourceMappingURL=data:application/json${urlOf(map)}\n`);
  const service = startService(t, {
    script: 'code/service.cjs',
    args: ['given', 'spin', 'main', folder, file],
    env: { GMR_FORMAT: 'json', GMR_LOG_DIR: logDir },
  });
  await service.ready();
  service.signal();
  const [name = ''] = await untilReportFiles(logDir, 1);
  const report = JSON.parse(readFileSync(join(logDir, name), 'utf8')) as Photograph;
  const stack = report.isolates[0]?.stack;
  assert.ok(stack?.status === 'captured', JSON.stringify(stack));
  const frame = stack.frames.find(({ functionName }) => functionName === 'open');
  assert.ok(frame !== undefined, JSON.stringify(stack.frames));
  return frame;
}

describe('a source map that a script has in itself is read', { ...PATIENT, ...STACK_READING }, () => {
  for (const { title, padding } of SIZES) {
    for (const [encoding, urlOf] of Object.entries(ENCODINGS)) {
      test(`when it has ${title}, in ${encoding}`, PATIENT, async (t) => {
        const { original, generated } = await openFrame(t, paddingOf(padding) + SHOP, urlOf);
        assert.equal(generated, null);
        assert.match(original?.file ?? '', /\/shop\.ts$/);
        assert.equal(original?.line, padding + 4);
        assert.equal(original.source?.text, LINE);
      });
    }
  }

  test('and a broken one is not believed', PATIENT, async (t) => {
    for (const { padding } of SIZES) {
      const frame = await openFrame(
        t,
        paddingOf(padding) + SHOP,
        (map) => `;base64,${map.replaceAll(/\W/g, '!')}`,
      );
      assert.equal(frame.original, null);
      assert.notEqual(frame.generated, null);
    }
  });
});
