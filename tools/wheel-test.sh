#!/bin/sh
# Build the source distribution and, from it, the wheel; install that into a fresh environment, and run commands and tests
# against it from a folder without the checkout: what a user gets is whole.
#
#     PYTHON=python3.13 sh tools/wheel-test.sh [--oldest | --borrow] [TEST ...]
#
# Without an option the dependencies are the newest of the index; with "--oldest" those at the lower bounds of setup.cfg.
# "--borrow" takes them from .venv instead of an index, and builds the wheel with it. TEST: other tests than the selection.
set -eu
python=${PYTHON:-python3}
root=$(cd "$(dirname "$0")/.." && pwd)
dependencies=newest
case ${1:-} in
  --oldest | --borrow) dependencies=${1#--} && shift ;;
esac
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
warnings=
if [ "$dependencies" = borrow ]; then
  builder=$root/.venv/bin/python
  "$builder" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w "$work" "$root"
  "$builder" -m venv "$work/venv" --without-pip
  site=$("$work/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
  # the packages beside this project's own, which must come from the wheel
  "$builder" -c 'import sys; print("\n".join(p for p in sys.path if p.endswith("site-packages")))' > "$site/borrowed.pth"
  "$builder" -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-deps \
    --force-reinstall "$work"/*.whl
else
  "$python" -m venv "$work/venv"
  "$python" -m venv "$work/build"
  # dependency groups came with pip 25.1
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check --upgrade pip
  "$work/build/bin/python" -m pip install --quiet --disable-pip-version-check build packaging
  "$work/build/bin/python" -m build --outdir "$work" "$root" > "$work/build.log" 2>&1 || { cat "$work/build.log"; exit 1; }
  : > "$work/constraints.txt"
  if [ "$dependencies" = oldest ]; then
    "$work/build/bin/python" "$root/tools/lower_bounds.py" test > "$work/constraints.txt"
    # what was deprecated since is no error there
    warnings="-W ignore::DeprecationWarning"
  fi
  "$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$work/constraints.txt" \
    "$(ls "$work"/*.whl)" --group "$root/pyproject.toml:test" --find-links "$work" pandas-stubs
fi
mkdir "$work/empty" && cp -r "$root/tests" "$work/empty/tests"
cp "$root/setup.cfg" "$root/README.md" "$work/empty"
cd "$work/empty"
run() { "$work/venv/bin/python" -m synaspice "$@"; }
"$work/venv/bin/python" - <<'EOF'
import importlib.metadata, importlib.resources, platform
import synaspice, synaspice.devices, synaspice.figures
place = importlib.resources.files("synaspice")
assert "site-packages" in str(place) and (place / "py.typed").is_file(), place
assert synaspice.devices.MTJ.preset("ikeda2010").simulate(0.1, 1e-10).attrs["preset"] == "ikeda2010"
names = "numpy", "scipy", "pandas", "llvmlite", "pyarrow", "sympy", "matplotlib"
print("Python", platform.python_version(), *(f"{name} {importlib.metadata.version(name)}" for name in names))
EOF
"$work/venv/bin/synaspice" --help > /dev/null
run devices > /dev/null
run export mtj --preset ikeda2010 -o mtj.cir > /dev/null && test -s mtj.cir
run gallery --only mtj:ikeda2010 --only vteam -o gallery > gallery.log 2>&1 || { cat gallery.log; exit 1; }
test -s gallery/index.html
"$work/venv/bin/python" -c 'from synaspice.figures.explorer.page import explore'
[ $# -gt 0 ] || set -- tests/test_front_door.py tests/characterization/test_tables.py \
  tests/devices/language/test_declaration.py tests/devices/language/test_presets.py tests/circuits/engine/test_netlists.py \
  tests/figures/command_line/test_command_line.py
# shellcheck disable=SC2086
"$work/venv/bin/python" -m pytest -q -p no:cacheprovider -m "not slow" $warnings "$@"
