"""Programs on disk: found again, and made again where they are damaged."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from synaspice.devices.simulation.machine import kept
from synaspice.devices.simulation.machine.kinds import F64
from synaspice.devices.simulation.machine.program import Entry
from synaspice.devices.simulation.machine.texts import text_of


def twice(x):
    return 2.0 * x


ENTRIES = {"twice": Entry((F64,), F64)}


@pytest.fixture
def load(tmp_path, monkeypatch):
    monkeypatch.setattr(kept, "cache_folder", lambda kind: tmp_path)
    written = []

    def write(unit):
        written.append(unit)
        unit.write(text_of(twice, F64), ENTRIES["twice"].kinds, name="twice")

    def loaded():
        program = kept.load_program("twice", "its text", write, ENTRIES)
        assert program["twice"](21.0) == 42.0
        return len(written)

    return loaded


def test_a_program_is_compiled_once(load, tmp_path):
    assert [load(), load()] == [1, 1]
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("damage", [lambda b: b"", lambda b: b[:100], lambda b: b[:200] + b"\x00" + b[201:] + b"x"])
def test_a_damaged_program_is_compiled_again(load, tmp_path, damage):
    load()
    (file,) = tmp_path.iterdir()
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    assert load() == 2
    assert file.read_bytes() == whole


def test_a_second_process_finds_the_kernel_of_the_first(tmp_path):
    program = (
        "from synaspice.devices import AutoOscillator as A;"
        "t = A().ensemble(1e-3, 1e-11, trajectories=20, seed=1).final();"
        "print(repr(t['power'].sum()))"
    )
    environment = os.environ | {"SYNASPICE_CACHE": str(tmp_path)}

    def run():
        ended = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        (file,) = (tmp_path / "kernels").glob("*/auto*")
        return ended.stdout, file.stat().st_mtime_ns

    assert run() == run()
