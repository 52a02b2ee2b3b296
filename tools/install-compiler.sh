#!/bin/sh
# Install a C compiler where there is none (Debian, Ubuntu): tests compile native devices with it.
set -eu
here=$(dirname "$0")
for name in "${CC:-}" cc gcc clang; do
    [ -z "$name" ] || ! command -v "${name%% *}" >/dev/null 2>&1 || exit 0
done
if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing: a C compiler; the tests of native devices are left out until there is one"
    exit 0
fi
if ! sh "$here/apt-install.sh" gcc libc6-dev; then
    echo "could not install gcc: the tests of native devices are left out until it is there"
fi
