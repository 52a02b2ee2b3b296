#!/bin/sh
# Test with the oldest versions that setup.cfg allows, in an environment of its own, build/oldest: "make oldest".
# Words after it go to pytest: "sh tools/oldest.sh tests/devices". PYTHON is the one to
# take; some lower bounds are higher for newer Pythons.
set -eu
python=${PYTHON:-python3}
mkdir -p build
"$python" -m venv --clear build/oldest
build/oldest/bin/python -m pip install --quiet --disable-pip-version-check --upgrade pip packaging
build/oldest/bin/python tools/lower_bounds.py test > build/oldest.txt
build/oldest/bin/python -m pip install --quiet --disable-pip-version-check -c build/oldest.txt -e . --group test
[ $# -gt 0 ] || set -- -m "not slow"
# What was deprecated since is no error there.
build/oldest/bin/python -m pytest -q -p no:cacheprovider -W ignore::DeprecationWarning "$@"
