"""``synaspice export`` of cells: the options that they need, a deck beside the file, several in one netlist."""

from __future__ import annotations

import pytest
from shell import synaspice

from synaspice.circuits.cells.building.netlists import one_netlist, unique_names
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.neurons.neurons import AxonHillock, PBit
from synaspice.circuits.engine.batch import run_deck
from synaspice.devices import MTJ, VTEAM, MissingDependencyError, ParameterError
from synaspice.figures.command_line.exports import exporting_several


@pytest.mark.ngspice
def test_several_cells_and_devices_in_one_netlist(tmp_path):
    ended = synaspice("export", "inverter", "memristor-neuron", "mtj:ikeda2010", "-o", tmp_path / "all.sub")
    assert ended.returncode == 0, ended.stderr
    names = ("inverter", "memristor_neuron", "mtj_ikeda2010")
    assert {path.name for path in tmp_path.iterdir()} == {"all.sub", *(f"all-{name}-test.cir" for name in names)}
    text = (tmp_path / "all.sub").read_text(encoding="utf-8")
    assert text.count("\n.options ") == text.count(".model generic_nmos ") == 1
    for name, figure in (("inverter", "delay"), ("memristor_neuron", "period")):
        deck = tmp_path / f"all-{name}-test.cir"
        (told,) = (line for line in deck.read_text(encoding="utf-8").splitlines() if line.startswith("* Expected: "))
        expected = float(told.removeprefix(f"* Expected: {figure} = ").split()[0])
        assert run_deck(deck)[figure] == pytest.approx(expected, rel=0.02)
    assert run_deck(tmp_path / "all-mtj_ikeda2010-test.cir")["final_m_z"] == pytest.approx(-1, abs=1e-3)


@pytest.mark.ngspice
def test_one_cell_has_a_deck_of_its_name(tmp_path):
    ended = synaspice("export", "inverter", "--set", "pmos_width=3", "--name", "inv", "-o", tmp_path / "my.sub")
    assert ended.returncode == 0 and sorted(path.name for path in tmp_path.iterdir()) == ["my-test.cir", "my.sub"]
    assert run_deck(tmp_path / "my-test.cir")["delay"] > 0
    assert "X1 input output supply 0 inv" in (tmp_path / "my-test.cir").read_text(encoding="utf-8")
    alone = synaspice("export", "inverter", "--no-deck", "-o", tmp_path / "alone.sub")
    assert alone.returncode == 0 and not (tmp_path / "alone-test.cir").exists()


def test_without_a_simulator_the_deck_tells_no_expected_value(tmp_path, monkeypatch, capsys):
    def missing(cell):
        raise MissingDependencyError("no ngspice")

    monkeypatch.setattr(exporting_several, "expected_with_error", missing)
    exporting_several.deliver_several([Inverter()], tmp_path / "a.sub", deck=True, force=False)
    assert "Expected" not in (tmp_path / "a-test.cir").read_text()
    assert "the deck of inverter tells no expected value: no ngspice" in capsys.readouterr().err
    with pytest.raises(ParameterError, match=r"a.sub and .*a-test.cir exist: --force"):
        exporting_several.deliver_several([Inverter()], tmp_path / "a.sub", deck=True, force=False)


@pytest.mark.parametrize("there", ["a.sub", "a-test.cir", "inverter.sym"])
def test_a_file_that_exists_is_told_before_the_bench_runs(there, tmp_path, monkeypatch):
    monkeypatch.setattr(exporting_several, "expected_with_error", lambda cell: pytest.fail("the bench ran"))
    (tmp_path / there).touch()
    with pytest.raises(ParameterError, match=f"{there} exists: --force"):
        exporting_several.deliver_several([Inverter()], tmp_path / "a.sub", deck=True, force=False, editor="xschem")


def test_a_cell_without_a_figure_has_no_deck(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(exporting_several, "has_point", lambda cell: False)
    written = exporting_several.deliver_several([Inverter()], tmp_path / "a.sub", deck=True, force=False)
    assert written == [tmp_path / "a.sub"] and "no deck for inverter" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("inverter:fast",), "inverter is a cell: it has no preset 'fast'"),
        (("inverter", "vteam", "--set", "length=2"), "several names have no"),
        (("inverter", "--all"), "inverter is a cell: --all"),
        (("vteam", "mtj", "--format", "verilog-a"), "--format verilog-a is of one device"),
        (("vteam", "--device", "mtj"), "--device is of cells"),
        (("inverter", "--device", "mtj"), "inverter has no device that could be another one"),
        (("spin-neuron", "--device", "neuron-magnet"), "spin-neuron has the slots magnet, synapse"),
        (("p-bit", "--device", "vteam"), "needs thermal noise of the states; these fit"),
        (("vteam:talati2016", "--preset", "yakopcic"), "vteam:talati2016 has a preset"),
        (("vteam", "mtj", "--corner", "slow"), "are for cells"),
        (("vteam:nobody2020",), "nobody2020"),
    ],
)
def test_mistakes_cost_one_line(arguments, words):
    ended = synaspice("export", *arguments)
    assert ended.returncode == 2 and words in ended.stderr and "Traceback" not in ended.stderr


def test_names_of_several_are_unique():
    junction = MTJ.preset("ikeda2010")
    items = [PBit(), PBit(tmr=1.0), junction, MTJ(), VTEAM()]
    assert list(unique_names(items)) == ["p_bit", "p_bit_2", "mtj_ikeda2010", "mtj", "vteam"]
    text = one_netlist(items, observables=True)
    assert text.count("\n.subckt ") == 5 + 2 * 2 and "\n.subckt p_bit_2 input" in text
    with pytest.raises(ParameterError, match="'A' and 'a' are the same name"):
        one_netlist({"A": VTEAM(), "a": junction})
    with pytest.raises(ParameterError, match="option temp"):
        one_netlist([AxonHillock(), AxonHillock(temperature=350.0)])
