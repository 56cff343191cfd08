/** Packages whose code is in lib/formatter.bundle.js. Users do not install them; the SBOM and docs/dependencies.md list them. */
export const BUNDLED = [
  '@jridgewell/resolve-uri',
  '@jridgewell/sourcemap-codec',
  '@jridgewell/trace-mapping',
];
