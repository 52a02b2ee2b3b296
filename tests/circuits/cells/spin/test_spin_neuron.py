"""The spin neuron: its channel against closed forms, its thermal width against trajectories, its truth tables."""

from __future__ import annotations

import dataclasses
import itertools
import math
from pathlib import Path

import numpy as np
import pytest
from corners import some_of
from peers import kit
from scipy.constants import e, hbar, k, mu_0
from scipy.stats import fisher_exact

from synaspice.characterization import simulate
from synaspice.characterization.cells.spin.firing_probability import firing_probability
from synaspice.characterization.cells.spin.spin_neuron import truth_table
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.declared import DESIGN_ERROR_RATE
from synaspice.circuits.cells.spin.association import AssociationNetwork
from synaspice.circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.circuits.cells.spin.spin_neuron import FourInputSpinNeuron, SpinNeuron, spin_neuron
from synaspice.circuits.cells.spin.trained_weights import pulses_for, pulses_for_at_least
from synaspice.devices import DomainWallInjector, ParameterError, UnknownNameError
from synaspice.devices.models.spin.spin_channel import channel_material

VALVE = LateralSpinValve(inputs=3)


def test_the_spin_of_one_input_divides_between_magnet_and_metal():
    """A strip right beside the magnet: P I_c enters the channel and divides between the magnet, 2 G_r, and the ends
    of the metal, each G_N tanh(L / lambda), and the lead's, all within a spin diffusion length."""
    valve = LateralSpinValve(inputs=1, pitch=1e-9, preset_conductance=1e-9)
    metal = channel_material(valve.material).values
    per_length = metal["resistivity"] * metal["spin_diffusion_length"]
    lead = (
        valve.lead_width
        * valve.channel_thickness
        / per_length
        / math.tanh(valve.lead_length / metal["spin_diffusion_length"])
    )
    sink = 2 * valve.magnet.mixing_real
    current = valve.charge_conductance * valve.synapse.contact_polarization
    own = valve.synapse.contact_conductance
    # 1 nm of channel is no obstacle, and sinks nothing: both to 1e-3 of the rest.
    assert valve.efficiencies[0] == pytest.approx(current * sink / (sink + lead + own), rel=3e-3)


@pytest.mark.parametrize("off", [0.0, None])
def test_inputs_add_up_and_weights_scale_them(off):
    """The sum is linear in the weights at fixed voltages, but for the spin that goes back through the contacts."""
    weights, volts = (0.75, -0.25, 0.5), (0.03, 0.03, off)
    found = VALVE.spin_current(weights, volts)[2]
    assert found == pytest.approx(VALVE.spin_per_weight(volts) @ weights, rel=2e-3)
    # Each alone, as the others see to it that the channel's potential rises: 4 % less than the sum of inputs alone.
    alone = sum(w * (v or 0) * g for w, v, g in zip(weights, volts, VALVE.efficiencies, strict=True))
    assert found == pytest.approx(alone, rel=0.05)
    assert VALVE.spin_current((0, 0, 0), volts)[2] == pytest.approx(0, abs=1e-12)
    assert VALVE.spin_current(tuple(-w for w in weights), volts)[2] == pytest.approx(-found, rel=1e-9)


def test_the_preset_takes_two_e_over_hbar_times_the_barrier():
    barrier = VALVE.magnet.thermal_stability * k * 300
    assert VALVE.preset_threshold == pytest.approx(2 * e / hbar * barrier, rel=1e-6)
    assert VALVE.spin_current((0, 0, 0), (None,) * 3, 0.03)[1] > VALVE.preset_threshold


def test_the_thermal_width_is_the_closed_form():
    """I_w = (2 e / hbar) sqrt(2 E_b k_B T) alpha: D, lambda and r put together, and E_b = mu_0 M_s H_k V / 2."""
    magnet = VALVE.magnet
    barrier = mu_0 * magnet.saturation_magnetization * magnet.anisotropy_field * magnet.volume / 2
    expected = 2 * e / hbar * magnet.damping * math.sqrt(2 * barrier * k * 300)
    assert VALVE.decision(300).noise_current == pytest.approx(expected, rel=1e-6)
    # Read after a time t, the ratio of signal and noise is less by sqrt(tanh(lambda t / 2)).
    time = 5e-9
    early = VALVE.decision(300, time=time)
    assert early.noise_current == pytest.approx(expected / math.sqrt(math.tanh(early.rate * time / 2)), rel=1e-6)


@pytest.mark.parametrize("inputs", [3, 5, 16])
def test_the_damping_has_room_for_the_spins_that_the_magnet_pumps(inputs):
    """The magnet radiates spins into the channel that it takes them from; 0.003 are left for the alloy itself."""
    valve = LateralSpinValve(inputs=inputs)
    assert 0.002 < valve.pumped_damping < valve.magnet.damping - 0.003
    # 40 nm apart from all metal it would be gamma hbar^2 G_r / (2 e^2 M_s V).
    magnet = valve.magnet
    moment = magnet.saturation_magnetization * magnet.volume
    alone = magnet.gyromagnetic_ratio * hbar**2 * magnet.mixing_real / (2 * e**2 * moment)
    assert valve.pumped_damping / alone == pytest.approx(
        valve.equivalent_magnet().mixing_real / magnet.mixing_real, rel=1e-6
    )


def test_the_equivalent_magnet_absorbs_what_the_network_gives_it():
    """The spin current into the magnet from its open potential and the impedance is that of the whole network."""
    weights, volts = (0.75, 0.75, -0.5), (0.03, 0.0, 0.03)
    potentials, _ = VALVE.surroundings(weights, volts).equivalent("neuron")
    absorbed = 2 * VALVE.equivalent_magnet().mixing_real * potentials[3]
    # The contacts' own spin conductance makes the impedance anisotropic by about a thousandth.
    assert absorbed == pytest.approx(VALVE.spin_current(weights, volts)[2], rel=5e-3)


def test_the_firing_probability_is_a_sigmoid_of_the_linear_theory():
    decision = VALVE.decision(300, 0.03, READ_TIME - PRESET_TIME)
    currents = np.array([-2.0, -1.0, 0.0, 1.0, 2.0]) * decision.noise_current
    table = firing_probability(VALVE, currents, trials=1000, seed=5)
    assert table["probability"].is_monotonic_increasing
    # Five intervals of 95 %; the theory is linear in m_z, and the preset does not end at once: within 0.01.
    assert (table["expected"] > table["lower"] - 0.01).all() and (table["expected"] < table["upper"] + 0.01).all()


@pytest.mark.slow
@pytest.mark.parametrize(("kelvin", "before"), [(300.0, 0.1), (398.15, math.pi - 0.1)])
def test_the_error_rate_of_the_design_is_that_of_trajectories(kelvin, before):
    """With the spin current of an error in a thousand 20 of 20000 err, whichever way the magnet lay before: 4 sigma."""
    valve = dataclasses.replace(VALVE, magnet=VALVE.magnet.replace(initial_polar_angle=before))
    decision = valve.decision(kelvin, 0.03, READ_TIME - PRESET_TIME)
    currents = np.array([-1, 1]) * decision.design_current
    fired = firing_probability(valve, currents, trials=20000, temperature=kelvin, seed=3)["probability"]
    for errors in (fired.iloc[0], 1 - fired.iloc[1]):
        assert 20000 * errors == pytest.approx(20, abs=4 * math.sqrt(20))


@pytest.mark.ngspice
@pytest.mark.slow
def test_the_netlist_fires_as_often_as_the_ensemble():
    """Counts of both engines in one table: Fisher's exact test would tell 9 of 20 from the 0.84 of the ensemble."""
    settings = {"noise_step": 2e-11, "period": 4e-9}
    valve = LateralSpinValve(inputs=1)
    current = valve.decision(300, 0.03, settings["period"] - PRESET_TIME).noise_current
    ours = firing_probability(valve, [current], trials=4000, **settings)["probability"].iloc[0]
    theirs = firing_probability(valve, [current], trials=20, engine="ngspice", **settings)["probability"].iloc[0]
    counts = [[round(4000 * ours), 4000 - round(4000 * ours)], [round(20 * theirs), 20 - round(20 * theirs)]]
    assert fisher_exact(counts).pvalue > 1e-3
    assert 0.5 < theirs < 1.0


# --- truth tables in ngspice, with transistors ------------------------------------------------------


FUNCTIONS = {
    "and": lambda a, b: a and b,
    "or": lambda a, b: a or b,
    "and-not": lambda a, b: a and not b,
    "nor": lambda a, b: not (a or b),
}
PATTERNS = {count: list(itertools.product((0, 1), repeat=count)) for count in (2, 4)}


@pytest.mark.parametrize("kelvin", [300.15, 398.15])
@pytest.mark.parametrize(("inputs", "function"), [*((2, name) for name in FUNCTIONS), (4, "at least two")])
def test_every_pattern_errs_less_than_once_in_a_thousand(inputs, function, kelvin):
    """By the network's equations, with the weights that the search finds, at 27 and at 125 degrees Celsius."""
    valve, patterns = LateralSpinValve(inputs=inputs + 1), PATTERNS[inputs]
    fires = [bool(FUNCTIONS[function](*p)) if inputs == 2 else sum(p) >= 2 for p in patterns]
    pulses, _ = pulses_for(patterns, fires, valve)
    weights = [valve.written_weights[count] for count in pulses]
    decision = valve.decision(kelvin, 0.03, READ_TIME - PRESET_TIME)
    for pattern, expected in zip(patterns, fires, strict=True):
        current = valve.spin_current(weights, [0.03 * level for level in (*pattern, 1)])[2]
        assert (current > 0) == expected
        assert decision.error_rate(current) <= DESIGN_ERROR_RATE


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("function", "devices"), [("and-not", "subcircuit"), pytest.param("nor", "native", marks=pytest.mark.native)]
)
def test_two_inputs(function, devices):
    """In one transient with thermal noise: the walls are written, the patterns decided, and the weights stay."""
    valve, patterns = LateralSpinValve(inputs=3), PATTERNS[2]
    expected = [int(bool(FUNCTIONS[function](*pattern))) for pattern in patterns]
    pulses, _ = pulses_for(patterns, expected, valve)
    table = truth_table(SpinNeuron(devices=devices), pulses)
    assert table["fired"].tolist() == expected == (table["weighted_sum"] > 0).astype(int).tolist()
    assert table.attrs["works"] and table["spike"].between(-0.01, 1.01).all()
    assert table.attrs["error_rate"] == table["error_rate"].max() <= 1e-3
    assert ((table["m_z"] < 0) == table["fired"].astype(bool)).all()
    written = [valve.written_weights[count] for count in pulses]
    assert np.allclose(table.attrs["weights"], written, rtol=0, atol=0.01)
    assert table.attrs["weight_change"] < 0.001
    # The latch has decided before the charge of reading could turn the magnet by a tenth of a right angle.
    assert table.attrs["read_turn"] < 0.1 * math.pi / 2


@pytest.mark.native
@pytest.mark.slow
def test_weights_that_leave_too_small_a_margin_do_not_work():
    """An input of the weight 0.76 against a threshold of -0.73: whatever comes out here, noise decides often."""
    table = truth_table(SpinNeuron(devices="native"), (7, 7, 1))
    assert table.attrs["error_rate"] == table["error_rate"].max() > 0.1
    assert table["margin"].min() < 1
    assert not table.attrs["works"]


@pytest.mark.native
@pytest.mark.slow
def test_four_inputs():
    """Two or more of the four; tens of millivolts, femtojoules."""
    table = truth_table(FourInputSpinNeuron(devices="native"))
    expected = [int(sum(pattern) >= 2) for pattern in PATTERNS[4]]
    assert table["fired"].tolist() == expected == (table["weighted_sum"] > 0).astype(int).tolist()
    assert table.attrs["works"] and table.attrs["error_rate"] < 1e-4
    assert table["input_energy"].max() < 3e-14 and table["preset_energy"].max() < 3e-14
    assert table["supply_energy"].between(1e-15, 1e-13).all()


@pytest.mark.native
@pytest.mark.slow
@pytest.mark.parametrize(
    ("technology", "corner"),
    some_of(
        list(itertools.product(("generic", "sky130"), ("typical", "slow", "fast"))),
        [("generic", "fast"), ("sky130", "slow")],
    ),
)
def test_the_latch_works_in_every_technology_and_corner(technology, corner):
    if technology == "sky130":
        kit("sky130")
    kelvin = {"typical": 300.15, "slow": 233.15, "fast": 398.15}[corner]
    table = simulate(SpinNeuron(technology=technology, corner=corner, temperature=kelvin, devices="native"))
    assert table["fired"].tolist() == [0, 0, 0, 1] and table.attrs["works"]
    for cost in table.attrs["costs"]:
        assert min(cost["supply"], cost["inputs"], cost["returned"]) >= 0
        spent = cost["devices"] + cost["cmos"] + cost["returned"]
        assert cost["supply"] + cost["inputs"] == pytest.approx(spent, rel=1e-9)


# --- what cannot be built ---------------------------------------------------------------------------


def test_wrong_numbers_are_refused_by_name():
    for count in (0, 73, 2.0, True):
        with pytest.raises(ParameterError, match="inputs must be a whole number"):
            LateralSpinValve(inputs=count)
        with pytest.raises(ParameterError, match="inputs must be a whole number"):
            spin_neuron(count)
    with pytest.raises(ParameterError, match="3 inputs takes as many weights, not 2"):
        VALVE.spin_current((0, 0), (0, 0, 0))
    with pytest.raises(ParameterError, match="weight 2 must lie between -1 and 1"):
        VALVE.spin_current((0, 1.5, 0), (0, 0, 0))
    with pytest.raises(ParameterError, match="3 inputs takes as many numbers of pulses, not 1"):
        truth_table(SpinNeuron(), [3])
    with pytest.raises(ParameterError, match="pitch"):
        LateralSpinValve(pitch=1.0)
    with pytest.raises(ParameterError, match="preset_polarization"):
        LateralSpinValve(preset_polarization=2.0)
    with pytest.raises(ParameterError, match="preset_conductance"):
        LateralSpinValve(preset_conductance=0.0)
    with pytest.raises(UnknownNameError, match="channel material"):
        LateralSpinValve(material="unobtainium")
    with pytest.raises(UnknownNameError, match="engine"):
        firing_probability(VALVE, [0.0], engine="spectre")
    with pytest.raises(ParameterError, match="trials"):
        firing_probability(VALVE, [0.0], trials=0)


def test_the_cells_are_found_and_unusual_sizes_do_not_crowd_the_list():
    assert CELLS.find("spin-neuron") is SpinNeuron
    assert CELLS.find("four-input-spin-neuron") is FourInputSpinNeuron
    assert "x_7" in spin_neuron(7).ports()
    assert isinstance(VALVE.synapse, DomainWallInjector)


def test_the_numbers_of_the_page_are_those_of_the_devices():
    """docs/guides/cells/spin-neuron.md, in its own words."""
    page = (Path(__file__).resolve().parents[4] / "docs" / "guides" / "cells" / "spin-neuron.md").read_text(
        encoding="utf-8"
    )
    strip, writer = VALVE.synapse, VALVE.writer
    decision = VALVE.decision(300.15, 0.03, READ_TIME - PRESET_TIME)
    told = [
        f"A signal of 30 mV drives {0.03e6 * strip.contact_conductance:.1f} µA through a contact of "
        f"{1e-3 / strip.contact_conductance:.1f} kΩ",
        f"The transfer length is {1e9 * strip.transfer_length:.0f} nm, longer than the strip's "
        f"{1e9 * strip.length:.0f} nm",
        f"P = {strip.contact_polarization:g} is the contact's polarisation",
        f"(2e/ħ) E_b, {1e6 * VALVE.preset_threshold:.0f} µA for\n  {VALVE.magnet.thermal_stability:.0f} k_B T",
        f"= {1e-9 * decision.rate:.3f}/ns",
        f"{1e6 * decision.noise_current:.2f} µA at 27 °C after {1e9 * decision.time:.0f} ns",
        f"The damping α = {VALVE.magnet.damping:g}",
        f"one error in a thousand, {1e6 * decision.design_current:.1f} µA",
        f"Pulses of {1e6 * writer.current:.0f} µA and {1e9 * writer.width:.2f} ns",
        f"{1e15 * writer.current**2 * strip.write_resistance * writer.width:.1f} fJ per pulse",
        f"barriers of {strip.pinning_energy:.2g} J, {strip.pinning_energy / (k * 300):.0f} k_B T",
    ]
    weights = [f"{weight:.2f}".replace("-", "−") for weight in VALVE.written_weights]
    told.append(f"the weights {', '.join(weights[:-1])} and {weights[-1]}")
    for inputs, words in ((2, "{0:.2f} µA for the AND of two inputs, {1:.1f} thermal widths"), (4, "it is {0:.2f} µA")):
        valve = LateralSpinValve(inputs=inputs + 1)
        chosen = [valve.written_weights[count] for count in pulses_for_at_least(2, valve)]
        patterns = [[0.03 * level for level in (*pattern, 1)] for pattern in PATTERNS[inputs]]
        least = min(abs(valve.spin_current(chosen, volts)[2]) for volts in patterns)
        told.append(words.format(1e6 * least, least / decision.noise_current))
    network = AssociationNetwork({"A": (1,), "B": (0,)}, ((7, 0),), ((7, 0), (0, 7)))
    told += [f"A letter takes {1e9 * network.period:.1f} ns", f"in {1e9 * network.writing_time:.0f} ns, before"]
    assert [words for words in told if words not in page] == []
