#!/bin/sh
# Run a command as root: directly, or through sudo.
set -eu
if [ "$(id -u)" -eq 0 ]; then
    exec env DEBIAN_FRONTEND=noninteractive "$@"
elif command -v sudo >/dev/null 2>&1; then
    exec sudo env DEBIAN_FRONTEND=noninteractive "$@"
fi
echo "this needs root: $*" >&2
exit 1
