import assert from 'node:assert/strict';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { REPOSITORY_ROOT } from './support/paths';

const FOLDER = join(REPOSITORY_ROOT, '.github', 'workflows');
const workflows = readdirSync(FOLDER).map((name) => ({
  name,
  text: readFileSync(join(FOLDER, name), 'utf8'),
}));

function matches(text: string, pattern: RegExp): string[] {
  return [...text.matchAll(pattern)].map((match) => match[1] ?? '');
}

function textOf(name: string): string {
  const found = workflows.find((workflow) => workflow.name === name);
  assert.ok(found, `no workflow ${name}`);
  return found.text;
}

describe('the workflows', () => {
  test('use actions by commit, with the version beside it', () => {
    const uses = workflows.flatMap(({ text }) => matches(text, /\buses: (.*)$/gm));
    assert.ok(uses.length > 0);
    assert.deepEqual(
      uses.filter((line) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line)),
      [],
      'a tag can be moved',
    );
  });

  test('may only read, except where the package is published', () => {
    for (const { name, text } of workflows) {
      assert.match(text, /^permissions:\n {2}contents: read\n\n/m, name);
      const granted = matches(text, /^ {4,}([\w-]+: write)$/gm);
      assert.deepEqual(granted, name === 'release.yml' ? ['id-token: write'] : [], name);
      assert.doesNotMatch(text, /secrets\.|NODE_AUTH_TOKEN|NPM_TOKEN/, name);
    }
  });

  test('run scripts that are there', () => {
    const named = workflows.flatMap(({ text }) => matches(text, /\b((?:scripts\/|\.ci\/)[\w./-]+)/g));
    assert.deepEqual(
      named.filter((path) => !existsSync(join(REPOSITORY_ROOT, path))),
      [],
    );
  });

  test('release exactly the binaries that the check of a release asks for', () => {
    const targets = readFileSync(join(REPOSITORY_ROOT, 'scripts', 'prebuild-targets.mjs'), 'utf8');
    assert.deepEqual(
      matches(textOf('release.yml'), /\{ target: ([\w-]+),/g).toSorted(),
      matches(targets, /\{ id: '([\w-]+)'/g).toSorted(),
    );
  });

  test('test on every Node that binaries are made for', () => {
    const targets = readFileSync(join(REPOSITORY_ROOT, 'scripts', 'prebuild-targets.mjs'), 'utf8');
    const majors = matches(targets, /\{ major: (\d+)/g).join(', ');
    for (const name of ['test.yml', 'release.yml'])
      assert.ok(textOf(name).includes(`node: [${majors}]`), name);
  });
});
