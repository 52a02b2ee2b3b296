"""What names compiled files follows from the modules that shape them."""

from __future__ import annotations

import ast
import importlib
import sys
from pathlib import Path

from synaspice.devices import MTJ
from synaspice.devices.core.compiled import compiled_for
from synaspice.devices.language import sources
from synaspice.devices.targets.modules import osdi

NATIVE = sources.sources_reached([osdi.__name__])


def test_imports_of_every_kind_count():
    text = "import a.b\nfrom . import c\nfrom ..d import e, f\ndef g():\n    from .h import i\n"
    assert set(sources.imports(text, "p.q")) == {
        ("a.b", ()),
        ("p.q", ("c",)),
        ("p.d", ("e", "f")),
        ("p.q.h", ("i",)),
    }


def test_a_change_of_any_module_that_shapes_a_native_device_changes_its_name(tmp_path):
    hashes = [sources.digest_of(osdi.__name__)]
    for name, file in NATIVE.items():
        changed = tmp_path / f"{name}.py"
        changed.write_bytes(file.read_bytes() + b"# changed\n")
        hashes.append(sources.digest_of_files(NATIVE | {name: changed}))
    assert hashes[0] == sources.digest_of_files(NATIVE)
    assert len(set(hashes)) == len(NATIVE) + 1


def test_what_runs_while_c_is_written_is_among_them():
    """Functions of the package that are called while a device's C is written stand in modules that are hashed."""
    called: set[str] = set()

    def note(frame, event, argument):
        if event == "call":
            called.add(frame.f_globals.get("__name__", ""))

    device = MTJ()
    compiled_for.cache_clear()
    sys.setprofile(note)
    try:
        osdi.write_osdi(device)
    finally:
        sys.setprofile(None)
    own = {name for name in called if name.startswith("synaspice.")}
    models = {name for name in own if name.startswith(("synaspice.devices.models.", "synaspice.devices.physics."))}
    assert len(own) > 8
    assert own - models <= set(NATIVE)


def test_the_helpers_of_a_kernel_are_among_what_names_it():
    source = "from synaspice.devices.simulation.numerics.philox import philox\n"
    assert sources.digest_of_source(source) != sources.digest_of_source(
        source.replace("philox import", "vectormath import")
    )
    names = set(sources.sources_reached(["synaspice.devices.simulation.numerics.vectormath"]))
    assert {
        "synaspice.devices.simulation.numerics.vectormath",
        "synaspice.devices.language.equations.functions",
    } <= names


def test_what_is_reached_is_what_is_imported():
    """The modules found by reading are the ones that Python finds."""
    for name, file in NATIVE.items():
        module = importlib.import_module(name)
        assert Path(module.__file__) == file
        ast.parse(file.read_text(encoding="utf-8"))
