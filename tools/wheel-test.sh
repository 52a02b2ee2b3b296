#!/bin/sh
# Build the wheel, install it into a fresh environment, and run tests against it from a folder without the checkout:
# what a user gets is whole. "--borrow" takes the dependencies from the environment that runs this instead of an index.
set -eu
python=${PYTHON:-.venv/bin/python}
root=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$root/$python" -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w "$work" "$root"
"$root/$python" -m venv "$work/venv" --without-pip
site=$("$work/venv/bin/python" -c 'import sysconfig; print(sysconfig.get_paths()["purelib"])')
if [ "${1:-}" = "--borrow" ]; then
  # the packages beside this project's own, which must come from the wheel
  "$root/$python" -c 'import sys; print("\n".join(p for p in sys.path if p.endswith("site-packages")))' \
    > "$site/borrowed.pth"
  "$root/$python" -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check --no-deps \
    --force-reinstall "$work"/*.whl
else
  "$root/$python" -m pip --python "$work/venv/bin/python" install --quiet --disable-pip-version-check \
    "$(ls "$work"/*.whl)" --group "$root/pyproject.toml:test" --find-links "$work" pandas-stubs
fi
mkdir "$work/empty" && cp -r "$root/tests" "$work/empty/tests"
cp "$root/setup.cfg" "$root/README.md" "$work/empty"
cd "$work/empty"
"$work/venv/bin/python" - <<'EOF'
import importlib.resources
import synaspice, synaspice.devices, synaspice.figures
place = importlib.resources.files("synaspice")
assert "site-packages" in str(place) and (place / "py.typed").is_file(), place
assert synaspice.devices.MTJ.preset("ikeda2010").simulate(0.1, 1e-10).attrs["preset"] == "ikeda2010"
EOF
"$work/venv/bin/synaspice" --help > /dev/null
"$work/venv/bin/python" -m synaspice devices > /dev/null
"$work/venv/bin/python" -m pytest -q -p no:cacheprovider -m "not slow" tests/test_front_door.py \
  tests/characterization/test_tables.py tests/devices/language/test_declaration.py tests/devices/language/test_presets.py \
  tests/circuits/engine/test_netlists.py tests/figures/command_line/test_command_line.py
