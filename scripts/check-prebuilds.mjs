// Are all binaries there that the published package promises? And do they load wherever Node itself does?

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { tooNewVersions } from './binary-floor.mjs';
import { NODES, TARGETS, prebuildPath } from './prebuild-targets.mjs';
import { ROOT, fail } from './process.mjs';

const problems = TARGETS.flatMap((target) =>
  NODES.flatMap(({ abi }) => {
    const path = prebuildPath(target, abi);
    const file = join(ROOT, path);
    if (!existsSync(file)) return [`${path} is missing`];
    const versions = target.libc === 'glibc' ? tooNewVersions(file) : [];
    return versions.length === 0 ? [] : [`${path} needs ${versions.join(', ')}`];
  }),
);

if (problems.length > 0) fail(`check-prebuilds:\n${problems.map((line) => `  ${line}\n`).join('')}`);
process.stdout.write(`check-prebuilds: all ${TARGETS.length * NODES.length} are there\n`);
