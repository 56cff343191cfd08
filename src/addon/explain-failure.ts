import { describeError } from '../errors';
import { diagnose, type Diagnosis } from './diagnose';
import { wantedLibc } from './find-prebuild';
import type { LoadAttempt } from './load';
import { readPackageState, type PackageState, type Prebuild } from './package-state';
import { remedyFor } from './remedies';

/** The even-numbered Node version of each ABI, which is the one that a user would install. */
const NODES: Readonly<Record<string, string>> = { 115: '20', 127: '22', 137: '24', 147: '26' };

/** For these causes, it matters which binaries there are. */
const ABOUT_BINARIES: readonly Diagnosis[] = [
  'electron',
  'other-platform',
  'other-abi',
  'other-libc',
  'unknown',
];

const PLATFORM = `${process.platform}-${process.arch}`;

/** The message of `GMR_ADDON_UNAVAILABLE`: the files that were tried, the cause, and the remedy. */
export function explainFailure(root: string, attempts: readonly LoadAttempt[]): string {
  const state = readPackageState(root);
  const diagnosis = diagnose(state, attempts);
  const lines = attempts.map(({ path, error }) => `  tried ${path}: ${firstLine(describeError(error))}`);
  return [
    `expected a native addon of gmr-native for ${runtime()}, got none`,
    ...lines,
    ...shipped(state, diagnosis).map((line) => `  ${line}`),
    ...remedyFor(diagnosis, { root, state }).map((line) => `  ${line}`),
  ].join('\n');
}

function runtime(): string {
  const { versions } = process;
  const libc = process.platform === 'linux' ? ` (${wantedLibc()})` : '';
  const name = (['bun', 'deno', 'electron'] as const).find((other) => versions[other] !== undefined);
  const titles = { bun: 'Bun', deno: 'Deno', electron: 'Electron' };
  const other = name === undefined ? '' : `${titles[name]} ${versions[name]}, which calls itself `;
  return `${other}Node ${versions.node} (ABI ${versions.modules}), ${PLATFORM}${libc}`;
}

/** The binaries that the package has: this distinguishes a Node that is too new from a broken installation. */
function shipped({ prebuilds }: PackageState, diagnosis: Diagnosis): string[] {
  if (!ABOUT_BINARIES.includes(diagnosis)) return [];
  const own = prebuilds.filter(({ platform }) => platform === PLATFORM);
  if (own.length > 0) {
    return [`the package has prebuilt binaries for ${PLATFORM} and Node ABI ${unique(own.map(nameOf))}`];
  }
  const others = prebuilds.length === 0 ? '' : `, only for ${unique(prebuilds.map((one) => one.platform))}`;
  return [`the package has no prebuilt binary for ${PLATFORM}${others}`];
}

function nameOf({ abi, libc }: Prebuild): string {
  const node = NODES[abi] === undefined ? '' : `Node ${NODES[abi]}`;
  const details = [node, libc ?? ''].filter((part) => part !== '').join(', ');
  return details === '' ? abi : `${abi} (${details})`;
}

function unique(names: readonly string[]): string {
  return [...new Set(names)].join(', ');
}

function firstLine(text: string): string {
  const end = text.indexOf('\n');
  return end < 0 ? text : text.slice(0, end);
}
