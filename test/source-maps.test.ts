import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { dataUrl, hostWith, resolveOne, transformed, type Running, type Wanted } from './support/source-maps';

const CART = `interface Line {
  cents: number;
}

// Größe
export class Cart {
  private readonly lines: Line[] = [{ cents: 100 }];

  sumOfLines(): number {
    let sum = 0;
    for (const line of this.lines) sum += line.cents;
    return sum;
  }
}

function checkout(cart: Cart): number {
  return cart.sumOfLines();
}
const later = async (cart: Cart): Promise<number> => {
  await null;
  return checkout(cart) + (globalThis as any).taxOfCart;
};
(globalThis as any).kept = [checkout, later];
`;

const LOOP: Wanted = { at: '.cents', name: 'sumOfLines' };

/** The minified script and its map beside it. */
async function minifiedCart(): Promise<{ readonly running: Running; readonly map: string }> {
  const { code, map } = await transformed(CART, { minify: true });
  return { running: { file: '/srv/cart.js', code, mapUrl: 'cart.js.map' }, map };
}

const MAPS = { '/srv/cart.js.map': '' };

async function resolveCart(
  wanted: Wanted,
  change: (map: string) => string = (map) => map,
): ReturnType<typeof resolveInCart> {
  return resolveInCart(await minifiedCart(), wanted, change);
}

async function resolveInCart(
  { running, map }: Awaited<ReturnType<typeof minifiedCart>>,
  wanted: Wanted,
  change: (map: string) => string,
): Promise<ReturnType<typeof resolveOne>> {
  return resolveOne(running, wanted, hostWith({ ...MAPS, '/srv/cart.js.map': change(map) }));
}

/** The map with some members replaced. */
function withMembers(members: object): (map: string) => string {
  return (map) => JSON.stringify({ ...(JSON.parse(map) as object), ...members });
}

const LOOP_IN_CART = {
  file: '/srv/src/cart.ts',
  line: 11,
  column: 43,
  functionName: null,
  source: { text: CART.split('\n')[10], column: 1, cut: false },
};

/** A minified function: its one-letter name depends on esbuild. */
function minifiedFunction(code: string, body: RegExp): Wanted {
  const match = body.exec(code);
  assert.ok(match !== null, code);
  const { name = '', start = '' } = match.groups ?? {};
  return { at: match[1] ?? '', name, start };
}

describe('a position in code with a source map', () => {
  test('is that of the original file, with a map beside the script', async () => {
    const { original, generated } = await resolveCart(LOOP);
    assert.equal(generated, null);
    assert.deepEqual(original, LOOP_IN_CART);
  });

  test('is found with a map in a short data: URL, and in a long one', async () => {
    const { running, map } = await minifiedCart();
    for (const url of [dataUrl(map), `data:application/json,${encodeURIComponent(map)}`]) {
      const inline = resolveOne({ ...running, mapUrl: url }, LOOP, hostWith({}));
      assert.deepEqual(inline.original, LOOP_IN_CART);
    }
    const host = hostWith(
      {},
      { inlineMap: (index) => (index === 0 ? Buffer.from(map).toString('latin1') : null) },
    );
    const long = resolveOne({ ...running, mapUrl: null, hasLongMap: true }, LOOP, host);
    assert.deepEqual(long.original, LOOP_IN_CART);
  });

  test('is found in the sections of an index map', async () => {
    const { running, map } = await minifiedCart();
    const [first, second] = ['const before = 1;\n', '/* x */'];
    const sections = [
      {
        offset: { line: 0, column: 0 },
        map: { version: 3, sources: ['other.ts'], names: [], mappings: 'AAAA' },
      },
      { offset: { line: 1, column: second.length }, map: JSON.parse(map) as object },
      {
        offset: { line: 9, column: 0 },
        map: { version: 3, sources: ['last.ts'], names: [], mappings: 'AAAA' },
      },
    ];
    const index = JSON.stringify({ version: 3, sections });
    const moved = { ...running, code: first + second + running.code };
    const { original } = resolveOne(moved, LOOP, hostWith({ '/srv/cart.js.map': index }));
    assert.deepEqual(original, LOOP_IN_CART);
    const other = resolveOne(moved, { at: 'const before' }, hostWith({ '/srv/cart.js.map': index }));
    assert.equal(other.original?.file, '/srv/other.ts');
  });

  test('is not taken from a map that another build has replaced since the process started', async () => {
    const { running, map } = await minifiedCart();
    const newMap = { text: withMembers({ sourcesContent: undefined })(map), changedAtMs: 600_000 };
    const reason = 'its source map has changed since the process started';
    for (const code of [null, `${running.code}\n`, running.code.replace('sumOfLines', 'sumOfRows')]) {
      const files = { '/srv/cart.js.map': newMap, ...(code === null ? {} : { '/srv/cart.js': code }) };
      assert.equal(resolveOne(running, LOOP, hostWith(files)).generated, reason);
    }
    // A framework compiles modules while it runs: map and script are new, and the script is the one that runs.
    const compiled = { text: running.code, changedAtMs: 600_000 };
    const host = hostWith({ '/srv/cart.js.map': newMap, '/srv/cart.js': compiled });
    assert.equal(resolveOne(running, LOOP, host).original?.line, 11);
    const old = hostWith({ '/srv/cart.js.map': newMap.text });
    assert.equal(resolveOne(running, LOOP, old).original?.line, 11);
  });

  test('is found with a map beside the script that nothing refers to, if it is that of the code', async () => {
    const { running, map } = await minifiedCart();
    const silent = { ...running, mapUrl: null };
    const beside = hostWith({ '/srv/cart.js.map': map, '/srv/cart.js': running.code });
    assert.deepEqual(resolveOne(silent, LOOP, beside).original, LOOP_IN_CART);
    const other = await transformed('export const value = 1;\n', {});
    for (const text of [other.map, '{', withMembers({ sourcesContent: undefined })(map)]) {
      const host = hostWith({ '/srv/cart.js.map': text, '/srv/cart.js': running.code });
      assert.deepEqual(resolveOne(silent, LOOP, host), { original: null, generated: null });
    }
  });

  test('is in a file whose name a person knows', async () => {
    for (const [sources, sourceRoot, file] of [
      [['cart.ts'], 'lib', '/srv/lib/cart.ts'],
      [['../src/./cart.ts'], '', '/src/cart.ts'],
      [['/data/own/cart.ts'], undefined, '/data/own/cart.ts'],
      [['file:///data/own/my%20cart.ts'], undefined, '/data/own/my cart.ts'],
      [['my cart 100%.ts'], undefined, '/srv/my cart 100%.ts'],
      [['webpack://shop/./src/cart.ts?a1b2'], undefined, 'src/cart.ts'],
      [['webpack:///src/cart.ts'], undefined, 'src/cart.ts'],
      [['./src/cart.ts'], 'webpack://shop/', 'src/cart.ts'],
    ] as const) {
      const { original } = await resolveCart(LOOP, withMembers({ sources, sourceRoot }));
      assert.equal(original?.file, file);
    }
  });

  test('has the name that the function had before it was minified', async () => {
    const { running, map } = await minifiedCart();
    const declared = minifiedFunction(
      running.code,
      /function (?<name>\w+)(?<start>\(\w\)\{return )(\w\.sumOfLines)/,
    );
    const declaredAt = { ...declared, at: '.sumOfLines()}' };
    const host = hostWith({ '/srv/cart.js.map': map });
    assert.equal(resolveOne(running, declaredAt, host).original?.functionName, 'checkout');
    const arrow = minifiedFunction(running.code, /(?<name>\w+)=async (?<start>\w+=>\(await null)/);
    const arrowAt = { ...arrow, at: '.taxOfCart' };
    assert.equal(resolveOne(running, arrowAt, host).original?.functionName, 'later');
    // A method keeps its own.
    assert.equal(resolveOne(running, { ...LOOP, start: '(){let' }, host).original?.functionName, null);
    // Another function's name in front of the parameters is not taken.
    assert.equal(resolveOne(running, { ...declaredAt, name: 'other' }, host).original?.line, 17);
  });

  test('is that of a helper of the bundler when the map has no entry for it', async () => {
    const { generated } = await resolveCart({ at: 'Object.defineProperty' });
    assert.equal(generated, 'its source map has no entry for this position');
  });

  test('is not looked for in installed packages, but in packages of a monorepo', async () => {
    const { running, map } = await minifiedCart();
    const inPackage = { ...running, file: '/srv/node_modules/cart/cart.js' };
    const host = hostWith({
      '/srv/node_modules/cart/cart.js.map': map,
      '/srv/packages/cart/cart.js.map': map,
    });
    assert.deepEqual(resolveOne(inPackage, LOOP, host), { original: null, generated: null });
    const linked = { ...running, file: '/srv/packages/cart/cart.js' };
    assert.equal(resolveOne(linked, LOOP, host).original?.file, '/srv/packages/cart/src/cart.ts');
  });

  for (const [where, filler] of [
    ['near the place', ''],
    ['far before the place', `globalThis.filler = "${'x'.repeat(400)}";`],
  ] as const) {
    test(`is found under a wrapper that a loader puts around the code, ${where}`, async () => {
      const { code, map } = await transformed(
        `let used = 0;${filler}\nfor (const name of [] as string[]) used += name.length;`,
        { minify: true },
      );
      for (const wrapper of [
        '({"Object.<anonymous>":function(module,exports,require,__dirname,__filename,jest){',
        '(function (exports, require, module, __filename, __dirname) { ',
      ]) {
        const running = { file: '/srv/cart.js', code: wrapper + code, mapUrl: 'cart.js.map' };
        const { original } = resolveOne(running, { at: 'length' }, hostWith({ '/srv/cart.js.map': map }));
        assert.deepEqual([original?.line, original?.column], [2, 49], wrapper);
      }
    });
  }
});

describe('a position in generated code', () => {
  const reasonOf = async (change: (map: string) => string): Promise<string | null> => {
    const { original, generated } = await resolveCart(LOOP, change);
    assert.equal(original, null);
    return generated;
  };

  test('is marked when the map cannot be read', async () => {
    const { running, map } = await minifiedCart();
    const reason = 'its source map cannot be read';
    assert.equal(resolveOne(running, LOOP, hostWith({})).generated, reason);
    for (const broken of [
      '',
      '{',
      'null',
      '[]',
      '"x"',
      '{"version":3}',
      '{"version":2,"sources":[],"mappings":""}',
      map.slice(0, -20),
    ]) {
      assert.equal(await reasonOf(() => broken), reason, broken.slice(0, 40));
    }
    assert.equal(await reasonOf(withMembers({ mappings: '!!!!' })), reason);
    assert.equal(await reasonOf(withMembers({ mappings: 'AAAAAA' })), reason);
    assert.equal(await reasonOf(withMembers({ sections: [{ url: 'other.map' }] })), reason);
    for (const mapUrl of ['data:application/json;base64,????', 'data:nothing', 'a'.repeat(5000)]) {
      assert.equal(
        resolveOne({ ...running, mapUrl }, LOOP, hostWith({})).generated,
        reason,
        mapUrl.slice(0, 40),
      );
    }
    assert.equal(
      resolveOne({ ...running, mapUrl: null, hasLongMap: true }, LOOP, hostWith({})).generated,
      reason,
    );
  });

  test('is marked when the map is not a local file', async () => {
    const { running } = await minifiedCart();
    for (const mapUrl of ['http://cdn.example/cart.js.map', '//cdn.example/cart.js.map']) {
      const { generated } = resolveOne({ ...running, mapUrl }, LOOP, hostWith({}));
      assert.equal(generated, 'its source map is not a local file');
    }
  });

  test('is marked when the map is too large, or there is no time or memory for it', async () => {
    const { running, map } = await minifiedCart();
    const files = { '/srv/cart.js.map': map };
    const large = hostWith(files, { fileSize: () => 65 * 1024 * 1024 });
    assert.equal(resolveOne(running, LOOP, large).generated, 'its source map is larger than 64 MB');
    const inside = {
      ...running,
      code: running.code.padEnd(44 * 1024 * 1024),
      mapUrl: null,
      hasLongMap: true,
    };
    assert.equal(
      resolveOne(inside, LOOP, hostWith({})).generated,
      'the source map in it is larger than 32 MB',
    );
    let now = 0;
    for (const slow of [{ cpuMs: () => (now += 250) }, { nowMs: () => (now += 1100) }]) {
      const { generated } = resolveOne(running, LOOP, hostWith(files, slow));
      assert.equal(generated, 'the time for source maps was used up');
    }
    const poor = hostWith(files, { noMaps: 'its source map was not read: no memory' });
    assert.equal(resolveOne(running, LOOP, poor).generated, 'its source map was not read: no memory');
  });

  test('is marked when the map is that of other code', async () => {
    const reason = 'its source map does not fit the code';
    const other = await transformed(
      `// One line more.\n${CART.replace('let sum = 0;', 'let sum = 0, count = 0;')}`,
      { minify: true },
    );
    assert.equal(await reasonOf(() => other.map), reason);
    // Segments behind the end of the line.
    assert.equal(await reasonOf(withMembers({ mappings: `AAAA,${'gB'.repeat(1)}AAA,ggggB` })), reason);
    // Positions that the original file does not have.
    assert.equal(await reasonOf(withMembers({ sourcesContent: ['// empty'] })), reason);
    assert.equal(await reasonOf(withMembers({ sources: [] })), reason);
  });

  test('is not taken for another when the original text has other words there', async () => {
    const shifted = CART.split('\n')
      .map((line) => ` ${line}`)
      .join('\n');
    assert.equal(
      await reasonOf(withMembers({ sourcesContent: [shifted] })),
      'its source map does not fit the code',
    );
  });
});

describe('a position in code without a source map', () => {
  const code = 'function work() {\n  let total = 0;\n  for (;;) total += 1;\n}\nwork();\n';
  const running = { file: '/srv/work.js', code };
  const loop = { at: 'total += 1', name: 'work' };
  const AS_WRITTEN = { original: null, generated: null };

  test('is right when the file is what runs, or when there is no file', () => {
    for (const text of [code, `\ufeff${code}`]) {
      assert.deepEqual(resolveOne(running, loop, hostWith({ '/srv/work.js': text })), AS_WRITTEN);
    }
    const shebang = { ...running, code: `#!/usr/bin/env node\n${code}` };
    assert.deepEqual(resolveOne(shebang, loop, hostWith({ '/srv/work.js': shebang.code })), AS_WRITTEN);
    assert.deepEqual(resolveOne(running, loop, hostWith({})), AS_WRITTEN);
    const inVm = { ...running, file: 'plugin.js' };
    assert.deepEqual(resolveOne(inVm, loop, hostWith({ 'plugin.js': 'other' })), AS_WRITTEN);
  });

  test('is one of a string that was evaluated, unless that is the text of the file', () => {
    const evaluated = { ...running, isEval: true };
    const ofString = { original: null, generated: 'it was made from a string' };
    assert.deepEqual(resolveOne(evaluated, loop, hostWith({ '/srv/work.js': '<h1>' })), ofString);
    assert.deepEqual(resolveOne(evaluated, loop, hostWith({})), ofString);
    assert.deepEqual(resolveOne({ ...evaluated, file: 'mail.html' }, loop, hostWith({})), ofString);
    assert.deepEqual(resolveOne(evaluated, loop, hostWith({ '/srv/work.js': code })), AS_WRITTEN);
    const ofWebpack = { ...evaluated, file: 'webpack-internal:///./work.ts' };
    assert.equal(resolveOne(ofWebpack, loop, hostWith({})).generated, 'it has no source map');
  });

  test('is right when Node has removed the types', () => {
    const typed = code.replace('let total = 0', 'let total: number = 0');
    const stripped = typed.replace(': number', '        ');
    const asRun = { file: 'file:///srv/work.ts', code: `${stripped}\n\n//# sourceURL=file:///srv/work.ts` };
    assert.deepEqual(resolveOne(asRun, loop, hostWith({ '/srv/work.ts': typed })), AS_WRITTEN);
  });

  test('is one in generated code when a loader has transformed the file', () => {
    const written = `// A comment.\n${code}`;
    const { generated } = resolveOne(running, loop, hostWith({ '/srv/work.js': written }));
    assert.equal(generated, 'it is not the text of the file');
    const short = { file: '/srv/work.js', code: '{\n}\n' };
    const shifted = hostWith({ '/srv/work.js': 'first({\n}\n);' });
    assert.equal(resolveOne(short, { at: '}' }, shifted).generated, 'it is not the text of the file');
  });

  test('is one of an older version when the file has changed since the process started', () => {
    const changed = { text: `// A comment.\n${code}`, changedAtMs: 600_000 };
    const { generated } = resolveOne(running, loop, hostWith({ '/srv/work.js': changed }));
    assert.equal(generated, 'the file has changed since the process started');
    const touched = { text: code, changedAtMs: 600_000 };
    assert.deepEqual(resolveOne(running, loop, hostWith({ '/srv/work.js': touched })), AS_WRITTEN);
  });
});
