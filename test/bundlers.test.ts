import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, after, describe, test } from 'node:test';
import { BUNDLERS, buildNext, bundlersInstalled, makeProject, traceAndCopy } from './support/bundlers';
import { PATIENT } from './support/patience';
import { threadBlocks } from './support/report-text';
import { type Service, startService } from './support/service';

/**
 * With GMR_BUNDLERS_REQUIRED, nothing is skipped: CI must have installed everything.
 */
const skip = bundlersInstalled() ? false : 'run `npm ci --ignore-scripts --prefix tools/bundlers` first';
if (skip !== false && process.env['GMR_BUNDLERS_REQUIRED'] !== undefined) throw new Error(skip);

const project = skip === false ? makeProject() : '';
after(() => rmSync(project, { recursive: true, force: true }));

function warningsIn({ stderr }: Service): number {
  return stderr.split('[GMR_ADDON_UNAVAILABLE]').length - 1;
}

/** Asserts that the service runs, and that one warning names the option. */
async function assertNamesOption(service: Service, option: string): Promise<void> {
  await service.says('to show where the warning was created');
  assert.equal(warningsIn(service), 1, service.stderr);
  assert.ok(service.stderr.includes(option), service.stderr);
  assert.doesNotMatch(service.stderr, /node-gyp/, 'a bundle has no sources');
  service.signal();
  await service.says('no report on SIGUSR2');
  assert.ok(service.alive);
}

async function assertReports(service: Service): Promise<void> {
  const report = await service.reportOnSignal();
  assert.match(report, /\(bundled\)/);
  assert.match(report, /async waitForOrder/);
  assert.match(report, /length = 7/);
  const helper = threadBlocks(report).find(({ head }) => head.includes('helper'));
  assert.match(helper?.body ?? '', /captured by interrupt/, report);
  assert.equal(warningsIn(service), 0, service.stderr);
}

for (const { name, option, bundle } of BUNDLERS) {
  describe(`a service that ${name} bundled`, { ...PATIENT, skip }, () => {
    test('runs with gmr-native in the bundle, and a warning names the option', async (t) => {
      const script = await bundle(project, false);
      await assertNamesOption(await startService(t, { script, cwd: project }).ready(), option);
    });

    test('reports with gmr-native left out of the bundle', async (t) => {
      const script = await bundle(project, true);
      await assertReports(await startService(t, { script, cwd: project }).ready());
    });
  });
}

describe('a service that was copied as @vercel/nft traced it', { ...PATIENT, skip }, () => {
  test('reports like the original', async (t) => {
    const script = traceAndCopy(project, join(project, 'traced'));
    await assertReports(await startService(t, { script, cwd: join(project, 'traced') }).ready());
  });

  test('runs when the binaries were not copied, and a warning says what to include', async (t) => {
    const script = traceAndCopy(project, join(project, 'traced'));
    rmSync(join(project, 'traced', 'node_modules', 'gmr-native', 'prebuilds'), { recursive: true });
    const service = await startService(t, { script, cwd: join(project, 'traced') }).ready();
    await assertNamesOption(service, 'outputFileTracingIncludes');
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}

/** Starts the server on a free port, and waits until it answers; also returns its address. */
async function startNext(t: TestContext, cwd: string, standalone: boolean): Promise<[Service, string]> {
  const port = String(await freePort());
  const next = join('node_modules', 'next', 'dist', 'bin', 'next');
  const service = startService(t, {
    script: join(cwd, standalone ? 'server.js' : next),
    args: standalone ? [] : ['start', '-p', port, '-H', '127.0.0.1'],
    env: { PORT: port, HOSTNAME: '127.0.0.1', NODE_ENV: 'production', NEXT_TELEMETRY_DISABLED: '1' },
    cwd,
  });
  await service.line('✓ Ready');
  return [service, `http://127.0.0.1:${port}`];
}

async function assertServes(url: string): Promise<void> {
  assert.equal((await fetch(url, { signal: AbortSignal.timeout(20_000) })).status, 200);
}

describe('a service of Next.js', { ...PATIENT, skip }, () => {
  test('runs with gmr-native in the bundle, and a warning names the option', async (t) => {
    const [service, url] = await startNext(t, buildNext(project, 'module.exports = {};\n'), false);
    await assertServes(url);
    await assertNamesOption(service, "serverExternalPackages: ['gmr-native']");
    await assertServes(url);
  });

  test('reports with the two lines of docs/guides/nextjs.md, in the standalone output too', async (t) => {
    const config = "module.exports = { output: 'standalone', serverExternalPackages: ['gmr-native'] };\n";
    const folder = buildNext(project, config);
    // Moved out of the project, so that files missing in the output are not found beside it.
    const copy = join(project, 'standalone');
    cpSync(join(folder, '.next', 'standalone'), copy, { recursive: true, verbatimSymlinks: true });
    rmSync(folder, { recursive: true });
    const [service, url] = await startNext(t, copy, true);
    await assertServes(url);
    const hanging = new AbortController();
    t.after(() => hanging.abort());
    void fetch(`${url}/hang`, { signal: hanging.signal }).catch(() => undefined);
    let report = '';
    // The request may arrive after the first signal.
    for (let attempt = 0; attempt < 20 && !report.includes('/hang/route'); attempt++) {
      report = await service.reportOnSignal();
    }
    assert.match(report, /\(shop\)/);
    assert.match(report, /1 green thread/);
    assert.equal(warningsIn(service), 0, service.stderr);
  });
});
