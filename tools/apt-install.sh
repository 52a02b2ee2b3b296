#!/bin/sh
# Install system packages (Debian, Ubuntu), quietly but for errors; fails where there is no apt-get or no root.
set -eu
here=$(dirname "$0")
command -v apt-get >/dev/null 2>&1 || exit 1
echo "installing $* (system packages)"
# Lists that cannot be brought up to date, such as a third party's, may still do.
sh "$here/as-root.sh" apt-get update -q >/dev/null || echo "apt's lists could not be brought up to date" >&2
sh "$here/as-root.sh" apt-get install -y -q --no-install-recommends "$@" >/dev/null
