"""Networks of one level: levels in closed form, the pull, the devices, what each method is for, what is refused."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from frameworks import framework

from synaspice.characterization import study_quantisation
from synaspice.characterization.systems.quantisation.study import COMBINATIONS, QUICK
from synaspice.circuits import WeightCells
from synaspice.devices import MTJ, AutoOscillator, ParameterError, Sky130RERAM

torch = framework("torch")
from synaspice.characterization.systems.quantisation import networks  # noqa: E402
from synaspice.circuits.crossbars.weights.noisy_layers import noisy_layers  # noqa: E402

CELLS = WeightCells.of(Sky130RERAM.preset("skywater2020"), levels=2)


@pytest.fixture(scope="module")
def shapes(tmp_path_factory):
    """Ten patterns in noise, as MNIST is stored: a network learns them within seconds, but not with any weights."""
    generator = np.random.default_rng(1)
    patterns = generator.integers(0, 2, (10, 12, 12)) * 60 + 60
    labels = np.arange(600) % 10
    images = np.clip(patterns[labels] + generator.normal(0, 70, (600, 12, 12)), 0, 255).astype(np.uint8)
    folder = tmp_path_factory.mktemp("data")
    np.savez(folder / "mnist.npz", images=images, labels=labels)
    return folder


@pytest.fixture(scope="module")
def tables(shapes):
    return study_quantisation(Sky130RERAM.preset("skywater2020"), size=QUICK, data=shapes, seed=1)


@pytest.mark.parametrize(
    ("weights", "level"),
    [
        # uniform in [-a, a]: L is the mean of [L/2, a], 2a/3; normal: 1.2240 sigma, Max's quantiser of three levels
        (torch.linspace(-1, 1, 200_001, dtype=torch.float64), 2 / 3),
        (torch.erfinv(torch.linspace(-0.999999, 0.999999, 400_001, dtype=torch.float64)) * 2**0.5, 1.2240),
    ],
)
def test_the_best_level_is_that_of_max(weights, level):
    """J. Max, IRE Trans. Inf. Theory 6, 7 (1960), table I, N = 3: 1.224."""
    assert networks.best_level(weights) == pytest.approx(level, rel=1e-3)
    errors = [
        float(((weights - networks.quantised(weights, x)) ** 2).mean()) for x in (0.98 * level, level, 1.02 * level)
    ]
    assert errors[1] == min(errors)


def test_levels_are_of_a_layer_or_of_all():
    small, large = torch.linspace(-1, 1, 1001), torch.linspace(-1.5, 1.5, 1001)
    assert networks.levels_of([small, large], by_layer=True) == pytest.approx([2 / 3, 1.0], rel=0.01)
    first, second = networks.levels_of([small, large], by_layer=False)
    assert first == second and 0.7 < first < 0.98


def test_the_pull_is_constant_towards_the_nearest_value_and_stops_there():
    weight = torch.nn.Parameter(torch.tensor([0.3, 0.49, 0.51, 1.4, -0.8, 0.05]))
    networks._pull([weight], [1.0], 0.1)
    torch.testing.assert_close(weight.detach(), torch.tensor([0.2, 0.39, 0.61, 1.3, -0.9, 0.0]))


def test_a_network_in_devices_has_one_level_and_its_biases():
    network = networks.perceptron(9)
    chip = networks.in_devices(network, CELLS, by_layer=True, seed=1)
    for plain, layer in zip(networks.weights_of(network), noisy_layers(chip), strict=True):
        level = networks.best_level(plain)
        cells = layer.programmed()
        found = cells.weights(cells.conductance()) / level
        assert set(found.round(6).ravel().tolist()) <= {-1.0, 0.0, 1.0}
        assert not layer.weight.requires_grad and layer.bias.requires_grad
    assert torch.equal(network[1].bias, chip[1].bias)


def test_bias_tuning_changes_biases_alone_and_lowers_the_loss():
    generator = torch.Generator().manual_seed(1)
    inputs, labels = torch.randn(200, 1, 3, 3, generator=generator), torch.arange(200) % 10
    task = networks.Task(inputs, labels, inputs, labels)
    with networks.one_thread(1):
        chip = networks.in_devices(networks.perceptron(9), CELLS, by_layer=True, seed=1)
        weights = [w.detach().clone() for w in networks.weights_of(chip)]
        before = torch.nn.functional.cross_entropy(chip(inputs), labels).item()
        networks.train(chip, task, 0, biases=True, steps=40)
        after = torch.nn.functional.cross_entropy(chip(inputs), labels).item()
    assert after < before
    assert all(torch.equal(old, new) for old, new in zip(weights, networks.weights_of(chip), strict=True))


def test_one_thread_leaves_threads_and_random_numbers_as_they_were():
    torch.manual_seed(5)
    threads, expected = torch.get_num_threads(), torch.rand(3)
    torch.manual_seed(5)
    with networks.one_thread(1):
        assert torch.get_num_threads() == 1
        first = torch.rand(3)
    assert torch.get_num_threads() == threads and torch.equal(torch.rand(3), expected)
    with networks.one_thread(1):
        assert torch.equal(torch.rand(3), first)


def test_the_study_has_all_combinations_and_biases_make_up_for_some(tables):
    accuracy, ideal = tables["accuracy"], tables["ideal"]
    assert len(accuracy) == len(COMBINATIONS) * len(QUICK.variations) * QUICK.seeds["perceptron"]
    assert set(accuracy["network"]) == {"perceptron"} and "CIFAR-10" in accuracy.attrs["missing"]["convolutional"]
    assert accuracy.attrs["stand_ins"] == [] and "480 training" in accuracy.attrs["data"]["perceptron"]
    still = accuracy[accuracy["variation"] == 0]
    groups = still.groupby(["distribution_aware", "regularised", "bias_tuned"])["accuracy"].mean()
    assert ideal["accuracy"].mean() > 0.9
    assert groups.min() > 0.3 and groups.max() < ideal["accuracy"].mean(), "one level costs something, and not all"
    tuned = groups.xs(True, level="bias_tuned")
    assert (tuned >= groups.xs(False, level="bias_tuned")).all() and tuned.mean() < 0.999
    last = accuracy[accuracy["variation"] == 0.3]["accuracy"].mean()
    assert last < still["accuracy"].mean()


def test_pulled_weights_lie_at_their_levels(tables):
    table = tables["weights"]
    near = np.abs(np.abs(table["weight"]).to_numpy()[:, None] - [0, 1]).min(axis=1) < 0.1
    assert table["pulled_density"][near].sum() > 1.3 * table["density"][near].sum()


def test_devices_of_little_contrast_suffer_more_from_variation():
    """Relative error of a weight: s sqrt(r^2 + 1) / (r - 1) of a pair with the ratio r of conductances."""
    weights, generator = np.ones((100, 50)), np.random.default_rng(1)
    for device in (Sky130RERAM.preset("skywater2020"), MTJ.preset("ikeda2010")):
        cells = dataclasses.replace(WeightCells.of(device, levels=2), variation=0.05)
        made = cells.program(weights, generator)
        ratio = cells.on_off_ratio
        expected = 0.05 * np.hypot(ratio, 1) / (ratio - 1)
        assert made.weights(made.conductance()).std() == pytest.approx(expected, rel=0.05)


def test_a_device_of_one_state_is_refused(shapes):
    with pytest.raises(ParameterError, match="two states"):
        study_quantisation(AutoOscillator(), size=QUICK, data=shapes)
    with pytest.raises(ParameterError, match="seed"):
        study_quantisation(Sky130RERAM(), size=QUICK, data=shapes, seed=-1)
