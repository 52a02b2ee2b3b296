"""The default step of noisy simulations: the thermal agitation comes out as Boltzmann's, whatever the device."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from scipy.constants import k, mu_0

from synaspice.devices import MTJ, VTEAM, Pulse, Sine
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Stimulus
from synaspice.devices.language.errors import OutOfReachError, ParameterError, PatienceWarning, ResolutionWarning
from synaspice.devices.simulation.ensembles import noisy_trajectories, resolution
from synaspice.devices.simulation.ensembles.time_step import TOLERANCE, default_step
from synaspice.devices.simulation.request import Request


def stiff(damping, field):
    """A junction with little torque in a field along its easy axis [T]."""
    return MTJ(
        diameter=40e-9,
        free_layer_thickness=1.3e-9,
        saturation_magnetization=1e6,
        damping=damping,
        interfacial_anisotropy=1.1e-3,
        polarization_reference=0.01,
        polarization_free=0.01,
        field_z=field / mu_0,
    )


def step_of(device, drive=0.0, **inputs):
    return default_step(Request.of(device, drive, 1e-8, "voltage", inputs))


def boltzmann(device, temperature):
    """Mean of 1 - m_z^2 in the well at m_z = 1, by quadrature."""
    volume, hold = device.volume, device.anisotropy_field
    barrier = mu_0 * device.saturation_magnetization * hold * volume / (2 * k * temperature)
    u = np.linspace(0.0, 1.0, 400_001)
    weight = np.exp(barrier * (u * u - 1) + 2 * barrier * device.field_z / hold * (u - 1))
    return np.trapezoid(weight * (1 - u * u), u) / np.trapezoid(weight, u)


@pytest.mark.slow
@pytest.mark.parametrize(("damping", "field"), [(0.005, 0.5), (0.005, 2.0), (0.02, 1.0)])
def test_equipartition_at_the_default_step(damping, field):
    device = stiff(damping, field)
    states = device.ensemble(1e-3, 8 / (damping * device.gamma_0 * (device.anisotropy_field + field / mu_0)),
                             trajectories=8000, seed=2, temperature=300.0).final()  # fmt: skip
    agitation = 1 - states["m_z"] ** 2
    error = agitation.std() / len(agitation) ** 0.5
    assert agitation.mean() == pytest.approx(boltzmann(device, 300.0), abs=3 * error + 0.01 * agitation.mean())


@pytest.mark.parametrize("damping", [0.001, 0.01, 0.1])
@pytest.mark.parametrize("field", [0.0, 1.0, 4.0])
def test_the_step_keeps_the_gain_of_a_precession_below_the_tolerance(damping, field):
    """Leading terms of the scheme's gain, over the damping lambda: omega^4 h^3 / (8 lambda) - (omega h)^2 / 2."""
    device = stiff(damping, field)
    omega = device.gamma_0 * (device.anisotropy_field + field / mu_0) / (1 + damping**2)
    step = step_of(device)
    gain = abs((omega * step) ** 3 / (8 * damping) - (omega * step) ** 2 / 2)
    assert gain <= 1.02 * TOLERANCE
    # Where damping is strong the leading terms are a fifth off.
    assert step == pytest.approx(1e-12) or gain >= (0.98 if damping < 0.1 else 0.8) * TOLERANCE


def test_a_field_that_is_driven_counts():
    device = stiff(0.005, 0.0)
    still = step_of(device)
    assert step_of(device, field_z=2.0 / mu_0) == pytest.approx(step_of(stiff(0.005, 2.0)), rel=0.1)
    assert step_of(device, field_z=Pulse(0.0, 2.0 / mu_0, delay=1e-9, width=1e-9)) < 0.5 * still


def test_a_device_without_noise_keeps_its_pace():
    device = VTEAM()
    assert step_of(device, 0.5) == pytest.approx(device.settling_time / 1000)


def test_a_step_that_falsifies_the_agitation_is_called_so():
    device = stiff(0.005, 1.0)
    with pytest.warns(ResolutionWarning, match=r"falsifies the damping of mtj .* 2\.9e-13 s keeps it to 1%"):
        device.simulate(1e-3, 1e-11, temperature=300.0, time_step=1e-12, seed=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        device.simulate(1e-3, 1e-11, temperature=300.0, time_step=2e-13, seed=1)


@pytest.mark.parametrize("cycle_to_cycle", [0.0, 0.05])
@pytest.mark.parametrize("time_step", [None, 1e-12])
def test_a_fast_set_with_noise_ends_where_it_leads(cycle_to_cycle, time_step):
    """The set takes 5 ps at -1 V; a step that goes far beyond the bound ends at it, not at the other one."""
    device = VTEAM.preset("kvatinsky2014", cycle_to_cycle=cycle_to_cycle)
    how = {"points": 21, "temperature": 300.0, "seed": 1, "time_step": time_step}
    table = device.simulate(Sine(0.0, 1.0, 5e7), 2e-8, **how)
    alone = device.simulate(Sine(0.0, 1.0, 5e7), 2e-8, points=21)
    assert table["x"].iloc[12:19].max() < 1e-3 and alone["x"].iloc[12:19].max() < 1e-6


def _memristors():
    for name, model in models().items():
        bounded = any(state.bounds is not None for state in model.state_declarations().values())
        if bounded and not model().system.spheres and model().suits(Stimulus) and "wall" not in name:
            # One is swept for a second, in steps of nanoseconds.
            yield from ((name, preset) for preset in (None, *model.presets()) if preset != "kvatinsky2015-like")


@pytest.mark.filterwarnings("ignore::synaspice.devices.ValidityWarning")
@pytest.mark.parametrize(("name", "preset"), list(_memristors()))
def test_noisy_trajectories_at_the_default_step_follow_those_without_noise(name, preset):
    """Of states between bounds whose own noise is small: a step that suits the rest must resolve the drive's motion."""
    model = models()[name]
    device = model.preset(preset) if preset else model()
    stimulus = device.protocol(Stimulus)
    started = device.replace(**stimulus.overrides)
    case = {"source": stimulus.source, "inputs": stimulus.inputs, "points": 9}
    alone = started.simulate(stimulus.drive, stimulus.duration, **case)
    noisy = started.simulate(stimulus.drive, stimulus.duration, temperature=started.temperature, seed=1, **case)
    for state, declared in started.state_declarations().items():
        if declared.bounds is not None:
            extent = declared.bounds[1] - declared.bounds[0]
            assert abs(noisy[state].iloc[-1] - alone[state].iloc[-1]) < 0.03 * extent, state


@pytest.mark.filterwarnings("ignore::synaspice.devices.ValidityWarning")
def test_a_motion_that_no_step_resolves_is_warned_of(monkeypatch):
    monkeypatch.setattr(resolution, "MOST_STEPS", 100)
    device = models()["sky130-reram"]()
    stimulus = device.protocol(Stimulus)
    with pytest.warns(
        ResolutionWarning, match=r"do not resolve the motion of sky130-reram .* off by .* of their range"
    ):
        device.simulate(stimulus.drive, stimulus.duration, temperature=device.temperature, seed=1, points=5)


def test_a_drive_that_no_step_follows_is_refused_at_once():
    """A million megaamperes: with noise there is no step, without it the end is out of reach at the first look."""
    junction = MTJ.preset("ikeda2010", initial_polar_angle=0.1)
    with pytest.raises(ParameterError, match="move faster than any step follows: take a weaker one"):
        junction.simulate(1e12, 1e-9, source="current", temperature=300.0, seed=1)
    with pytest.raises(OutOfReachError, match="after 20000 steps .* ask for a weaker drive"):
        junction.simulate(1e12, 1e-9, source="current")


def test_long_noisy_trajectories_are_told_before_they_begin(monkeypatch):
    monkeypatch.setattr(noisy_trajectories, "LONG_STEPS", 100)
    with pytest.warns(PatienceWarning, match=r"steps of .* follow in each trajectory of mtj, .* give a time_step"):
        MTJ.preset("ikeda2010").simulate(0.0, 1e-9, temperature=300.0, seed=1)
