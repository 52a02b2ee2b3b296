"""The volatile memristor: folds, relaxation, oscillation, each against a formula or the other engine."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from synaspice.characterization import hysteresis, iv
from synaspice.characterization.engines import trajectory
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.native import native_device
from synaspice.devices import ParameterError, Pulse, VolatileMemristor
from synaspice.devices.core.vectors import compiled, parameter_vector

PRESETS = list(VolatileMemristor.presets())
WIDTHS = [0.005, 0.02, 0.1]


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("polarity", [1, -1])
def test_folds_lie_at_threshold_and_hold_voltage(preset, width, polarity):
    """Just inside the voltages the latch is bistable; just outside, it moves to the one branch left from everywhere.

    The folds of ln[m/(1-m)] = (v - V_m)/w - (1/2 - m)/r are where m (1 - m) = r. The state follows the latch.
    """
    device = VolatileMemristor.preset(preset, transition_width=width)
    m = np.linspace(0.0, 1.0, 4001)
    gap = device.threshold_voltage - device.hold_voltage

    def rate(voltage):
        return device.static(voltage=polarity * voltage, latch=m)["dlatch/dt"]

    assert np.any(rate(device.threshold_voltage - 1e-3 * gap)[m < 0.5] < 0)
    assert np.all(rate(device.threshold_voltage + 1e-3 * gap)[m < 0.5] > 0)
    assert np.any(rate(device.hold_voltage + 1e-3 * gap)[m > 0.5] > 0)
    assert np.all(rate(device.hold_voltage - 1e-3 * gap)[m > 0.5] < 0)
    x = np.linspace(0.01, 0.99, 99)
    assert np.all(device.static(latch=0.0, x=x)["dx/dt"] < 0) and np.all(device.static(latch=1.0, x=x)["dx/dt"] > 0)


@pytest.mark.parametrize("preset", PRESETS)
@pytest.mark.parametrize("engine", ["numeric", "ngspice"])
def test_relaxes_exponentially_without_voltage(preset, engine):
    """x(t) = x(0) exp(-t / tau_off); the residual comparator output exp(-V_m / w) is below 1e-10."""
    device = VolatileMemristor.preset(preset, initial_state=0.9, initial_latch=0.0)
    common = {"source": "voltage", "inputs": {}, "points": 101, "engine": engine}
    table = trajectory(device, 0.0, 4 * device.time_constant_off, **common)
    exact = 0.9 * np.exp(-table["time"] / device.time_constant_off)
    # The layers at the bounds slow the end of the motion: not before x = 1e-3.
    np.testing.assert_allclose(table["x"], exact, atol=1e-8 if engine == "numeric" else 1e-2)


@pytest.mark.parametrize("preset", PRESETS)
def test_turns_on_with_its_time_constant(preset):
    """Far above the threshold 1 - x = exp(-t / tau_on)."""
    device = VolatileMemristor.preset(preset, initial_latch=1.0)
    table = device.simulate(5 * device.threshold_voltage, 4 * device.time_constant_on, points=101)
    exact = 1 - np.exp(-table["time"] / device.time_constant_on)
    np.testing.assert_allclose(table["x"], exact, atol=1e-8)


@pytest.mark.parametrize("preset", PRESETS)
def test_resistances_of_the_reference_states(preset):
    device = VolatileMemristor.preset(preset)
    curve = iv(device, [0.1])
    assert dict(zip(curve["state"], curve["resistance"], strict=True)) == pytest.approx(
        {"on": device.resistance_on, "off": device.resistance_off}, rel=1e-12
    )


@pytest.mark.parametrize("preset", PRESETS)
def test_static_curves_agree(preset):
    device = VolatileMemristor.preset(preset)
    states = {name: {"initial_state": value} for name, value in {"on": 1.0, "half": 0.5, "off": 0.0}.items()}
    voltage = np.linspace(-2.5, 2.5, 21)
    numeric, spice = (iv(device, voltage, states=states, engine=engine) for engine in ("numeric", "ngspice"))
    np.testing.assert_allclose(spice["current"], numeric["current"], rtol=1e-6, atol=1e-18)


@pytest.mark.parametrize("preset", PRESETS)
def test_transients_agree(preset):
    """A pulse that fires the device and lets it relax."""
    device = VolatileMemristor.preset(preset)
    on, off = device.time_constant_on, device.time_constant_off
    pulse = Pulse(0.0, 2 * device.threshold_voltage, delay=on, rise=on / 10, fall=on / 10, width=5 * on)
    common = {"source": "voltage", "inputs": {}, "points": 501}
    for duration in (8 * on, 8 * on + 3 * off):
        numeric = trajectory(device, pulse, duration, engine="numeric", **common)
        spice = trajectory(device, pulse, duration, engine="ngspice", max_step=on / 30, **common)
        assert numeric["x"].max() > 0.98
        np.testing.assert_allclose(spice["x"], numeric["x"], atol=1e-2)


def test_hysteresis_is_a_loop_between_both_voltages():
    device = VolatileMemristor.preset("maffezzoni2015")
    sweep = device.suggested_sweep()
    table = hysteresis(device)
    fired = table["x"] > 0.5
    switched = np.flatnonzero(np.diff(fired.astype(int)))
    voltages = np.abs(table["voltage"].to_numpy()[switched])
    on = fired.to_numpy()[switched + 1]
    # The sweep goes on while the state moves: a few time constants at the rate of the sweep.
    late = 20 * device.time_constant_on * 4 * sweep.amplitude / sweep.period + np.abs(np.diff(table["voltage"])).max()
    np.testing.assert_allclose(voltages[on], device.threshold_voltage, atol=late)
    np.testing.assert_allclose(voltages[~on], device.hold_voltage, atol=late)
    assert on.sum() >= 2 and (~on).sum() >= 2


# --- relaxation oscillator: supply, resistor, and the device with a capacitor in parallel ---------

#: preset: supply [V], resistance [ohm], capacitance [F], periods, longest step in the device's faster time constant
OSCILLATORS = {
    "maffezzoni2015": (5.0, 47e3, 300e-12, 5, 0.2),
    "patni2024": (2.2, 1e6, 10e-6, 9, 1.0),
}


def periods_numeric(device, supply, resistance, capacitance, duration):
    """Intervals between firings of the two coupled equations, by SciPy from the generated functions."""
    functions, parameters = compiled(device), parameter_vector(device)

    def rhs(_, y):
        current = functions.currents([y[0]], y[1:], parameters)[0]
        charging = (supply - y[0]) / resistance - current
        return [charging / capacitance, *functions.rates([y[0]], y[1:], parameters)]

    def fires(_, y):
        return y[1] - 0.5

    fires.direction = 1
    start = [device.hold_voltage, 0.0, 0.0]
    solution = solve_ivp(
        rhs, (0, duration), start, method="Radau", rtol=1e-8, atol=1e-10, events=fires, max_step=duration / 200
    )
    return np.diff(solution.t_events[0])


def periods_ngspice(device, supply, resistance, capacitance, duration, max_step):
    """The same in ngspice, with all its options at their defaults."""
    lines = ["* relaxation oscillator", device.netlist(), f"V1 supply 0 {supply}", f"R1 supply a {resistance}"]
    lines += [f"C1 a 0 {capacitance} ic={device.hold_voltage}", "X1 a 0 x latch volatile_memristor"]
    analysis = ngspice.Transient(max_step, duration, max_step=max_step, use_initial_conditions=True)
    result = ngspice.run("\n".join(lines), analysis)
    time, x = result["time"].to_numpy(), result["v(x)"].to_numpy()
    before = np.flatnonzero((x[:-1] <= 0.5) & (x[1:] > 0.5))
    return np.diff(time[before] + (0.5 - x[before]) / (x[before + 1] - x[before]) * np.diff(time)[before])


@pytest.mark.parametrize("preset", PRESETS)
def test_oscillates_in_ngspice(preset):
    """The oscillator converges at default tolerances and has the period of the equations, cycle by cycle."""
    device = VolatileMemristor.preset(preset)
    *circuit, count, fraction = OSCILLATORS[preset]
    expected = device.oscillation_period(*circuit)
    ours = periods_numeric(device, *circuit, count * expected)
    step = fraction * min(device.time_constant_on, device.time_constant_off)
    spice = periods_ngspice(device, *circuit, (count + 3) * expected, step)
    assert len(ours) >= 3 and len(spice) >= 3
    # The first interval still remembers the start.
    assert np.ptp(ours[1:]) < 1e-4 * ours[-1]
    np.testing.assert_allclose(spice[1:], ours[-1], rtol=2e-2)


def test_period_tends_to_the_formula_as_the_circuit_slows_down():
    """The closed form is the limit of a device that switches at once: the excess falls with R C over tau."""
    device = VolatileMemristor.preset("maffezzoni2015")
    excess = []
    for capacitance in (3e-10, 3e-9, 3e-8):
        expected = device.oscillation_period(5.0, 47e3, capacitance)
        excess.append(periods_numeric(device, 5.0, 47e3, capacitance, 3 * expected)[-1] / expected - 1)
    # What stays: before a fold the latch has moved by about r = 2 %, and the state by 3 r^2.
    assert excess[0] > excess[1] > excess[2] > 0
    assert excess[2] < 1e-3 < 6e-3 < excess[0]


@pytest.mark.parametrize(("supply", "resistance"), [(1.5, 1e3), (5.0, 1e3), (2.0, 47e3)])
def test_says_when_it_does_not_oscillate(supply, resistance):
    """The load line has to pass between the branches."""
    with pytest.raises(ParameterError, match="no oscillation"):
        VolatileMemristor.preset("maffezzoni2015").oscillation_period(supply, resistance, 1e-9)


def test_noise_spreads_the_latch_from_the_unstable_middle():
    """Var m = (D / a) (exp(2 a t) - 1), linearised about the middle, with a = [1/(4 r) - 1] / tau_m."""
    device = VolatileMemristor.preset("maffezzoni2015", initial_latch=0.5, latch_time=30e-9)
    diffusion, duration = 1e3, 1e-9
    device = device.replace(latch_diffusion=diffusion)
    final = device.simulate(
        device.middle_voltage, duration, temperature=300, trajectories=2000, seed=4, time_step=1e-11
    )
    growth = (1 / (4 * device.transition_width) - 1) / device.latch_time
    expected = diffusion / growth * np.expm1(2 * growth * duration)
    # Four times the relative error of a variance from n samples, sqrt(2/n).
    assert final["latch"].var() == pytest.approx(expected, rel=4 * np.sqrt(2 / 2000))


# --- behind a load: charged by a current, it discharges a capacitor through a resistor and itself ---------

#: on and off resistance, load [ohm], current [A]; threshold 0.8 V, hold voltage 0.05 V, 1 ns, 1 pF
LOADED = [(1e3, 1e5, 15e3, 20e-6), (2e3, 1e5, 15e3, 20e-6), (3e3, 3e5, 15e3, 10e-6), (5e3, 1e6, 15e3, 2e-6)]
MEMBRANE = 1e-12


def loaded(on, off):
    times = {"time_constant_on": 1e-9, "time_constant_off": 1e-9}
    return VolatileMemristor(resistance_on=on, resistance_off=off, threshold_voltage=0.8, hold_voltage=0.05, **times)


def count_spikes(voltage):
    """Rises of the load's voltage beyond 0.5 V that follow a fall below 0.3 V."""
    spikes, high = 0, False
    for v in voltage:
        if not high and v > 0.5:
            spikes, high = spikes + 1, True
        elif v < 0.3:
            high = False
    return spikes


def ideal_spikes(on, off, load, current, duration, step=2e-12):
    """The same with the comparator of the reference: 1 above the threshold, 0 below the hold voltage."""
    x = voltage = 0.0
    passed, outputs = 0, []
    for _ in range(round(duration / step)):
        resistance = off * (on / off) ** x
        drawn = voltage / (resistance + load)
        across = drawn * resistance
        passed = 1 if across > 0.8 else 0 if across < 0.05 else passed
        x += step * (passed - x) / 1e-9
        voltage += step * (current - drawn) / MEMBRANE
        outputs.append(drawn * load)
    return count_spikes(outputs)


@pytest.mark.parametrize(("on", "off", "load", "current"), LOADED)
def test_it_fires_behind_a_load_as_the_comparator_of_the_reference(on, off, load, current):
    """The latch stays set while the device's own voltage falls between its two voltages: 28 spikes of the first."""
    device, duration = loaded(on, off), 6e-7
    functions, parameters = compiled(device), parameter_vector(device)

    def rhs(_, y):
        resistance = off * (on / off) ** min(max(y[1], 0.0), 1.0)
        drawn = y[0] / (resistance + load)
        return [(current - drawn) / MEMBRANE, *functions.rates([drawn * resistance], y[1:], parameters)]

    tolerances = {"method": "LSODA", "rtol": 1e-7, "atol": 1e-9, "max_step": 2e-10}
    solution = solve_ivp(rhs, (0, duration), [0.0, 0.0, 0.0], **tolerances)
    resistance = off * (on / off) ** np.clip(solution.y[1], 0, 1)
    spikes = count_spikes(solution.y[0] / (resistance + load) * load)
    assert spikes == ideal_spikes(on, off, load, current, duration)
    if on == 1e3:
        assert spikes == 28
    assert solution.y[1].max() > 0.99


@pytest.mark.native
@pytest.mark.parametrize("native", [True, False])
@pytest.mark.parametrize(("on", "off", "load", "current"), LOADED[:2])
def test_it_fires_behind_a_load_in_ngspice(on, off, load, current, native):
    """A period of 20 ns and 1 % of error a period may cost one of the last spikes.

    The native device needs no options. The subcircuit gets the Gear method: by the trapezoidal rule the
    latch rings after each of its jumps, and Newton's method fails at some of them.
    """
    device, duration = loaded(on, off), 6e-7
    own = native_device(device) if native else device.subcircuit()
    instance = own.instance("1", ["a", "b", "x", "latch"]) if native else f"X1 a b x latch {own.name}"
    lines = ["* a membrane", str(own), f"I1 0 a {current}", f"C1 a 0 {MEMBRANE} ic=0", instance, f"R1 b 0 {load}"]
    analysis = ngspice.Transient(1e-10, duration, max_step=1e-10, use_initial_conditions=True)
    settings = {"osdi": [own.file]} if native else {"options": {"method": "gear"}}
    result = ngspice.run("\n".join(lines), analysis, **settings)
    expected = ideal_spikes(on, off, load, current, duration)
    assert count_spikes(result["v(b)"]) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"hold_voltage": 2.0, "threshold_voltage": 1.0}, "must lie at least 1 % below"),
        ({"resistance_on": 1e6}, "must lie below"),
        ({"transition_width": 0.3}, "outside its bounds"),
        ({"time_constant_off": 0.0}, "outside its bounds"),
        ({"threshold_voltage": "2 A"}, "threshold_voltage"),
    ],
)
def test_refuses_what_makes_no_device(values, message):
    with pytest.raises(ParameterError, match=message):
        VolatileMemristor(**values)
