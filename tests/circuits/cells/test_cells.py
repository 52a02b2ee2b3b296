"""Cells as subcircuits: what they contain, how they go together, and what is refused before anything is simulated."""

from __future__ import annotations

import subprocess

import numpy as np
import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.standard import bench_deck, energies, run_bench
from synaspice.circuits.cells.building.cell import CELLS, Cell
from synaspice.circuits.cells.building.declared import Port
from synaspice.circuits.cells.building.subcircuits import definitions
from synaspice.circuits.cells.building.tolerances import options_lines, strictest
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.circuits.cells.neurons.neuron_chain import NeuronChain
from synaspice.circuits.cells.neurons.neurons import MemristorNeuron, PBit
from synaspice.circuits.cells.spin.domain_wall_cells import DomainWallPair
from synaspice.circuits.cells.spin.spin_neuron import SpinNeuron
from synaspice.circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import OperatingPoint, Transient
from synaspice.devices import VTEAM, ParameterError, UnknownNameError


def test_every_cell_is_described_and_has_ports_and_parameters_with_bounds():
    assert {"p-bit", "axon-hillock", "latch-comparator", "stdp-synapse"} <= set(CELLS)
    for name, cell in CELLS.items():
        if not cell.__module__.startswith("synaspice."):
            continue
        assert cell.__doc__, name
        assert {port.direction for port in cell.ports().values()} <= {"input", "output", "inout", "supply"}
        circuit = cell().subcircuit()
        assert circuit.pins == tuple(cell.ports())
        unfolded = " ".join(circuit.text.replace("\n+", " ").split())
        assert f".subckt {circuit.name} {' '.join(circuit.pins)}" in unfolded


@pytest.mark.parametrize(
    ("values", "error", "words"),
    [
        ({"corner": "nominal"}, UnknownNameError, "typical"),
        ({"technology": "tsmc28"}, UnknownNameError, "generic"),
        ({"weight": 1.5}, ParameterError, r"weight = 1.5 is outside its bounds \[-1, 1\]"),
        ({"temperature": 500.0}, ParameterError, "temperature = 500 K is outside"),
        ({"wieght": 0.1}, UnknownNameError, "did you mean 'weight'"),
        ({"resistance_on": 1e6}, ParameterError, "resistance_on = 1e"),
        ({"access_width": "3 V"}, ParameterError, "access_width"),
    ],
)
def test_values_that_a_cell_cannot_have(values, error, words):
    with pytest.raises(error, match=words):
        DifferentialSynapse(**values)


def test_a_neuron_whose_threshold_the_supply_cannot_reach_is_refused():
    with pytest.raises(ParameterError, match="must lie below supply_voltage"):
        MemristorNeuron(threshold_voltage=2.0)


def test_wrong_numbers_and_names_of_nodes_are_refused():
    circuit = Inverter().subcircuit()
    assert circuit.instance("1", ["a", "b", "c", "0"]) == "X1 a b c 0 inverter"
    with pytest.raises(ParameterError, match="4 pins .* but 3 nodes"):
        circuit.instance("1", ["a", "b", "c"])
    with pytest.raises(UnknownNameError, match="inptu"):
        circuit.instance("1", {"inptu": "a"})
    with pytest.raises(ParameterError, match="no node is given for output, supply, ground"):
        circuit.instance("1", {"input": "a"})


def test_what_is_wrong_with_a_circuit_is_said_when_it_is_built():
    class Wrong(Cell):
        """A cell whose device has a terminal too few."""

        top = Port("inout", "top")

        def build(self, assembly):
            assembly.device("r", VTEAM(), {"p": "top"})

    try:
        with pytest.raises(ParameterError, match="vteam: no node is given for n"):
            Wrong().subcircuit()
    finally:
        del CELLS._items["wrong"]
    with pytest.raises(ParameterError, match="cannot be the name"):
        Inverter().subcircuit(name="two words")


def test_definitions_stand_once_and_clashes_are_refused():
    one, two = PBit().subcircuit(name="one"), PBit(tmr=1.0).subcircuit(name="two")
    text = definitions([one, two])
    assert text.count(".model generic_nmos") == 1
    assert text.count(".subckt one_mtj ") == text.count(".subckt two_mtj ") == 1
    with pytest.raises(ParameterError, match="two different subcircuits are called 'pbit_mtj'"):
        definitions([PBit().subcircuit(name="pbit"), PBit(tmr=1.0).subcircuit(name="pbit")])
    with pytest.raises(ParameterError, match="two corners"):
        definitions([one, PBit(corner="slow").subcircuit(name="two")])


@pytest.mark.ngspice
def test_an_exported_cell_runs_in_the_program_and_in_pyspice(tmp_path):
    from PySpice.Spice.Netlist import Circuit

    (tmp_path / "cell.sub").write_text(Inverter().netlist(), encoding="utf-8")
    deck = ["* inverter", ".include cell.sub", "Vs s 0 1", "Vi i 0 0.2", "X1 i o s 0 inverter", ".op", ".print op v(o)"]
    (tmp_path / "deck.cir").write_text("\n".join([*deck, ".end"]) + "\n", encoding="utf-8")
    ended = subprocess.run(["ngspice", "-b", "deck.cir"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "o " in ended.stdout and "rror" not in ended.stderr

    circuit = Circuit("inverter in PySpice")
    circuit.subcircuit(Inverter().subcircuit())
    circuit.V("s", "s", circuit.gnd, 1)
    circuit.V("i", "i", circuit.gnd, 0.2)
    circuit.X("1", "inverter", "i", "o", "s", circuit.gnd)
    assert ngspice.run(circuit, OperatingPoint())["v(o)"].iloc[0] > 0.98


@pytest.mark.ngspice
def test_energies_add_up():
    """What goes into the memristor of a cell is what a source delivers, less the transistor's part."""
    cell = MemristorBitCell(access_width=50)
    circuit = cell.subcircuit(meters=True)
    lines = ["Vbit bit 0 0.1", "Vword word 0 1", "Vsource source 0 0"]
    (run,) = run_bench(cell, lines, Transient(1e-10, 10e-9), circuit=circuit)
    spent = energies(run, circuit, {"vbit": "bit", "vword": "word", "vsource": "source"})
    # 0.1 V across 400 kohm for 10 ns; the transistor adds some hundred ohms
    assert spent["devices"] == pytest.approx(0.1**2 / 400e3 * 10e-9, rel=5e-3)
    # The gate of a transistor so wide takes a tunnelling current, a sixth of what the memristor takes.
    gate = -np.trapezoid(run["i(vword)"], run["time"])
    assert gate < 0.2 * spent["devices"]
    assert spent["inputs"] - gate == pytest.approx(spent["devices"], rel=2e-2)
    assert spent["supply"] == 0


@pytest.mark.ngspice
def test_a_series_reads_once_and_keeps_what_was_altered():
    deck = "* divider\nV1 a 0 1\nR1 a b 1k\nR2 b 0 1k"
    runs = ngspice.run_series(
        deck, [((), OperatingPoint()), (["alter r2 = 3k"], OperatingPoint()), ((), OperatingPoint())]
    )
    assert [run["v(b)"].iloc[0] for run in runs] == pytest.approx([0.5, 0.75, 0.75])
    with pytest.raises(ParameterError, match="one analysis or more"):
        ngspice.run_series(deck, [])


@pytest.mark.ngspice
def test_processes_share_out_a_series_and_change_nothing():
    """What was changed before a process's first run is changed there too; each run has the seed that it had."""
    cell, interval = PBit(), PBit().noise_step
    circuit = cell.subcircuit(for_bench=True)
    analysis = Transient(interval, 2e-10, max_step=interval)
    runs = [
        ([f"setseed {k}", f"alter vinput dc = {0.1 * k!r}", *(["alter vsupply dc = 0.9"] if k == 2 else [])], analysis)
        for k in range(1, 6)
    ]
    deck = bench_deck(cell, circuit, ["Vinput input 0 0"])
    settings = {"osdi": circuit.files, "noise": circuit.noises_of("1")}
    alone = ngspice.run_series(deck, runs, processes=1, **settings)
    for processes in (2, 3, 9):
        for one, other in zip(alone, ngspice.run_series(deck, runs, processes=processes, **settings), strict=True):
            np.testing.assert_allclose(one["v(output)"], other["v(output)"], rtol=1e-6, atol=1e-9)
    assert alone[0]["v(supply)"].iloc[0] == 1.0 and alone[4]["v(supply)"].iloc[0] == 0.9


@pytest.mark.ngspice
def test_an_error_in_one_of_several_processes_is_told():
    deck = "* divider\nV1 a 0 1\nR1 a b 1k\nR2 b 0 1k"
    with pytest.raises(ngspice.NgspiceError, match="r7"):
        ngspice.run_series(deck, [((), Transient(1e-9, 1e-6)), (["alter r7 = 3k"], OperatingPoint())], processes=2)


def test_written_cells_have_subcircuits_if_nothing_else_is_asked_for():
    for cell in (PBit(), MemristorNeuron(), SpinNeuron(), NeuronChain()):
        circuit = cell.subcircuit()
        assert circuit.files == () and circuit.noises == () and "EXTERNAL" not in circuit.text
    own = PBit(devices="subcircuit").subcircuit(for_bench=True)
    assert own.files == () and "TRRANDOM" not in own.text
    assert [source.name for source in own.noises_of("7")] == [
        f"x7.xmtj.V_thermal_field_{axis}_samples" for axis in "xyz"
    ]


@pytest.mark.native
def test_benches_have_native_devices_where_they_can_be_had():
    for cell in (PBit(), SpinNeuron(), DomainWallPair()):
        circuit = cell.subcircuit(for_bench=True)
        assert circuit.files and all(file.suffix == ".osdi" for file in circuit.files)
        assert cell.replace(devices="native").subcircuit().files == circuit.files
    for cell in (MemristorNeuron(), NeuronChain()):
        assert cell.subcircuit(for_bench=True).files == (), "no noise in transients"
        assert cell.replace(devices="native").subcircuit(for_bench=True).files
    assert Inverter(devices="native").subcircuit(for_bench=True).files == ()
    own = PBit().subcircuit(for_bench=True)
    assert [model.name for model in own.noises_of("1", "2")] == ["p_bit_mtj"] * 2


@pytest.mark.native
def test_forms_of_the_devices_agree():
    """Benches that no noise touches; a threshold switch switches between two steps, twice a period: two percent."""
    tables = [
        simulate(STDPSynapse(devices=form), delays=[-9e-8, -6e-8, -3e-8, 3e-8, 6e-8, 9e-8])
        for form in ("native", "subcircuit")
    ]
    assert [table.attrs["native"] for table in tables] == [True, False]
    # Errors that reltol leaves in the charges of native memristors add up: 0.5 % with ngspice 39.
    np.testing.assert_allclose(tables[0]["change"], tables[1]["change"], rtol=1e-2)
    tables = [simulate(MemristorNeuron(devices=form)) for form in ("native", "subcircuit")]
    np.testing.assert_allclose(tables[0]["rate"], tables[1]["rate"], rtol=2e-2)
    np.testing.assert_allclose(tables[0]["energy_supply"], tables[1]["energy_supply"], rtol=2e-2)


def test_unknown_cell():
    with pytest.raises(UnknownNameError, match="axon-hillock"):
        CELLS.find("axon-hilock")


def test_a_cells_netlist_tells_where_the_values_of_its_devices_come_from():
    cell = CELLS.find("p-bit")()
    circuit = cell.subcircuit()
    (line,) = circuit.provenance
    assert line == f"mtj faria2021: {cell.junction.provenance_summary}"
    head = " ".join(part.lstrip("* ") for part in circuit.body.splitlines() if part.startswith("*"))
    assert f"Values of {line}" in head


def test_cells_in_one_netlist_get_the_strictest_options():
    cells = PBit().subcircuit(), Inverter().subcircuit(), MemristorNeuron().subcircuit()
    (line,) = (line for line in definitions(cells).splitlines() if line.startswith(".options"))
    assert line == ".options temp=27 method=gear chgtol=1e-19 abstol=1e-13 gmin=1e-15 reltol=0.0001"
    with pytest.raises(ParameterError, match="two values of the simulator's option temp: 27 and 85"):
        definitions([Inverter().subcircuit(), Inverter(temperature=358.15).subcircuit(name="hot")])
    assert strictest([{"cshunt": 1e-16}, {"cshunt": 1e-15, "vntol": 1e-7}]) == {"cshunt": 1e-15, "vntol": 1e-7}
    assert options_lines({}) == []
