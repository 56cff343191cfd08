import { bundlerOptions } from './bundlers';
import type { Diagnosis } from './diagnose';
import { wantedLibc } from './find-prebuild';
import type { PackageState } from './package-state';

/** The installation in which the addon is missing. */
export interface Installation {
  readonly root: string;
  readonly state: PackageState;
}

type Remedy = (installation: Installation) => readonly string[];

const NODE_ONLY: Remedy = () => [
  'to fix it, run the service with Node: the addon reads the memory of V8 and Node, and is not loaded here',
];

const REMEDIES: Readonly<Record<Diagnosis, Remedy>> = {
  bun: NODE_ONLY,
  deno: NODE_ONLY,
  'permission-model': () => ['to fix it, start node with --allow-addons beside --permission'],
  'addons-disabled': () => ['to fix it, start node without --no-addons (look into NODE_OPTIONS too)'],
  bundled: () => [
    'this code runs from a bundle, and the addon and the files that belong to it are not in there',
    'to fix it, leave gmr-native out of the bundle, and install it where the bundle runs:',
    ...bundlerOptions().map((option) => `  ${option}`),
  ],
  'no-descriptors': () => [
    'to fix it, raise the limit of open files (ulimit -n), or find what keeps them open',
  ],
  'not-executable': () => [
    'to fix it, install the package where code may be loaded from: the file system may be mounted noexec',
  ],
  unreadable: ({ root }) => [`to fix it, let the user that runs the service read ${root}`],
  'other-architecture': (installation) => [
    'node_modules was installed on a machine with another architecture',
    `to fix it, remove it and install it again on ${process.platform}-${process.arch} itself`,
    ...orBuild(installation),
  ],
  damaged: () => ['the file is damaged', 'to fix it, remove the package and install it again'],
  'old-libc': () => [
    'to fix it, use a system whose C and C++ libraries are as new as the ones that are named above',
  ],
  electron: (installation) => ['Electron has ABIs of its own, and none is tested', ...build(installation)],
  'not-copied': ({ root }) => [
    `the folder prebuilds is missing in ${root}: the service was copied without it`,
    'to fix it, copy the folder too:',
    `  Next.js: outputFileTracingIncludes: { '/*': ['./node_modules/gmr-native/prebuilds/**'] } in next.config.js`,
    '  other tools that trace files (@vercel/nft): add node_modules/gmr-native/prebuilds/** to the included files',
    '  otherwise, install the package where the service runs',
  ],
  'other-platform': (installation) => [
    `to fix it, install gmr-native on ${process.platform}-${process.arch} itself, instead of copying node_modules from elsewhere`,
    ...orBuild(installation),
  ],
  'other-abi': (installation) => [
    `to fix it, run a Node that has a binary, or a version of gmr-native that has one for Node ${process.versions.node}`,
    ...orBuild(installation),
  ],
  'other-libc': (installation) => [
    `there is no binary for ${wantedLibc()}`,
    'to fix it, install gmr-native again on this system, or run an image with the other C library',
    ...orBuild(installation),
  ],
  unknown: (installation) =>
    canBuild(installation) ? build(installation) : ['to fix it, remove the package and install it again'],
};

/** One or more lines; one begins with "to fix it" where something can be done. */
export function remedyFor(diagnosis: Diagnosis, installation: Installation): readonly string[] {
  return REMEDIES[diagnosis](installation);
}

/** A build needs the sources, and a platform on which they compile. */
function canBuild({ state }: Installation): boolean {
  return state.hasSources && (process.platform === 'linux' || process.platform === 'darwin');
}

function build(installation: Installation): string[] {
  if (!canBuild(installation)) return ['there are no sources here to build it from'];
  return [`to fix it, ${buildCommand(installation)}`];
}

function orBuild(installation: Installation): string[] {
  return canBuild(installation) ? [`or ${buildCommand(installation)}`] : [];
}

/** Names the folder, so the command works from any directory and however the package was installed. */
function buildCommand({ root }: Installation): string {
  const command = `npx --yes node-gyp rebuild --directory="${root}"`;
  return `build the addon with a C++20 compiler, make and Python 3: ${command}`;
}
