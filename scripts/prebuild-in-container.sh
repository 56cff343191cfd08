#!/bin/sh
# Run by the prebuild workflow inside a manylinux or Alpine container; TARGETS holds prebuildify's -t options.
set -eu

if [ -e /etc/alpine-release ]; then
  apk add --no-cache python3 make g++
else
  # manylinux has its Pythons aside, and no Node: that of the runner is mounted.
  PATH="/opt/python/cp312-cp312/bin:/opt/host-node/bin:$PATH"
fi

# shellcheck disable=SC2086 # several options on purpose
exec node node_modules/prebuildify/bin.js --napi=false --strip --tag-libc $TARGETS
