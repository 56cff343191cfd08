#!/bin/sh
# Run by the test workflow inside an Alpine container: build and test with the Node of the container.
set -eu

apk add --no-cache bash python3 make g++ binutils linux-headers
npm ci
npm run demo
exec npm test
