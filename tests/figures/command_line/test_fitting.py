"""The command ``synaspice fit``, and measured data over a table's figure."""

from __future__ import annotations

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import iv, read_table, write_table
from synaspice.devices import MTJ

VOLTAGES = np.linspace(-0.4, 0.4, 17)


@pytest.fixture
def exported(tmp_path):
    """What an instrument wrote of a junction in its parallel state: decimal commas, millivolts and microamperes."""
    table = iv(MTJ.preset("ikeda2010", tmr=0.9, resistance_area_product=2e-11), VOLTAGES, states=["parallel"])
    rows = [f"{1e3 * v:.6f};{1e6 * i:.9f}".replace(".", ",") for v, i in table[["voltage", "current"]].to_numpy()]
    path = tmp_path / "lab.csv"
    path.write_text("\n".join(["Setup 7", "U1 [mV];I1 [uA]", *rows]), encoding="utf-8")
    return path


def test_a_fit_prints_its_values_and_leaves_a_table_a_figure_and_a_preset(exported, tmp_path):
    columns = ("--column", "voltage=U1", "--column", "current=2 [uA]")
    options = ("--free", "resistance_area_product", "--preset", "ikeda2010", "-o", "fit.csv", "--plot", "fit.png")
    ended = synaspice("fit", "mtj", "lab.csv", *columns, *options, "--write-preset", "lab.toml", cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert "resistance_area_product" in ended.stdout and "voltage: 1 mV = 0.001 V" in ended.stderr
    assert MTJ.preset(tmp_path / "lab.toml").resistance_area_product == pytest.approx(2e-11, rel=1e-4)
    table = read_table(tmp_path / "fit.csv")
    assert table.attrs["bench"] == "fit" and table["current_residual"].abs().max() < 1e-8
    assert (tmp_path / "fit.png").stat().st_size > 10_000


def test_measured_data_go_over_the_figure_of_a_table(exported, tmp_path):
    write_table(iv(MTJ.preset("ikeda2010"), VOLTAGES, states=["parallel"]), tmp_path / "iv.csv")
    options = ("--measured", "lab.csv", "--column", "voltage=1", "--column", "current=2", "-o", "iv.png")
    ended = synaspice("figure", "iv.csv", *options, cwd=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "iv.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("fit", "mtj", "lab.csv", "--free", "tmr"), "no column says what it is"),
        (("fit", "mtj", "none.csv", "--free", "tmr"), "there is no file"),
        (("fit", "mtj", "lab.csv", "--free", "tmr", "--column", "voltage"), "--column takes NAME=HEAD"),
        (("fit", "mtj", "lab.csv", "--free", "tmr", "--column", "skip=1"), "cannot be called 'skip'"),
        (
            (
                "fit",
                "mtj",
                "lab.csv",
                "--free",
                "tmr",
                "--column",
                "voltage=1",
                "--column",
                "current=2",
                "--bounds",
                "tmr=1",
            ),
            "--bounds takes NAME=LOW:HIGH",
        ),
        (("figure", "iv.csv", "--column", "voltage=1", "-o", "iv.png"), "name them with --measured"),
        (("figure", "spin-neuron", "--measured", "lab.csv", "-o", "out"), "not for systems"),
    ],
)
def test_a_mistake_costs_one_line_and_status_two(arguments, message, exported, tmp_path):
    ended = synaspice(*arguments, cwd=tmp_path)
    assert ended.returncode == 2 and message in ended.stderr, ended.stderr
    assert len(ended.stderr.splitlines()) == 1
