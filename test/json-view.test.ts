import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { Photograph, Trigger } from '../src/report/model';
import { scratchFolder, untilReportFiles } from './support/files';
import { requireLib } from './support/lib';
import { STACK_READING } from './support/native-addon';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import {
  asyncFrame,
  captured,
  fileSystemHost,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  photograph,
  workerThread,
} from './support/photographs';
import { startService } from './support/service';
import { startTriggered } from './support/trigger-service';

const { format } = requireLib('formatter/format') as typeof import('../src/formatter/format');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { renderJson } = requireLib('views/json') as typeof import('../src/views/json');

const DOCS = join(REPOSITORY_ROOT, 'docs');
const schema = JSON.parse(readFileSync(join(DOCS, 'report-format.schema.json'), 'utf8')) as object;
const AJV_OPTIONS = { allErrors: true, strict: true, allowUnionTypes: true };
/** For readers: keys that they do not know are valid. */
const validateLoosely = new Ajv2020(AJV_OPTIONS).compile(schema);
const validate = new Ajv2020(AJV_OPTIONS).compile(strictly(schema) as object);

/** The schema, with all keys that it does not name forbidden: it is to name every key. */
function strictly(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(strictly);
  if (typeof part !== 'object' || part === null) return part;
  const strict = Object.fromEntries(Object.entries(part).map(([key, value]) => [key, strictly(value)]));
  const isClosed = typeof strict['properties'] === 'object' && !('additionalProperties' in strict);
  return isClosed && String(strict['type']).includes('object')
    ? { ...strict, additionalProperties: false }
    : strict;
}

/** The document, when it is what the documentation says. */
function checked(text: string): Photograph {
  assert.ok(text.endsWith('}\n') && text.indexOf('\n') === text.length - 1, 'one line');
  const document = JSON.parse(text) as Photograph;
  assert.ok(validate(document), JSON.stringify(validate.errors, null, 1).slice(0, 4000));
  assert.ok(validateLoosely({ ...document, addedLater: true }), 'a key was added');
  return document;
}

describe('the JSON report', PATIENT, () => {
  test('of a service is what its schema says: threads, children, sections, green threads', async (t) => {
    const logDir = scratchFolder(t);
    const env = { GMR_FORMAT: 'json', GMR_LOG_DIR: logDir };
    let groups = 0;
    for (const [script, args] of [
      ['sections-service.cjs', ['idle']],
      ['blocked-service.cjs', ['busy-loop', 'regex']],
      ['green/shapes-service.cjs', []],
    ] as const) {
      const from = (await untilReportFiles(logDir, 0)).length;
      const service = await startService(t, { script, args, env }).ready();
      service.signal();
      const names = await untilReportFiles(logDir, from + 1);
      for (const name of names) {
        assert.ok(name.endsWith('.json'), name);
        const document = checked(readFileSync(join(logDir, name), 'utf8'));
        assert.equal(document.trigger.kind, 'signal');
        assert.ok(document.isolates.length > 0 && document.otherThreads.length > 0);
        assert.equal(document.processes.status, 'known');
        for (const { greenThreads: green } of document.isolates) {
          if (green.status === 'known') groups += green.groups.length;
        }
      }
    }
    if (STACK_READING.skip === false) assert.ok(groups > 10, `${groups} groups of green threads`);
  });

  test('comes beside the text one, under the same name', async (t) => {
    const logDir = scratchFolder(t);
    const service = await startTriggered(t, { logDir, format: ['text', 'json'] });
    service.signal();
    const names = await untilReportFiles(logDir, 2);
    const [text = '', json = ''] = [...names].sort((one, other) => one.length - other.length);
    assert.equal(json, `${text}.json`);
    const document = checked(readFileSync(join(logDir, json), 'utf8'));
    assert.ok(readFileSync(join(logDir, basename(text)), 'utf8').includes(document.reportId));
  });

  test('is what its schema says, whatever asked for it', () => {
    const triggers: readonly Trigger[] = [
      { kind: 'api' },
      { kind: 'file', path: '/run/gmr' },
      { kind: 'fatal', error: 'Error: no\n    at a.js:1:1' },
      { kind: 'watchdog', threadId: 1, threadName: 'resizer', blockedMs: 1000 },
    ];
    for (const trigger of triggers) {
      const isolates = [mainThread(), workerThread(1, { state: 'not-answering' })];
      checked(format(photograph({ trigger, isolates }), fileSystemHost, 'json'));
    }
    const gone = { status: 'unavailable', reason: 'not there' } as const;
    checked(
      format(
        photograph({ facts: gone, configuration: gone, processes: gone, rssBytes: null }),
        fileSystemHost,
        'json',
      ),
    );
  });

  test('has no secret and no rule of masking in it', () => {
    const text = format(
      photograph({}, { keys: ['pin'], allow: [], values: ['zebra'] }),
      fileSystemHost,
      'json',
    );
    assert.doesNotMatch(text, /zebra/);
    assert.deepEqual(checked(text).view, { frameOrder: 'innermost-first', frames: 'folded' });
  });

  test('loses parts where it would be too long, and stays a document', () => {
    const stack = captured(Array.from({ length: 200 }, (_, line) => frame(`f${line}`, { line: line + 1 })));
    const value = 'ü'.repeat(100_000);
    const functions = Array.from({ length: 40 }, (_, line) => asyncFrame(`g${line}`, { line: line + 1 }));
    const green = greenThreads(Array.from({ length: 30 }, () => greenGroup(functions, { count: 2 })));
    const large = photograph({
      isolates: [mainThread({ stack, greenThreads: green }), workerThread(1, { stack })],
      sections: [{ title: 'Huge', result: { status: 'ok', value, tookMs: 1 } }],
    });
    const whole: Photograph = maskPhotograph(large);
    const size = Buffer.byteLength(renderJson(whole, Infinity));
    assert.equal(Buffer.byteLength(renderJson(whole, size)), size, 'one byte more would be too many');
    assert.ok(
      Buffer.byteLength(renderJson(whole, size - 1)) < size - 199_000,
      'the section is what goes first',
    );
    const smallest = renderJson(whole, 16_384);
    assert.ok(Buffer.byteLength(smallest) <= 16_384, String(Buffer.byteLength(smallest)));
    assert.equal(checked(smallest).isolates[0]?.greenThreads.status, 'unavailable');
    const [main] = checked(renderJson(whole, 40_000)).isolates;
    assert.ok(main?.stack.status === 'captured');
    assert.deepEqual(main.stack.cut, { afterIndex: 9, count: 190, atLeast: false });
    assert.ok(main.greenThreads.status === 'known');
    const { groups, groupsLeftOut, threadsLeftOut } = main.greenThreads;
    assert.deepEqual([groups.length, groupsLeftOut, threadsLeftOut], [10, 20, 40]);
    assert.deepEqual(groups[0]?.cut, { afterIndex: 9, count: 30 });
  });
});

describe('the schema', () => {
  test('is a part of the package, under a name that stays', () => {
    // As a reader of reports finds it.
    const found = require('gmr-native/report.schema.json') as { readonly $id?: string };
    assert.equal(found.$id, 'urn:gmr-native:report:1');
    assert.doesNotMatch(JSON.stringify(found), /"additionalProperties":false/);
  });
});

describe('docs/report-format.md', () => {
  test('describes every key of the document', () => {
    const text = readFileSync(join(DOCS, 'report-format.md'), 'utf8');
    const { properties } = schema as { readonly properties: object };
    const missing = Object.keys(properties).filter(
      (key) => !new RegExp(`^\\|[^|]*\`${key}\``, 'm').test(text),
    );
    assert.deepEqual(missing, []);
  });
});
