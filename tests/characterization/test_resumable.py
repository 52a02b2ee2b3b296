"""Long work in pieces: the same whoever computes them, and nothing finished computed twice."""

from __future__ import annotations

import errno
import io
import signal
import subprocess
import sys
import time
from pathlib import Path

import joblib
import numpy as np
import pytest
from fault_trials import fault_table
from piecework import square
from shell import synaspice

from synaspice.characterization import amplitude, read_table, resumable, switching, velocity, write_error
from synaspice.characterization.checkpoints import Checkpoint
from synaspice.characterization.resumable import compute_pieces, shown_on_terminals
from synaspice.characterization.studies.ensembles import PART, ensemble_statistics
from synaspice.devices import MTJ, AutoOscillator, DomainWallMagnet, ParameterError
from synaspice.devices.language.errors import CheckpointWarning

HERE = Path(__file__).parent
PIECES = [{"number": float(k)} for k in range(6)]
#: A run that takes some seconds, in 8 parts.
LONG_RUN = f"""
import sys
from synaspice.devices import MTJ
from synaspice.characterization.studies.ensembles import ensemble_statistics
from synaspice.characterization import write_table
device = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
run = device.ensemble(-0.5, 4e-10, trajectories={7 * PART + 100}, seed=5, time_step=2e-12)
found = ensemble_statistics(run, ["m_z", "resistance"], points=3, checkpoint=sys.argv[1] or None)
write_table(found.table(), sys.argv[2])
"""


def numbers(results):
    return [float(result["square"]) for result in results]


def modification_times(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("piece-*.npz")}


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("backend", ["loky", "threading"])
def test_results_come_in_order_from_any_backend(backend, jobs):
    with joblib.parallel_config(backend, n_jobs=jobs):
        results = list(compute_pieces(square, PIECES, description={}))
    assert numbers(results) == [0, 1, 4, 9, 16, 25]
    np.testing.assert_array_equal(results[3]["list"], [3, -3])


def test_what_is_kept_is_not_computed_again(tmp_path):
    folder = tmp_path / "new" / "folder"
    pieces = [*PIECES[:3], {"number": -1.0}]
    with pytest.raises(ParameterError, match="negative"):
        list(compute_pieces(square, pieces, description={"a": 1}, checkpoint=folder))
    before = modification_times(folder)
    assert len(before) == 3
    # The function of the pieces is not a part of the description: were they computed again, they would be negative too.
    repaired = [{"number": -1.0}] * 3 + [{"number": 5.0}]
    assert numbers(compute_pieces(square, repaired, description={"a": 1}, checkpoint=folder)) == [0, 1, 4, 25]
    after = modification_times(folder)
    assert {name: after[name] for name in before} == before
    assert not list(folder.glob(".piece*"))


def test_a_piece_that_cannot_be_read_is_computed_again(tmp_path):
    list(compute_pieces(square, PIECES, description={}, checkpoint=tmp_path / "f"))
    whole = (tmp_path / "f" / "piece-000002.npz").read_bytes()
    for rubbish in (b"", b"rubbish", whole[:100]):
        (tmp_path / "f" / "piece-000002.npz").write_bytes(rubbish)
        with pytest.warns(CheckpointWarning, match="piece 2 in"):
            assert numbers(compute_pieces(square, PIECES, description={}, checkpoint=tmp_path / "f"))[2] == 4


def test_a_folder_of_other_work_is_refused(tmp_path):
    folder = tmp_path / "f"
    list(compute_pieces(square, PIECES, description={"seed": 1, "device": {"damping": 0.1}}, checkpoint=folder))
    for other, complaint in [
        ({"seed": 2, "device": {"damping": 0.1}}, "seed differ"),
        ({"seed": 1, "device": {"damping": 0.2}}, "damping differ"),
        ({"seed": 1, "device": {"damping": 0.1}, "more": 3}, "more differ"),
    ]:
        with pytest.raises(ParameterError, match=complaint):
            list(compute_pieces(square, PIECES, description=other, checkpoint=folder))
    (tmp_path / "g").mkdir()
    (tmp_path / "g" / "thesis.tex").touch()
    with pytest.raises(ParameterError, match="other files"):
        list(compute_pieces(square, PIECES, description={}, checkpoint=tmp_path / "g"))
    with pytest.raises(ParameterError, match="cannot keep"):
        list(compute_pieces(square, PIECES, description={}, checkpoint=tmp_path / "g" / "thesis.tex" / "h"))
    with pytest.raises(ParameterError, match="give a seed"):
        switching(MTJ(), trajectories=10, checkpoint=tmp_path / "h")


@pytest.mark.parametrize(
    "measure",
    [
        lambda folder: switching(
            MTJ.preset("ikeda2010"), amplitude=[5e-5, 1e-4], width=2e-9, trajectories=40, seed=1, checkpoint=folder
        ),
        lambda folder: velocity(DomainWallMagnet.preset("thiaville2005-like"), values=[1e-4, 2e-4], checkpoint=folder),
        lambda folder: amplitude(
            AutoOscillator.preset("slavin2009-like"), current=[3e-3, 4e-3], temperature=300, seed=1, checkpoint=folder
        ),
        lambda folder: write_error(
            MTJ.preset("ikeda2010"), overdrive=[2, 3], methods=["closed-form"], seed=1, checkpoint=folder
        ),
    ],
    ids=["switching", "velocity", "amplitude", "write-error"],
)
def test_benches_give_the_same_table_on_two_processes_and_from_a_folder(measure, tmp_path):
    table = measure(None)
    with joblib.parallel_config(n_jobs=2):
        others = [measure(tmp_path / "f")]
    before = modification_times(tmp_path / "f")
    assert len(before) == 2
    others.append(measure(tmp_path / "f"))
    assert modification_times(tmp_path / "f") == before
    for other in others:
        np.testing.assert_array_equal(other, table)
        assert other.attrs == table.attrs


@pytest.mark.parametrize("bench", fault_table.cases())
def test_every_resumable_bench_goes_on_where_it_was_interrupted(bench, tmp_path, monkeypatch):
    arguments = [*fault_table.measuring(fault_table.cases()[bench]), "-o"]
    assert synaspice(*arguments, tmp_path / "whole.csv").returncode == 0
    keep, table, kept = Checkpoint.write, tmp_path / "resumed.csv", ["--checkpoint", tmp_path / "f"]

    def full(checkpoint, index, result):
        if len(modification_times(tmp_path / "f")) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        keep(checkpoint, index, result)

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "write", full)
        assert synaspice(*arguments, table, *kept).returncode == 1
    before = modification_times(tmp_path / "f")
    assert len(before) == 2 and not table.exists()
    ended = synaspice(*arguments, table, *kept)
    assert ended.returncode == 0, ended.stderr
    assert table.read_bytes() == (tmp_path / "whole.csv").read_bytes()
    after = modification_times(tmp_path / "f")
    assert before.items() <= after.items() and len(after) > 2


def test_parts_add_up_to_the_very_bits_of_the_whole(tmp_path):
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    run = device.ensemble(-0.5, 1e-10, trajectories=2 * PART + 1500, seed=5, time_step=2e-12)
    edges = {"m_z": np.linspace(-1, 1, 6)}
    whole = run.statistics(["m_z", "resistance"], points=3, edges=edges)
    parts = ensemble_statistics(run, ["m_z", "resistance"], points=3, edges=edges, checkpoint=tmp_path / "f")
    np.testing.assert_array_equal(parts.table(), whole.table())
    assert parts.table().attrs == whole.table().attrs
    np.testing.assert_array_equal(parts.histogram("m_z"), whole.histogram("m_z"))
    other = device.ensemble(-0.5, 1e-10, trajectories=2 * PART + 1500, seed=6, time_step=2e-12)
    with pytest.raises(ParameterError, match="seed differ"):
        ensemble_statistics(other, ["m_z", "resistance"], points=3, edges=edges, checkpoint=tmp_path / "f")


@pytest.mark.slow
def test_a_killed_run_goes_on_where_it_was(tmp_path, monkeypatch):
    folder, tables = tmp_path / "f", [str(tmp_path / name) for name in ("whole.csv", "resumed.csv")]

    def run_here(*arguments):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "argv", ["-c", *arguments])
            exec(LONG_RUN, {})

    run_here("", tables[0])
    killed = {}
    for wanted in (1, 4):
        process = subprocess.Popen([sys.executable, "-c", LONG_RUN, str(folder), tables[1]])
        while len(modification_times(folder)) < wanted and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
        process.wait()
        finished = modification_times(folder)
        assert len(finished) >= wanted
        assert killed.items() <= finished.items()
        killed = finished
    assert len(killed) < 8
    run_here(str(folder), tables[1])
    assert killed.items() <= modification_times(folder).items()
    assert len(modification_times(folder)) == 8
    assert Path(tables[1]).read_bytes() == Path(tables[0]).read_bytes()


@pytest.mark.slow
def test_a_dask_cluster_that_loses_a_worker_gives_the_same_table(tmp_path):
    pytest.importorskip("distributed")
    table = str(tmp_path / "cluster.csv")
    program = [sys.executable, str(HERE / "dask_run.py"), str(tmp_path / "f"), table]
    run = subprocess.run(program, capture_output=True, text=True, timeout=300, check=True)
    assert "killed" in run.stdout
    alone = switching(MTJ.preset("ikeda2010"), trajectories=300, width=[2e-9, 4e-9], seed=1, time_step=2e-12)
    found = read_table(table)
    np.testing.assert_array_equal(found, alone)
    assert found.attrs == alone.attrs


@pytest.mark.parametrize(
    ("asked", "terminal", "shown"), [(None, True, True), (None, False, False), ("parts", False, True)]
)
def test_progress_is_shown_on_a_terminal_and_by_who_asks_for_it(asked, terminal, shown, monkeypatch):
    class Stream(io.StringIO):
        def isatty(self):
            return terminal

    stream = Stream()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setattr(resumable, "SHORT", 0.0)
    assert len(list(compute_pieces(square, PIECES, description={}, progress=asked))) == 6
    silent = "" if asked is None else stream.getvalue()
    assert stream.getvalue() == silent, "nobody who calls a function is shown what he did not ask for"
    with shown_on_terminals():
        list(compute_pieces(square, PIECES, description={}, progress=asked))
    assert ("6/6" in stream.getvalue()) is shown
