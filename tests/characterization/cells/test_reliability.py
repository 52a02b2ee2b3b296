"""Error rates with noise and mismatch, retention, disturb: closed forms where errors are frequent enough to count."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from scipy.stats import binom, norm

from synaspice.characterization.cells.bench import CELL_BENCHES
from synaspice.characterization.cells.errors.input_referred import channel_noise, transistors
from synaspice.characterization.cells.errors.junction_errors import lifetime, write_error_rate
from synaspice.characterization.cells.errors.thermal_margins import (
    charge_noise,
    false_spike,
    membrane_noise,
    noise_margins,
)
from synaspice.characterization.cells.memories.writing import (
    READS,
    JunctionErrors,
    Writing,
    read_disturbance,
    read_noise,
)
from synaspice.characterization.cells.neurons.neuron_errors import reading_error, switching_probability
from synaspice.characterization.cells.readout import EARLY, comparator_balance, sense_balance
from synaspice.characterization.cells.reliability import TEMPERATURES, figures_in_words, reliability
from synaspice.characterization.cells.reliable import Reliability
from synaspice.characterization.cells.spin.spin_reliability import silent_lifetime
from synaspice.characterization.cells.standard import cell_table, run_bench
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.logic.readout import LatchComparator, SenseAmplifier
from synaspice.circuits.cells.memories.junction_cell import MTJBitCell
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron, MTJNeuron
from synaspice.circuits.cells.spin.domain_wall_cells import DomainWallNeuron
from synaspice.circuits.cells.synapses.spike_synapse import SpikeSynapse
from synaspice.circuits.engine.analyses import Noise, Transient
from synaspice.circuits.engine.ngspice import run
from synaspice.devices.core.protocols import Dwelling
from synaspice.devices.simulation.operating_points.noise import noise_spectrum
from synaspice.figures import plot

#: Runs of a comparator, and the probability that a count of its errors may have by chance.
RUNS, CHANCE = 80, 1e-3


@pytest.fixture(scope="module")
def comparator():
    """A comparator, balanced, and the spread of its decisions."""
    balance = comparator_balance(LatchComparator())
    return balance, balance.decision()


def differences(balance, changes, duration, lines=()):
    """Difference of a comparator's outputs some time after the clock's edge, in every run."""
    end = Transient(2e-12, EARLY + duration + 2e-12, max_step=2e-12)
    found = run_bench(
        balance.cell,
        [*balance.lines, *lines],
        [(change, end) for change in changes],
        circuit=balance.cell.subcircuit(),
        save=["v(output)", "v(output_bar)"],
    )
    at = EARLY + duration
    return np.array([np.interp(at, one["time"], one["v(output)"] - one["v(output_bar)"]) for one in found])


def likely(count, probability):
    """Whether a count of errors among the runs is that of a probability."""
    low, high = binom.ppf([CHANCE / 2, 1 - CHANCE / 2], RUNS, probability)
    return low <= count <= high


@pytest.mark.ngspice
def test_a_comparators_offset_is_that_of_random_thresholds(comparator):
    """All thresholds by Pelgrom's law, with an input of one standard deviation: every sixth is wrong."""
    balance, decision = comparator
    parts, random = transistors(balance.cell, balance.cell.subcircuit(for_bench=True)), np.random.default_rng(1)
    changes = [[f"alter {p.name} delvto = {random.normal(0, p.deviation):.6g}" for p in parts] for _ in range(RUNS)]
    changes[0] += balance.inputs(decision.offset)
    assert likely((differences(balance, changes, 0.15e-9) < 0).sum(), norm.sf(1))
    # The input pair alone: its own difference of thresholds, sqrt(2) A / sqrt(W L), is the most of it.
    pair = math.sqrt(2) * next(p.deviation for p in parts if ".min_a" in p.name)
    assert pair < decision.offset < 2 * pair


@pytest.mark.ngspice
def test_a_comparators_noise_is_that_of_noisy_transients(comparator):
    """White currents in all channels, as large as their conductances at every moment say: the same spread.

    Seen 25 ps after the edge, when the difference has begun to grow; an input of one standard deviation makes as large
    a one, so that every sixth decision on it is wrong.
    """
    balance, decision = comparator
    # Samples that fall on the clock's edge make steps too small for ngspice 44: none does at this distance.
    cell, step, early = balance.cell, 0.97e-12, 25e-12
    parts = transistors(cell, cell.subcircuit(for_bench=True))
    kinds = ("gm", "gmbs", "gds")
    (quiet,) = run_bench(
        cell,
        balance.lines,
        Transient(step, EARLY + 0.25e-9, max_step=2e-12),
        circuit=cell.subcircuit(),
        save=["v(output)", *(f"@{p.name}[{kind}]" for p in parts for kind in kinds)],
    )
    times, lines = np.linspace(EARLY - 1e-11, EARLY + 1.2e-10, 40), []
    for k, part in enumerate(parts):
        gm, gmbs, gds = (np.interp(times, quiet["time"], abs(quiet[f"@{part.name}[{kind}]"])) for kind in kinds)
        sizes = np.sqrt(channel_noise(gm + gmbs, gds, cell.temperature) / (2 * step))
        curve = ", ".join(f"{t:.6g}, {size:.6g}" for t, size in zip(times, sizes, strict=True))
        lines.append(f"Vwhite{k} white{k} 0 dc 0 trnoise(1 {step!r} 0 0)")
        lines.append(f"Bwhite{k} {part.drain} {part.source} i = v(white{k}) * pwl(time, {curve})")
    # Forty runs tell a standard deviation to 11 %.
    noisy = differences(balance, [[f"setseed {1 + k}"] for k in range(40)], early, lines)
    (driven,) = differences(balance, [balance.inputs(decision.noise)], early)
    assert noisy.std() == pytest.approx(driven, rel=0.35) and abs(noisy.mean()) < 0.6 * driven
    # kT/C of the nodes, some 3 fF each, is 1 mV: the gain before the decision leaves about as much.
    assert 0.3e-3 < decision.noise < 3e-3


@pytest.mark.ngspice
def test_channel_noise_is_that_of_the_model_card_within_a_factor_of_two():
    """BSIM4's own noise of a saturated transistor: with its charges, not its conductances; beyond its flicker noise."""
    cell = LatchComparator()
    card = cell.process.models("typical")
    line = cell.process.transistor("nmos", "1", ("d", "g", "0", "0"), 9e-7, 4.5e-8)
    deck = [
        "* noise of a transistor",
        card,
        line,
        "Vg g 0 dc 0.7 ac 1",
        "Vd d 0 0.8",
        "Hout out 0 Vd 1",
        "Rout out 0 1meg",
    ]
    spectrum = run("\n".join(deck), Noise(1e9, 1e12, 3, output="v(out)", source="vg"))
    table = run("\n".join(deck), Transient(1e-12, 1e-11), save=[f"@m1[{kind}]" for kind in ("gm", "gmbs", "gds")])
    gm, gmbs, gds = (float(table[f"@m1[{kind}]"].iloc[-1]) for kind in ("gm", "gmbs", "gds"))
    found = float(np.real(spectrum["onoise_spectrum"].iloc[-1])) ** 2
    assert found / float(channel_noise(gm + gmbs, gds, 300.15)) == pytest.approx(1.79, rel=0.02)


@pytest.mark.ngspice
def test_decisions_are_surer_with_larger_transistors_and_margins():
    small, large = (sense_balance(SenseAmplifier(nmos_width=w, pmos_width=2 * w / 3)).decision() for w in (3.0, 12.0))
    # By Pelgrom four times the area halves the offset; the same resistances load larger transistors more.
    assert 1.5 < small.offset / large.offset < 3
    assert small.error_rate(0.3) == pytest.approx(norm.sf(0.3 / math.hypot(small.offset, small.noise)))
    assert large.noise_error_rate(0.03) < large.error_rate(0.03) < small.error_rate(0.03)


# --- junctions -----------------------------------------------------------------------------------


def test_write_errors_are_those_of_an_ensemble():
    """At 1.5 times the critical voltage 0.04 of the writes to the antiparallel state fail in 5 ns."""
    cell = MTJBitCell()
    junction, width = cell.junction, 4e-9
    expected = write_error_rate(junction, "parallel", -0.42, width, cell.temperature, source="voltage")
    begin = junction.replace(**junction.reference_states()["parallel"], ambient_temperature=cell.temperature)
    from synaspice.characterization.benches.write_error import write_error

    table = write_error(
        begin, quantity="voltage", amplitude=-0.42, width=width, start="parallel", end="antiparallel",
        methods="ensemble", trajectories=2000, temperature=cell.temperature, seed=1,
    )  # fmt: skip
    assert 0.01 < expected < 0.2
    assert table["lower"].iloc[0] < 1.02 * expected and 0.98 * expected < table["upper"].iloc[0]


@pytest.mark.parametrize("kelvin", [300.15, 398.15])
def test_retention_is_browns(kelvin):
    junction = MTJBitCell().junction.replace(ambient_temperature=kelvin)
    rate, barrier = junction.protocol(Dwelling).escape(0.0, kelvin, "antiparallel")
    assert lifetime(junction, "antiparallel", kelvin) == pytest.approx(1 / rate, rel=0.05)
    assert barrier == pytest.approx(junction.thermal_stability, rel=1e-3)


@pytest.mark.ngspice
def test_a_bit_cell_is_written_read_and_kept_as_designed():
    hot = JunctionErrors.of(MTJBitCell(temperature=398.15))
    assert hot.worst < 1e-8 and hot.disturb < 1e-3
    assert hot.writes["parallel"] < hot.writes["antiparallel"]  # for which the transistor gives less
    # A barrier of 32 k_B T holds for half a day: such a junction is no memory for ten years.
    assert 1e4 < hot.retention < 1e5
    # Read with a third of the critical current it would be lost.
    junction = MTJBitCell(temperature=398.15).junction
    third = lifetime(junction, "antiparallel", 398.15, junction.critical_current_to_parallel / 3)
    assert READS * Writing(MTJBitCell()).width / third > 0.5


@pytest.mark.slow
@pytest.mark.ngspice
def test_short_writes_of_a_noisy_cell_fail_as_often_as_its_equation_says():
    """Pulses of 3 ns to the antiparallel state, one cell at a time, its junction with thermal noise."""
    cell, width, trials = MTJBitCell(), 3e-9, 60
    expected = JunctionErrors.of(cell, width).writes["antiparallel"]
    high, rest = cell.supply_voltage, 2e-9
    pulse = f"pulse(0 {high!r} {rest!r} 1p 1p {width!r} 1)"
    lines = ["Vbit bit 0 0", f"Vword word 0 {high!r}", f"Vsource source 0 {pulse}"]
    step = cell.noise_step
    runs = [([f"setseed {1 + k}"], Transient(step, rest + width, max_step=step)) for k in range(trials)]
    found = run_bench(cell, lines, runs, circuit=cell.subcircuit(), save=["v(x1.mtj_m_z)"], time_limit=1500)
    failed = sum(one["v(x1.mtj_m_z)"].iloc[-1] > 0 for one in found)
    low, high_count = binom.ppf([CHANCE / 2, 1 - CHANCE / 2], trials, expected)
    assert 0.02 < expected < 0.2 and low <= failed <= high_count


def test_a_neurons_junction_switches_as_often_as_an_ensemble():
    cell = MTJNeuron()
    junction = cell.junction.replace(ambient_temperature=cell.temperature)
    current = 1.5 * abs(float(junction.critical_current_to_antiparallel))
    expected = switching_probability(cell, current, 3e-9)
    held = junction.replace(**junction.reference_states()["parallel"])
    begin = held.ensemble(0.0, 5e-9, temperature=cell.temperature, trajectories=1, seed=0)
    assert len(begin.final()) == 1
    from synaspice.characterization.benches.write_error import write_error

    table = write_error(
        junction, quantity="current", amplitude=-current, width=3e-9, start="parallel", end="antiparallel",
        methods="ensemble", trajectories=1000, temperature=cell.temperature, seed=2,
    )  # fmt: skip
    assert 0.2 < expected < 0.5
    assert table["lower"].iloc[0] < 1 - expected + 0.01 and 1 - expected - 0.01 < table["upper"].iloc[0]


@pytest.mark.ngspice
def test_a_neurons_amplifier_tells_its_junctions_states_apart():
    assert reading_error(MTJNeuron(temperature=398.15, corner="fast")) < 1e-3


# --- memristors and capacitors -----------------------------------------------------------------------


def test_read_noise_is_the_integral_of_the_spectrum():
    memristor, time, voltage = MemristorBitCell().memristor, 20e-9, 0.1
    lowest, highest = 1 / (10 * 365.25 * 86400), 1 / (2 * time)
    f = np.logspace(math.log10(lowest), math.log10(highest), 4001)
    parts = noise_spectrum(memristor, f, {"voltage": voltage}, 300.0, {"x": 0.0})
    expected = math.sqrt(np.trapezoid(sum(parts.values()), f))
    assert read_noise(memristor.replace(initial_state=0.0), voltage, time, 300.0) == pytest.approx(expected, rel=1e-3)


def test_reads_beyond_the_threshold_disturb_and_others_do_not():
    memristor = MemristorBitCell().memristor
    assert read_disturbance(memristor, -0.1, 1e-8) == 0
    above = 1.001 * memristor.threshold_on
    assert read_disturbance(memristor, above, 1e-12) == pytest.approx(READS * 1e-12 * 0.001 / 5e-9, rel=1e-3)


def test_noise_of_membranes_and_packets():
    cell = MemristorNeuron()
    thermal = math.sqrt(codata.k * cell.temperature / cell.capacitance)
    assert membrane_noise(cell, 0.0) == pytest.approx(thermal)
    # 0.8 V of flicker noise of the memristor, 0.2 % over ten years, is more than kT/C.
    assert 10 * thermal < membrane_noise(cell, 0.8) < 5e-3
    assert false_spike(cell, 0.5) < false_spike(cell, 0.96) < 1e-3 < false_spike(cell, 0.999)
    synapse = SpikeSynapse()
    assert charge_noise(synapse, 1.3e-12) < 1e-2 * 1.3e-12
    packet = synapse.weight * math.sqrt(2.5 * codata.k * synapse.temperature * synapse.packet_capacitance)
    assert charge_noise(synapse, 0.0) == pytest.approx(packet)


def test_noise_margins_lie_between_the_points_of_a_curve():
    """Of [1 - tanh(a (x - 1/2))] / 2: unit gain where cosh^2 = a / 2; a grid of 20 mV finds it to less than 1 mV."""
    slope, swept = 10.0, np.linspace(0.0, 1.0, 51)
    transfer, gain = (1 - np.tanh(slope * (swept - 0.5))) / 2, slope / 2 / np.cosh(slope * (swept - 0.5)) ** 2
    away, share = np.arccosh(np.sqrt(slope / 2)) / slope, np.sqrt(1 - 2 / slope)
    expected = 0.5 - away - (1 - share) / 2
    assert noise_margins(transfer, swept, gain) == pytest.approx((expected, expected), abs=1e-3)


def test_noise_margins_of_a_straight_transfer_curve():
    """From 1 V to 0 V between 0.4 and 0.6 V: both margins are 0.4 V."""
    swept = np.linspace(0, 1, 1001)
    transfer = np.clip((0.6 - swept) / 0.2, 0, 1)
    low, high = noise_margins(transfer, swept, -np.gradient(transfer, swept))
    assert low == pytest.approx(0.4, abs=0.01) and high == pytest.approx(0.4, abs=0.01)
    assert np.isnan(noise_margins(0 * swept, swept, 0 * swept)).all()


def test_a_silent_wall_is_held_by_the_leak():
    cell = DomainWallNeuron()
    cold, hot = (silent_lifetime(cell.replace(temperature=kelvin)) for kelvin in (300.0, 398.0))
    slope = math.log(cold / hot) / (1 / 300 - 1 / 398) * codata.k
    assert 0.9 < slope / cell.silent_barrier < 1.0
    assert hot > 10 * codata.year


# --- the table -----------------------------------------------------------------------------------------


def test_every_cell_tells_how_reliable_it_is():
    assert all(CELL_BENCHES[name].reliability for name in CELLS.own())


@pytest.mark.ngspice
def test_the_table_has_a_row_for_every_cell_and_temperature():
    table = reliability([MemristorNeuron(), AxonHillock(corner="fast")])
    assert table["temperature"].tolist() == pytest.approx([*TEMPERATURES] * 2)
    assert [round(kelvin - 273.15) for kelvin in TEMPERATURES] == [-40, 27, 125]
    assert table["error_rate"].iloc[:3].is_monotonic_increasing and table["error_rate"].iloc[2] < 1e-3
    assert table["error_rate"].iloc[3:].isna().all() and (table["corner"].iloc[3:] == "fast").all()
    assert table["reason"].iloc[3] == (
        "error_rate: an analog rate: nothing is decided; retention and disturb: stores nothing"
    )
    assert figures_in_words(table.iloc[3]) == dict.fromkeys(("error_rate", "retention", "disturb"), "–")
    told = figures_in_words({"error_rate": 0.0, "retention": 4.5e4, "disturb": 2e-4})
    assert told == {"error_rate": "< 1e-30", "retention": "45 ks", "disturb": "2.0e-04"}
    assert figures_in_words({"error_rate": 1.0, "retention": 1e9, "disturb": 0.5})["retention"] == "32 years"


def test_a_missing_figure_has_its_reason():
    with pytest.raises(ValueError, match="retention is either a number or has a reason"):
        Reliability("write", 0.1, disturb=0.0)


def test_a_title_with_a_temperature_says_whether_its_noise_is_in_the_figure():
    columns = {name: ([1.0, 2.0], "1", name) for name in ("input", "output", "gain")}
    for noisy in (False, True):
        table = cell_table(Inverter(), columns, threshold=0.5, thermal_noise=noisy)
        assert ("27 °C, without noise" in plot(table).get_suptitle()) is not noisy
