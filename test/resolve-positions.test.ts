import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { RawPhotograph } from '../src/formatter/mask-photograph';
import type { SourceHost } from '../src/formatter/positions/script';
import type { UnresolvedPhotograph, UnresolvedScript } from '../src/formatter/unresolved';
import type { AsyncFrame, Frame } from '../src/report/model';
import { requireLib } from './support/lib';
import {
  asyncFrame,
  captured,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  otherThread,
  photograph,
  workerThread,
} from './support/photographs';
import { dataUrl, hostWith } from './support/source-maps';

const { resolvePositions } = requireLib(
  'formatter/resolve-positions',
) as typeof import('../src/formatter/resolve-positions');
const { leavePositions } = requireLib(
  'formatter/leave-positions',
) as typeof import('../src/formatter/leave-positions');

const SOURCE = { text: 'work();', column: 1, cut: false };

/** A map of one line to one line of a file. */
function mapOf(name: string): string {
  return JSON.stringify({ version: 3, sources: [name], names: [], mappings: 'AACA' });
}

function script(file: string, map: string | null = null): UnresolvedScript {
  return {
    file,
    length: 7,
    head: SOURCE.text,
    mapUrl: map === null ? null : dataUrl(map),
    hasLongMap: false,
  };
}

/** What the reporter thread writes for a frame in the script with this index. */
function inScript(index: number | null, file: string): object {
  return { file, line: 1, column: 1, source: SOURCE, script: index, functionStart: null };
}

const userFrame = (index: number | null, file: string): Frame => frame('work', inScript(index, file));
const suspended = (index: number | null, file: string): AsyncFrame =>
  asyncFrame('work', inScript(index, file));

function unresolved(
  scripts: readonly UnresolvedScript[],
  frames: readonly Frame[],
  waiting: readonly AsyncFrame[] = [],
): UnresolvedPhotograph {
  const stack = captured(frames);
  const isolates = [
    mainThread({ stack, greenThreads: greenThreads([greenGroup(waiting)]) }),
    workerThread(1, { stack: captured([], { asyncFrames: frames }) }),
  ];
  return { ...photograph({ isolates, otherThreads: [otherThread(99, { stack })] }), scripts };
}

/** The frames of each stack and of the green threads. */
function framesOf({ isolates, otherThreads }: RawPhotograph): readonly Frame[][] {
  const [main, worker] = isolates as unknown as ReturnType<typeof mainThread>[];
  const [other] = otherThreads as unknown as ReturnType<typeof otherThread>[];
  assert.ok(main?.stack.status === 'captured' && main.greenThreads.status === 'known');
  assert.ok(worker?.stack.status === 'captured' && other?.stack.status === 'captured');
  return [
    [...main.stack.frames],
    [...worker.stack.asyncFrames],
    [...other.stack.frames],
    main.greenThreads.groups.flatMap(({ frames }) => frames) as unknown as Frame[],
  ];
}

describe('the positions of a photograph', () => {
  test('are resolved in all stacks and in green threads, and what only that needs is dropped', () => {
    const scripts = [script('/srv/a.js', mapOf('a.ts')), script('/srv/b.js', mapOf('b.ts'))];
    const both = unresolved(
      scripts,
      [userFrame(0, '/srv/a.js'), userFrame(1, '/srv/b.js')],
      [suspended(1, '/srv/b.js')],
    );
    const resolved = resolvePositions(both, hostWith({}));
    for (const frames of framesOf(resolved)) {
      assert.ok(frames.length > 0);
      for (const { file, original, generated } of frames) {
        assert.equal(original?.file, file?.replace('.js', '.ts'));
        assert.equal(original?.line, 2);
        assert.equal(generated, null);
      }
    }
    assert.doesNotMatch(JSON.stringify(resolved), /"script"|"functionStart"|"scripts"/);
    assert.equal(resolvePositions(resolved, hostWith({})), resolved);
  });

  test('of the innermost functions are resolved first when there is no time for all', () => {
    const scripts = [script('/srv/a.js', mapOf('a.ts')), script('/srv/b.js', mapOf('b.ts'))];
    const frames = [userFrame(1, '/srv/b.js'), userFrame(0, '/srv/a.js')];
    let now = 0;
    const host: SourceHost = hostWith({}, { cpuMs: () => (now += 60) });
    const [main = []] = framesOf(resolvePositions(unresolved(scripts, frames), host));
    assert.equal(main[0]?.original?.file, '/srv/b.ts');
    assert.equal(main[1]?.generated, 'the time for source maps was used up');
  });

  test('of one broken map affect its own frames only', () => {
    const scripts = [script('/srv/a.js', '{'), script('/srv/b.js', mapOf('b.ts'))];
    const frames = [userFrame(0, '/srv/a.js'), userFrame(1, '/srv/b.js')];
    const [main = []] = framesOf(resolvePositions(unresolved(scripts, frames), hostWith({})));
    assert.equal(main[0]?.generated, 'its source map cannot be read');
    assert.equal(main[1]?.original?.file, '/srv/b.ts');
  });

  test('use the script of another frame where that of a frame is not known', () => {
    const scripts = [script('/srv/a.js', mapOf('a.ts'))];
    const frames = [userFrame(null, '/srv/a.js')];
    const [main = []] = framesOf(resolvePositions(unresolved(scripts, frames), hostWith({})));
    assert.equal(main[0]?.original?.file, '/srv/a.ts');
  });

  test('of templates are in strings that were evaluated, whose names are without their quotes', () => {
    const scripts = [script('"/srv/invoice.ejs"')];
    const frames = [{ ...userFrame(0, '"/srv/invoice.ejs"'), isEval: true }];
    const host = hostWith({ '/srv/invoice.ejs': '<h1>\n' });
    const [main = []] = framesOf(resolvePositions(unresolved(scripts, frames), host));
    assert.equal(main[0]?.file, '/srv/invoice.ejs');
    assert.equal(main[0]?.generated, 'it was made from a string');
  });

  test('that the file does not have are marked where no script is known', () => {
    const frames = [{ ...userFrame(null, '/srv/a.ts'), source: null, column: 228 }];
    const host = hostWith({ '/srv/a.ts': 'work();\n' });
    const [main = []] = framesOf(resolvePositions(unresolved([], frames), host));
    assert.equal(main[0]?.generated, 'it is not the text of the file');
  });

  test('are marked where no script is known and the file is one that is usually compiled', () => {
    const host = hostWith({
      '/srv/a.ts': 'work();\n',
      '/srv/a.js': 'work();\n',
      '/srv/bundle.js': 'work();\n//# sourceMappingURL=bundle.js.map\n',
    });
    const generated = ['/srv/a.ts', '/srv/a.js', '/srv/bundle.js'].map((file) => {
      const frames = [{ ...userFrame(null, file), source: null, column: 5 }];
      return framesOf(resolvePositions(unresolved([], frames), host))[0]?.[0]?.generated;
    });
    assert.deepEqual(generated, ['its code was not read', null, 'its code was not read']);
  });

  test('are marked without reading anything when the reporter thread could not resolve them', () => {
    const scripts = [script('/srv/a.js', mapOf('a.ts')), script('/srv/node_modules/b/b.js', mapOf('b.ts'))];
    const frames = [
      userFrame(0, '/srv/a.js'),
      userFrame(1, '/srv/node_modules/b/b.js'),
      userFrame(null, '/srv/c.js'),
    ];
    const [main = []] = framesOf(leavePositions(unresolved(scripts, frames)));
    assert.deepEqual(
      main.map(({ original, generated }) => [original, generated]),
      [
        [null, 'its source map was not read'],
        [null, null],
        [null, null],
      ],
    );
  });

  test('stay as they are when every call of the host fails', () => {
    const fail = (): never => {
      throw new Error('the host is gone');
    };
    const host = hostWith({}, { nowMs: fail, readTextFile: fail, readBytes: fail, fileSize: fail });
    const frames = [userFrame(0, '/srv/a.js'), userFrame(null, '/srv/b.js')];
    const scripts = [script('/srv/a.js', mapOf('a.ts'))];
    const [main = []] = framesOf(resolvePositions(unresolved(scripts, frames), host));
    assert.deepEqual(
      main.map(({ generated }) => generated),
      ['its source map cannot be read', null],
    );
  });
});
