"""The commands for cells."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from synaspice.characterization import read_table


def synaspice(*arguments):
    script = Path(sys.executable).with_name("synaspice")
    return subprocess.run([str(script), *map(str, arguments)], capture_output=True, text=True)


@pytest.mark.ngspice
def test_simulate_leaves_a_table_and_a_figure_and_tells_the_cost(tmp_path):
    surroundings = ("--technology", "generic", "--corner", "slow", "--temperature", "85 degC")
    ended = synaspice(
        *("simulate", "inverter", "--set", "pmos_width=3", *surroundings),
        *("-o", tmp_path / "run.parquet", "--plot", tmp_path / "run.png"),
    )
    assert ended.returncode == 0, ended.stderr
    assert "pair of transitions: " in ended.stderr and "inverter works" in ended.stderr
    table = read_table(tmp_path / "run.parquet")
    assert table.attrs["corner"] == "slow" and table.attrs["temperature"] == pytest.approx(358.15)
    assert table.attrs["parameters"]["pmos_width"] == 3
    assert (tmp_path / "run.png").read_bytes().startswith(b"\x89PNG")


def test_cells_are_listed_and_exported(tmp_path):
    assert "axon-hillock" in synaspice("cells").stdout
    assert synaspice("export", "p-bit", "--set", "tmr=1.5", "--name", "bit", "-o", tmp_path / "bit.sub").returncode == 0
    text = (tmp_path / "bit.sub").read_text()
    assert ".subckt bit input output supply ground" in text and ".model generic_nmos" in text
    again = synaspice("export", "p-bit", "-o", tmp_path / "bit.sub")
    assert again.returncode == 2 and "--force" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "axon-hilock"), "did you mean 'axon-hillock'"),
        (("simulate", "inverter", "--temperature", "200degC"), "temperature = 473.15 K is outside"),
        (("export", "p-bit", "--preset", "camsari2017"), "p-bit is a cell"),
    ],
)
def test_mistakes_cost_one_line(arguments, words):
    ended = synaspice(*arguments)
    assert ended.returncode == 2 and words in ended.stderr and "Traceback" not in ended.stderr


def test_temperatures_are_in_kelvin_or_say_that_they_are_not(tmp_path):
    """Alike for benches of devices and cells: a bare number is in kelvin."""
    for text, kelvin in (("85 degC", 358.15), ("358.15", 358.15), ("358 K", 358.0)):
        file = tmp_path / "noise.csv"
        options = ("--frequency", "1e9", "--voltage", "0", "--temperature", text, "-o", file)
        ended = synaspice("characterize", "mtj", "noise", "--preset", "ikeda2010", *options)
        assert ended.returncode == 0, ended.stderr
        assert read_table(file).attrs["temperature"] == pytest.approx(kelvin)
    refused = synaspice("simulate", "inverter", "--temperature", "85")
    assert refused.returncode == 2 and "temperature = 85 K is outside" in refused.stderr
