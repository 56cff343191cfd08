import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { describe, test } from 'node:test';
import { IMAGE, IMAGE_MAY_USE, MAY_USE } from './support/layers';
import { REPOSITORY_ROOT } from './support/paths';
import { type SourceFile, matches, native, read, typeScript, unexpected, walk } from './support/sources';

/** Any TypeScript layer may use these; they use each other at most. The rest of src/*.ts are entries. */
const LEAVES = [
  'src/options.ts',
  'src/option-types.ts',
  'src/option-rules.ts',
  'src/context-option.ts',
  'src/errors.ts',
  'src/escape.ts',
  'src/deferred.ts',
  'src/deployment.ts',
  'src/guard.ts',
  'src/kinds.ts',
  'src/mark.ts',
  'src/signals.ts',
  'src/green-thread-options.ts',
  'src/mask-options.ts',
  'src/trigger-options.ts',
  'src/nearest-name.ts',
  'src/paths.ts',
  'src/version.ts',
];

/** What setup needs in one module, for the entries: they alone may use it. */
const HOT = 'src/hot.ts';

/** Pure: most of it is bundled for an isolate without Node, so no builtin module may be imported. */
const WITHOUT_NODE = [
  'src/compare',
  'src/compare/fleet',
  'src/compare/text',
  'src/context',
  'src/report',
  'src/report/summary',
  'src/views',
  'src/formatter',
  'src/formatter/positions',
  'src/open',
  'src/open/base',
  'src/open/kinds',
  'src/config',
  'src/masking',
  'src/masking/finding',
  'src/masking/judging',
];

/** The library is in the bundle. Its users do not install it. */
const BUNDLED_ONLY = 'src/formatter/positions/trace-map.ts imports @jridgewell/trace-mapping';

const V8_HEADER = /^(v8[\w-]*|node(_\w+)?|napi(-inl)?|uv|js_native_api\w*)\.h$|^(uv|cppgc|libplatform)\//;
/** Headers by which a program asks the operating system for something, or the loader for a symbol. */
const SYSTEM_HEADER =
  /^(unistd|fcntl|signal|csignal|pthread|dirent|dlfcn|link|semaphore|poll|sched|ucontext|time|errno|cerrno)(\.h)?$|^(sys|linux|netinet|arpa)\//;
/** Layers that a program without V8 can link. */
const NEEDS_NO_V8 = ['native/os', ...IMAGE, ...IMAGE_MAY_USE];
const NEEDS_NO_SYSTEM = ['native/unwind', ...IMAGE];
/** Casts between pointers to copies that we own. */
const CASTS_OF_COPIES = [
  'native/image/scan/page_targets.cc: reinterpret_cast<const __m128i*>(seen + i)',
  'native/image/census/object_reader.cc: reinterpret_cast<const char*>(&number)',
  'native/image/objects/code_reader.cc: reinterpret_cast<RawCode*>(memory)',
  'native/image/objects/source_window.cc: reinterpret_cast<uint8_t*>(units)',
];
/** Where the kernel is given an address, and follows it instead of us. */
const ASKS_THE_KERNEL = ['native/process/self_memory_read_linux.cc', 'native/process/threads/stack_copy.cc'];
const NODE_API_HEADER = /^(napi(-inl)?|node_api\w*|js_native_api\w*)\.h$/;

const MAX_LINES = 400;

/** Most units in a folder; folders in it do not count. */
const MAX_UNITS = 25;

/** The folder for a file of a layer, the path itself for a file outside of the layers. */
function layerOf(path: string): string {
  const folder = posix.dirname(path);
  return folder in MAY_USE ? folder : path;
}

function relativeImports(file: SourceFile): string[] {
  return matches(file, /(?<!')\b(?:from|import|require)\s*\(?\s*'(\.[^']*)'/g).map((specifier) => {
    const path = posix.join(posix.dirname(file.path), specifier);
    const found = [`${path}.ts`, `${path}/index.ts`].find((name) => existsSync(join(REPOSITORY_ROOT, name)));
    // `../package.json`, or a compiled file that is looked up at run time.
    return found ?? path;
  });
}

/** These files and all that they import. */
function reachableFrom(paths: readonly string[]): readonly string[] {
  const reached = new Set(paths);
  for (const path of reached) {
    const file = typeScript.find((one) => one.path === path);
    for (const imported of file === undefined ? [] : relativeImports(file)) reached.add(imported);
  }
  return [...reached];
}

function includes(file: SourceFile): string[] {
  return matches(file, /^\s*#\s*include\s+"([^"]+)"/gm).map((name) => {
    const places = [posix.dirname(file.path), 'native', '.'].map((folder) => posix.join(folder, name));
    const found = places.find((place) => existsSync(join(REPOSITORY_ROOT, place)));
    return found ?? name;
  });
}

function mayUse(user: string, used: string): boolean {
  const from = layerOf(user);
  const to = layerOf(used);
  if (from === to) return true;
  // scripts/build-hot.mjs combines many modules in these files; src/deferred.ts returns them with their types.
  if (used.startsWith('src/deferred/')) return user === 'src/deferred.ts';
  // Entries (index.ts, autorun.ts ...) may use everything, and nothing uses them.
  if (LEAVES.includes(to)) return from.startsWith('src/');
  if (LEAVES.includes(from)) return false;
  if (to === HOT) return from === 'src/index.ts' || from === 'src/autorun.ts';
  if (!(to in MAY_USE)) return !to.endsWith('.ts');
  return from in MAY_USE ? (MAY_USE[from] ?? []).includes(to) : true;
}

interface SystemInclude {
  readonly layer: string;
  readonly name: string;
  readonly offender: string;
}

/** Includes of headers that are not ours. */
function systemIncludes(): SystemInclude[] {
  return native.flatMap((file) =>
    matches(file, /^\s*#\s*include\s+[<"]([^>"]+)[>"]/gm).map((name) => ({
      layer: layerOf(file.path),
      name,
      offender: `${file.path} includes ${name}`,
    })),
  );
}

describe('layers', () => {
  test('there are files to look at', () => {
    assert.ok(typeScript.length > 20, `only ${typeScript.length} TypeScript files`);
    assert.ok(native.length > 20, `only ${native.length} C++ files`);
    const unknown = [...typeScript, ...native].filter(
      ({ path }) => path.split('/').length > 2 && !(layerOf(path) in MAY_USE),
    );
    unexpected(
      unknown.map(({ path }) => path),
      'every folder of src/ and native/ is a layer of MAY_USE',
    );
  });

  test('TypeScript imports point down only', () => {
    const offenders = typeScript.flatMap((file) =>
      relativeImports(file)
        .filter((used) => !mayUse(file.path, used))
        .map((used) => `${file.path} imports ${used}`),
    );
    unexpected(offenders, 'see MAY_USE');
  });

  test('C++ includes point down only', () => {
    const offenders = native.flatMap((file) =>
      includes(file)
        .filter((used) => !mayUse(file.path, used))
        .map((used) => `${file.path} includes ${used}`),
    );
    unexpected(offenders, 'see MAY_USE');
  });

  test('only native/v8 and what is above it knows V8 and Node, and only native/addon knows Node-API', () => {
    const offenders = systemIncludes()
      .filter(({ layer, name }) => (NEEDS_NO_V8.includes(layer) ? V8_HEADER : NODE_API_HEADER).test(name))
      .filter(({ layer }) => layer !== 'native/addon')
      .map(({ offender }) => offender);
    unexpected(offenders, 'the wrong layer for this header');
  });

  test('what decodes memory asks nothing of the operating system', () => {
    const calls = /\b(?:dlsym|dlopen|getpid|gettid|pthread_self)\s*\((?!3\))|"\/proc\/(?:self|thread-self)/;
    const decoding = native.filter(({ path }) => NEEDS_NO_SYSTEM.includes(layerOf(path)));
    assert.ok(decoding.length > 100, `only ${decoding.length} files`);
    unexpected(
      [
        ...systemIncludes()
          .filter(({ layer, name }) => NEEDS_NO_SYSTEM.includes(layer) && SYSTEM_HEADER.test(name))
          .map(({ offender }) => offender),
        ...decoding.filter(({ text }) => calls.test(text)).map(({ path }) => path),
      ],
      'native/process and native/os know the operating system',
    );
  });

  test('no pointer is made of an address of the process that is examined', () => {
    const decoding = native.filter(({ path }) => NEEDS_NO_SYSTEM.includes(layerOf(path)));
    const casts = decoding.flatMap((file) =>
      matches(file, /((?:reinterpret_cast|bit_cast)<[^;]*\*>\([^)]*\))/g).map(
        (cast) => `${file.path}: ${cast}`,
      ),
    );
    unexpected(
      casts.filter((cast) => !CASTS_OF_COPIES.includes(cast)),
      'only a MemorySource knows how to look at an Address',
    );
    const pointersOfNumbers = /_cast<[^;]*\*>\([^;]*\.(?:number|bits)\(\)/;
    unexpected(
      native
        .filter(({ path, text }) => pointersOfNumbers.test(text) && !ASKS_THE_KERNEL.includes(path))
        .map(({ path }) => path),
      'an Address is not dereferenced',
    );
    // Names of V8's constants end in __uintptr_t, which is no word of its own.
    unexpected(
      decoding.filter(({ text }) => /\bu?intptr_t\b/.test(text)).map(({ path }) => path),
      'use Address (native/base/address.h), or uint64_t for a word',
    );
    const address = read('native/base/address.h');
    assert.doesNotMatch(address, /\b\w+_cast<[^>]*\*>|operator\s*(?:\*|->)|operator [\w: ]+\*/);
  });

  test('what is bundled for the formatter imports no module of Node, and one of npm', () => {
    const offenders = typeScript
      .filter(({ path }) => WITHOUT_NODE.includes(layerOf(path)))
      .flatMap((file) =>
        matches(file, /(?<!')\b(?:from|import|require)\s*\(?\s*'([^'.][^']*)'/g).map(
          (name) => `${file.path} imports ${name}`,
        ),
      );
    unexpected(
      offenders.filter((offender) => offender !== BUNDLED_ONLY),
      'the formatter runs in an isolate without Node',
    );
  });

  test('what code inside Node loads does not need the library that is in the bundle', () => {
    const reached = reachableFrom(['src/formatter/format.ts', 'src/formatter/leave-positions.ts']);
    assert.ok(reached.includes('src/formatter/positions/find-map.ts'), 'the search finds nothing');
    unexpected(
      reached.filter((path) => BUNDLED_ONLY.startsWith(path)),
      'users do not have it: it is a devDependency',
    );
  });

  test('only src/addon loads the addon', () => {
    const offenders = typeScript
      .filter(({ path }) => layerOf(path) !== 'src/addon')
      .filter(({ text }) => /'node-gyp-build'|\.node['"`]|\bdlopen\(/.test(text))
      .map(({ path }) => path);
    unexpected(offenders, 'ask src/addon for the native side');
  });
});

describe('sources', () => {
  test('every native header opens with its contract', () => {
    const labels = ['Owns:', 'Threads:', 'Signal-safe:', 'Lifetime:'];
    const offenders = native
      .filter(({ path }) => path.endsWith('.h'))
      .flatMap(({ path, text }) => {
        const opening = /^(?:\/\/.*\n)+/.exec(text)?.[0] ?? '';
        const missing = labels.filter((label) => !opening.includes(`// ${label}`));
        return missing.length > 0 ? [`${path}: ${missing.join(' ')}`] : [];
      });
    unexpected(offenders, 'labels that the first comment of the header lacks');
  });

  test(`no file is longer than ${MAX_LINES} lines`, () => {
    const offenders = [...typeScript, ...native]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > MAX_LINES)
      .map(({ path, lines }) => `${path}: ${lines}`);
    unexpected(offenders, 'split it');
  });

  test(`no folder has more than ${MAX_UNITS} units`, () => {
    // A unit is a header with its sources.
    const units = new Set(
      [...typeScript, ...native].map(({ path }) => path.replace(/(_linux|_other)?\.(cc|h)$/, '')),
    );
    const counts = new Map<string, number>();
    for (const path of units) {
      const folder = posix.dirname(path);
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const offenders = [...counts].filter(([, count]) => count > MAX_UNITS);
    unexpected(
      offenders.map(([folder, count]) => `${folder}: ${count}`),
      'divide it by what the files are about',
    );
  });

  test('binding.gyp compiles every source, for Linux or others as its name says', () => {
    const [shared = '', ofSystems = ''] = read('binding.gyp').split('"conditions"');
    const [linux = '', others = ''] = ofSystems.split('}, {');
    const sources = native.map(({ path }) => path).filter((path) => path.endsWith('.cc'));
    const listFor = (path: string): string =>
      path.endsWith('_linux.cc') ? linux : path.endsWith('_other.cc') ? others : shared;
    unexpected(
      sources.filter((path) => !listFor(path).includes(`"${path}"`)),
      'not in binding.gyp, or in the wrong list of it',
    );
  });

  test('versions of V8 and Node are tested in v8_compat.h only', () => {
    const condition =
      /^\s*#\s*(?:if|elif)\b.*\b(?:V8_M\w+_VERSION|V8_BUILD_NUMBER|NODE_\w*VERSION\w*|NAPI_VERSION|UV_VERSION\w*)/m;
    const offenders = native.filter(
      ({ path, text }) => path !== 'native/v8/v8_compat.h' && condition.test(text),
    );
    unexpected(
      offenders.map(({ path }) => path),
      'move the difference into native/v8/v8_compat.h',
    );
  });

  test('nothing in the tree is bound to one machine, and nothing is left undone', () => {
    const marks: readonly [string, RegExp][] = [
      ['a path of a machine', /(?:^|[\s'"`(=:<])(?:file:\/\/)?\/(?:work|root|tmp|home|Users)\/[\w.-]/],
      [
        'a registry host',
        /https?:\/\/[\w.-]*(?:registry|npmjs|yarnpkg|pypi|artifactory|verdaccio|nexus)|\bnpmjs\.org/,
      ],
      ['a mark of unfinished work', /\b(?:TO[D]O|FIX[M]E)\b/],
    ];
    const offenders = walk('.', /./).flatMap(({ path, text }) =>
      marks.filter(([, pattern]) => pattern.test(text)).map(([name]) => `${path}: ${name}`),
    );
    unexpected(offenders, 'the repository must read the same everywhere');
  });
});
