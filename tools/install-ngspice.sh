#!/bin/sh
# Install the ngspice program and its shared library where they are missing (Debian, Ubuntu); elsewhere say what to do.
set -eu
here=$(dirname "$0")
missing=""
command -v ngspice >/dev/null 2>&1 || missing="ngspice"
library="${NGSPICE_LIBRARY_PATH:-}"
for file in /usr/lib/*/libngspice.so* /usr/lib/libngspice.so* /usr/lib64/libngspice.so* /usr/local/lib/libngspice* \
    /opt/homebrew/lib/libngspice* "${CONDA_PREFIX:-/nowhere}"/lib/libngspice*; do
    [ ! -e "$file" ] || library="$file"
done
[ -n "$library" ] || missing="$missing libngspice0"
[ -n "$missing" ] || exit 0
if ! command -v apt-get >/dev/null 2>&1; then
    echo "missing: $missing. On macOS: brew install ngspice libngspice; with conda: conda install -c conda-forge ngspice ngspice-lib."
    echo "Everything that runs in ngspice is left out until then."
    exit 0
fi
if ! sh "$here/apt-install.sh" $missing; then
    echo "could not install $missing: everything that runs in ngspice is left out until it is there"
fi
