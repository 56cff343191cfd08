#!/bin/sh
# Run by the release workflow inside a container: installs release/*.tgz into an empty project and asks it for a report.
# A container without Node uses the one that is mounted; it must not have a compiler.
set -eu

repository=$PWD
command -v node >/dev/null || PATH="/opt/host-node/bin:$PATH"
if command -v g++ >/dev/null; then
  echo 'smoke: there is a compiler, so this would prove nothing' >&2
  exit 1
fi

project=$(mktemp -d)
trap 'rm -rf "$project"' EXIT
cd "$project"
npm init -y >/dev/null
npm install --ignore-scripts --omit=dev --no-audit --no-fund "$repository"/release/gmr-native-*.tgz
cp "$repository/test/fixtures/consumer/service.cjs" .
node "$repository/scripts/smoke.cjs" "$project/service.cjs"
