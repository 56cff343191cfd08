import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nodesOfOtherAbis } from './support/other-nodes';
import { copyPackage } from './support/package-copy';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { mainBlock } from './support/report-text';
import { type Service, startService } from './support/service';

/** Node 20 has the permission model under its earlier name. */
const PERMISSION: readonly string[] = [
  Number.parseInt(process.versions.node, 10) < 22 ? '--experimental-permission' : '--permission',
  '--allow-fs-read=*',
];

/** The service failed to set up with this code, and goes on. */
async function assertUnavailable(service: Service, cause: RegExp): Promise<void> {
  const line = await service.line('error ');
  assert.match(line, /^error GMR_ADDON_UNAVAILABLE GmrError /);
  assert.match(line, cause);
  assert.ok(service.alive);
}

const REQUIRED: readonly string[] = ['{"optional":false}'];

describe(
  'without a usable binary and with `optional: false`, setupAutorun() throws GMR_ADDON_UNAVAILABLE',
  PATIENT,
  () => {
    test('when there is none at all', async (t) => {
      const script = join(copyPackage(t, { binary: 'none' }), 'loading-service.cjs');
      await assertUnavailable(startService(t, { script, args: REQUIRED }), /build|prebuil/i);
    });

    test('when the file is no binary', async (t) => {
      const script = join(copyPackage(t, { binary: 'garbage' }), 'loading-service.cjs');
      await assertUnavailable(startService(t, { script, args: REQUIRED }), /gmr_native\.node/);
    });

    test('when it was built for another Node', async (t) => {
      const others = nodesOfOtherAbis();
      if (others.length === 0) return t.skip('no other Node is installed in tools/nodes');
      const script = join(copyPackage(t, { binary: 'linked' }), 'loading-service.cjs');
      for (const execPath of others) {
        // Either the linker misses a symbol first, or the addon notices the wrong Node.
        await assertUnavailable(
          startService(t, { script, args: REQUIRED, execPath }),
          /undefined symbol|built for Node ABI/,
        );
      }
    });

    test('when --no-addons forbids it', async (t) => {
      const service = startService(t, {
        script: 'loading-service.cjs',
        args: REQUIRED,
        execArgv: ['--no-addons'],
      });
      await assertUnavailable(service, /--no-addons/);
    });

    test('when --permission forbids it, naming the flag that allows it', async (t) => {
      const service = startService(t, {
        script: 'loading-service.cjs',
        args: REQUIRED,
        execArgv: PERMISSION,
      });
      await assertUnavailable(service, /--allow-addons/);
    });
  },
);

describe('the permission model with addons allowed', PATIENT, () => {
  test('does not keep reports from being written', async (t) => {
    const service = startService(t, {
      script: 'loading-service.cjs',
      args: ['{"serviceName":"permitted"}'],
      execArgv: [...PERMISSION, '--allow-addons'],
    });
    await service.ready();
    assert.match(mainBlock(await service.reportOnSignal()).head, /\(permitted\)/);
  });
});

describe('a service that knows nothing of it', PATIENT, () => {
  const cwd = REPOSITORY_ROOT;
  for (const script of ['plain-service.cjs', 'plain-service.mjs']) {
    for (const flag of ['--require', '--import']) {
      test(`answers when ${script} is started with ${flag} gmr-native/autorun`, async (t) => {
        const service = startService(t, { script, cwd, execArgv: [flag, 'gmr-native/autorun'] });
        await service.ready();
        assert.match(await service.reportOnSignal(), /Guru Meditation/);
      });

      test(`answers when NODE_OPTIONS of ${script} says ${flag}=gmr-native/autorun`, async (t) => {
        const env = { NODE_OPTIONS: `${flag}=gmr-native/autorun`, GMR_SERVICE_NAME: 'from-environment' };
        const service = startService(t, { script, cwd, env });
        await service.ready();
        assert.match(mainBlock(await service.reportOnSignal()).head, /\(from-environment\)/);
      });
    }
  }

  test('lives on with a warning when the binary is missing', async (t) => {
    const fixtures = copyPackage(t, { binary: 'none' });
    const service = startService(t, {
      script: join(fixtures, 'plain-service.cjs'),
      cwd: join(fixtures, '..', '..'),
      execArgv: ['--require', 'gmr-native/autorun'],
    });
    await service.ready();
    await service.says('GMR_ADDON_UNAVAILABLE');
    assert.ok(service.alive);
  });

  test('takes its forked children along through NODE_OPTIONS', async (t) => {
    const env = { NODE_OPTIONS: '--require=gmr-native/autorun' };
    const service = startService(t, { script: 'forking-service.cjs', cwd, env });
    const childPid = Number((await service.line('ready ')).split(' ')[1]);
    process.kill(childPid, 'SIGUSR2');
    assert.match(mainBlock(await service.report()).head, new RegExp(`#${childPid}\\b`));
    assert.match(mainBlock(await service.reportOnSignal()).head, new RegExp(`#${service.pid}\\b`));
  });
});
