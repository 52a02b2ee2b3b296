"""Spin-CMOS hybrid network: currents of the layer, weights in walls, the ramp, the sigmoid, and the netlists."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from synaspice.characterization import read_table
from synaspice.characterization.cells.spin.firing_probability import firing_probability
from synaspice.characterization.systems.hybrid import behavioural_neuron as neuron
from synaspice.characterization.systems.hybrid import spin_layer as task
from synaspice.characterization.systems.hybrid import study as hybrid_study
from synaspice.characterization.systems.hybrid.spin_netlists import evaluate_neurons
from synaspice.characterization.systems.hybrid.study import QUICK, study_hybrid, valve_of
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.devices import MTJ, DomainWallInjector, NeuronMagnet, ParameterError
from synaspice.figures import make_systems
from synaspice.figures.systems.hybrid import draw_hybrid

MAGNET = NeuronMagnet.preset("sharad2012-like")


@pytest.fixture(scope="module")
def small():
    return LateralSpinValve(inputs=6)


@pytest.fixture(scope="module")
def layer(small):
    """Four pixels, of which the second varies most."""
    return task.SpinLayer.suited(small, np.array([[0, 0, 0, 0.5], [0.1, 1, 0.2, 0]]))


@pytest.fixture(scope="module")
def large():
    return LateralSpinValve(inputs=66)


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Folder of the system's quick files, and what was told while they were made."""
    pytest.importorskip("sklearn")
    folder, told = tmp_path_factory.mktemp("hybrid"), []
    make_systems(folder, ["hybrid"], quick=True, seed=1, tell=told.append)
    return folder, told


# --- the layer ----------------------------------------------------------------------------------------


def test_the_linear_currents_are_those_of_the_whole_spin_circuit(large):
    """Against the nodal solution with the strips' own polarisation, which the linear currents neglect."""
    generator = np.random.default_rng(3)
    volts = task.VOLTAGE * generator.random(66)
    weights = generator.uniform(-0.9, 0.7, 66)
    linear = weights @ large.driven_transfer @ volts
    assert linear == pytest.approx(float(large.spin_current(weights.tolist(), volts.tolist())[2]), rel=2e-3)
    np.testing.assert_allclose(large.driven_transfer @ volts, large.spin_per_weight(volts.tolist()), rtol=1e-9)


def test_lines_that_are_on_work_against_the_preset_and_few_spins_of_the_farthest_arrive(large):
    """30 mV would not do for half of the lines: what they bring raises the channel over the lead's resistance."""
    layer = task.SpinLayer(large, np.arange(1, 65))
    dark, half = layer.preset_current(np.zeros(64)), layer.preset_current(np.full(64, 0.5))
    lead = 5e-8 * 500e-9 / (60e-9 * 15e-9)  # of some 50 nohm m
    assert 0.2 < (dark - half) / dark / (32 * large.charge_conductance * lead) < 2
    assert half > 1.3 * large.preset_threshold > half * 0.03 / task.PRESET_VOLTAGE
    spins = np.array(large.responses[0])
    assert 0.05 < spins.min() / spins.max() < 0.2
    strong = LateralSpinValve(inputs=6, preset_conductance=0.006)
    with pytest.raises(ParameterError, match="brightest"):
        task.SpinLayer.suited(strong, np.ones((2, 4)))


def test_pixels_that_vary_lie_near_the_magnet(layer, small):
    spins, _ = small.responses
    assert sorted(layer.places) == [1, 2, 3, 4]
    assert spins[layer.places[1]] == max(spins[1:-1])
    assert spins[layer.places[2]] == min(spins[layer.places[[0, 2, 3]]]) or layer.places[0] != layer.places[2]


def test_the_input_energy_is_that_of_the_currents_of_the_circuit(layer, small):
    image = np.array([[1.0, 0.0, 0.5, 1.0]])
    volts = layer.voltages(image)[0]
    network = small.surroundings([0.0] * 6, volts.tolist())
    network.add("magnet", small.magnet.interface((0, 1, 0)), ferromagnet="base", normal="neuron")
    network.ground("base", "xyz")
    supplied = network.solve().supplied["c"]
    spent = sum(max(volts[k - 1] * float(supplied[f"input_{k}"]), 0.0) for k in range(1, 7))
    # The linear currents neglect the strips' own polarisation, whose part is less than a thousandth.
    assert layer.input_energy(image)[0] == pytest.approx(spent * task.READ_TIME, rel=1e-3)


def test_weights_are_trained_within_the_walls_and_name_what_can_be_told(layer, small):
    generator = np.random.default_rng(1)
    labels = generator.integers(0, 2, 60)
    images = np.where(labels[:, np.newaxis] == 1, [1, 1, 0, 0], [0, 0, 1, 1]) * generator.uniform(0.6, 1.0, (60, 4))
    weights = task.train_layer(layer, images, labels, classes=2)
    low, high = layer.range
    assert weights.min() >= low and weights.max() <= high and (weights[:, 0] == low).all()
    pulses = task.at_sites(weights, small.written_weights)
    written = np.array(small.written_weights)[pulses]
    assert np.abs(written - weights).max() <= np.diff(small.written_weights).max() / 2 + 1e-9
    currents = layer.currents(written, images)
    assert (task.named_by_largest(currents) == labels).all()
    named = task.named_by_ramp(layer, written, images, layer.noise_current, generator, steps=16)
    assert np.mean(named == labels) > 0.95


def test_a_fine_ramp_without_noise_names_the_largest_sum_and_noise_alone_nothing(layer):
    generator = np.random.default_rng(2)
    images = generator.random((300, 4))
    weights = generator.uniform(-0.3, 0.3, (3, 6))
    weights[:, 0] = layer.range[0]
    # A threshold that brings the sums into the ramp's reach.
    weights[:, -1] = -layer.features(images)[0, 0] / layer.features(images)[0, -1] * weights[:, 0]
    sums = layer.currents(weights, images)
    ends = [layer.currents(weights, images, ramp) for ramp in (0.0, 1.0)]
    within = (ends[0].max(axis=1) > 0) & (ends[1].max(axis=1) < 0)
    assert within.sum() > 50
    named = task.named_by_ramp(layer, weights, images, 0.0, generator, steps=4000)
    assert np.mean((named == sums.argmax(axis=1))[within]) > 0.98
    blind = task.named_by_ramp(layer, weights, images, 1.0, generator)
    assert np.mean(blind == sums.argmax(axis=1)) == pytest.approx(1 / 3, abs=0.1)


def test_sites_of_the_strip_give_its_written_weights(small):
    assert task.site_weights(small, small.writer.sites) == small.written_weights
    assert len(task.site_weights(small, 3)) == 3


# --- the sigmoid --------------------------------------------------------------------------------------


def test_the_fit_finds_offset_and_width_within_its_errors():
    true = neuron.FiringFit(0.2e-6, 0.7e-6, 0.0, 0.0)
    current = np.linspace(-2e-6, 2e-6, 9)
    pulls = []
    for seed in range(30):
        fired = np.random.default_rng(seed).binomial(400, true.probability(current))
        fit = neuron.fit_firing(current, fired, 400)
        pulls.append([(fit.offset - true.offset) / fit.offset_error, (fit.width - true.width) / fit.width_error])
    assert np.std(pulls, axis=0) == pytest.approx([1, 1], abs=0.35)
    assert np.abs(np.mean(pulls, axis=0)).max() < 0.6


def test_an_offset_of_other_runs_is_found_within_its_error():
    fit = neuron.FiringFit(0.0, 0.7e-6, 0.0, 1e-8)
    true = neuron.FiringFit(0.5e-6, 0.7e-6, 0.0, 0.0)
    current = np.linspace(-1.4e-6, 1.4e-6, 5)
    pulls = []
    for seed in range(30):
        found = neuron.with_offset(
            fit, current, np.random.default_rng(seed).binomial(32, true.probability(current)), 32
        )
        assert (found.width, found.width_error) == (fit.width, fit.width_error)
        pulls.append((found.offset - true.offset) / found.offset_error)
    assert np.std(pulls) == pytest.approx(1, abs=0.35) and abs(np.mean(pulls)) < 0.6


def test_the_sigmoid_of_noisy_runs_is_as_wide_as_the_linear_theory_says(large):
    """I_w = (2e/hbar) alpha sqrt(2 E_b k_B T) of a late reading, within three standard errors and its 1 %."""
    width = large.decision(300.0, task.VOLTAGE, 7e-9).noise_current
    currents = width * np.linspace(-2, 2, 5)
    table = firing_probability(large, currents, temperature=300.0, trials=400, seed=5)
    fit = neuron.fit_firing(currents, 400 * table["probability"], 400)
    assert fit.width == pytest.approx(width, abs=3 * fit.width_error + 0.01 * width)
    assert abs(fit.offset) < 3.5 * fit.offset_error
    assert fit.error_rate([3 * width, -3 * width]).max() < 0.01


def test_what_says_nothing_about_a_sigmoid_is_refused():
    with pytest.raises(ParameterError, match="width"):
        neuron.fit_firing([-1e-6, 1e-6], [0, 50], [50, 50])
    with pytest.raises(ParameterError, match="at most once"):
        neuron.fit_firing([-1e-6, 1e-6], [0, 60], [50, 50])


# --- the netlists -------------------------------------------------------------------------------------


@pytest.mark.native
def test_the_netlist_fires_when_the_equations_say_so_and_counts_its_energy():
    valve = valve_of(MAGNET, 3)
    found, energy, currents = neuron.two_evaluations(valve, seed=3)
    assert found.fired[:, 0].tolist() == [True, False]
    assert (currents > 0).tolist() == [True, False] and (np.sign(found.magnets[:, 0]) == -np.sign(currents)).all()
    assert energy.preset == pytest.approx(task.PRESET_VOLTAGE**2 * valve.preset_conductance * 1e-9, rel=0.35)
    assert energy.spike > energy.silent > 1e-15
    assert found.wall_change < 0.01
    table = neuron.waveform_table(found, valve)
    assert table["junction"].iloc[-1] > 1.5 * valve.magnet.parallel_resistance  # antiparallel after the silent one
    assert table["spin_potential"].abs().max() < task.VOLTAGE


@pytest.mark.native
def test_a_large_spin_current_decides_in_the_netlist():
    valve = valve_of(MAGNET, 3)
    assert neuron.fired_in_netlist(valve, 4e-6, 4, seed=2) == 4
    assert neuron.fired_in_netlist(valve, -4e-6, 4, seed=2) == 0


@pytest.mark.native
def test_a_neuron_of_many_inputs_decides_although_they_are_on(large):
    """On a preset line at 0 V, what flows back through its contact would hold the magnet on its hard plane."""
    pulses = np.full(66, 4)  # of next to no weight
    pulses[-1], pulses[:5] = 7, 5
    volts = np.full(66, 0.015)
    volts[-1] = 0.03
    weights = [large.written_weights[count] for count in pulses]
    current = float(large.spin_current(weights, volts.tolist())[2])
    assert current / large.decision(300.15, 0.045, 7e-9).noise_current > 5
    found = evaluate_neurons(large, [pulses], [volts, volts], seed=4)
    assert found.fired.all() and found.magnets.max() < -0.5


def test_what_does_not_fit_is_refused():
    valve = LateralSpinValve(inputs=3)
    with pytest.raises(ParameterError, match="as many pulses and voltages"):
        evaluate_neurons(valve, [[1, 2]], [[0.03, 0.03, 0.03]])
    with pytest.raises(ParameterError, match="0 to 8 pulses"):
        evaluate_neurons(valve, [[1, 2, 9]], [[0.03, 0.03, 0.03]])
    with pytest.raises(ParameterError, match="68 inputs|66 inputs"):
        task.SpinLayer.suited(valve, np.zeros((2, 64)))
    with pytest.raises(ParameterError, match="class from 0 to 1"):
        task.train_layer(task.SpinLayer(valve, np.array([1])), np.ones((2, 1)), np.array([0, 2]), classes=2)
    for device in (MTJ.preset("ikeda2010"), "magnet"):
        with pytest.raises(ParameterError, match="neuron-magnet|CompactModel"):
            study_hybrid(device)


# --- the system ---------------------------------------------------------------------------------------


@pytest.mark.native
def test_the_system_is_made_quickly_and_its_netlist_decides_as_the_neuron_of_few_numbers(made):
    folder, told = made
    accuracy = read_table(folder / "hybrid.csv")
    means = accuracy.groupby("condition")["accuracy"].mean()
    assert means["software"] > 0.9 and means["noisy"] > 0.8 > 0.3 > 0.1
    assert means["noisy"] <= means["software"] + 0.02
    netlist = read_table(folder / "hybrid-netlist.csv")
    sure = (netlist["probability"] < 1e-3) | (netlist["probability"] > 1 - 1e-3)
    assert sure.sum() >= 5
    assert (netlist["fired"].astype(bool) == (netlist["spin_current"] > 0))[sure].all()
    assert (folder / "hybrid.pdf").stat().st_size > 10_000
    assert any("netlist" in line for line in told)


@pytest.mark.ngspice
def test_without_native_devices_the_netlist_of_the_layer_is_left_out_and_said_to_be(monkeypatch):
    pytest.importorskip("sklearn")
    monkeypatch.setattr(hybrid_study, "why_not_native", lambda: "for a test")
    small = dataclasses.replace(QUICK, splits=2, iterations=5, training=100, trials=100)
    tables = study_hybrid(MAGNET, size=small, seed=1)
    assert not len(tables["netlist"]) and set(tables["transfer"]["engine"]) == {"numeric"}
    about = tables["accuracy"].attrs
    assert not about["native"] and about["neuron"]["offset"] == about["neuron"]["ensemble_offset"]
    words = [text.get_text() for axes in draw_hybrid(tables).axes for text in axes.texts]
    assert "needs native devices" in words


@pytest.mark.native
@pytest.mark.slow
def test_other_strips_are_another_result_and_a_study_goes_on(made, tmp_path):
    # Trained as the usual one that was made, so that the currents of the netlist compare; the rest is little.
    sizes = {
        "trials": 100,
        "currents": 5,
        "netlist_currents": 2,
        "netlist_trials": 1,
        "sites": (2,),
        "voltages": (1.0,),
    }
    small = dataclasses.replace(QUICK, splits=1, **sizes)
    strip = DomainWallInjector.preset("sharad2012-like", contact_polarization=0.3)
    weaker = study_hybrid(strip, size=small, seed=1, checkpoint=tmp_path)
    again = study_hybrid(strip, size=small, seed=1, checkpoint=tmp_path)
    for name, table in weaker.items():
        assert table.equals(again[name])
    usual = read_table(made[0] / "hybrid-netlist.csv")
    ratio = weaker["netlist"]["spin_current"].abs().max() / usual["spin_current"].abs().max()
    assert ratio < 0.8
