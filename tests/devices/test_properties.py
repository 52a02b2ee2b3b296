"""What holds for every device that can be made, over the whole range of every parameter."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from strategies import MEMORIES, devices

from synaspice.devices import MTJ, Sine
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector

every_model = pytest.mark.parametrize("model", MEMORIES)
many = settings(max_examples=100, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
# Shrinking an example that makes an integrator slow would take minutes.
many_unshrunk = settings(many, phases=[Phase.explicit, Phase.reuse, Phase.generate])


def states_of(draw, device):
    """A state anywhere that the declaration allows."""
    found = {}
    for item in {id(item): item for item in device.state_declarations().values()}.values():
        if item.unit_sphere:
            height, angle = draw(st.floats(-1, 1)), draw(st.floats(-math.pi, math.pi))
            radius = math.sqrt(1 - height**2)
            vector = (radius * math.cos(angle), radius * math.sin(angle), height)
            found |= dict(zip(item.components, vector, strict=True))
        else:
            found |= {name: draw(st.floats(*item.bounds)) for name in item.components}
    return found


@every_model
@many
@given(data=st.data())
def test_static_curves_are_finite_everywhere(model, data):
    device = data.draw(devices(model))
    voltages = np.concatenate([np.linspace(-2, 2, 9), [1e-12, -1e-300]])
    state = states_of(data.draw, device)
    # NumPy's warnings are errors in this test suite.
    for table in (device.static(voltage=voltages), device.static(voltage=voltages, **state)):
        for name, values in table.items():
            assert np.all(np.isfinite(values)), name
        # A memory element is passive and passes no current without a voltage.
        assert np.all(table["current"] * voltages >= 0)
        assert table["current"][4] == 0
        # A film without a conducting part has no resistance to speak of: there the conductance is told.
        assert np.all(table["resistance"] > 0) if "resistance" in table else np.all(table["conductance"] >= 0)


@dataclass(frozen=True)
class PatientSine(Sine):
    """A sine that is asked for no more than many times: a stuck integrator fails the test instead of hanging it."""

    asked: list = field(default_factory=list, compare=False)

    def scalar(self):
        value = super().scalar()

        def counted(time):
            self.asked.append(None)
            # Typically some hundred to a thousand.
            assert len(self.asked) < 50_000, "the integrator does not come to an end"
            return value(time)

        return counted


#: Roundings of the time in which no integrator follows a state from bound to bound.
ROUNDINGS = 100


def jumps(device, amplitude, duration):
    """Whether a state can cross its interval within some roundings of the time, ten of which are the smallest step."""
    for name, item in device.state_declarations().items():
        if item.bounds:
            low, high = item.bounds
            places = {name: np.linspace(low, high, 101)}
            rate = np.abs(device.static(voltage=[[-amplitude], [amplitude]], **places)[f"d{name}/dt"]).max()
            if rate * duration * ROUNDINGS * np.finfo(float).eps > high - low:
                return True
    return False


@every_model
@many_unshrunk
@given(data=st.data())
@pytest.mark.filterwarnings("ignore::synaspice.devices.language.errors.ValidityWarning")  # finite there too
def test_states_stay_finite_and_within_their_bounds(model, data):
    device = data.draw(devices(model))
    amplitude = data.draw(st.sampled_from([-1.0, 1.0])) * data.draw(st.floats(0.01, 1.0))
    # Fast and slow devices differ by tens of decades: the drive lasts some of the device's own times, the inverse
    # of the rate of its state, the largest over the sphere for a direction.
    duration = data.draw(st.floats(0.1, 4.0)) * own_time(device, amplitude)
    assume(0 < duration < 1e30)
    if "local_temperature" in device.static():
        # Far above where a filament boils its heating runs away too sharply for any integrator.
        assume(device.static(voltage=[-amplitude, amplitude])["local_temperature"].max() < 1e5)
    assume(not jumps(device, amplitude, duration))
    table = device.simulate(PatientSine(0.0, amplitude, 1 / duration), duration, points=5)
    for name, item in device.state_declarations().items():
        assert np.all(np.isfinite(table[name]))
        if item.bounds:
            low, high = item.bounds
            assert table[name].min() >= low - 1e-9
            assert table[name].max() <= high + 1e-9
        if item.unit_sphere:
            norms = np.linalg.norm(table[list(item.components)], axis=1)
            np.testing.assert_allclose(norms, 1, rtol=0, atol=1e-12)
    assert np.all(np.isfinite(table))


DIRECTIONS = np.array([(x, y, z) for x in (-1, 0, 1) for y in (-1, 0, 1) for z in (-1, 0, 1) if x or y or z], float)
DIRECTIONS /= np.linalg.norm(DIRECTIONS, axis=1, keepdims=True)


#: A rate of change [1/s] so small that its inverse may not be a number: retention at the lowest temperatures.
STANDING = 1e-200


def own_time(device, amplitude):
    voltages = np.array([[-amplitude], [0.0], [amplitude]])
    if isinstance(device, MTJ):
        table = device.static(voltage=voltages, **dict(zip(("m_x", "m_y", "m_z"), DIRECTIONS.T, strict=True)))
        fastest = np.sqrt(sum(table[f"dm_{axis}/dt"] ** 2 for axis in "xyz")).max()
    else:
        fastest = np.abs(device.static(voltage=voltages, x=np.array([device.initial_state, 0.5]))["dx/dt"]).max()
    return 1 / fastest if fastest > STANDING else device.settling_time


#: Not too near to zero, where some laws turn over within less than the steps of the differences below.
VOLTAGES = st.builds(float.__mul__, st.sampled_from([-1.0, 1.0]), st.floats(1e-4, 2.0))


@every_model
@many
@given(data=st.data())
def test_the_generated_jacobian_is_the_derivative_of_the_rates(model, data):
    device = data.draw(devices(model))
    state = states_of(data.draw, device)
    voltage = data.draw(VOLTAGES)
    functions, p = compiled(device), parameter_vector(device)
    x = np.array(list(state.values()))
    n = len(x)

    def rates(shift):
        return np.array(functions.rates([voltage + shift[n]], list(x + shift[:n]), p))

    def derivatives(step, sides):
        one, other = sides
        shifts = step * np.eye(n + 1)
        return np.stack([(rates(one * d) - rates(other * d)) / ((one - other) * step) for d in shifts], axis=1)

    flat = np.array(functions.jacobian([voltage], list(x), p))
    exact = np.concatenate([flat[: n * n].reshape(n, n), flat[n * n :].reshape(n, 1)], axis=1)
    assert np.all(np.isfinite(exact))
    central, before, behind, wide = (derivatives(1e-6, sides) for sides in ((1, -1), (0, -1), (1, 0), (2, -2)))
    scale = np.abs(central).max() + np.abs(rates(np.zeros(n + 1))).max()
    # Where the slopes before and behind the point disagree there is a kink or an edge too sharp for differences (a
    # threshold, a bound, a window): nothing can be compared there. Elsewhere their disagreement, and that with a
    # difference over twice the distance, bound the error of the central difference; rounding of rates of size "scale"
    # over a step of 1e-6 makes 1e-10 (and 1e-200 is for rates that underflow at a voltage of 1e-309).
    disagreement = np.abs(before - behind) + np.abs(wide - central)
    assume(np.all(disagreement <= 1e-3 * scale))
    assert np.all(np.abs(exact - central) <= disagreement + 1e-8 * scale + 1e-200)


@every_model
@many
@given(data=st.data())
def test_the_slope_of_the_current_is_its_derivative(model, data):
    device = data.draw(devices(model))
    voltage = data.draw(VOLTAGES)
    functions, x, p = compiled(device), initial_state(device), parameter_vector(device)
    step = 1e-5
    # Simmons' law goes on with another curvature beyond the barrier's height.
    assume(device.options.get("conduction") != "simmons" or abs(abs(voltage) - device.barrier_height) > 2 * step)
    up, down, higher, lower = (functions.currents([voltage + s * step], x, p)[0] for s in (1, -1, 2, -2))
    _, slope, *_ = functions.currents([voltage], x, p)
    # Over twice the distance the error of the difference is four times as large, so their difference bounds it.
    central, error = (up - down) / (2 * step), abs((higher - lower) / (4 * step) - (up - down) / (2 * step))
    # Products on the way to slopes below 1e-200 S underflow.
    assume(error < 1e-2 * abs(central) and abs(central) > 1e-200)
    assert central == pytest.approx(slope, rel=1e-5, abs=error)
    assert slope >= 0
