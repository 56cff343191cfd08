#!/usr/bin/env bash
# Makes release/: the tarball to publish, and the list of what is in it and what it depends on (SBOM, CycloneDX).
#
#   scripts/pack-release.sh              every binary must be there, and load on the oldest glibc that Node runs on
#   scripts/pack-release.sh --any        with the binaries that happen to be there, to try the rest of this script
set -euo pipefail
cd "$(dirname "$0")/.."

if [ "${1:-}" != --any ]; then node scripts/check-prebuilds.mjs; fi
node scripts/build.mjs ts
rm -rf release
mkdir release
npm pack --ignore-scripts --pack-destination=release
npm sbom --omit=dev --sbom-format=cyclonedx >release/sbom.cdx.json
node -e "
  const { components } = JSON.parse(require('node:fs').readFileSync('release/sbom.cdx.json', 'utf8'));
  const expected = Object.keys(require('./package.json').dependencies).sort().join();
  const found = components.map(({ name }) => name).sort().join();
  if (found !== expected) throw new Error('the SBOM has ' + found + ', but package.json has ' + expected);
"
