import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { LogHead, LogPart } from '../src/views/log-lines';
import type { Photograph } from '../src/report/model';
import { runGmr } from './support/gmr-command';
import { requireLib } from './support/lib';
import { asCri, asJsonFile, interleaved } from './support/log-collectors';
import { PATIENT } from './support/patience';
import {
  asyncFrame,
  captured,
  facts,
  frame,
  greenGroup,
  greenThreads,
  mainThread,
  photograph,
} from './support/photographs';

const { renderLog } = requireLib('views/log') as typeof import('../src/views/log');
const { renderJson } = requireLib('views/json') as typeof import('../src/views/json');
const { renderText } = requireLib('views/text') as typeof import('../src/views/text');
const { maskPhotograph } = requireLib(
  'formatter/mask-photograph',
) as typeof import('../src/formatter/mask-photograph');
const { reportLinesOf } = requireLib(
  'cli/base/logged-reports',
) as typeof import('../src/cli/base/logged-reports');
const { chooseReport } = requireLib('cli/view-logged') as typeof import('../src/cli/view-logged');
const { findReport } = requireLib(
  'cli/processes/find-report',
) as typeof import('../src/cli/processes/find-report');

/** What was found, and how. */
function withoutId(found: ReturnType<typeof findReport>): object | null {
  return found === null ? null : { kind: found.kind, text: found.text };
}

/** No line may be longer: 15 KiB with its end. */
const MAX_LINE_BYTES = 15 * 1024;
/** What a pipe takes in one piece. */
const PIPE_BYTES = 4096;

const AWKWARD = ['"\\"', '\u001b[2J', 'ü€', '😀', '\ud800', '\u202e', '\n', 'plain text '];

/** A report with a section of about so many characters, a part of which need more than one byte, or an escape. */
function large(characters: number, more: Partial<Photograph> = {}): Photograph {
  const value = Array.from({ length: Math.ceil(characters / 1000) }, (_, index) =>
    `${AWKWARD[index % AWKWARD.length]}`.repeat(1000).slice(0, 1000 + (index % 7)),
  );
  const sections = [{ title: 'Large', result: { status: 'ok', value, tookMs: 1 } as const }];
  return maskPhotograph(photograph({ sections, ...more }));
}

function linesOf(log: string): readonly (LogPart & Partial<LogHead>)[] {
  assert.ok(log.endsWith('\n'));
  return log
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as LogPart & Partial<LogHead>);
}

const first = (of: Photograph): LogPart & LogHead => linesOf(renderLog(of, Infinity))[0] as LogPart & LogHead;

const blocked = mainThread({
  state: 'blocked',
  loopStalledMs: 12_400,
  stack: captured([frame('deploy')]),
});

/** The report with an active span in each thread, as if the tracing library had been recognised. */
function traced(
  of: Photograph,
  traceId = (index: number): string => `${index}`.padStart(32, '0'),
): Photograph {
  const isolates = of.isolates.map((isolate, index) => ({
    ...isolate,
    request: {
      source: 'opentelemetry' as const,
      traceId: traceId(index),
      spanId: '00f067aa0ba902b7',
      spanName: 'POST /orders',
      startedAtMs: null,
    },
  }));
  return { ...of, isolates };
}

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

describe('a report as lines for a log', PATIENT, () => {
  test('has lines that no runtime splits and that are the JSON document together', () => {
    for (const size of [0, 100, 20_000, 2_000_000]) {
      const whole = large(size);
      const log = renderLog(whole, Infinity);
      const lines = linesOf(log);
      lines.forEach(({ gmr, reportId, part, of, host }, index) => {
        assert.deepEqual(
          { gmr, reportId, part, of, host },
          { gmr: 'report', reportId: whole.reportId, part: index + 1, of: lines.length, host: 'web-3' },
        );
      });
      assert.equal(lines.map(({ data }) => data).join(''), renderJson(whole, Infinity));
      const sizes = log.split('\n').map((line) => Buffer.byteLength(line) + 1);
      assert.ok(Math.max(...sizes) <= MAX_LINE_BYTES);
      // Each line is one piece of a pipe: nothing else gets into it.
      assert.deepEqual([...new Set(sizes.slice(0, -2))], lines.length === 1 ? [] : [PIPE_BYTES]);
      // oxlint-disable-next-line no-control-regex -- finding them is the purpose
      assert.doesNotMatch(log, /(?!\n)[\p{Cc}\p{Bidi_Control}\p{Cs}]/u);
    }
  });

  test('begins with what an alert needs', () => {
    const { data: _data, ...line } = first(
      traced(maskPhotograph(photograph({ isolates: [blocked] })), () => TRACE),
    );
    assert.deepEqual(line, {
      gmr: 'report',
      reportId: '14423-1763690106123-1',
      part: 1,
      of: line.of,
      host: 'web-3',
      level: 'error',
      time: '2026-11-21T01:55:06.123Z',
      service: 'cart-api',
      pid: 14423,
      trigger: 'signal',
      message: line.summary[0],
      summary: line.summary,
      traceIds: [TRACE],
    });
    assert.match(line.message, /^main thread: blocked for 12\.4 s in deploy \(deploy\.js:41\)/);
  });

  test('has a level that says whether somebody is needed', () => {
    const levelOf = (more: Partial<Photograph>): string => first(maskPhotograph(photograph(more))).level;
    const cycle = greenGroup([asyncFrame('a', { inCycle: true })], { deadlock: true });
    const heap = mainThread().heap;
    assert.ok(heap.status === 'known');
    const full = { ...heap, oldUsedBytes: 95, oldLimitBytes: 100 };
    const levels: readonly (readonly [string, Partial<Photograph>])[] = [
      ['info', {}],
      ['info', { isolates: [mainThread({ state: 'running', stack: captured([frame('deploy')]) })] }],
      ['warn', { isolates: [mainThread({ state: 'not-answering' })] }],
      ['warn', { isolates: [mainThread({ heap: full })] }],
      ['error', { isolates: [blocked] }],
      ['error', { isolates: [mainThread({ greenThreads: greenThreads([cycle]) })] }],
      ['error', { trigger: { kind: 'fatal', error: 'Error: no' } }],
      ['error', { trigger: { kind: 'watchdog', threadId: 0, threadName: 'main', blockedMs: 1000 } }],
    ];
    for (const [level, more] of levels)
      assert.equal(levelOf(more), level, JSON.stringify(more).slice(0, 200));
  });

  test('has room in its first line for the longest names, sentences and numbers of traces', () => {
    const long = '\u001b"\u{1f600}'.repeat(1000);
    const isolates = Array.from({ length: 40 }, (_, index) =>
      mainThread({
        ...blocked,
        kind: index === 0 ? 'main' : 'worker',
        threadId: index,
        name: `${long}${index}`,
        stack: captured([frame(`${long}${index}`, { file: `/srv/${long}/${index}.js` })]),
      }),
    );
    const whole = traced(
      maskPhotograph(
        photograph({ isolates, facts: facts({ serviceName: long, host: long }), reportId: long }),
      ),
    );
    const log = renderLog(whole, Infinity);
    const [line] = linesOf(log);
    assert.ok(Buffer.byteLength(log.split('\n')[0] ?? '') < PIPE_BYTES);
    assert.match(line?.summary?.at(-1) ?? '', /^\d+ more: see the report\.$/);
    assert.equal(line?.traceIds?.length, 16);
  });

  test('is not longer than maxReportBytes', () => {
    const whole = large(2_000_000);
    const log = renderLog(whole, 1_000_000);
    assert.ok(Buffer.byteLength(log) <= 1_000_000);
    const document = JSON.parse(
      linesOf(log)
        .map(({ data }) => data)
        .join(''),
    ) as Photograph;
    assert.deepEqual(document.sections[0]?.result, {
      status: 'unavailable',
      reason: 'omitted: the report is larger than maxReportBytes',
    });
  });
});

describe('gmr view puts the lines together', PATIENT, () => {
  const whole = traced(large(2_000_000, { isolates: [blocked] }), () => TRACE);
  const document = renderJson(whole, Infinity);
  const log = renderLog(whole, Infinity);
  const noise = Array.from(
    { length: 900 },
    (_, index) => `{"level":30,"msg":"request ${index}","reportId":"not one of ours"}\n`,
  ).join('');

  test('again byte for byte, whatever a collector made of them', async () => {
    assert.ok(Buffer.byteLength(document) > 2_000_000);
    const mixed = interleaved(noise, log);
    const composed = mixed.replaceAll(/^/gm, 'cart-api-1  | ');
    const nested = mixed
      .split('\n')
      .map((line) => JSON.stringify({ kubernetes: { pod: 'a' }, message: line }))
      .join('\n');
    const parsed = log
      .trimEnd()
      .split('\n')
      .map((line) => JSON.stringify({ cluster: 'a', ...(JSON.parse(line) as object) }))
      .toReversed()
      .join('\n');
    for (const collected of [
      log,
      mixed,
      log + log,
      asJsonFile(mixed),
      asCri(mixed),
      composed,
      nested,
      parsed,
      asJsonFile(mixed).replaceAll('\n', '\r\n'),
    ]) {
      const { code, stdout, stderr } = await runGmr(['view', '-', '--format', 'json'], collected);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' }, collected.slice(0, 300));
      assert.ok(stdout === document, 'the document is the same');
    }
  });

  test('of a log that is too large for a string', () => {
    const kept = reportLinesOf(Buffer.from(asJsonFile(interleaved(noise.replaceAll('reportId', 'id'), log))));
    assert.equal(kept, asJsonFile(log).trimEnd());
    assert.equal(reportLinesOf(Buffer.from('nothing\n')), '');
  });

  test('as text, and as lines again', async () => {
    const { stdout } = await runGmr(['view', '-'], asJsonFile(interleaved(log, noise)));
    assert.equal(stdout, renderText(whole));
    assert.equal((await runGmr(['view', '-', '-f', 'log'], document)).stdout, log);
  });

  const small = (time: string, pid: number, host = 'web-3'): string =>
    renderLog(large(5000, { reportId: `${time}Z-${pid}-1`, pid, facts: facts({ host }) }), Infinity);

  test('of the newest of several reports, or of a chosen one', async () => {
    const [older, newer, other] = [
      small('20261121T010203', 7),
      small('20261121T010205', 7),
      small('20261121T010204', 8),
    ] as const;
    const several = interleaved(interleaved(newer, older), interleaved(noise, other));
    const newest = await runGmr(['view', '-', '-f', 'log'], several);
    assert.deepEqual({ code: newest.code, stdout: newest.stdout }, { code: 0, stdout: newer });
    assert.match(
      newest.stderr,
      /^gmr: 3 reports are in standard input, oldest first: 20261121T010203Z-7-1, 20261121T010204Z-8-1, 20261121T010205Z-7-1; this is the newest, and --report <id> shows another\n$/,
    );
    const chosen = await runGmr(['view', '-', '-f', 'log', '--report', '20261121T010204Z-8-1'], several);
    assert.deepEqual(chosen, { code: 0, stdout: other, stderr: '' });
    const unknown = await runGmr(['view', '-', '--report', 'x'], several);
    assert.equal(unknown.code, 1);
    assert.match(unknown.stderr, /no report x is in standard input: 20261121T010203Z-7-1, /);
  });

  test('of containers whose reports have the same id', async () => {
    const [one, other] = [small('20261121T010203', 1, 'a'), small('20261121T010203', 1, 'b')] as const;
    const both = interleaved(one, other);
    const id = '20261121T010203Z-1-1';
    assert.equal((await runGmr(['view', '-', '-f', 'log', '-r', `${id}@a`], both)).stdout, one);
    assert.equal((await runGmr(['view', '-', '-f', 'log', '-r', `${id}@b`], both)).stdout, other);
    const { code, stderr } = await runGmr(['view', '-', '-r', id], both);
    assert.equal(code, 1);
    assert.match(stderr, new RegExp(`several hosts made a report ${id}: choose one of ${id}@a, ${id}@b`));
  });

  test('of one of very many', () => {
    const report = { head: null, of: 1, pieces: new Map<number, string>(), conflict: null };
    const many = Array.from({ length: 50_000 }, (_, index) => ({ ...report, id: `r${index}`, host: 'a' }));
    const beganAtMs = performance.now();
    assert.equal(chooseReport(many, 'r7', 'x.log').report.id, 'r7');
    assert.ok(performance.now() - beganAtMs < 5000, 'the time grows with the square of their number');
    const hosts = many.map((each, index) => ({ ...each, id: 'r', host: String(index) }));
    assert.throws(() => chooseReport(hosts, 'r', 'x.log'), {
      message: /^several hosts made a report r: choose one of \.\.\., r@49950, .*, r@49999$/,
    });
  });

  test('and says which are missing, with what the first one says', async () => {
    const lines = log.trimEnd().split('\n');
    const without = lines.filter((_, index) => ![1, 4, 5, 6].includes(index)).join('\n');
    const { code, stdout, stderr } = await runGmr(['view', '-'], without);
    assert.equal(code, 1);
    assert.equal(
      stderr,
      `gmr: report ${whole.reportId} is incomplete: of ${lines.length} parts, these are missing: 2, 5-7\n`,
    );
    assert.match(stdout, /^ {2}main thread: blocked for 12\.4 s in deploy/);
    assert.match(stdout, new RegExp(`^ {2}traces: +${TRACE}$`, 'm'));
    const end = await runGmr(['view', '-'], lines.slice(1, -1).join('\n'));
    assert.equal(end.stdout, '');
    assert.match(end.stderr, new RegExp(`these are missing: 1, ${lines.length}\n$`));
  });

  test('and does not mix lines that contradict each other', async () => {
    const lines = log.trimEnd().split('\n');
    const forged = JSON.stringify({ ...(JSON.parse(lines[1] ?? '') as object), data: 'forged' });
    const { code, stderr } = await runGmr(['view', '-'], [...lines, forged].join('\n'));
    assert.equal(code, 1);
    assert.match(stderr, /cannot be put together: the log has different lines for part 2\n$/);
  });

  test('but never takes one out of a string of a report', async () => {
    const value = renderLog(large(100), Infinity);
    const planted = maskPhotograph(
      photograph({ sections: [{ title: 'Planted', result: { status: 'ok', value, tookMs: 1 } }] }),
    );
    for (const text of [
      renderJson(planted, Infinity),
      JSON.stringify(planted, null, 2),
      renderText(planted),
    ]) {
      const { code, stdout } = await runGmr(['view', '-'], text);
      assert.equal(code, 0);
      assert.equal(stdout, renderText(planted));
    }
  });
});

describe('a report in a log', () => {
  test('is found in its lines', () => {
    const id = '20261121T010203Z-7-1';
    const whole = large(10_000, { reportId: id, pid: 7 });
    const log = asJsonFile(`starting\n${renderLog(whole, Infinity)}after\n`);
    assert.deepEqual(withoutId(findReport(log, 7)), {
      kind: 'json',
      text: renderJson(whole, Infinity).trimEnd(),
    });
    assert.equal(findReport(log, 8), null);
    assert.equal(findReport(log.split('\n').slice(0, 3).join('\n'), 7), null);
  });
});
