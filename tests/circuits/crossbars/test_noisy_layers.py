"""Layers with weights in cells against the crossbar's solver, against published statistics, and their gradients."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from frameworks import framework

from synaspice.circuits import Crossbar, WeightCells, convert_to_noisy
from synaspice.devices import (
    MTJ,
    VTEAM,
    AutoOscillator,
    DomainWallSynapse,
    ParameterError,
    PhaseChangeMemory,
    Sky130RERAM,
    UnknownNameError,
)
from synaspice.devices.simulation.conductance_errors import ConductanceErrors

torch = framework("torch")
from synaspice.circuits.crossbars.weights.noisy_layers import NoisyConv2d, NoisyLayer, NoisyLinear, noisy_layers  # noqa: E402

#: Cells without any error, and cells that err in programming alone.
EXACT = WeightCells(ConductanceErrors(1e-6, 1e-4), 1e-6, 1e-4)
MISPROGRAMMED = WeightCells(ConductanceErrors(1e-6, 1e-4, programming=lambda g: 0.05 * g), 1e-6, 1e-4, variation=0.1)


@pytest.fixture(autouse=True)
def one_thread():
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


def double(module):
    return module.to(torch.float64)


def products(layer, inputs):
    """What the solver of the crossbar, without wires, makes of the layer's conductances."""
    cells = layer.programmed()
    return cells.mapping.decode(Crossbar(cells.conductance(layer.time)).output(inputs, method="ideal"))


@pytest.mark.parametrize("scheme", ["differential", "offset"])
@pytest.mark.parametrize("levels", [None, 2, 5])
def test_a_linear_layer_is_the_crossbar_without_wires(scheme, levels):
    cells = dataclasses.replace(MISPROGRAMMED, scheme=scheme, levels=levels)
    layer = double(NoisyLinear(7, 4, cells, seed=3))
    inputs = np.random.default_rng(1).normal(size=(5, 7))
    found = layer(torch.as_tensor(inputs)).detach().numpy() - layer.bias.detach().numpy()
    np.testing.assert_allclose(found, products(layer, inputs), rtol=1e-10, atol=1e-12)
    ideal = inputs @ layer.weight.detach().numpy().T
    assert np.abs(found - ideal).max() > 0.01, "cells without errors would be no test"


def test_a_convolution_is_the_crossbar_over_all_patches():
    layer = double(NoisyConv2d(2, 3, 3, MISPROGRAMMED, stride=2, padding=1, bias=False, seed=3))
    images = torch.as_tensor(np.random.default_rng(1).normal(size=(2, 2, 6, 6)))
    patches = torch.nn.functional.unfold(images, 3, padding=1, stride=2)  # images, weights, places
    each = patches.transpose(1, 2).reshape(-1, 18).numpy()
    expected = products(layer, each).reshape(2, 9, 3).transpose(0, 2, 1).reshape(2, 3, 3, 3)
    np.testing.assert_allclose(layer(images).detach().numpy(), expected, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("scheme", ["differential", "offset"])
def test_without_errors_and_levels_a_layer_is_its_torch_counterpart(scheme):
    cells = dataclasses.replace(EXACT, scheme=scheme)
    network = torch.nn.Sequential(
        torch.nn.Conv2d(2, 4, 3, groups=2, padding=1, padding_mode="reflect"),
        torch.nn.ReLU(),
        torch.nn.Flatten(),
        torch.nn.Linear(64, 3),
    ).double()
    images = torch.as_tensor(np.random.default_rng(1).normal(size=(2, 2, 4, 4)))
    converted = convert_to_noisy(network, cells)
    torch.testing.assert_close(converted(images), network(images), rtol=1e-10, atol=1e-12)


def test_two_levels_of_a_pair_are_the_weights_minus_one_zero_and_one():
    layer = NoisyLinear(30, 20, dataclasses.replace(EXACT, levels=2), largest=0.1)
    found = layer.read() / 0.1
    assert set(found.detach().double().numpy().round(6).ravel().tolist()) == {-1.0, 0.0, 1.0}
    assert ((found != 0) == (layer.weight.abs() >= 0.05)).all()


def test_gradients_of_inputs_weights_and_biases():
    """Against finite differences: of the weights where cells are exact, for there the layer is smooth."""
    layer = double(NoisyLinear(4, 3, EXACT, largest=5.0))
    inputs = torch.randn(2, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1), requires_grad=True)

    def output(x, weight, bias):
        return torch.func.functional_call(layer, {"weight": weight, "bias": bias}, (x,))

    assert torch.autograd.gradcheck(output, (inputs, layer.weight, layer.bias))
    noisy = double(NoisyConv2d(2, 3, 2, dataclasses.replace(MISPROGRAMMED, levels=2)))
    images = torch.randn(1, 2, 3, 3, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    assert torch.autograd.gradcheck(noisy, images.requires_grad_())


def test_gradients_pass_levels_and_errors_straight():
    """dL/dW of sum(y) is the sum of inputs, whatever the cells make of W."""
    layer = NoisyLinear(4, 3, dataclasses.replace(MISPROGRAMMED, levels=2))
    inputs = torch.randn(5, 4, generator=torch.Generator().manual_seed(1))
    layer(inputs).sum().backward()
    torch.testing.assert_close(layer.weight.grad, inputs.sum(0).expand(3, 4))


def test_programming_errors_and_spread_have_the_size_that_they_should():
    """Var G / G^2 = s^2 + sigma^2 (1 + s^2) of cells that are programmed once; s^2 alone over programmings."""
    weights, generator = np.ones((200, 100)), np.random.default_rng(1)
    one = MISPROGRAMMED.program(weights, generator).conductance()[:, ::2] / 1e-4
    assert one.std() == pytest.approx(np.hypot(0.1, 0.05 * np.sqrt(1.01)), rel=0.02)
    factors = MISPROGRAMMED.draw_factors(20, 10, generator)
    many = [MISPROGRAMMED.program(weights[:20, :10], generator, factors=factors).conductance() for _ in range(400)]
    mean = np.mean(many, axis=0) / MISPROGRAMMED.mapping(weights[:20, :10]).conductance
    np.testing.assert_allclose(mean, factors, atol=5 * 0.05 * 1.3 / np.sqrt(400))


def test_phase_change_memory_drifts_and_is_noisy_as_its_publication_says():
    """<G(t)>/G of Joshi et al. 2020 at 1e6 s: the mean of the exponents' normal distribution in closed form."""
    cell = PhaseChangeMemory.preset("joshi2020")
    cells = WeightCells.of(cell)
    assert cells.least == pytest.approx(cell.conductance_min) and cells.most == pytest.approx(25e-6)
    layer = double(NoisyLinear(200, 100, cells, largest=1.0))
    with torch.no_grad():
        layer.weight.fill_(0.6)
    before = layer.programmed()
    layer.time = 1e6
    target = cells.mapping(np.full((1, 1), 0.6), 1.0).conductance[0, 0]
    mean, spread = cell.conductance_errors().drift_exponent(target)
    elapsed = np.log1p(1e6 / cell.drift_time)
    shrunk = np.exp(-mean * elapsed + (spread * elapsed) ** 2 / 2)
    kept = before.conductance(1e6)[:, ::2].mean() / before.programmed[:, ::2].mean()
    assert kept == pytest.approx(float(shrunk), rel=0.01)
    first, second = (before.read(np.random.default_rng(k), 1e6)[:, ::2] for k in (1, 2))
    noise = float(cell.conductance_errors().read_noise(target, 1e6))
    drifted = before.conductance(1e6)[:, ::2]
    assert np.std((first - second) / drifted) / np.sqrt(2) == pytest.approx(noise, rel=0.05)
    assert not torch.equal(layer.read(), layer.read())


def test_cells_are_programmed_when_weights_have_changed_and_only_then():
    layer = NoisyLinear(4, 3, MISPROGRAMMED)
    first = layer.programmed()
    layer.time = 10.0
    layer(torch.ones(4))
    assert layer.programmed() is first and layer.time == 10.0
    with torch.no_grad():
        layer.weight += 0.1
    layer(torch.ones(4))
    assert layer.programmed() is not first and layer.time == 0.0
    again = layer.program()
    assert not np.array_equal(again.programmed, layer.program().programmed)
    twin = NoisyLinear.of(torch.nn.Linear(4, 3), MISPROGRAMMED, seed=5)
    other = NoisyLinear.of(torch.nn.Linear(4, 3), MISPROGRAMMED, seed=5)
    assert np.array_equal(twin._factors, other._factors)


def test_cells_of_devices_have_their_two_conductances_and_their_noise():
    junction = MTJ.preset("ikeda2010")
    cells = WeightCells.of(junction, levels=2, read_voltage=0.05)
    states = [junction.replace(**held) for held in junction.reference_states().values()]
    expected = sorted(float(one.static(voltage=0.05)["current"]) / 0.05 for one in states)
    np.testing.assert_allclose([cells.least, cells.most], expected, rtol=1e-12)
    assert 0 < float(cells.errors.read_noise(cells.most)) < 0.1
    synapse = WeightCells.of(DomainWallSynapse.preset("edwards2024"))  # its first branch writes: the second is read
    assert synapse.on_off_ratio == pytest.approx(1 + 1.0 / (1 + 0.1**2 / 0.5**2), rel=1e-3)
    assert WeightCells.of(Sky130RERAM()).on_off_ratio > 100


def test_between_the_two_states_a_read_has_the_noise_of_the_states_there():
    """Flicker noise follows the current, white noise its root: the relative square is a + b / G."""
    cells = WeightCells.of(VTEAM(resistance_on=1e4, resistance_off=1e7))
    noise = cells.errors.read_noise([cells.least, (cells.least * cells.most) ** 0.5, cells.most]) ** 2
    ends = np.array([[1.0, 1 / cells.least], [1.0, 1 / cells.most]])
    flicker, white = np.linalg.solve(ends, noise[[0, 2]])
    expected = flicker + white / (cells.least * cells.most) ** 0.5
    assert noise[1] == pytest.approx(expected, rel=0.05)
    assert cells.errors.source.startswith("VTEAM(") and "from 1 to 1e+06 Hz" in cells.errors.source


def test_a_network_is_converted_as_its_user_says():
    shared = torch.nn.Linear(3, 3)
    network = torch.nn.Sequential(shared, torch.nn.ReLU(), shared, torch.nn.Linear(3, 2))
    converted = convert_to_noisy(network, EXACT, exclude="3")
    assert isinstance(converted[0], NoisyLinear) and converted[0] is converted[2]
    assert type(converted[3]) is torch.nn.Linear and type(network[0]) is torch.nn.Linear
    assert list(noisy_layers(converted)) == [converted[0]]
    assert set(converted.state_dict()) == set(network.state_dict())
    assert isinstance(convert_to_noisy(shared, EXACT), NoisyLinear)
    each = convert_to_noisy(network, {"0": EXACT, "3": MISPROGRAMMED}, inplace=True)
    assert each is network and each[3].cells is MISPROGRAMMED
    trained = torch.optim.SGD(each.parameters(), lr=0.1)
    before = each[3].weight.detach().clone()
    each(torch.ones(1, 3)).sum().backward()
    trained.step()
    assert not torch.equal(each[3].weight, before)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: NoisyLinear(0, 3, EXACT), "in_features"),
        (lambda: NoisyLinear(4, 3, 0.1), "cells"),
        (lambda: NoisyLinear(4, 3, EXACT, seed=-1), "seed"),
        (lambda: NoisyLinear(4, 3, EXACT, largest=-1.0).read(), "largest"),
        (lambda: setattr(NoisyLinear(4, 3, EXACT), "time", -1.0), "before the first read"),
        (lambda: setattr(NoisyLinear(4, 3, EXACT), "time", np.nan), "time"),
        (lambda: convert_to_noisy(torch.nn.ReLU(), EXACT), "no linear or convolutional layer"),
        (lambda: convert_to_noisy("network", EXACT), "torch.nn.Module"),
        (lambda: convert_to_noisy(torch.nn.Linear(2, 2), None), "cells"),
        (lambda: convert_to_noisy(torch.nn.Sequential(torch.nn.Linear(2, 2)), {}), "no cells are given for 0"),
        (lambda: dataclasses.replace(EXACT, levels=1), "levels"),
        (lambda: dataclasses.replace(EXACT, variation=-0.1), "variation"),
        (lambda: dataclasses.replace(EXACT, least=1e-7), "beyond the range"),
        (lambda: dataclasses.replace(EXACT, least=1e-4), "must lie below"),
        (lambda: EXACT.program(np.ones((2, 2)), np.random.default_rng(), factors=np.ones((2, 2))), "factors"),
        (lambda: dataclasses.replace(EXACT, stuck_open=0.6, stuck_on=0.6), "shares"),
        (lambda: EXACT.mapping([[np.nan]]), "not finite"),
    ],
)
def test_what_cannot_be_is_refused(call, match):
    with pytest.raises(ParameterError, match=match):
        call()


def test_a_device_of_one_conductance_and_names_that_are_none_are_refused():
    with pytest.raises(ParameterError, match="two states"):
        WeightCells.of(AutoOscillator())
    with pytest.raises(UnknownNameError, match="layer"):
        convert_to_noisy(torch.nn.Sequential(torch.nn.Linear(2, 2)), EXACT, exclude="1")
    with pytest.raises(UnknownNameError, match="scheme"):
        dataclasses.replace(EXACT, scheme="unsigned")
    assert issubclass(NoisyConv2d, NoisyLayer)


def test_a_fused_transformer_layer_reads_the_cells():
    """In evaluation PyTorch takes a path of its own, past the layers' forward."""
    ideal = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)
    noisy = convert_to_noisy(ideal, MISPROGRAMMED).eval()
    inputs = torch.randn(2, 5, 16)
    with torch.no_grad():
        assert (noisy(inputs) - ideal.eval()(inputs)).abs().max() > 1e-3


def test_half_and_brain_floats_are_read_and_complex_numbers_refused():
    for kind in (torch.float16, torch.bfloat16, torch.float64):
        assert NoisyLinear(3, 3, MISPROGRAMMED, dtype=kind)(torch.ones(1, 3, dtype=kind)).dtype == kind
    with pytest.raises(ParameterError, match="real numbers"):
        NoisyLinear(3, 3, MISPROGRAMMED, dtype=torch.complex64)


@pytest.mark.parametrize("sizes", [(0, 8, 3), (1, 0, 3), ("1", 8, 3), (1, 8, 0), (1, 8, (3, 0))])
def test_sizes_of_a_convolution_are_positive(sizes):
    with pytest.raises(ParameterError):
        NoisyConv2d(*sizes, MISPROGRAMMED)


def test_the_largest_weight_is_positive():
    with pytest.raises(ParameterError, match="largest"):
        NoisyLinear(3, 3, MISPROGRAMMED, largest=-1.0)


def test_stuck_cells_of_a_layer_stay_where_they_are_stuck():
    """Weights of 0 in pairs: a cell that is open takes half of the scale from it, one that is on gives it that."""
    cells = dataclasses.replace(EXACT, stuck_open=0.03, stuck_on=0.02)
    layer = double(NoisyLinear(100, 80, cells, bias=False, seed=5, largest=1.0))
    with torch.no_grad():
        layer.weight.zero_()
    found = layer.programmed().conductance()
    for value, share in ((0.0, 0.03), (1e-4, 0.02)):
        stuck = found == value
        assert abs(stuck.mean() - share) < 4 * np.sqrt(share * (1 - share) / found.size)
    assert np.array_equal(layer.program().conductance() == 0, found == 0), "the same cells at every programming"
    single = (found[:, ::2] == 1e-4) & (found[:, 1::2] == EXACT.least)
    weights = layer.read().detach().numpy().T
    np.testing.assert_allclose(weights[single], 1.0, rtol=1e-6)
