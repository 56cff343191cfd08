#!/usr/bin/env bash
# Run by the release workflow: installs and tests release/*.tgz on this machine, with the Node that is on PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

npm ci --ignore-scripts
npm ci --no-bin-links --ignore-scripts --prefix tools/package-managers
node scripts/build.mjs ts
tarballs=(release/gmr-native-*.tgz)
GMR_TARBALL=${tarballs[0]} node scripts/test.mjs tarball
