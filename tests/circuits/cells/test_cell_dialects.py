"""Cells in the languages of other simulators: read back, and the same voltages as in ngspice's own."""

from __future__ import annotations

import re
import subprocess

import pytest
from peers import peer
from shell import synaspice
from spectre_reader import to_ngspice

from synaspice.characterization.cells.decks import cell_deck
from synaspice.circuits.cells.building.netlists import one_netlist
from synaspice.circuits.cells.building.subcircuits import definitions
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell, TransmissionGateBitCell
from synaspice.circuits.cells.neurons.neurons import PBit
from synaspice.circuits.cells.spin.spin_neuron import SpinNeuron
from synaspice.circuits.cells.synapses.spike_synapse import SpikeSynapse
from synaspice.devices import VTEAM, ParameterError

MODES = {"ngspice": None, "xyce": None, "ltspice": "lt", "hspice": "hs", "spectre": None}
LINES = {
    Inverter: ["Vs supply 0 1", "Vi input 0 0.45", "X1 input output supply 0 inverter pmos_width=3"],
    SpikeSynapse: [
        "Vs supply 0 1",
        "Vi input 0 1",
        "Vo output 0 0.3",
        "X1 input output supply 0 spike_synapse weight=7",
    ],
    MemristorBitCell: ["Vb bit 0 0.1", "Vw word 0 1", "X1 bit word 0 0 memristor_bit_cell resistance_off=90000"],
    TransmissionGateBitCell: [
        "Vs supply 0 1",
        "Vb bit 0 0.1",
        "Vw word 0 1",
        "Vn word_bar 0 0",
        "X1 bit word word_bar 0 supply 0 transmission_gate_bit_cell complement_width=5",
    ],
}


def voltages(folder, dialect, cell):
    """Voltages of all nodes in ngspice, told to read the dialect as its simulator does."""
    text = cell().netlist(dialect)
    if dialect == "spectre":
        text = to_ngspice(text)
    # What names things of the simulator itself: ngspice has other words for them.
    text = re.sub(r"^\.(OPTIONS (DEVICE|TIMEINT)|temp|option) .*$", "*", text, flags=re.M)
    text = text.replace("level=14", "level=54")
    mode = MODES[dialect]
    (folder / ".spiceinit").write_text((f"set ngbehavior={mode}\n" if mode else "") + "set filetype=ascii\n")
    (folder / "deck.cir").write_text("\n".join(["* cell", text, *LINES[cell], ".op", ".end"]) + "\n")
    ended = subprocess.run(
        ["ngspice", "-b", "deck.cir", "-r", "out.raw"], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert (folder / "out.raw").exists(), ended.stderr[-2000:]
    header, _, values = (folder / "out.raw").read_text().partition("Values:")
    names = re.findall(r"^\t\d+\t(\S+)\tvoltage", header, re.M)
    numbers = [float(word) for word in re.findall(r"^(?: *0)?\t+(\S+)$", values, re.M)]
    return dict(zip(names, numbers, strict=False))


@pytest.mark.ngspice
@pytest.mark.parametrize("cell", LINES)
def test_a_cell_means_the_same_in_every_dialect(cell, tmp_path):
    reference = None
    for dialect in MODES:
        folder = tmp_path / dialect
        folder.mkdir()
        found = voltages(folder, dialect, cell)
        reference = reference or found
        outer = [name for name in reference if "." not in name]
        assert outer and {name: found[name] for name in outer} == pytest.approx(
            {name: reference[name] for name in outer}, rel=1e-4, abs=1e-6
        ), dialect


def test_what_a_dialect_lacks_is_said_in_a_line():
    text = PBit().netlist("xyce")
    assert "* No thermal noise in transients: Xyce has none." in text
    assert "* Xyce has no option of this meaning: chgtol=1e-16 in ngspice." in text
    assert "ask for it with .trannoise" in PBit().netlist("hspice")
    with pytest.raises(ParameterError, match="spin-neuron is written for ngspice alone, not for Spectre"):
        SpinNeuron().netlist("spectre")
    with pytest.raises(ParameterError, match="benches are for ngspice"):
        Inverter().subcircuit(dialect="xyce", for_bench=True)


def test_a_design_kits_models_are_for_ngspice(monkeypatch):
    with pytest.raises(ParameterError, match="models of sky130 are a library for ngspice, of which LTspice"):
        Inverter(technology="sky130").netlist("ltspice")


def test_hspices_ground_of_a_cell_is_not_the_global_one():
    text = Inverter().netlist("hspice")
    assert ".subckt inverter input output supply low\n" in text and " ground " not in text.partition(".subckt")[2]


def test_several_things_in_one_netlist_of_a_dialect():
    text = one_netlist([Inverter(), VTEAM()], dialect="spectre")
    assert text.startswith("simulator lang=spectre") and text.count("\nmodel generic_nmos ") == 1
    assert to_ngspice(text).count(".subckt ") == 2
    parts = [Inverter().subcircuit(dialect="xyce"), VTEAM().subcircuit()]
    with pytest.raises(ParameterError, match="two dialects"):
        definitions(parts)


def test_decks_of_two_dialects_lie_in_one_folder(tmp_path):
    for dialect in MODES:
        ended = synaspice("export", "vteam", "--format", dialect, "-o", tmp_path / f"vteam.{dialect}")
        assert ended.returncode == 0, ended.stderr
    assert len(list(tmp_path.iterdir())) == 2 * len(MODES)
    assert {"vteam-test.cir", "vteam-test-xyce.cir"} <= {path.name for path in tmp_path.iterdir()}


@pytest.mark.parametrize("dialect", MODES)
def test_the_deck_of_a_dialect_includes_the_cell_and_measures(dialect):
    text = cell_deck(MemristorBitCell(), "cell.inc", expected=20500.0, dialect=dialect)
    assert '"cell.inc"' in text and "resistance" in text and "20500.0 ohm" in text
    assert ("param='" in text) == (dialect in ("ngspice", "hspice", "spectre"))


def test_spicelib_reads_a_cell(tmp_path):
    editor = peer("spicelib.editor.spice_editor")
    path = tmp_path / "cell.net"
    path.write_text("* cell\n" + MemristorBitCell().netlist("ltspice") + ".end\n", encoding="utf-8")
    read = editor.SpiceEditor(str(path))
    assert {"memristor_bit_cell", "memristor_bit_cell_cell"} <= {name.lower() for name in read.get_subcircuit_names()}
