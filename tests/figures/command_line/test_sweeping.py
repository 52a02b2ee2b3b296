"""The command ``synaspice sweep``: the table that the function makes, its report, its figure, and its refusals."""

from __future__ import annotations

import pytest
from shell import synaspice

from synaspice.characterization import read_table, sweep
from synaspice.characterization.bench import BENCHES
from synaspice.circuits import Inverter
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.devices import MTJ
from synaspice.figures.command_line.measurements.sweeping import SweptBenches, SweptThings

JUNCTION = ("sweep", "mtj", "iv", "--preset", "ikeda2010", "--voltage", "0.1,0.3", "--measure", "max current")


def test_the_command_does_what_the_function_does(tmp_path):
    how = ("--sweep", "tmr=0.5:1.5:3", "--sweep", "resistance_area_product=2p,8p")
    ended = synaspice(*JUNCTION, *how, "-o", "t.csv", "--plot", "t.png", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    axes = {"tmr": [0.5, 1.0, 1.5], "resistance_area_product": [2e-12, 8e-12]}
    settings = {"voltage": [0.1, 0.3]}
    expected = sweep(MTJ.preset("ikeda2010"), axes, "iv", measures=["max current"], settings=settings)
    table = read_table(tmp_path / "t.csv")
    assert table["max current"].equals(expected["max current"]) and table.attrs == expected.attrs
    assert "mtj: 6 points: measured 6" in ended.stdout
    assert (tmp_path / "t.png").stat().st_size > 10_000


def test_it_goes_on_from_a_folder_and_shares_points_among_processes(tmp_path):
    how = ("--sweep", "tmr=0.5:1.5:4", "--checkpoint", "kept", "-o", "t.csv")
    assert synaspice(*JUNCTION, *how, "--jobs", "2", cwd=tmp_path).returncode == 0
    first = (tmp_path / "t.csv").read_bytes()
    assert len(list((tmp_path / "kept").glob("piece-*.npz"))) == 4
    assert synaspice(*JUNCTION, *how, cwd=tmp_path).returncode == 0
    assert (tmp_path / "t.csv").read_bytes() == first


@pytest.mark.ngspice
def test_chips_have_a_yield_with_an_interval(tmp_path):
    how = ("--mismatch", "--samples", "4", "--seed", "1", "--points", "11", "--measure", "threshold", "--least", "0.4")
    ended = synaspice("sweep", "inverter", *how, "--plot", "t.svg", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "4 samples: works 4" in ended.stdout and "yield 1, 95 % within 0.3976 to 1" in ended.stdout
    table = sweep(
        Inverter(), mismatch=True, samples=4, seed=1, measures=["threshold"], least=0.4, settings={"points": 11}
    )
    assert table["threshold"].nunique() == 4


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--sweep", "tmr"], "--sweep takes NAME=VALUES"),
        (["--sweep", "tmr=1", "--sweep", "tmr=2"], "--sweep has tmr twice"),
        (["--sweep", "tmr=1:2"], "START:STOP:POINTS"),
        (["--sweep", "tmrr=1,2"], "did you mean"),
        ([], "nothing is swept"),
        (["--corners"], "corners are of cells"),
        (["--sweep", "tmr=1,2", "--samples", "4"], "samples differ by mismatch or by distributions"),
        (["--sweep", "tmr=1,2", "--least", "x"], "--least"),
        (["--sweep", "tmr=1,2", "--plot", "t.doc"], "unknown figure format"),
    ],
)
def test_mistakes_are_told_in_a_line(more, complaint, tmp_path):
    ended = synaspice(*JUNCTION, *more, cwd=tmp_path)
    assert ended.returncode == 2 and complaint in " ".join(ended.stderr.split())
    assert not list(tmp_path.iterdir())


def test_every_bench_and_cell_can_be_swept():
    """No option of a bench has the name of one of the command's own."""
    for bench in BENCHES.values():
        assert SweptBenches(name="mtj").command_of(bench, "mtj").name == bench.name
    for cell in CELLS.own():
        assert SweptThings(name="sweep").get_command(_Context(), cell).name == cell


class _Context:
    resilient_parsing = False
