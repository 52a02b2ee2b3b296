"""In the loop: gradients against autograd, neurons against their circuits, what transfer costs and training returns."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from frameworks import framework

from synaspice.characterization import simulate, study_in_the_loop
from synaspice.characterization.cells.spin.firing_probability import firing_probability
from synaspice.characterization.systems.training import in_the_loop as loop
from synaspice.characterization.systems.training.study import QUICK, pixels, substrate_of
from synaspice.characterization.systems.training.substrates import SpinNeurons, SwitchNeurons, firing_rate
from synaspice.circuits import MemristorNeuron
from synaspice.circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from synaspice.devices import AutoOscillator, ParameterError, PhaseChangeMemory

MEMORY = PhaseChangeMemory.preset("joshi2020")
SMALL = dataclasses.replace(QUICK, software=100, steps=40, runs=3, imprecise=3, block=3, scales=(0.0,))


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    """Five patterns in noise, as MNIST is stored."""
    generator = np.random.default_rng(1)
    patterns = generator.integers(0, 2, (5, 10, 10)) * 200
    labels = np.arange(500) % 5
    images = np.clip(patterns[labels] + generator.normal(0, 40, (500, 10, 10)), 0, 255).astype(np.uint8)
    folder = tmp_path_factory.mktemp("data")
    np.savez(folder / "mnist.npz", images=images, labels=labels)
    return folder


@pytest.mark.parametrize("neurons", [SwitchNeurons(MemristorNeuron()), SpinNeurons(LateralSpinValve())])
def test_gradients_are_those_of_autograd(neurons):
    torch = framework("torch")
    generator = np.random.default_rng(1)
    weights, inputs = loop.first_weights(2, generator), generator.random((2, 7, 100))
    labels = generator.integers(0, 5, (2, 7))
    activities = loop.in_software(weights, neurons)(inputs)
    found = loop.gradients(activities, weights, labels, neurons)
    tensors = [torch.tensor(w, requires_grad=True) for w in weights]
    activity = torch.as_tensor(inputs)
    for layer in tensors:
        drive = loop.gain(layer.detach().numpy()) * (
            torch.cat([activity, torch.ones(2, 7, 1, dtype=torch.float64)], -1) @ layer
        )
        activity = (
            torch.nn.functional.leaky_relu(drive, 0.1)
            if isinstance(neurons, SwitchNeurons)
            else torch.special.ndtr(drive)
        )
        if isinstance(neurons, SwitchNeurons):  # silent neurons: the value of a rectifier, the slope of a leaky one
            activity = activity + (torch.relu(drive) - activity).detach()
    logits = (neurons.sharpness * activity).reshape(-1, 5)
    loss = torch.nn.functional.cross_entropy(logits, torch.as_tensor(labels).reshape(-1), reduction="sum") / 7
    expected = torch.autograd.grad(loss, tensors)
    for one, other in zip(found, expected, strict=True):
        # activities of spin neurons beyond what their number of decisions resolves are taken as resolved
        np.testing.assert_allclose(one, other.numpy(), rtol=1e-6, atol=1e-9 if "Switch" in repr(neurons) else 2e-3)


@pytest.mark.ngspice
def test_the_rate_of_threshold_switches_is_that_of_the_circuit():
    cell = MemristorNeuron()
    table = simulate(cell, currents=cell.threshold_current * np.array([0.8, 1.5, 2.5, 4.0]))
    expected = firing_rate(cell, table["current"].to_numpy())
    assert expected[0] == 0 == table["rate"].iloc[0]
    np.testing.assert_allclose(table["rate"][1:], expected[1:], rtol=0.15)


def test_counted_spikes_are_the_mean_rate():
    neurons = SwitchNeurons(MemristorNeuron())
    drive = np.full((20_000,), 0.6)
    seen = neurons.respond(drive, np.ones(1), np.random.default_rng(1))
    assert neurons.transfer(np.ones(1)) == pytest.approx(1.0)
    assert seen.mean() == pytest.approx(float(neurons.transfer(np.array(0.6))), abs=4 * 0.5 / 20 / np.sqrt(20_000))
    assert np.all(neurons.respond(np.array([-5.0, -0.1]), np.ones(1), np.random.default_rng(1)) == 0)
    assert np.all(np.isfinite(neurons.transfer(np.linspace(-100, 100, 50), 1.4)))


def test_spin_neurons_fire_as_their_magnets_do():
    neurons = SpinNeurons(LateralSpinValve(inputs=3), decisions=2000)
    drive = np.array([-1.0, 0.0, 0.7])
    table = firing_probability(neurons.valve, drive * neurons.unit_current(), temperature=300.0, trials=1500, seed=1)
    seen = neurons.respond(drive, np.zeros(1), np.random.default_rng(1))
    np.testing.assert_allclose(seen, neurons.ideal(drive), atol=4 * 0.5 / np.sqrt(2000))
    assert np.all((table["lower"] - 0.02 < seen) & (seen < table["upper"] + 0.02))


def test_images_keep_their_mean_and_images_of_ten_pixels_stay():
    generator = np.random.default_rng(1)
    for side in (8, 28):
        images = generator.integers(0, 256, (3, 1, side, side), dtype=np.uint8)
        np.testing.assert_allclose(pixels(images).mean(axis=1), images.mean(axis=(1, 2, 3)) / 255, rtol=1e-12)
    same = generator.integers(0, 256, (3, 1, 10, 10), dtype=np.uint8)
    np.testing.assert_allclose(pixels(same), same.reshape(3, 100) / 255)
    with pytest.raises(ParameterError, match="one channel"):
        pixels(np.zeros((2, 3, 8, 8), dtype=np.uint8))


def test_a_substrate_without_errors_is_software():
    """Exact cells and a rectifier in place of the circuit: the same activities."""
    from synaspice.characterization.systems.training.substrates import Substrate
    from synaspice.circuits import WeightCells
    from synaspice.devices.simulation.conductance_errors import ConductanceErrors

    class Exact(SwitchNeurons):
        def respond(self, drive, pattern, generator):
            return self.ideal(drive)

    neurons = Exact(MemristorNeuron())
    substrate = Substrate("exact", WeightCells(ConductanceErrors(1e-6, 1e-4), 1e-6, 1e-4), neurons)
    generator = np.random.default_rng(1)
    weights, inputs = loop.first_weights(2, generator), generator.random((2, 4, 100))
    chips = loop.Chips(substrate, 2, generator)
    for one, other in zip(chips.programmed(weights)(inputs), loop.in_software(weights, neurons)(inputs), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_updates_have_the_sizes_that_they_say():
    found = [np.array([[[3.0, -0.1, -2.0]]])]
    assert loop.by_sign(found)[0].ravel().tolist() == [-loop.STEP, loop.STEP, loop.STEP]
    assert loop.by_three_values(found)[0].ravel().tolist() == [-loop.STEP, 0.0, loop.STEP]
    np.testing.assert_allclose(loop.Adam()(found)[0].ravel(), [-loop.RATE, loop.RATE, loop.RATE], rtol=1e-6)


def test_transfer_costs_accuracy_and_training_in_the_loop_returns_it(digits):
    tables = study_in_the_loop(MEMORY, size=SMALL, data=digits, seed=1)
    accuracy = tables["accuracy"]
    means = accuracy.groupby(["substrate", "update", "scale", "stage"])["accuracy"].mean()
    assert means["spin", "exact", 1.0, "software"] > 0.95
    assert means["spin", "exact", 1.0, "transferred"] < means["spin", "exact", 1.0, "software"] - 0.1
    for update in loop.UPDATES:
        assert means["spin", update, 1.0, "in the loop"] > means["spin", update, 1.0, "transferred"] + 0.05
    assert means["spin", "exact", 0.0, "transferred"] > means["spin", "exact", 1.0, "transferred"]
    batches = tables["batches"]
    assert batches.groupby(["substrate", "update", "phase"]).size()["spin", "sign", "in the loop"] == SMALL.steps
    assert (batches["quantile_05"] <= batches["quantile_95"]).all()
    again = study_in_the_loop(MEMORY, size=SMALL, data=digits, seed=1)
    assert accuracy.equals(again["accuracy"])


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: SwitchNeurons(MemristorNeuron(), spread=-0.1), "spread"),
        (lambda: SwitchNeurons(MemristorNeuron(), multiple=1.0), "multiple"),
        (lambda: SwitchNeurons(MemristorNeuron(), spikes=0), "spikes"),
        (lambda: SpinNeurons(LateralSpinValve(), decisions=0), "decisions"),
        (lambda: SpinNeurons(LateralSpinValve(), spread=np.nan), "spread"),
        (lambda: substrate_of("memristive", AutoOscillator()), "two states"),
        (lambda: study_in_the_loop(MEMORY, seed=-1), "seed"),
    ],
)
def test_what_cannot_be_is_refused(make, match):
    with pytest.raises(ParameterError, match=match):
        make()
