"""The PyTorch target against the numeric target, finite differences, and the equilibrium of statistical mechanics."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from frameworks import framework

from synaspice.devices import MTJ, VTEAM, AutoOscillator, MissingDependencyError, ParameterError, Sine, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.core.vectors import initial_state
from synaspice.devices.language.optional import require

torch = framework("torch")
DEVICES = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}


def random_point(device, generator, count):
    """Random voltages and states: within bounds, or near the initial values."""
    point = {name: generator.normal(size=count) for name in device.branches()}
    starts = dict(zip(map(str, device.system.states), initial_state(device), strict=True))
    for name, state in device.state_declarations().items():
        near = starts[name] + 0.1 * state.scale * generator.normal(size=count)
        point[name] = generator.uniform(*state.bounds, size=count) if state.bounds else near
    return point


@pytest.mark.parametrize("name", DEVICES)
def test_static_curves_equal_the_numeric_target(name):
    device = DEVICES[name]()
    point = random_point(device, np.random.default_rng(1), 16)
    expected, found = device.static(**point), device.to_torch().static(**point)
    assert list(found) == list(expected)
    for key, values in expected.items():
        # the same operations; the libraries' elementary functions differ by roundings
        assert torch.isfinite(found[key]).all()
        np.testing.assert_allclose(found[key].numpy(), values, rtol=1e-12, atol=1e-12 * np.abs(values).max())


def test_trajectories_converge_to_the_numeric_ones_at_fourth_order():
    device = AutoOscillator(initial_power=0.05)
    drive = Sine(1.5e-3, 0.5e-3, 2e8)
    exact = device.simulate(drive, 1e-9, source="current", points=11, rtol=1e-12, atol=1e-14)
    module, errors = device.to_torch(), []
    with torch.no_grad():
        for steps in (200, 400):
            found = module(drive, 1e-9, source="current", steps=steps, points=11)
            errors.append(np.abs(found["c_re"].numpy() - exact["c_re"]).max())
            assert found["c_re"].shape == (11,)
    assert errors[1] < 1e-4
    assert 3.8 < math.log2(errors[0] / errors[1]) < 4.2
    voltage = np.abs(found["voltage"].numpy() / exact["voltage"] - 1).max()
    assert voltage < 1e-4


def test_a_magnetisation_stays_on_its_sphere_and_follows_the_numeric_target():
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    exact = device.simulate(-0.8, 1e-9, points=6, rtol=1e-11, atol=1e-13)
    with torch.no_grad():
        found = device.to_torch()(-0.8, 1e-9, steps=250, points=6)
    m = torch.stack([found[f"m_{axis}"] for axis in "xyz"])
    assert torch.abs(m.norm(dim=0) - 1).max() < 1e-15
    for axis in "xyz":
        # Errors of fourth order, as the test before this shows: they are 1.1e-5 at 4 ps, 1e-7 at 1 ps.
        np.testing.assert_allclose(found[f"m_{axis}"].numpy(), exact[f"m_{axis}"], atol=3e-5)


def test_the_gradient_of_switching_equals_finite_differences():
    """Through time, the torque and the geometry: d m_z / d parameter while the junction switches, to 1e-6."""
    device = MTJ.preset("ikeda2010", initial_polar_angle=0.3)
    names = ("damping", "free_layer_thickness", "resistance_area_product", "tmr")
    module = device.to_torch(trainable=names)
    settings = {"steps": 200, "points": 2}
    drive = torch.full((3,), -1.2, dtype=torch.float64, requires_grad=True)
    final = module(drive, 1.8e-9, **settings)["m_z"][-1]
    assert -0.9 < float(final.detach()) < 0.9  # amid the switching
    final.backward()
    # A batch of the two central differences of each parameter, extrapolated to the fourth order.
    offsets = torch.tensor([-2.0, -1.0, 1.0, 2.0], dtype=torch.float64) * 1e-4
    weights = torch.tensor([1.0, -8.0, 8.0, -1.0], dtype=torch.float64) / 12e-4
    values = {name: torch.full((len(names) + 1, 4), device.values[name], dtype=torch.float64) for name in names}
    for row, name in enumerate(names):
        values[name][row] *= 1 + offsets
    drives = torch.full((len(names) + 1, 4, 3), -1.2, dtype=torch.float64)
    drives[-1, :, 1] += offsets
    with torch.no_grad():
        around = module(drives, 1.8e-9, parameters=values, **settings)["m_z"][..., -1]
    differences = around @ weights
    gradients = torch.stack([*(module.factors[name].grad for name in names), drive.grad[1]])
    assert torch.abs(gradients).min() > 1e-3
    np.testing.assert_allclose(gradients.numpy(), differences.numpy(), rtol=1e-6)


def test_a_checkpointed_gradient_is_the_same():
    module = AutoOscillator(initial_power=0.05).to_torch(trainable=("damping_rate",))
    gradients = []
    for checkpoint in (False, True):
        module.zero_grad()
        result = module(1.5e-3, 1e-9, source="current", steps=20, points=5, checkpoint=checkpoint)
        result["power"][-1].backward()
        gradients.append(module.factors["damping_rate"].grad.clone())
    assert gradients[0] != 0
    torch.testing.assert_close(gradients[1], gradients[0], rtol=1e-12, atol=0)


def test_a_batch_is_what_its_members_are():
    device = VTEAM(initial_state=0.3)
    module = device.to_torch()
    drives = torch.linspace(-1.0, 1.0, 5, dtype=torch.float64)[:, None] * torch.linspace(0.5, 1.0, 51)
    duration = 20 * device.settling_time
    with torch.no_grad():
        batch = module(drives, duration)
        single = module(drives[1], duration)
    assert batch["x"].shape == (5, 51)
    assert float((batch["x"][:, -1] - batch["x"][:, 0]).abs().max()) > 0
    for name in single.keys() - {"time"}:
        torch.testing.assert_close(batch[name][1], single[name], rtol=1e-13, atol=0)


def test_noise_brings_an_oscillator_to_thermal_equilibrium():
    """At rest the power is k_B T / (lambda omega) on average, exponentially distributed."""
    device = AutoOscillator(initial_power=0.0, nonlinear_frequency_shift=0.0, nonlinear_damping=0.0, action=1e-29)
    module, count = device.to_torch(), 2000
    with torch.no_grad():
        # Heun's scheme of step h feeds an oscillation of frequency omega at the rate (omega h)^4 / (4 h): 0.5 per cent
        # of the damping here.
        power = module(0.0, 4e-9, temperature=300.0, trajectories=count, steps=1200, points=2, seed=1)["power"][:, -1]
    expected = codata.k * 300.0 / (device.action * device.angular_frequency) * (1 - math.exp(-2 * 1e9 * 4e-9))
    assert abs(float(power.mean()) / expected - 1) < 4 / math.sqrt(count)
    assert abs(float(power.std()) / expected - 1) < 4 * math.sqrt(2 / count)


def test_noise_is_reproducible_and_lets_gradients_pass():
    module = AutoOscillator().to_torch(trainable=("action",))
    settings = {"steps": 50, "temperature": 300.0, "trajectories": 10}
    power = module(0.0, 1e-9, seed=3, **settings)["power"][:, -1]
    assert torch.equal(power, module(0.0, 1e-9, seed=3, checkpoint=True, **settings)["power"][:, -1])
    assert not torch.equal(power, module(0.0, 1e-9, seed=4, **settings)["power"][:, -1])
    power.mean().backward()
    assert module.factors["action"].grad < 0  # more action per power, less noise


def test_a_trained_module_gives_its_device():
    module = VTEAM().to_torch(trainable=("resistance_on",))
    with torch.no_grad():
        module.factors["resistance_on"] *= 1.5
    assert module.to_device().resistance_on == pytest.approx(1.5 * VTEAM().resistance_on, rel=1e-15)
    assert VTEAM().to_torch().to_device() == VTEAM()
    with torch.no_grad():
        module.factors["resistance_on"] *= -1.0
    with pytest.raises(ParameterError, match="resistance_on"):
        module.to_device()


def test_bad_requests_are_refused():
    module = VTEAM().to_torch()
    with pytest.raises(UnknownNameError, match="did you mean 'resistance_on'"):
        VTEAM().to_torch(trainable=("resistance_onn",))
    with pytest.raises(UnknownNameError, match="voltage, state or input"):
        module.static(volts=1.0)
    with pytest.raises(UnknownNameError, match="source"):
        module(1.0, 1e-3, source="field")
    with pytest.raises(UnknownNameError, match="state"):
        module(1.0, 1e-3, steps=2, initial={"y": 0.0})
    with pytest.raises(ParameterError, match="duration"):
        module(1.0, -1.0)
    with pytest.raises(ParameterError, match="temperature"):
        module(1.0, 1e-3, seed=1)
    with pytest.raises(ParameterError, match="evenly"):
        module(1.0, 1e-3, steps=10, points=4)
    with pytest.raises(ParameterError, match="outside its bounds"):
        module.static(parameters={"resistance_on": torch.tensor([-1.0])})


def test_a_missing_package_says_what_to_install():
    with pytest.raises(
        MissingDependencyError, match=r"pip install torch, or pip install -e '\.\[torch\]' in the clone"
    ):
        require("torch_that_is_not_there", "to_torch()", "torch")
