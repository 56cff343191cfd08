import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, describe, test } from 'node:test';
import { build } from 'esbuild';
import {
  PACKAGE_MANAGERS,
  type PackageManager,
  bareFolder,
  install,
  installedNodes,
  makeProject,
  newestNode,
  packageManagersInstalled,
} from './support/package-managers';
import { REPOSITORY_ROOT } from './support/paths';
import { PATIENT } from './support/patience';
import { mainBlock, threadBlocks } from './support/report-text';
import { startService } from './support/service';
import { stagePackage } from './support/staged-package';

/**
 * The packed package, as its users get it: installed into an empty project, without a compiler, with scripts blocked.
 * `npm run test:tarball` prepares what this needs. A release tests its own tarball: GMR_TARBALL names it.
 * With GMR_TARBALL_REQUIRED nothing is skipped: CI has prepared everything, or else there is a mistake in it.
 */
const given = process.env['GMR_TARBALL'];
const folder = mkdtempSync(join(tmpdir(), 'gmr-tarball-'));
const nodes = installedNodes();
const versions = new Map(nodes.map((node) => [node, output(node, ['-p', 'process.version'])]));

after(() => rmSync(folder, { recursive: true, force: true }));

function output(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: REPOSITORY_ROOT, encoding: 'utf8' }).trim();
}

/** Why this cannot be tested here; false when it can. */
function skipReason(): string | false {
  if (!packageManagersInstalled())
    return 'run `npm ci --no-bin-links --ignore-scripts --prefix tools/package-managers` first';
  if (given !== undefined) return false;
  const script = join(REPOSITORY_ROOT, 'scripts', 'prebuild.mjs');
  const missing = JSON.parse(output(process.execPath, [script, '--missing'])) as string[];
  return missing.length > 0 ? `run \`npm run prebuild\` first, for ${missing.join(', ')}` : false;
}

function pack(): string {
  if (given !== undefined) return resolve(given);
  const npm = PACKAGE_MANAGERS[0]?.script ?? '';
  execFileSync(newestNode(), [npm, 'pack', '--ignore-scripts', `--pack-destination=${folder}`], {
    cwd: stagePackage(join(folder, 'staged')),
    stdio: 'pipe',
  });
  const name = readdirSync(folder).find((entry) => entry.endsWith('.tgz'));
  assert.ok(name !== undefined, `npm pack left no tarball in ${readdirSync(folder).join(', ')}`);
  return join(folder, name);
}

const skip = skipReason();
if (skip !== false && process.env['GMR_TARBALL_REQUIRED'] !== undefined) throw new Error(skip);
const tarball = skip === false ? pack() : '';
const bare = bareFolder(join(folder, 'bin'), newestNode());

/** Where Node, started as users of this manager start it, finds the package. */
function installedAt(project: string, manager: PackageManager): string {
  const find =
    "process.stdout.write(require('node:path').dirname(require.resolve('gmr-native/package.json')))";
  return execFileSync(newestNode(), [...manager.execArgv(project), '-e', find], {
    cwd: project,
    encoding: 'utf8',
  });
}

for (const manager of PACKAGE_MANAGERS) {
  describe(`the tarball, installed with ${manager.name}`, { ...PATIENT, skip }, () => {
    const project = join(folder, manager.name.replaceAll(' ', '-'));

    test('installs without a compiler, with scripts blocked, without development dependencies', () => {
      makeProject(project, tarball);
      const { status, stdout, stderr } = install(manager, project, bare, newestNode());
      assert.equal(status, 0, `${stdout}\n${stderr}`);
      assert.ok(
        !existsSync(join(project, 'node_modules', 'left-out')),
        'left-out is a development dependency',
      );
      const root = realpathSync(installedAt(project, manager));
      assert.ok(root.startsWith(realpathSync(folder)), `the package of ${root} is another one`);
      assert.ok(!existsSync(join(root, 'build')), 'something was compiled');
    });

    for (const node of nodes) {
      const execArgv = manager.execArgv(project);
      const env = { PATH: bare, NODE_OPTIONS: '' };

      test(`reports a blocked service on Node ${versions.get(node)}`, async (t) => {
        const script = join(project, 'service.cjs');
        const service = startService(t, { script, cwd: project, execPath: node, execArgv, env });
        await service.ready();
        const report = await service.reportOnSignal();
        assert.match(mainBlock(report).head, /\(consumer\)/);
        assert.match(mainBlock(report).body, /hangInRead \(.*service\.cjs:\d+:\d+\)/);
        const helper = threadBlocks(report).find(({ head }) => head.includes('helper'));
        assert.match(helper?.body ?? '', /captured by interrupt/, report);
      });

      test(`reports a busy service that only has a flag, on Node ${versions.get(node)}`, async (t) => {
        const flags = [...execArgv, '--require', 'gmr-native/autorun'];
        const script = join(project, 'plain.cjs');
        const service = startService(t, { script, cwd: project, execPath: node, execArgv: flags, env });
        await service.ready();
        assert.match(mainBlock(await service.reportOnSignal()).body, /spin \(.*plain\.cjs:\d+:\d+\)/);
      });
    }
  });
}

describe('the tarball, installed with npm', { ...PATIENT, skip }, () => {
  const project = join(folder, 'npm');

  test('works in a bundle that leaves it external', async (t) => {
    const outfile = join(project, 'bundle.cjs');
    const options = { bundle: true, platform: 'node' as const, external: ['gmr-native'], outfile };
    await build({ ...options, absWorkingDir: project, entryPoints: ['service.cjs'], logLevel: 'error' });
    const service = startService(t, {
      script: outfile,
      cwd: project,
      execPath: nodes[0] ?? process.execPath,
    });
    await service.ready();
    assert.match(mainBlock(await service.reportOnSignal()).body, /hangInRead \(.*bundle\.cjs:\d+:\d+\)/);
  });

  test('has the commands that its package.json names', () => {
    const manifest = JSON.parse(
      readFileSync(join(project, 'node_modules', 'gmr-native', 'package.json'), 'utf8'),
    ) as { readonly bin?: Readonly<Record<string, string>> };
    const commands = Object.keys(manifest.bin ?? {});
    assert.deepEqual(commands, ['gmr']);
    for (const command of commands) {
      const script = (PACKAGE_MANAGERS[0]?.script ?? '').replace('npm-cli.js', 'npx-cli.js');
      const args = [script, '--no-install', command, '--help'];
      const { status, stdout, stderr } = spawnSync(newestNode(), args, { cwd: project, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.match(stdout, new RegExp(command), `${command} --help does not name itself`);
    }
  });
});
