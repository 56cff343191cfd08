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
npm pack --ignore-scripts --pack-destination=release "$(node scripts/stage-package.mjs)"
node scripts/sbom.mjs >release/sbom.cdx.json
