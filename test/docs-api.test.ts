import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { matches, native, read, typeScript, unexpected } from './support/sources';

describe('docs/api.md', () => {
  const docs = read('docs/api.md');
  const declarations = (name: string): string => read(`lib/${name}.d.ts`);

  /** Names that a declaration file exports: declared in it, or handed on from another one. */
  function exportsOf(name: string): string[] {
    const text = declarations(name);
    assert.doesNotMatch(text, /^export \*/m, `${name}.d.ts: hand names on one by one`);
    const file = { path: name, text };
    const declared = matches(
      file,
      /^export (?:declare )?(?:\w+ )*?(?:function|class|const|interface|type) (\w+)/gm,
    );
    const lists = matches(file, /^export (?:type )?\{([^}]*)\}/gm).flatMap((list) => list.split(','));
    const named = lists.map((item) => item.trim().replace(/^type\s+/, '')).filter((item) => item !== '');
    return [...declared, ...named.map((item) => item.split(/\s+as\s+/).at(-1) ?? item)];
  }

  const names = exportsOf('index');
  const modules = matches({ path: 'index', text: declarations('index') }, /from '\.\/([^']+)'/g);
  const allDeclarations = modules.map(declarations).join('\n');

  /** Keys of an exported interface. */
  function keysOf(name: string): string[] {
    const body = new RegExp(`interface ${name}(?: extends [^{]+)? \\{\\n([^]*?)\\n\\}`).exec(allDeclarations);
    return matches({ path: name, text: body?.[1] ?? '' }, /^ {4}(?:readonly )?(\w+)\??[:(]/gm);
  }

  const keys = names.filter((name) => name.endsWith('Options')).flatMap(keysOf);
  const codes = matches({ path: 'errors', text: declarations('errors') }, /['"](GMR_\w+)['"]/g);

  /** First identifier in code type of each heading, and of the first cell of each table row. */
  const headings = matches({ path: 'api', text: docs }, /^#+ `(?:new )?(\w+)[^`]*`/gm);
  const rows = matches({ path: 'api', text: docs }, /^\| *`(\w+)[^`]*`/gm);
  /** Rows of the tables whose first column is called "option". */
  const optionRows = matches({ path: 'api', text: docs }, /^(\| *option *\|.*\n(?:\|.*\n)+)/gim).flatMap(
    (table) => matches({ path: 'api', text: table }, /^\| *`(\w+)[^`]*`/gm),
  );

  test('describes every export, option and error code', () => {
    assert.ok(
      names.length > 3 && keys.length > 5 && codes.length > 1,
      'the declarations were not understood',
    );
    const described = new Set([...headings, ...rows]);
    unexpected(
      [...names, ...keys, ...codes].filter((name) => !described.has(name)),
      'needs a heading or a table row',
    );
  });

  test('describes nothing that is not there', () => {
    const known = new Set(['autorun', ...names, ...keys, ...codes]);
    unexpected(
      headings.filter((name) => !known.has(name)),
      'a heading without an export',
    );
    assert.ok(optionRows.length > 0, 'there is no table with a column called "option"');
    unexpected(
      optionRows.filter((name) => !keys.includes(name)),
      'a row without an option',
    );
  });

  test('knows the same GMR_ words as the code: error codes, warnings, environment variables', () => {
    const inCode = new Set([
      ...typeScript.flatMap((file) => matches(file, /['`](GMR_[A-Z_]+)(?:'|: )/g)),
      // Lines that the reporter thread writes begin with their code.
      ...native.flatMap((file) => matches(file, /"(GMR_[A-Z_]+): /g)),
    ]);
    const inDocs = new Set(matches({ path: 'api', text: docs }, /\b(GMR_[A-Z_]*[A-Z])\b/g));
    unexpected(
      [...inCode].filter((word) => !inDocs.has(word)),
      'not in docs/api.md',
    );
    unexpected(
      [...inDocs].filter((word) => !inCode.has(word)),
      'not in the code',
    );
  });
});
