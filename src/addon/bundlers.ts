/*
 * The option of each bundler that excludes a package from the bundle.
 *
 * Bundlers that compile `require` away also replace the name of their own `require` by a constant, so bundled code can
 * find out which bundler made the bundle.
 */
/* oxlint-disable no-underscore-dangle -- the bundlers chose these names */
declare const __webpack_require__: unknown;
declare const __turbopack_context__: unknown;

const NEXT = `Next.js: serverExternalPackages: ['gmr-native'] in next.config.js`;
const WEBPACK = `webpack: externals: { 'gmr-native': 'commonjs gmr-native' }`;
const NCC = 'ncc: --external gmr-native';
const OTHERS: readonly string[] = [
  'esbuild: --external:gmr-native (or --packages=external)',
  `Rollup: external: [/^gmr-native/]`,
  `Vite: ssr: { external: ['gmr-native'] }`,
  'Bun: bun build --external gmr-native',
];

/** The options of the bundlers that may have made this bundle, the most likely first. */
export function bundlerOptions(): readonly string[] {
  if (process.env.NEXT_RUNTIME !== undefined || isDefined(() => __turbopack_context__)) return [NEXT];
  if (isDefined(() => __webpack_require__)) return [WEBPACK, NCC, NEXT];
  return [...OTHERS, WEBPACK, NCC, NEXT];
}

function isDefined(read: () => unknown): boolean {
  try {
    return read() !== undefined;
  } catch {
    return false;
  }
}
