"""Folders of finished pieces: whose they are, whether each is what was written, and several processes on one."""

from __future__ import annotations

import json
import multiprocessing
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from piecework import square

from synaspice.characterization import checkpoints
from synaspice.characterization.resumable import compute_pieces, describe
from synaspice.devices import MTJ, ParameterError, Pulse
from synaspice.devices.language.errors import CheckpointWarning

PIECES = [{"number": float(k)} for k in range(4)]
RIGHT = [0, 1, 4, 9]


def compute(folder, description=None, pieces=PIECES):
    return [
        float(result["square"])
        for result in compute_pieces(square, pieces, description=description or {"seed": 1}, checkpoint=folder)
    ]


@pytest.fixture
def folder(tmp_path):
    """A folder of finished work."""
    assert compute(tmp_path / "f") == RIGHT
    return tmp_path / "f"


@pytest.mark.parametrize("text", ["", "{", "null", "[1]", "\0" * 50, None])
def test_a_lost_description_is_written_again(folder, text):
    """A run that was killed while it wrote its first file, and what a damaged disk may leave."""
    file = folder / checkpoints.DESCRIPTION
    whole = file.read_text()
    pieces = {path.name: path.stat().st_mtime_ns for path in folder.glob("piece*")}
    file.unlink() if text is None else file.write_text(text)
    assert compute(folder) == RIGHT
    assert file.read_text() == whole
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob("piece*")} == pieces
    file.unlink() if text is None else file.write_text(text)
    with pytest.raises(
        ParameterError, match=r"description.json is missing or damaged, and its 4 pieces are not of this"
    ):
        compute(folder, {"seed": 2})
    for path in folder.glob("piece*"):
        path.unlink()
    assert compute(folder, {"seed": 2}) == RIGHT  # begun anew


def test_a_piece_that_was_changed_or_moved_is_computed_again(folder, tmp_path):
    assert compute(tmp_path / "g", {"seed": 2}) == RIGHT
    first, third = folder / "piece-000001.npz", folder / "piece-000003.npz"
    whole = third.read_bytes()

    def check(said):
        with pytest.warns(CheckpointWarning, match=f"{said}.*computed again"):
            assert compute(folder) == RIGHT
        assert compute(folder) == RIGHT  # now without a warning

    shutil.copy(first, third)
    check("piece 3 in '.*' is damaged, or of another work")
    shutil.copy(tmp_path / "g" / "piece-000003.npz", third)
    check("piece 3 in")
    third.write_bytes(b"")
    first.write_bytes(whole[:100])
    check("pieces 1, 3 in '.*' are damaged")
    with np.load(folder / "piece-000003.npz") as stored:
        other = dict(stored)
    np.savez(third, **(other | {"square": other["square"] + 1}))  # as a whole file of numpy's
    check("piece 3 in")


def test_no_flipped_bit_passes(folder):
    """Of any byte of the file: it is noticed, or changes nothing of the result."""
    kept = checkpoints.open_checkpoint(folder, json.loads((folder / checkpoints.DESCRIPTION).read_text()))
    path, right = folder / "piece-000002.npz", kept.read(2)
    assert right is not None
    whole = path.read_bytes()
    noticed = 0
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
        found = kept.read(2)
        noticed += found is None
        assert found is None or {name: values.tolist() for name, values in found.items()} == {
            name: values.tolist() for name, values in right.items()
        }
    assert noticed > len(whole) / 7 / 4


def test_another_version_of_the_code_is_refused(folder, monkeypatch, tmp_path):
    monkeypatch.setattr(checkpoints, "_package", lambda: "another")
    with pytest.raises(ParameterError, match="another version of the code"):
        compute(folder)
    monkeypatch.undo()
    assert compute(folder) == RIGHT
    # The code of what other packages bring counts too: here the module of the function.
    module = tmp_path / "plugin.py"
    module.write_text("def f(): pass")
    monkeypatch.setattr(square.__globals__["__spec__"].loader, "path", str(module), raising=False)
    monkeypatch.setitem(checkpoints.sys.modules, square.__module__, type("Plugin", (), {"__file__": str(module)}))
    with pytest.raises(ParameterError, match="another version of the code"):
        compute(folder)


def test_a_description_tells_parts_by_name_and_refuses_what_it_cannot_tell(tmp_path):
    @dataclass(frozen=True)
    class Work:
        device: MTJ
        pulse: Pulse
        limit: float

    def described(tilt, width, limit=float("nan")):
        device = MTJ(initial_polar_angle=tilt)
        return describe(device, work=[Work(device, Pulse(0.0, 1.0, width=width), limit)])

    assert compute(tmp_path / "f", described(0.1, 1e-9)) == RIGHT
    assert compute(tmp_path / "f", described(0.1, 1e-9)) == RIGHT
    with pytest.raises(ParameterError, match="initial_polar_angle, work differ"):
        compute(tmp_path / "f", described(0.2, 1e-9))
    with pytest.raises(ParameterError, match="work differ"):
        compute(tmp_path / "f", described(0.1, 2e-9))
    with pytest.raises(ParameterError, match="drive cannot be described"):
        compute(tmp_path / "g", describe(MTJ(), drive=lambda t: t))
    assert [
        float(each["square"]) for each in compute_pieces(square, PIECES, description={"drive": lambda t: t})
    ] == RIGHT


def test_four_processes_may_begin_one_folder_at_once(tmp_path):
    forked = multiprocessing.get_context("fork")
    for trial in range(3):
        gate = forked.Barrier(4)

        def begin(folder=tmp_path / str(trial), gate=gate):
            gate.wait()
            assert compute(folder) == RIGHT

        processes = [forked.Process(target=begin) for _ in range(4)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert [process.exitcode for process in processes] == [0] * 4
        assert sorted(path.name for path in (tmp_path / str(trial)).iterdir()) == [
            checkpoints.DESCRIPTION,
            *(f"piece-{k:06d}.npz" for k in range(4)),
        ]


def test_a_folder_that_cannot_be_one_is_refused(tmp_path):
    (tmp_path / "file").touch()
    for folder, reason in (
        (tmp_path / "file", "file exists"),
        (Path("/proc/nothing"), "cannot keep"),
        (tmp_path / ("x" * 300), "too long"),
    ):
        with pytest.raises(ParameterError, match=f"cannot keep results in .*{reason}|{reason}"):
            compute(folder)
