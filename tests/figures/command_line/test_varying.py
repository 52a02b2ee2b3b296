"""The command ``synaspice vary``: the table that the function makes, its report, its figure, and its refusals."""

from __future__ import annotations

import pytest
from shell import synaspice

from synaspice.characterization import read_table, vary
from synaspice.characterization.bench import BENCHES
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.devices import MTJ
from synaspice.figures.command_line.measurements.varying import Varied, VariedBenches

JUNCTION = ("vary", "mtj", "iv", "--preset", "ikeda2010", "--voltage", "0.1,0.3", "--vary", "tmr=normal 5%")
MERIT = ("--merit", "resistance at state=antiparallel,voltage=0.2")


def test_the_command_does_what_the_function_does(tmp_path):
    more = ("--vary", "resistance_area_product=lognormal 0.1", "--correlate", "tmr,resistance_area_product=0.5")
    how = ("--samples", "20", "--seed", "1", "--sampler", "lhs", "--least", "26k")
    ended = synaspice(*JUNCTION, *more, *how, *MERIT, "-o", "t.csv", "--plot", "t.png", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    expected = vary(
        MTJ.preset("ikeda2010"),
        "iv",
        {"tmr": "normal 5%", "resistance_area_product": "lognormal 0.1"},
        samples=20,
        seed=1,
        sampler="latin-hypercube",
        correlation={("tmr", "resistance_area_product"): 0.5},
        settings={"voltage": [0.1, 0.3]},
        merit=MERIT[1],
        least=26e3,
    )
    table = read_table(tmp_path / "t.csv")
    assert table.equals(expected) and table.attrs == expected.attrs
    assert "20 samples" in ended.stdout and "yield" in ended.stdout and "standard deviation" in ended.stdout
    assert (tmp_path / "t.png").stat().st_size > 10_000


def test_it_goes_on_from_a_folder_and_shares_samples_among_processes(tmp_path):
    how = ("--samples", "4", "--seed", "1", "--checkpoint", "kept", "-o", "t.csv")
    assert synaspice(*JUNCTION, *how, "--jobs", "2", cwd=tmp_path).returncode == 0
    first = (tmp_path / "t.csv").read_bytes()
    assert len(list((tmp_path / "kept").glob("piece-*.npz"))) == 4
    assert synaspice(*JUNCTION, *how, cwd=tmp_path).returncode == 0
    assert (tmp_path / "t.csv").read_bytes() == first


def test_corners_and_indices(tmp_path):
    more = ("--vary", "resistance_area_product=lognormal 0.1")
    ended = synaspice(*JUNCTION, *more, *MERIT, "--sampler", "one-at-a-time", "--plot", "t.svg", cwd=tmp_path)
    assert ended.returncode == 0 and "nominal" in ended.stdout and "5 samples" in ended.stdout, ended.stderr
    ended = synaspice(*JUNCTION, *more, *MERIT, "--sampler", "corners", "--plot", "c.svg", cwd=tmp_path)
    assert ended.returncode == 0 and "5 samples" in ended.stdout, ended.stderr
    pytest.importorskip("SALib")
    ended = synaspice(*JUNCTION, *more, *MERIT, "--indices", "32", "--seed", "1", "--plot", "i.svg", cwd=tmp_path)
    assert ended.returncode == 0 and "resistance_area_product: " in ended.stdout, ended.stderr


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        (["--vary", "tmr"], "NAME=DISTRIBUTION"),
        (["--vary", "damping=gauss 5%"], "a distribution is written as"),
        (["--vary", "tmr=normal 9%"], "--vary scatters tmr twice"),
        (["--correlate", "tmr=0.5"], "A,B=NUMBER"),
        (["--correlate", "tmr,damping=0.5", "--correlate", "damping,tmr=0.1"], "joins damping and tmr twice"),
        (["--samples", "10", "--sampler", "corners"], "as many samples as there are corners"),
        (["--indices", "8"], "name it with --merit"),
        (["--indices", "8", *MERIT, "--samples", "8"], "--samples is of samples"),
        ([*MERIT, "--least", "x"], "--least"),
        (["--speed", "3"], "unknown option of iv"),
        (["--plot", "t.doc"], "unknown figure format"),
    ],
)
def test_mistakes_are_told_in_a_line(more, complaint, tmp_path):
    ended = synaspice(*JUNCTION, *more, cwd=tmp_path)
    assert ended.returncode == 2 and complaint in " ".join(ended.stderr.split())
    assert not list(tmp_path.iterdir())


def test_an_unknown_device_is_told_with_the_names_of_cells():
    ended = synaspice("vary", "latch-comparatr", "--samples", "3")
    assert ended.returncode == 2 and "latch-comparator" in ended.stderr
    ended = synaspice("vary", "mtj", "nonsense")
    assert ended.returncode == 2 and "unknown bench" in ended.stderr


def test_every_bench_and_cell_can_be_varied():
    """No option of a bench has the name of one of the command's own."""
    for bench in BENCHES.values():
        assert VariedBenches(name="mtj").command_of(bench, "mtj").name == bench.name
    for cell in CELLS.own():
        assert Varied(name="vary").get_command(_Context(), cell).name == cell


class _Context:
    resilient_parsing = False
