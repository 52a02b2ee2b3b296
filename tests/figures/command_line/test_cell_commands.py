"""The commands for cells."""

from __future__ import annotations

import re

import pandas as pd
import pytest
from shell import synaspice

from synaspice.characterization import read_table
from synaspice.characterization.cells.cost import Cost
from synaspice.characterization.cells.costs import cost_rows
from synaspice.characterization.cells.standard import cell_table
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.figures.command_line.commands import commands
from synaspice.figures.command_line.measurements import cells

#: Energies of an operation. [J]
SPENT = {"supply": 1.234e-15, "inputs": 5.678e-15, "devices": 9.876e-16, "cmos": 5.432e-15, "returned": 4.9e-16}


@pytest.mark.ngspice
def test_simulate_leaves_a_table_and_a_figure_and_tells_the_cost(tmp_path):
    surroundings = ("--technology", "generic", "--corner", "slow", "--temperature", "85 degC")
    ended = synaspice(
        *("simulate", "inverter", "--set", "pmos_width=3", *surroundings),
        *("-o", tmp_path / "run.parquet", "--plot", tmp_path / "run.png"),
    )
    assert ended.returncode == 0, ended.stderr
    assert "pair of transitions, typical" in ended.stderr and "inverter works" in ended.stderr
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


def test_every_command_has_its_help_and_that_of_simulate_lists_every_cell():
    names = commands().commands
    assert {"simulate", "characterize", "vary", "sweep"} <= set(names)
    for name in names:
        ended = synaspice(name, "--help")
        assert ended.returncode == 0, f"{name}: {ended.stderr}"
    shown = re.findall(r"^  ([a-z]\S+)", synaspice("simulate", "--help").stdout.partition("Cells:")[2], re.M)
    assert shown == sorted(CELLS)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("simulate", "axon-hilock"), "did you mean 'axon-hillock'"),
        (("simulate", "inverter", "--load", "1V"), "--load: '1V' ends in 'V', but the unit 'F' is expected"),
        (("simulate", "inverter", "--points", "1"), "points must be at least 11"),
        (("simulate", "inverter", "--spikes", "2"), "unknown option of inverter '--spikes'"),
        (("simulate", "inverter", "--temperature", "200degC"), "temperature = 473.15 K is outside"),
        (("export", "p-bit", "--preset", "faria2021"), "p-bit is a cell"),
    ],
)
def test_mistakes_cost_one_line(arguments, words):
    ended = synaspice(*arguments)
    assert ended.returncode == 2 and words in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.ngspice
def test_every_argument_of_a_cells_bench_is_an_option(tmp_path):
    ended = synaspice("simulate", "inverter", "--points", 11, "--load", "2f", "-o", tmp_path / "run.csv")
    assert ended.returncode == 0, ended.stderr
    assert len(read_table(tmp_path / "run.csv")) == 11


@pytest.mark.ngspice
def test_reliability_tells_figures_and_reasons(tmp_path):
    ended = synaspice("reliability", "memristor-neuron", "--temperatures", "27degC,400K", "-o", tmp_path / "out.csv")
    assert ended.returncode == 2 and "temperature = 400 K is outside" in ended.stderr
    ended = synaspice("reliability", "memristor-neuron", "--temperatures", "27degC,398", "-o", tmp_path / "out.csv")
    assert ended.returncode == 0, ended.stderr
    assert "memristor-neuron, generic typical: silence of a membrane" in ended.stdout
    assert "27 degC: error_rate < 1e-30" in ended.stdout and "stores nothing" in ended.stdout
    table = read_table(tmp_path / "out.csv")
    assert table["temperature"].tolist() == pytest.approx([300.15, 398]) and table["retention"].isna().all()


def test_costs_fit_a_terminal(capsys, monkeypatch):
    """Without a simulation: a table as the bench of a cell leaves it."""
    monkeypatch.setenv("COLUMNS", "80")
    table = cell_table(
        CELLS.find("four-input-spin-neuron")(),
        {"x": ([1.0], "1", "a column")},
        costs=[
            Cost.of("evaluation", "inputs 0011", SPENT, duration=9e-9, delay=delay, periphery={"DAC": 3})
            for delay in (1.234e-9, None)
        ],
    )
    shown_table = pd.DataFrame(cost_rows(table, periphery=True))
    shown_table.attrs["without"] = {"read-out": "no costs: its bench measures none (costs= of cell_table)"}
    cells.show_costs(shown_table)
    shown = capsys.readouterr().out
    assert "four-input-spin-neuron: generic, corner typical, 27 degC, supply 1 V" in shown
    assert "evaluation, minimum" in shown and "supply 1.23 fJ" in shown and "every 9 ns" in shown
    assert "DAC, an analog level for one input: 417 fJ" in shown and "second-hand" in shown
    assert "read-out: no costs: its bench measures none" in shown
    assert max(map(len, shown.splitlines())) <= 80 and "first spike" not in shown


def test_a_delay_beyond_the_period_is_explained(capsys):
    """That of the first spike, which charges from rest; with two processes the same table."""
    told = {}
    for delay, period in ((2e-9, 1e-9), (1e-9, 2e-9)):
        table = cell_table(
            CELLS.find("memristor-neuron")(),
            {"x": ([1.0], "1", "a column")},
            costs=[Cost.of("spike", "input current 1 µA", SPENT, duration=period, delay=delay)],
        )
        cells.show_costs(pd.DataFrame(cost_rows(table)))
        told[delay > period] = capsys.readouterr().out
    assert "that of its first spike, from rest" in told[True] and "first spike" not in told[False]


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
