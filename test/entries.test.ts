import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';

function filesIn(folder: string, pattern: RegExp): { readonly path: string; readonly text: string }[] {
  return readdirSync(join(REPOSITORY_ROOT, folder), { recursive: true })
    .map(String)
    .filter((name) => pattern.test(name))
    .map((name) => ({
      path: `${folder}/${name.replaceAll('\\', '/')}`,
      text: readFileSync(join(REPOSITORY_ROOT, folder, name), 'utf8'),
    }));
}

const typeScript = filesIn('src', /\.ts$/);
const native = filesIn('native/addon', /\.(?:cc|h)$/);

describe('the ways into our code', () => {
  test('only src/deferred.ts loads a module of ours when it is needed', () => {
    // Entry points are loaded when a thread starts, and the command gmr is a process of its own.
    const entries = ['src/deferred.ts', 'src/autorun.ts', 'src/autorun/worker-preload.ts'];
    const offenders = typeScript
      .filter(({ path }) => !entries.includes(path) && !path.startsWith('src/cli/'))
      .filter(({ text }) => /\brequire\(\s*['"`]\.|(?<!typeof )\bimport\(\s*['"`]\./.test(text))
      .map(({ path }) => path);
    assert.deepEqual(offenders, [], 'use deferred(): the package may be gone by then');
  });

  test('the host calls us through src/guard.ts only', () => {
    const subscribes =
      /\b(?:setImmediate|setTimeout|setInterval|queueMicrotask|nextTick)\(|\.(?:then|catch|finally|on|once|addListener|prependListener|subscribe)\(/;
    // A callback for the addon is guarded where it is passed, or has a name that says so.
    const passes =
      /\.(?:requestPhotograph|requestReport|setEventListener)\((?!\s*(?:guarded\(|null|wanted \? guarded\())/;
    const offenders = typeScript
      .filter(({ path }) => /^src\/(?:autorun|sections|addon|config|masking)\//.test(path))
      .flatMap(({ path, text }) =>
        [subscribes, passes].flatMap((pattern) => {
          const code = text.replace(/^\s*(?:\*|\/[/*]).*$/gm, '');
          const found = pattern.exec(code)?.[0];
          return found === undefined ? [] : [`${path}: ${found}`];
        }),
      );
    assert.deepEqual(offenders, [], 'use guarded(), listen(), whenSettled() or nextTurn()');
  });

  test('the addon calls JavaScript through native/addon/loop_call.cc only', () => {
    const calls =
      /ThreadSafeFunction|threadsafe_function|napi_(?:call_function|make_callback)|MakeCallback|uv_async_init/;
    const offenders = native
      .filter(({ path }) => !path.includes('/loop_call.'))
      .filter(({ text }) => calls.test(text))
      .map(({ path }) => path);
    assert.deepEqual(offenders, [], 'it catches exceptions, and is no async resource');
  });
});
