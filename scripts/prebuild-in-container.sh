#!/bin/sh
# Run by the release workflow inside a manylinux or Alpine container; TARGET names what to make.
set -eu

if [ -e /etc/alpine-release ]; then
  apk add --no-cache python3 make g++
else
  # manylinux has its Pythons aside, and no Node: that of the runner is mounted.
  PATH="/opt/python/cp312-cp312/bin:/opt/host-node/bin:$PATH"
fi

exec node scripts/prebuild.mjs "$TARGET"
