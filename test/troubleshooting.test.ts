import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type Message, messagesOfCpp, messagesOfTypeScript, normalize } from './support/messages';
import { REPOSITORY_ROOT as ROOT } from './support/paths';

const PAGE = 'docs/troubleshooting.md';

/** Layers whose every string of several words is a message, unless it is listed in `NOT_MESSAGES`. */
const NATIVE = ['base', 'process', 'unwind', 'image', 'os', 'v8', 'reporter'].map((name) => `native/${name}`);

/** Files that compose parts of a report and have no reasons of their own. */
const NOT_MESSAGES: Readonly<Record<string, string>> = {
  'native/unwind/demangle.cc': 'names of C++ functions',
  'native/process/threads/fd_describe.cc': 'what a descriptor is',
  'native/process/threads/own_registers.h': 'assembler',
  'native/base/printable.cc': 'where a text is cut',
  'native/process/threads/syscall_describe_linux.cc': 'what a system call waits for',
  'native/reporter/output/plain_page.cc': 'layout',
  'native/reporter/output/text_writer.cc': 'layout',
  'native/reporter/model/trigger.cc': 'what requested a report',
  'native/v8/function_place.cc': 'names of functions',
  'native/image/green/holder_kinds.cc': 'what a function waits for',
  'native/image/green/wait_text.cc': 'what a function waits for',
  'native/image/census/object_types.cc': 'names of classes',
  'native/v8/isolate_registry.cc': 'names of threads',
  'native/v8/known_objects.cc': 'the script of the self-test',
};

/** Strings that are not messages, in files that have some. */
const NOT_A_MESSAGE: readonly RegExp[] = [
  // The objects of `not found: <object>` and `not found among the isolate's roots: <object>`.
  /\{&(?:Calibrator|HeapAnchors)::\w+, "[^"]*"/g,
  // The script of the trial.
  /"\(function gmrTrial[^;]*;/g,
  // A description of a frame or a field of /proc.
  /"Uid:[^"]*"|"async function "[^;]*;/g,
  /\bstarts_with\("[^"]*"\)/g,
  // What an event of a WebSocket stands for.
  /\bmessage: 'a message'/g,
  // Names of an output or an input.
  /'standard input'/g,
  // Layout of the report that is made without memory.
  /"(?:Guru Meditation|  thread #%d  |%s  state: %c|%s from pid %d uid %u|watchdog: [^"]*|fatal error|  report %s-[^"]*|==== End of report [^"]*)"/g,
  // A line of the section Processes.
  /`\[\$\{name\}\] \(command [^`]*`/g,
  // A string that a self-test makes and loses.
  /"gmr: a string that is collected"/g,
];

/** Files of the command in which functions return messages, too. */
const RETURNS = /^src\/cli\/(?:view|processes\/(?:inspect|names|report-sources|send|trigger))\.ts$/;

function filesBelow(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesBelow(path) : [path];
  });
}

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

function withoutOthers(source: string): string {
  return NOT_A_MESSAGE.reduce((text, pattern) => text.replaceAll(pattern, ''), source);
}

function messages(): Message[] {
  const native = NATIVE.flatMap(filesBelow).filter(
    (path) => /\.(?:cc|h)$/.test(path) && !(path in NOT_MESSAGES),
  );
  const typeScript = filesBelow('src').filter((path) => path.endsWith('.ts'));
  const all = [
    ...native.flatMap((path) => messagesOfCpp(withoutOthers(read(path)), path)),
    ...typeScript.flatMap((path) =>
      messagesOfTypeScript(withoutOthers(read(path)), path, RETURNS.test(path)),
    ),
  ];
  // A message that begins with its code is found by the code.
  return all.filter(({ text }) => !/^GMR_[A-Z_]+: /.test(text));
}

/** The codes of errors and warnings, without the names of environment variables. */
function codes(): Set<string> {
  const typeScript = filesBelow('src').map(read).join('\n');
  const native = NATIVE.concat('native/addon').flatMap(filesBelow).map(read).join('\n');
  // As an argument or one of several, but not as the value of a property or an index, as names of variables are.
  const quoted = typeScript.matchAll(/(?:[(,?:|]|\bcode:)\s*'(GMR_\w+)'(?=\s*(?:[,);|]|$))/gm);
  const variables = new Set([...typeScript.matchAll(/\b(?!code:)\w+: '(GMR_\w+)'/g)].map(([, name]) => name));
  const leading = `${typeScript}${native}`.matchAll(/["'`](GMR_[A-Z_]+): /g);
  const thrown = native.matchAll(/"(GMR_\w+)"/g);
  const names = [...quoted, ...leading, ...thrown].map(([, name]) => name as string);
  return new Set(names.filter((name) => !variables.has(name)));
}

function exitCodes(): Set<string> {
  return new Set(
    [...read('src/cli/base/exit-codes.ts').matchAll(/^ {2}\w+: (\d+),$/gm)].map(([, code]) => code as string),
  );
}

/** The reference: what each of its list items begins with, and the first column of the table of exit codes. */
function quotedInReference(): string[] {
  const reference = read(PAGE).split('\n## Reference\n')[1] ?? '';
  const items = reference.split(/\n(?=- |\n)/).map((item) => item.replaceAll(/\s+/g, ' '));
  const quoted = items.flatMap((item) => {
    const begin = /^ ?- ((?:`[^`]+`(?:, )?)+): /.exec(item)?.[1] ?? '';
    return [...begin.matchAll(/`([^`]+)`/g)].map(([, text]) => text as string);
  });
  const cells = [...reference.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, text]) => text as string);
  return [...quoted, ...cells];
}

describe('docs/troubleshooting.md', () => {
  const quoted = new Set(quotedInReference().map(normalize));

  test('there are messages, codes and entries to compare', () => {
    assert.ok(messages().length > 200, `only ${messages().length} messages`);
    assert.ok(codes().size > 10, `only ${[...codes()].join(', ')}`);
    assert.equal(exitCodes().size, 6);
    assert.ok(quoted.size > 200, `only ${quoted.size} entries`);
    const unknown = Object.keys(NOT_MESSAGES).filter((path) => !NATIVE.flatMap(filesBelow).includes(path));
    assert.deepEqual(unknown, [], 'NOT_MESSAGES names files that are not there');
  });

  test('every item of the reference begins with what it explains', () => {
    const reference = read(PAGE).split('\n## Reference\n')[1] ?? '';
    const others = [...reference.matchAll(/^- (?!`).*$/gm)].map(([line]) => line);
    assert.deepEqual(others, []);
  });

  test('explains every code of an error or a warning, and every exit code', () => {
    const missing = [...codes(), ...exitCodes()].filter((code) => !quoted.has(code));
    assert.deepEqual(missing, []);
  });

  test('explains every reason that a report, a line on stderr or the command can give', () => {
    const missing = messages().filter(({ text }) => !quoted.has(text));
    assert.deepEqual(
      missing.map(({ text, place }) => `${place}: ${text}`),
      [],
      `write an entry under "Reference" in ${PAGE}; for a string that is no message, see NOT_A_MESSAGE here`,
    );
  });

  test('explains no message that the sources no longer contain', () => {
    const known = new Set([...codes(), ...exitCodes(), ...messages().map(({ text }) => text)]);
    assert.deepEqual(
      [...quoted].filter((text) => !known.has(text)),
      [],
    );
  });

  test('has a heading for every link to itself', () => {
    const page = read(PAGE);
    const anchors = new Set(
      [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => anchorOf(heading as string)),
    );
    const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor as string);
    assert.ok(links.length > 10);
    assert.deepEqual(
      links.filter((anchor) => !anchors.has(anchor)),
      [],
    );
  });
});

function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\w\- ]/g, '')
    .replaceAll(' ', '-');
}
