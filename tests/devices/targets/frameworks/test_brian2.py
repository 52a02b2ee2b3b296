"""The Brian 2 target: every model's equations accepted with their units; trajectories and noise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from frameworks import framework

from synaspice.devices import MTJ, VTEAM, AutoOscillator, ParameterError, PhaseChangeMemory, Sine, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.language.declarations.declaration import Branch, Observable, Parameter, State
from synaspice.devices.model import CompactModel

brian2 = framework("brian2")
from synaspice.devices.targets.frameworks.brian2_equations import brian_unit  # noqa: E402
from synaspice.devices.targets.frameworks.brian2_methods import ExplicitMethod  # noqa: E402

DEVICES = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}


@pytest.fixture(autouse=True)
def plain_numpy():
    brian2.prefs.codegen.target = "numpy"
    brian2.start_scope()


def run(group, duration, names, step):
    monitor = brian2.StateMonitor(group, names, record=True, dt=step * brian2.second)
    brian2.Network(group, monitor).run(duration * brian2.second)
    return np.asarray(monitor.t), {name: np.asarray(getattr(monitor, name)) for name in names}


@pytest.mark.parametrize("name", DEVICES)
def test_every_device_is_accepted_with_its_units(name):
    """Brian checks the units of the equations itself."""
    device = DEVICES[name]()
    written = device.to_brian2(temperature=300.0)
    assert set(written.initial) == set(map(str, device.system.states))
    group = written.group(2, dt=1e-3 * device.settling_time * brian2.second)
    for state, value in written.initial.items():
        assert np.all(np.asarray(getattr(group, state)) == np.asarray(value))
    static = device.static()
    for quantity in (*device.system.currents, *device.system.observables):
        # a device at rest: the subexpressions are the numeric target's
        found = np.asarray(getattr(group, str(quantity)))
        np.testing.assert_allclose(found, float(static[str(quantity)]), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize(
    ("device", "amplitude", "periods", "source", "watched"),
    [
        (VTEAM(initial_state=0.2), 1.0, 1, "voltage", ("x", "current")),
        (AutoOscillator(initial_power=0.05), 2e-3, 4, "current", ("c_re", "c_im", "voltage")),
        (MTJ.preset("ikeda2010", initial_polar_angle=0.3), -1.2, 1, "voltage", ("m_x", "m_y", "m_z", "current")),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, CompactModel) else "",
)
def test_trajectories_are_the_numeric_ones(device, amplitude, periods, source, watched):
    duration = periods * {"mtj": 2e-9, "auto-oscillator": 1 / 5e9}.get(device.model_name(), 20 * device.settling_time)
    steps = 1000
    written = device.to_brian2(source=source)
    unit = "amp" if source == "current" else "volt"
    drive = f"{source} = {amplitude!r}*{unit}*sin(2*pi*t/({2 * duration!r}*second)) : {unit}"
    group = written.group(1, model=drive, dt=duration / steps * brian2.second)
    time, found = run(group, duration, watched, duration / steps)
    wave = Sine(0.0, amplitude, 1 / (2 * duration))
    exact = device.simulate(wave, duration, source=source, times=time, rtol=1e-10, atol=1e-12)
    moved = 0.0
    for name in watched:
        size = np.abs(exact[name]).max()
        assert np.abs(found[name][0] - exact[name]).max() < 1e-3 * size, name
        moved = max(moved, np.ptp(exact[name]) / size)
    assert moved > 0.3


def test_noise_brings_oscillators_to_thermal_equilibrium():
    device = AutoOscillator(initial_power=0.0, nonlinear_frequency_shift=0.0, nonlinear_damping=0.0, action=1e-29)
    written, count = device.to_brian2(temperature=300.0), 2000
    brian2.seed(1)
    group = written.group(count, dt=2.5e-12 * brian2.second)
    brian2.Network(group).run(4e-9 * brian2.second)
    expected = codata.k * 300.0 / (device.action * device.angular_frequency) * (1 - math.exp(-2 * 1e9 * 4e-9))
    assert abs(np.mean(group.power) / expected - 1) < 4 / math.sqrt(count)


def test_devices_of_a_group_can_differ():
    device = VTEAM(initial_state=0.5)
    written = device.to_brian2(variables=("resistance_on",))
    group = written.group(2, dt=1e-3 * device.settling_time * brian2.second)
    assert np.all(np.asarray(group.resistance_on) == device.resistance_on)
    group.resistance_on = [device.resistance_on, 2 * device.resistance_on] * brian2.ohm
    group.voltage = 0.01 * brian2.volt
    expected = [
        float(d.static(voltage=0.01)["current"])
        for d in (device, device.replace(resistance_on=2 * device.resistance_on))
    ]
    np.testing.assert_allclose(np.asarray(group.current), expected, rtol=1e-12)


def test_a_memristor_as_a_synapse():
    """The pulses of a neuron are the voltage of the synapse; its current drives the next."""
    device = VTEAM(initial_state=0.1)
    duration = 5 * device.settling_time
    step = duration / 200 * brian2.second
    written = device.to_brian2()
    before = brian2.NeuronGroup(1, "v = 1.0*volt : volt")
    after = brian2.NeuronGroup(1, "v : volt")
    lines = [line for line in written.synapses.splitlines() if not line.startswith("voltage :")]
    model = "\n".join([*lines, "voltage = v_pre - v_post : volt"])
    synapses = brian2.Synapses(before, after, model, method=written.method, namespace=written.namespace, dt=step)
    synapses.connect()
    written.start(synapses)
    brian2.Network(before, after, synapses).run(duration * brian2.second)
    exact = device.simulate(1.0, duration, points=2)
    assert abs(exact["x"].iloc[-1] - 0.1) > 0.05
    assert float(synapses.x[0]) == pytest.approx(exact["x"].iloc[-1], rel=1e-3)


def test_units_are_translated():
    assert brian_unit("A/(V*m)") == "amp*volt**-1*metre**-1"
    assert brian_unit("J/m/(A/m)") == "joule*amp**-1"
    assert brian_unit("K^-1.5") == "kelvin**-1.5"
    assert brian_unit("rad/(s*T)") == "second**-1*tesla**-1"
    assert brian_unit("1") == "1"
    for unit in ("furlong", "V+A", "__import__('os')"):
        with pytest.raises(ParameterError, match="no form in Brian"):
            brian_unit(unit)


def test_what_brian_cannot_do_is_refused():
    with pytest.raises(ParameterError, match="not linear in the voltage"):
        MTJ().to_brian2(source="current")
    with pytest.raises(UnknownNameError, match="parameter of mtj"):
        MTJ().to_brian2(variables=("diametre",))

    class _Reserved(CompactModel):
        voltage = Branch("p", "n", "voltage")
        e = Parameter(1.0, "S", "a name that Brian keeps to itself")
        x = State("1", "state")
        conductance = Observable("S", "conductance")

        @classmethod
        def equations(cls, s):
            return {"current": s.e * s.voltage, "dx/dt": -s.x, "conductance": s.e}

    with pytest.raises(ParameterError, match="'e' cannot be a name in Brian"):
        _Reserved().to_brian2()


def test_the_scheme_is_of_fourth_order():
    errors = []
    for steps in (10, 20):
        group = brian2.NeuronGroup(
            1,
            "rate = -x/second : hertz\ndx/dt = rate : 1",
            method=PhaseChangeMemory().to_brian2().method,
            dt=1.0 / steps * brian2.second,
        )
        group.x = 1.0
        brian2.Network(group).run(1 * brian2.second)
        errors.append(abs(float(group.x[0]) - math.exp(-1)))
    assert isinstance(PhaseChangeMemory().to_brian2().method, ExplicitMethod)
    assert 3.8 < math.log2(errors[0] / errors[1]) < 4.2
