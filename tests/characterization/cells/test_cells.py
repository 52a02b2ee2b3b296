"""What the cells do on their standard benches, against closed forms; corners, temperatures; costs."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from corners import some_of
from peers import kit

from synaspice.characterization.bench import BENCHES
from synaspice.characterization.cells.bench import CELL_BENCHES, simulate
from synaspice.characterization.cells.costs import cost_rows, published_costs
from synaspice.characterization.cells.standard import cell_table, crossings
from synaspice.characterization.tables import read_table, write_table
from synaspice.circuits.cells.building.cell import CELLS, Cell
from synaspice.circuits.cells.building.declared import ZERO_CELSIUS
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.logic.readout import LatchComparator, SenseAmplifier
from synaspice.circuits.cells.memories.junction_cell import MTJBitCell
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell, TransmissionGateBitCell
from synaspice.circuits.cells.memories.spin_orbit_cell import SpinOrbitBitCell
from synaspice.circuits.cells.neurons.adapting_neuron import AdaptingNeuron
from synaspice.circuits.cells.neurons.mott_neuron import MottNeuron
from synaspice.circuits.cells.neurons.neuron_chain import NeuronChain
from synaspice.circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron, MTJNeuron, OscillatorNeuron, PBit
from synaspice.circuits.cells.spin.domain_wall_cells import DomainWallNeuron
from synaspice.circuits.cells.spin.spin_neuron import SpinNeuron
from synaspice.circuits.cells.synapses.spike_synapse import SpikeSynapse
from synaspice.circuits.cells.synapses.synapses import DifferentialSynapse, STDPSynapse
from synaspice.circuits.cells.synapses.triplet_synapse import TripletSTDPSynapse
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import Transient
from synaspice.devices import ParameterError, ValidityWarning
from synaspice.figures import plot
from synaspice.figures.drawing import FIGURES

pytestmark = pytest.mark.ngspice

#: Short settings of the benches: enough to tell whether a cell does what it is for. By the order of the cells each gets
#: its usual situation: those whose benches run long stand where a generic process comes, which is the faster one.
SHORT = {
    LatchComparator: {"differences": [-0.01, 0.01]},
    AxonHillock: {"spikes": 3},
    OscillatorNeuron: {"currents": [50e-6, 300e-6]},
    TripletSTDPSynapse: {"frequencies": [0.8e6], "times": [0.5e-6]},
    PBit: {"duration": 10e-9},
    MTJNeuron: {"currents": [20e-6, 240e-6], "trials": 2},
    MemristorBitCell: {},
    MTJBitCell: {},
    DifferentialSynapse: {"weights": [-1.0, 0.0, 1.0]},
    STDPSynapse: {"delays": [-200e-9, -100e-9, -30e-9, 30e-9, 100e-9, 200e-9]},
    SenseAmplifier: {"ratios": [0.7, 1.4]},
    Inverter: {},
    SpikeSynapse: {"weights": [10.0, 20.0]},
    NeuronChain: {"spikes": 3},
    TransmissionGateBitCell: {},
    SpinOrbitBitCell: {},
    AdaptingNeuron: {"currents": [25e-9, 50e-9]},
    MottNeuron: {"spikes": 3},
    MemristorNeuron: {"currents": [0.6e-6, 2.5e-6], "spikes": 2},
}
SITUATIONS = [
    *((technology, corner, 27) for technology in ("generic", "sky130") for corner in ("typical", "slow", "fast")),
    *((technology, "typical", celsius) for technology in ("generic", "sky130") for celsius in (-40, 125)),
]
#: Cells for a window of temperatures about that of a room.
TEMPERATE = {MottNeuron}
#: Usually one situation for each cell, all of them in turn.
CASES = some_of(
    [pair for pair in itertools.product(SHORT, SITUATIONS) if pair[0] not in TEMPERATE or pair[1][2] == 27],
    [(cell, SITUATIONS[(1 + 3 * k) % len(SITUATIONS)]) for k, cell in enumerate(SHORT)],
)


def test_an_axon_hillock_fires_in_proportion_to_the_current_over_three_decades():
    cell = AxonHillock()
    table = simulate(cell)
    assert table.attrs["works"]
    assert table["current"].iloc[-1] / table["current"].iloc[0] == pytest.approx(1000)
    # Leakage of some picoamperes bends the lower end, the time of the reset the upper one.
    assert table.attrs["exponent"] == pytest.approx(1, abs=0.02)
    assert abs(table.attrs["leakage"]) < 0.2 * table["current"].iloc[0]
    gain = (table["rate"] / table["current"]).to_numpy()
    assert gain == pytest.approx(np.full(7, np.sqrt(gain.min() * gain.max())), rel=0.08)
    middle = table.iloc[len(table) // 2]
    swing = cell.feedback_capacitance * cell.supply_voltage
    # Mead's rate, of an amplifier that switches at once and pulls from rail to rail.
    assert middle["rate"] == pytest.approx(middle["current"] / swing, rel=0.15)
    assert (table["energy_devices"] == 0).all()


def test_a_memristor_neuron_has_a_threshold_and_the_period_of_its_circuit():
    cell = MemristorNeuron()
    threshold = cell.threshold_current
    table = simulate(cell, currents=[0.9 * threshold, 2 * threshold, 4 * threshold], spikes=3)
    assert table.attrs["works"] and table["rate"].iloc[0] == 0
    off, on, load = cell.resistance_off, cell.resistance_on, cell.load_resistance
    for current, rate in zip(table["current"][1:], table["rate"][1:], strict=True):
        # Charging with the memristor off, from its hold voltage to its threshold; discharging with it on.
        high = cell.threshold_voltage * (off + load) / off
        low = cell.hold_voltage * (on + load) / on
        total, final = off + load, current * (on + load)
        charging = total * cell.capacitance * math.log((current * total - low) / (current * total - high))
        discharging = (on + load) * cell.capacitance * math.log((high - final) / (low - final))
        # The latch is fast: the memristor neither hesitates at its threshold nor parks half on.
        assert 1 / rate == pytest.approx(charging + discharging, rel=0.03)


def test_the_amplitude_in_an_oscillator_neuron_is_the_free_running_ones():
    table = simulate(OscillatorNeuron(), currents=[50e-6, 200e-6, 300e-6])
    assert table.attrs["works"]
    # The amplifier's input takes a little of the current.
    assert table["amplitude"].to_numpy() == pytest.approx(table["expected_amplitude"].to_numpy(), abs=0.02)


def test_plasticity_has_an_exponential_window():
    table = simulate(STDPSynapse())
    assert table.attrs["works"] and table.attrs["residual"] < 0.01
    # A tail meets a pulse of 5 ns, and the transistor's small drop depends on the current: time constants to 5 %.
    assert table.attrs["fitted_time_constants"] == pytest.approx([100e-9] * 2, rel=0.05)


def test_a_differential_synapse_multiplies():
    table = simulate(DifferentialSynapse(resistance_on=1e6, resistance_off=1e7))
    # Transistors of some kiloohms before memristors of megaohms: an error of less than a percent.
    assert table["difference"].to_numpy() == pytest.approx(table["ideal"].to_numpy(), abs=0.01 * table["ideal"].max())


def test_a_comparator_regenerates_in_a_logarithmic_time():
    differences = [1e-4, 1e-3, 1e-2]
    table = simulate(LatchComparator(), differences=differences)
    assert "flicker noise not counted" in table.attrs["criterion"]
    assert table["decision"].tolist() == [1, 1, 1]
    steps = -np.diff(table["delay"])
    assert steps[0] == pytest.approx(steps[1], rel=0.1)  # a decade costs the same time
    assert table.attrs["regeneration_time"] == pytest.approx(steps.mean() / math.log(10), rel=0.05)


@pytest.mark.parametrize("cell", [SenseAmplifier, MemristorBitCell, Inverter])
def test_fast_benches(cell):
    table = simulate(cell())
    assert table.attrs["works"], table.attrs["criterion"]
    row = next(row for row in cost_rows(table) if row["operation"] != "read")  # which has no edge
    assert row["cell"] == cell.model_name() and row["delay"] > 0 and row["total"] > 0
    assert row["total"] == pytest.approx(row["devices"] + row["cmos"] + row["returned"])


def test_the_mean_output_of_a_p_bit_is_a_sigmoid_of_its_input():
    cell = PBit()
    table = simulate(cell, inputs=[0.44, 0.49, 0.51, 0.53, 0.58], duration=15e-9)
    assert table.attrs["works"]
    # Some 60 correlation times in each mean: standard errors of up to 6 %, three of them.
    assert np.abs(table["mean_output"] - table["sigmoid"]).max() < 0.18
    assert abs(table.attrs["centre"] - 0.52) < 0.02 and 0.01 < table.attrs["scale"] < 0.05


@pytest.mark.slow
def test_three_p_bits_sample_an_and_gate():
    """Boltzmann distribution of C = A and B; couplings of Camsari et al., Phys. Rev. X 7, 031014 (2017)."""
    cell, strength, duration = PBit(), 0.3, 50e-9
    fields, couplings = np.array([1, 1, -2]), np.array([[0, -1, 2], [-1, 0, 2], [2, 2, 0]])
    centre, scale, supply = 0.519, 0.0244, cell.supply_voltage  # of the sigmoid of one p-bit
    circuit = cell.subcircuit()
    lines = ["* AND gate of three p-bits", circuit.text, f"Vsupply supply 0 {supply}"]
    for i in range(3):
        sums = " ".join(f"+ ({couplings[i, j]})*(2*V(out{j})/{supply} - 1)" for j in range(3) if j != i)
        lines.append(f"Bin{i} in{i} 0 V={centre} + {scale * strength}*({fields[i]} {sums})")
        lines.append(circuit.instance(str(i), [f"in{i}", f"out{i}", "supply", "0"]))
    analysis = Transient(1e-11, duration, max_step=1e-11)
    (run,) = ngspice.run_series(
        "\n".join(lines),
        [(["setseed 1"], analysis)],
        options={"temp": cell.celsius, "chgtol": 1e-19},
        save=[f"v(out{i})" for i in range(3)],
        time_limit=1200,
    )
    times = np.arange(2e-9, duration, 1e-11)
    bits = np.array([np.interp(times, run["time"], run[f"v(out{i})"]) > supply / 2 for i in range(3)])
    shares = np.bincount(np.array([4, 2, 1]) @ bits, minlength=8) / len(times)
    states = np.array([[2 * (k >> shift & 1) - 1 for shift in (2, 1, 0)] for k in range(8)])
    energy = -(states @ fields) - np.einsum("ki,ij,kj->k", states, couplings, states) / 2
    expected = np.exp(-strength * energy)
    expected /= expected.sum()
    # About 250 independent samples: a total variation of 0.07 from counting alone; the rest is for the sigmoid of a
    # real p-bit, which is not an exact tanh, and whose outputs are not binary while they switch.
    assert np.abs(shares - expected).sum() / 2 < 0.14
    assert shares[[0, 2, 4, 7]].sum() > 0.7  # the rows of the truth table


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "situation"), CASES)
def test_every_cell_works_in_corners_and_at_temperatures(cell, situation):
    technology, corner, celsius = situation
    if technology == "sky130":
        kit("sky130")
    made = cell(technology=technology, corner=corner, temperature=celsius + ZERO_CELSIUS)
    table = simulate(made, **SHORT[cell])
    assert table.attrs["works"], f"{table.attrs['criterion']}\n{table}"


def test_mismatch_gives_a_comparator_an_offset():
    """The comparator with mismatch decides by its input pair's difference of thresholds, not by a smaller signal."""
    cell = LatchComparator(
        input_width=6, tail_width=6, latch_width=30
    )  # a large latch, whose own mismatch counts little
    numbers = cell.subcircuit(mismatch=1, for_bench=True).body
    shifts = [float(line.rpartition("delvto=")[2]) for line in numbers.splitlines() if line.startswith("Min_")]
    offset = shifts[0] - shifts[1]  # plus has to be higher than minus by this
    assert abs(offset) > 5e-3
    differences = [0.3 * offset, 3 * offset]
    assert simulate(cell, differences=differences)["decision"].tolist() == [float(d > 0) for d in differences]
    decisions = simulate(cell, differences=differences, mismatch=1)["decision"].tolist()
    assert decisions == [float(0.3 * offset > offset), float(3 * offset > offset)]


def test_every_cell_has_a_bench_and_a_figure(tmp_path):
    assert set(CELLS.own()) <= set(CELL_BENCHES)
    others = {
        "trajectory",
        "wire-resistance",
        "crossbar-settling",
        "pattern-classifier",
        "effective-bits",
        "fault-errors",
        "product-cost",
        "fit",
        "population",
        "sweep",
        "sweep-yields",
        "vary",
        "sobol-indices",
        "endurance",
        "cell-retention",
    }
    assert {*CELLS.own(), *BENCHES.own(), *others} == set(FIGURES.own())
    table = simulate(Inverter(), points=11)
    again = read_table(write_table(table, tmp_path / "inverter.parquet"))
    assert again.equals(table) and again.attrs == table.attrs
    assert "CMOS inverter, 45 nm (generic), typical corner, 27 °C" in plot(again).get_suptitle()


def test_a_cell_without_a_bench_says_so():
    class Bare(Cell):
        """A cell that nobody has made a bench for."""

    try:
        with pytest.raises(ParameterError, match="has no standard bench"):
            simulate(Bare())
    finally:
        del CELLS._items["bare"]


def test_crossings_and_tables():
    time = np.array([0.0, 1.0, 2.0, 3.0])
    assert crossings(time, np.array([0.0, 1.0, 0.0, 1.0]), 0.25).tolist() == [0.25, 2.25]
    assert crossings(time, np.array([0.0, 1.0, 0.0, 1.0]), 0.25, rising=False).tolist() == [1.75]
    table = cell_table(Inverter(), {"x": ([1.0], "V", "a voltage")}, works=True)
    assert table.attrs["units"] == {"x": "V"} and table.attrs["cell"] == "inverter"


def test_published_figures_say_where_they_were_read():
    table = published_costs()
    assert table["source"].str.contains(r"\(\d{4}\)").all() and (table["read_in"] != "").all()
    chip = table[table["system"].str.contains("TrueNorth")].set_index("quantity")["value"]
    assert chip["power, typical"] == 70e-3 and chip["energy per synaptic event"] == 26e-12


def test_an_inverter_that_cannot_drive_its_load_does_not_work():
    table = simulate(Inverter(), load=1e-6)
    assert not table.attrs["works"] and np.isnan(table.attrs["fall_delay"])


@pytest.mark.parametrize(
    ("cell", "arguments", "message"),
    [
        (DifferentialSynapse, {"voltage": 1e12}, "voltage = 1e.12 V lies beyond 5 V"),
        (DifferentialSynapse, {"voltage": 0.0}, "voltage must not be 0 V"),
        (SpikeSynapse, {"voltage": -7.0}, "voltage = -7 V lies beyond 5 V"),
        (PBit, {"inputs": [0.0, 9.0]}, "inputs = 9 V lies beyond 5 V"),
        (SenseAmplifier, {"ratios": [1.0, -1.0]}, "ratios must be positive"),
        (DomainWallNeuron, {"intervals": [0.0]}, "intervals must be positive"),
        (DomainWallNeuron, {"width": 1e12}, "do not fit into an interval"),
        (DomainWallNeuron, {"width": 1e-15}, "no longer than its edge"),
        (SpinNeuron, {"voltage": 0.0}, "a preset of 0 A does not bring the magnet"),
        (SpinNeuron, {"preset_time": 1e12}, "must be read after the preset"),
    ],
)
def test_what_no_cell_can_do_is_refused_before_it_runs(cell, arguments, message, monkeypatch):
    monkeypatch.setattr(ngspice, "work", None)
    with pytest.raises(ParameterError, match=message):
        simulate(cell(), **arguments)


def test_voltages_beyond_the_supply_of_the_technology_are_warned_of():
    with pytest.warns(
        ValidityWarning, match=r"voltage = 1\.5 V lies beyond the supply of generic, 1 V, by more than 10 %"
    ):
        simulate(DifferentialSynapse(), weights=[0.5], voltage=1.5)
    with pytest.warns(ValidityWarning, match="supply_voltage = 2 V"):
        DifferentialSynapse(supply_voltage=2.0).check_voltages({})
    DifferentialSynapse(technology="sky130", supply_voltage=1.9).check_voltages({"voltage": 1.9})
