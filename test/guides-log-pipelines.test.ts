import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { type TestContext, describe, test } from 'node:test';
import { scratchFolder } from './support/files';
import { GMR } from './support/gmr-command';
import { asJsonFile } from './support/log-collectors';
import { REPOSITORY_ROOT, fixturePath } from './support/paths';
import { HARD_LIMIT_MS, PATIENT, eventually } from './support/patience';
import { type Service, startService } from './support/service';

/** The block of a guide with this file name behind its language. */
function block(guide: string, name: string): string {
  const page = readFileSync(join(REPOSITORY_ROOT, 'docs', 'guides', guide), 'utf8');
  const found = new RegExp(`^\`\`\`\\w+ ${name.replaceAll('.', '\\.')}\\n([^]*?)^\`\`\`$`, 'm').exec(
    page,
  )?.[1];
  assert.ok(found !== undefined, `${guide} has no block ${name}`);
  return found;
}

/** A folder with blocks of a guide, in which `gmr-native` is installed. */
function project(t: TestContext, guide: string, names: readonly string[]): string {
  const folder = scratchFolder(t);
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(REPOSITORY_ROOT, join(folder, 'node_modules', 'gmr-native'));
  for (const name of names) writeFileSync(join(folder, name), block(guide, name));
  return folder;
}

interface Request {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly body: string;
}

/** A server that keeps what it gets. */
async function standIn(
  t: TestContext,
  answer: (request: Request, response: ServerResponse) => void = (_, response) => response.end(),
): Promise<{ readonly url: string; readonly requests: readonly Request[] }> {
  const requests: Request[] = [];
  const server = createServer((incoming: IncomingMessage, response) => {
    let body = '';
    incoming.setEncoding('utf8').on('data', (text: string) => (body += text));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      const request = { method, url, type: headers['content-type'] ?? '', body };
      requests.push(request);
      answer(request, response);
    });
  });
  t.after(() => server.close());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** A service that first loads these files. */
async function serviceWith(
  t: TestContext,
  files: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Service> {
  const execArgv = files.flatMap((file) => ['--require', file]);
  return await startService(t, { script: 'echo-service.cjs', execArgv, env }).ready();
}

async function requestsTo(
  { requests }: { readonly requests: readonly Request[] },
  count: number,
): Promise<readonly Request[]> {
  return await eventually(`${count} requests`, () => (requests.length >= count ? requests : undefined));
}

/** Runs a block of shell, with these programs in the path. */
function runShell(
  t: TestContext,
  script: string,
  programs: Readonly<Record<string, string>>,
  env: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number | null; readonly stdout: string; readonly stderr: string }> {
  const bin = scratchFolder(t);
  for (const [name, text] of Object.entries({
    gmr: `exec '${process.execPath}' '${GMR}' "$@"`,
    ...programs,
  })) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const path = `${bin}${delimiter}${process.env['PATH']}`;
  return new Promise((resolve) => {
    const child = spawn('sh', ['-e', '-c', script], { env: { ...process.env, PATH: path, ...env } });
    const limit = setTimeout(() => child.kill('SIGKILL'), HARD_LIMIT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (status) => {
      clearTimeout(limit);
      resolve({ status, stdout, stderr });
    });
  });
}

const REPORT = /^={72}\n==== +Guru Meditation +====\n[^]*\n==== End of report (\S+) ====\n$/;

describe('docs/guides/log-pipelines.md', PATIENT, () => {
  const GUIDE = 'log-pipelines.md';

  test('shows a report from a log of Docker', async (t) => {
    const service = await startService(t, {
      script: 'echo-service.cjs',
      execArgv: ['--require', join(REPOSITORY_ROOT, 'lib', 'autorun.js')],
      env: { GMR_FORMAT: 'log' },
    }).ready();
    service.signal();
    // The last line of a report has no blanks at its end.
    await eventually('a complete report', () => /^\{"gmr".*[^ ]\n$/m.test(service.stderr) || undefined);
    const folder = scratchFolder(t);
    writeFileSync(join(folder, 'json.log'), asJsonFile(`before\n${service.stderr}`));
    writeFileSync(join(folder, 'plain.log'), `before\n${service.stderr}`);
    const docker = `case $1 in
      logs) cat '${folder}/plain.log' >&2 ;;
      inspect) echo '${folder}/json.log' ;;
      esac`;
    const { status, stdout, stderr } = await runShell(t, block(GUIDE, 'docker.sh'), { docker });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    const half = stdout.length / 2;
    assert.match(stdout.slice(0, half), REPORT);
    assert.equal(stdout.slice(half), stdout.slice(0, half));
  });

  const noCurl = spawnSync('curl', ['--version']).status === 0 ? false : 'curl is not installed';
  test('pushes reports to Loki, and shows what Loki returns', { skip: noCurl }, async (t) => {
    type Push = { streams: { stream: object; values: string[][] }[] };
    const loki = await standIn(t, ({ url }, response) => {
      if (url === '/loki/api/v1/push') return response.writeHead(204).end();
      const { searchParams } = new URL(url, 'http://loki');
      assert.equal(searchParams.get('query'), '{service="cart"} |= "\\"gmr\\":\\"report\\""');
      assert.equal(searchParams.get('limit'), '5000');
      const { streams } = JSON.parse(loki.requests[0]?.body ?? '') as Push;
      const result = streams.map(({ stream, values }) => ({ stream, values: values.toReversed() }));
      return response.end(JSON.stringify({ status: 'success', data: { resultType: 'streams', result } }));
    });
    const folder = project(t, GUIDE, ['loki-push.cjs']);
    const reports = scratchFolder(t);
    const env = { REPORTS: reports, LOKI_URL: loki.url };
    const service = await serviceWith(t, [join(folder, 'loki-push.cjs')], env);
    service.signal();
    const [pushed] = await requestsTo(loki, 1);
    assert.deepEqual(
      [pushed?.method, pushed?.url, pushed?.type],
      ['POST', '/loki/api/v1/push', 'application/json'],
    );
    const { streams } = JSON.parse(pushed?.body ?? '') as Push;
    const times = streams[0]?.values.map(([time = '']) => time) ?? [];
    assert.ok(times.length > 1 && times.every((time) => /^\d{19}$/.test(time)));
    assert.deepEqual(times.toSorted(), times);
    const { status, stdout, stderr } = await runShell(t, block(GUIDE, 'loki.sh'), {}, { LOKI_URL: loki.url });
    assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
    assert.match(stdout, REPORT);
    assert.match(stdout, new RegExp(`process: +pid ${service.pid},`));
  });

  test('puts report files into S3', async (t) => {
    const s3 = await standIn(t);
    const folder = project(t, GUIDE, ['s3.cjs']);
    // What the example uses of the SDK, as an HTTP request.
    const sdk = join(folder, 'node_modules', '@aws-sdk', 'client-s3');
    mkdirSync(sdk, { recursive: true });
    writeFileSync(
      join(sdk, 'index.js'),
      `exports.PutObjectCommand = class { constructor(input) { this.input = input; } };
      exports.S3Client = class {
        async send({ input: { Bucket, Key, Body } }) {
          await fetch(process.env.S3_URL + '/' + Bucket + '/' + Key, { method: 'PUT', body: Body });
        }
      };`,
    );
    const env = { REPORTS: scratchFolder(t), S3_URL: s3.url, BUCKET: 'reports-of-cart', HOSTNAME: 'web-3' };
    const service = await serviceWith(t, [join(folder, 's3.cjs')], env);
    service.signal();
    const [text, json] = await requestsTo(s3, 2);
    assert.match(text?.url ?? '', /^\/reports-of-cart\/reports\/web-3\/[\w-]+_gurumeditation_\d{14}$/);
    assert.equal(json?.url, `${text?.url}.json`);
    assert.match(text?.body ?? '', REPORT);
    assert.equal((JSON.parse(json?.body ?? '') as { readonly pid: number }).pid, service.pid);
  });

  test('posts a message to Slack', async (t) => {
    const slack = await standIn(t);
    const folder = project(t, GUIDE, ['slack.cjs']);
    const env = { SLACK_WEBHOOK_URL: `${slack.url}/services/T0/B0/x` };
    const service = await serviceWith(t, [join(folder, 'slack.cjs'), 'gmr-native/autorun'], env);
    service.signal();
    const [message] = await requestsTo(slack, 1);
    assert.deepEqual([message?.method, message?.url], ['POST', '/services/T0/B0/x']);
    const { text } = JSON.parse(message?.body ?? '') as { readonly text: string };
    assert.match(text, /^Report \S+ of \S+, requested by signal\nmain thread: /);
    assert.doesNotMatch(text, /[<>]/);
  });

  test('does no harm where Slack does not answer', async (t) => {
    const slack = await standIn(t, (_, response) => response.writeHead(500).end());
    const folder = project(t, GUIDE, ['slack.cjs']);
    const env = { SLACK_WEBHOOK_URL: slack.url };
    const service = await serviceWith(t, [join(folder, 'slack.cjs'), 'gmr-native/autorun'], env);
    service.signal();
    await eventually('the error', () => service.stderr.includes('Slack answered 500') || undefined);
    service.write('are you there?\n');
    await service.line('here');
  });
});

describe('docs/guides/metrics.md', PATIENT, () => {
  test('has metrics for Prometheus', async (t) => {
    const folder = project(t, 'metrics.md', ['metrics-prometheus.cjs']);
    const service = await serviceWith(
      t,
      [join(folder, 'metrics-prometheus.cjs'), fixturePath('port-of-server.cjs')],
      {
        METRICS_PORT: '0',
      },
    );
    const port = (await service.line('port ')).slice('port '.length);
    const scrape = async (): Promise<string> =>
      await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    const before = await scrape();
    // Each line is a comment, or a sample: name, labels, number.
    for (const line of before.trimEnd().split('\n')) {
      assert.match(line, /^(?:# TYPE [a-z_]+ (?:counter|gauge)|[a-z_]+(?:\{trigger="\w+"\})? [\d.]+)$/);
    }
    assert.match(before, /^gmr_reports_total\{trigger="signal"\} 0$/m);
    await service.reportOnSignal();
    for (;;) if (/^gmr_reports_total\{trigger="signal"\} 1$/m.test(await scrape())) break;
    assert.match(await scrape(), /^gmr_report_duration_seconds_total 0\.\d+$/m);
  });

  test('has metrics for OpenTelemetry', (t) => {
    const folder = project(t, 'metrics.md', ['metrics-opentelemetry.cjs']);
    // The parts of a meter that the example uses.
    const program = `const observed = [];
      require('./metrics-opentelemetry.cjs').observeReports({
        createObservableCounter: (name) => ({ name }),
        addBatchObservableCallback: (callback, instruments) => {
          callback({ observe: ({ name }, value, attributes) => observed.push([name, value, attributes]) });
          observed.push(instruments.map(({ name }) => name));
        },
      });
      console.log(JSON.stringify(observed));`;
    const { stdout, stderr } = spawnSync(process.execPath, ['-e', program], {
      cwd: folder,
      encoding: 'utf8',
    });
    assert.equal(stderr, '');
    const observed = JSON.parse(stdout) as readonly unknown[];
    assert.deepEqual(observed[0], ['gmr.reports', 0, { 'gmr.trigger': 'signal' }]);
    assert.deepEqual(observed.at(-1), [
      'gmr.reports',
      'gmr.reports.failed',
      'gmr.event_loop.blocks',
      'gmr.event_loop.block.duration',
    ]);
  });
});
