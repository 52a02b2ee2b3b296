"""The numeric target: drives, integrators, sampling, and what a table says about itself."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synaspice.devices import MTJ, VTEAM, CompactModel, LinearIonDrift, PiecewiseLinear, Pulse, Sine, Triangle
from synaspice.devices.core.vectors import compiled, initial_state, parameter_vector
from synaspice.devices.language.declarations.declaration import Branch, Parameter, State
from synaspice.devices.simulation.numerics.newton import voltage_at_current

TILTED = MTJ(initial_polar_angle=0.5, initial_azimuth=0.3)
MEMRISTOR = LinearIonDrift(mobility=1e-12, window="joglekar", window_exponent=2.0)
THRESHOLD = VTEAM(rate_on=-0.5, rate_off=0.5, exponent_on=2.0, window="biolek", conduction="exponential")

# --- drives ---------------------------------------------------------------------------------------


@given(
    current=st.floats(-1e-2, 1e-2).filter(lambda i: abs(i) > 1e-15),
    polar=st.floats(0, np.pi),
    ratio=st.floats(0, 20),
    half=st.floats(0.01, 100),
)
def test_the_voltage_at_a_current_carries_that_current(current, polar, ratio, half):
    device = MTJ(initial_polar_angle=polar, tmr=ratio, tmr_half_voltage=half)
    voltage = voltage_at_current(device, current)
    assert device.static(voltage=voltage)["current"] == pytest.approx(current, rel=1e-12)


@pytest.mark.parametrize(
    ("device", "amplitude", "duration"), [(TILTED, 3e-5, 5e-9), (MEMRISTOR, 2e-4, 1e-2), (THRESHOLD, 1e-3, 3e-8)]
)
def test_a_current_drive_imposes_its_current(device, amplitude, duration):
    drive = Sine(0.0, amplitude, 2 / duration)
    table = device.simulate(drive, duration, source="current", points=101)
    np.testing.assert_allclose(table["current"], drive(table["time"]), rtol=1e-12, atol=1e-12 * amplitude)
    assert np.ptp(table[list(device.state_declarations())], axis=0).max() > 1e-3


@pytest.mark.parametrize(
    ("device", "amplitude", "duration"), [(TILTED, 0.2, 2e-9), (MEMRISTOR, 1.0, 1e-2), (THRESHOLD, 0.5, 3e-8)]
)
def test_a_current_that_a_voltage_drive_gave_leads_the_same_way(device, amplitude, duration):
    by_voltage = device.simulate(Sine(0.0, amplitude, 1 / duration), duration, points=4001)
    by_current = device.simulate(by_voltage["current"].to_numpy(), duration, source="current", points=4001)
    # The current between 4001 samples is taken as straight, an error of (2 pi / 4000)^2 / 8 = 3e-7 of its curvature,
    # which switching makes some tens of times that of the drive.
    for name in device.state_declarations():
        np.testing.assert_allclose(by_current[name], by_voltage[name], rtol=0, atol=3e-5)


def test_branch_names_and_the_words_voltage_and_current_are_sources():
    device = type("_Named", (_Pair,), {})()
    by_word = device.simulate(1.0, 1e-9, source="voltage", points=5)
    np.testing.assert_array_equal(by_word, device.simulate(1.0, 1e-9, source="gate", points=5))
    leak = device.simulate(1e-3, 1e-9, source="channel_current", points=5)
    np.testing.assert_allclose(leak["channel_current"], 1e-3, rtol=1e-12)
    np.testing.assert_allclose(leak["gate"], 0, atol=0)


class _Pair(CompactModel):
    """Two branches: the gate's voltage moves a state that sets the channel's conductance."""

    gate = Branch("g", "s", "gate", current="gate_current")
    channel = Branch("d", "s", "channel", current="channel_current")
    conductance = Parameter(1e-3, "S", "conductance")
    x = State("1", "state")

    @classmethod
    def equations(cls, s):
        return {
            "gate_current": 1e-6 * s.gate,
            "channel_current": s.conductance * (1 + s.x**2) * s.channel,
            "dx/dt": (s.gate - s.x) * 1e9,
        }


def test_an_array_drives_like_the_straight_lines_between_its_samples():
    samples = [0.0, 0.4, -0.3, 0.1, 0.2]
    duration = 4e-9
    lines = PiecewiseLinear(tuple(np.linspace(0, duration, 5)), tuple(samples))
    by_array = TILTED.simulate(samples, duration, points=50)
    np.testing.assert_array_equal(by_array, TILTED.simulate(lines, duration, points=50))
    np.testing.assert_allclose(by_array["voltage"], lines(by_array["time"]), rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize("source", ["voltage", "current"])
def test_a_driven_input_that_is_constant_equals_the_parameter(source):
    amount = 0.1 if source == "voltage" else 1e-5
    driven = TILTED.simulate(amount, 2e-9, source=source, inputs={"field_z": 2e4, "field_x": 1e3}, points=50)
    fixed = TILTED.replace(field_z=2e4, field_x=1e3).simulate(amount, 2e-9, source=source, points=50)
    np.testing.assert_array_equal(driven[fixed.columns], fixed)
    assert set(driven["field_z"]) == {2e4}
    assert not np.allclose(driven["m_x"], TILTED.simulate(amount, 2e-9, source=source, points=50)["m_x"], atol=1e-3)


def test_a_driven_input_replaces_the_parameter():
    device = TILTED.replace(field_z=-5e5)
    np.testing.assert_array_equal(
        device.simulate(0.0, 1e-9, inputs={"field_z": 0.0}, points=20)["m_x"],
        TILTED.simulate(0.0, 1e-9, points=20)["m_x"],
    )


def test_the_order_in_which_parameters_are_given_does_not_matter():
    values = {"damping": 0.1, "diameter": 50e-9, "width": 30e-9, "tmr": 0.5, "shape": "prism"}
    forward, backward = MTJ(**values), MTJ(**dict(reversed(values.items())))
    assert forward == backward
    assert hash(forward) == hash(backward)
    assert parameter_vector(forward) == parameter_vector(backward)


# --- integrators ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["Radau", "BDF", "DOP853", "RK45"])
@pytest.mark.parametrize(
    ("device", "drive", "duration"),
    [
        (MEMRISTOR, Sine(0.0, 1.0, 100.0), 1e-2),
        (THRESHOLD, Sine(0.0, 0.4, 3e7), 3e-8),
        (THRESHOLD, Triangle(0.4, 3e-8), 3e-8),
        (THRESHOLD, Pulse(0.0, -0.3, rise=1e-9, fall=1e-9, width=3e-9, period=5e-9), 3e-8),
    ],
    ids=["linear ion drift, sine", "vteam, sine", "vteam, triangle", "vteam, pulses"],
)
def test_integrators_agree_for_a_memristor(method, device, drive, duration):
    settings = {"points": 41, "rtol": 1e-9}
    reference = device.simulate(drive, duration, method="LSODA", **settings)
    other = device.simulate(drive, duration, method=method, **settings)
    # BDF and LSODA control the error per step, which adds up over some hundred steps (BDF is the loosest).
    np.testing.assert_allclose(other["x"], reference["x"], rtol=0, atol=2e-6)
    assert np.ptp(reference["x"]) > 0.1


@pytest.mark.parametrize("method", ["Radau", "BDF", "LSODA", "RK45"])
def test_integrators_agree_for_a_magnetisation(method):
    settings = {"points": 21, "rtol": 1e-8, "atol": 1e-10}
    reference = TILTED.simulate(0.1, 3e-10, **settings)
    other = TILTED.simulate(0.1, 3e-10, method=method, **settings)
    np.testing.assert_allclose(other[["m_x", "m_y", "m_z"]], reference[["m_x", "m_y", "m_z"]], rtol=0, atol=2e-6)


def test_pulses_without_a_gap_are_followed():
    # The end of one pulse and the start of the next differ by rounding only.
    pulses = Pulse(0.0, 1.0, rise=1e-9, fall=1e-9, width=3e-9, period=5e-9)
    device = VTEAM(rate_off=1e-3, initial_state=0.1)
    table = device.simulate(pulses, 1e-7, points=21)
    # x moves at k / travel * (v / v_off - 1) above the threshold of 0.2 V. Per pulse of 5 ns that is 4 for the 3 ns of
    # its top, and 2 on average for the 0.8 ns of each edge that lie above the threshold.
    step = 1e-3 / 3e-9 * (3e-9 * 4 + 2 * 0.8e-9 * 2)
    # Relative error of 1e-9 per step; some twenty steps per pulse.
    np.testing.assert_allclose(table["x"], 0.1 + step * np.arange(21), rtol=1e-7)


@dataclasses.dataclass(frozen=True)
class _PatientPulse(Pulse):
    """Pulses that are asked for no more than many times: a stuck integrator fails the test instead of hanging it."""

    asked: list = dataclasses.field(default_factory=list, compare=False)

    def scalar(self):
        value = super().scalar()

        def counted(time):
            self.asked.append(None)
            assert len(self.asked) < 100_000, "the integrator does not come to an end"
            return value(time)

        return counted


@pytest.mark.parametrize("gap", [0.0, 1e-9, 1e-6], ids=["none", "1 ns", "1 us"])
def test_many_pulses_cost_steps_per_pulse_and_not_per_shortest_edge(gap):
    # 300 pulses of four corners, with edges of 1 ps. Stopping at each corner takes some 20 000 evaluations.
    pulses = _PatientPulse(0.0, 1.0, rise=1e-12, fall=1e-12, width=1e-9, period=1e-12 + 1e-9 + 1e-12 + gap)
    device = VTEAM(rate_off=1e-4, initial_state=0.0)
    table = device.simulate(pulses, 300 * pulses.period, points=2)
    # v / v_off - 1 = 4 on top; on an edge of 1 ps 2 on average for the 0.8 ps above the threshold. The layer at the
    # bound does not slow a motion away from it.
    assert table["x"].iloc[-1] == pytest.approx(300 * 1e-4 / 3e-9 * (4e-9 + 2 * 2 * 0.8e-12), rel=1e-6)


@pytest.mark.parametrize("device", [TILTED, MEMRISTOR], ids=["mtj", "memristor"])
@pytest.mark.parametrize("method", ["DOP853", "RK45", "LSODA", "Radau"])
def test_a_tighter_tolerance_changes_less(device, method):
    duration, names = (5e-10, ["m_x", "m_y"]) if device is TILTED else (1e-2, ["x"])
    drive = Sine(0.0, 0.2 if device is TILTED else 1.0, 1 / duration)

    def solve(rtol):
        return device.simulate(drive, duration, points=21, method=method, rtol=rtol, atol=rtol * 1e-2)[names].to_numpy()

    best = device.simulate(drive, duration, points=21, method="DOP853", rtol=1e-12, atol=1e-14)[names].to_numpy()
    errors = [np.abs(solve(rtol) - best).max() for rtol in (1e-5, 1e-8)]
    # The error of a solution is the tolerance times the number of steps that add up, a few hundred here.
    assert errors[0] < 1e-5 * 300
    assert errors[1] < 1e-8 * 300


@pytest.mark.parametrize(
    ("device", "drive", "duration"), [(TILTED, 0.2, 2e-9), (MEMRISTOR, Sine(0.0, 1.0, 100.0), 1e-2)]
)
@given(fractions=st.lists(st.integers(0, 1000), min_size=1, max_size=6, unique=True).map(sorted))
def test_results_do_not_depend_on_which_times_are_asked_for(device, drive, duration, fractions):
    key = type(device).__name__
    if key not in _FULL:
        _FULL[key] = device.simulate(drive, duration, points=1001)
    times = np.linspace(0, duration, 1001)[fractions]
    asked = device.simulate(drive, duration, times=times)
    # The steps are the same, so are the samples, up to the order of summation in the interpolating polynomial.
    np.testing.assert_allclose(asked, _FULL[key].iloc[fractions], rtol=1e-13, atol=1e-15)


_FULL: dict = {}


@pytest.mark.parametrize("points", [2, 3, 1001])
def test_points_are_evenly_spaced_from_0_to_the_end(points):
    table = MEMRISTOR.simulate(1.0, 1e-3, points=points)
    np.testing.assert_array_equal(table["time"], np.linspace(0, 1e-3, points))
    assert table["x"].iloc[0] == MEMRISTOR.initial_state


def test_times_are_reported_as_given():
    times = [0.0, 1e-9, 1.5e-9, 7e-9]
    assert list(TILTED.simulate(0.1, 1e-8, times=times)["time"]) == times


def test_samples_between_steps_are_as_good_as_steps():
    # Dense output: compare with runs that end at those times, so that the sample is a step.
    times = np.array([0.13e-9, 0.41e-9, 0.77e-9])
    dense = TILTED.simulate(0.2, 1e-9, times=times)
    for k, time in enumerate(times):
        ended = TILTED.simulate(0.2, time, points=2).iloc[-1]
        # The interpolant of DOP853 has order 7 and an error of the order of the tolerance of 1e-9 per step.
        np.testing.assert_allclose(dense.loc[k, ["m_x", "m_y", "m_z"]], ended[["m_x", "m_y", "m_z"]], atol=1e-7)


def test_the_magnetisation_stays_on_the_sphere():
    table = TILTED.simulate(Sine(0.0, 0.5, 1e9), 2e-8)
    np.testing.assert_allclose(np.linalg.norm(table[["m_x", "m_y", "m_z"]], axis=1), 1, rtol=0, atol=1e-12)


# --- static curves --------------------------------------------------------------------------------


@pytest.mark.parametrize("device", [TILTED, MEMRISTOR, THRESHOLD], ids=["mtj", "ion drift", "vteam"])
def test_a_static_curve_is_the_scalar_functions_over_an_array(device):
    voltages = np.linspace(-1, 1, 21)
    table = device.static(voltage=voltages)
    functions, x, p = compiled(device), initial_state(device), parameter_vector(device)
    rates = [functions.rates([v], x, p) for v in voltages]
    currents = [functions.currents([v], x, p)[:2] for v in voltages]
    names = [f"d{name}/dt" for name in device.state_declarations()]
    np.testing.assert_allclose(np.stack([table[name] for name in names], axis=1), rates, rtol=1e-13, atol=1e-3)
    both = np.stack([table["current"], table["dcurrent/dvoltage"]], axis=1)
    np.testing.assert_allclose(both, currents, rtol=1e-14)


def test_static_quantities_broadcast():
    table = MTJ().static(voltage=np.zeros((3, 1)), m_z=np.array([1.0, -1.0]), m_x=0.0, m_y=0.0)
    assert {value.shape for value in table.values()} == {(3, 2)}
    device = MTJ()
    resistances = [device.parallel_resistance, device.antiparallel_resistance]
    np.testing.assert_allclose(table["resistance"], [resistances] * 3, rtol=1e-14)


@pytest.mark.parametrize(("device", "duration"), [(TILTED, 2e-9), (MEMRISTOR, 1e-3)], ids=["mtj", "ion drift"])
def test_tables_show_what_static_curves_give(device, duration):
    inputs = dict.fromkeys(list(device.input_declarations())[:1], 1000.0)
    table = device.simulate(Triangle(0.3, duration), duration, points=11, inputs=inputs)
    given = {name: table[name].to_numpy() for name in ("voltage", *device.state_declarations(), *inputs)}
    static = device.static(**given)
    shown = ["current", *map(str, device.system.observables)]
    assert len(shown) > 1
    for name in shown:
        np.testing.assert_allclose(table[name], static[name], rtol=1e-13)


# --- tables ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("device", "arguments"),
    [
        (TILTED, {"inputs": {"field_x": 1.0}}),
        (MTJ.preset("ikeda2010"), {"source": "current"}),
        (TILTED, {"temperature": 300.0, "seed": 1, "trajectories": 3}),
        (MEMRISTOR, {}),
        (THRESHOLD, {}),
        (_Pair(), {}),
    ],
    ids=["mtj", "preset", "stochastic", "ion drift", "vteam", "two branches"],
)
def test_every_column_has_a_unit_and_a_description(device, arguments):
    table = device.simulate(1e-6, 1e-11, points=3, **arguments)
    for key in ("units", "descriptions"):
        assert set(table.attrs[key]) == set(table.columns)
        assert all(isinstance(text, str) and text for text in table.attrs[key].values())
    assert table.attrs["units"]["time"] == "s"
    assert table.attrs["engine"] == "numeric"
    assert table.attrs["device"] == device.model_name()
    assert table.attrs["parameters"] == {**device.options, **device.values}
    assert table.attrs["preset"] == (device.provenance.name if device.provenance else None)
    assert table.attrs["version"]
    assert all(np.issubdtype(kind, np.floating) for kind in table.dtypes.drop("trajectory", errors="ignore"))


def test_columns_are_time_terminals_inputs_states_observables():
    table = MTJ().simulate(0.1, 1e-11, points=2, inputs={"field_y": 0.0})
    names = ["time", "voltage", "current", "field_y", "m_x", "m_y", "m_z", "cosine", "resistance", "valid"]
    assert list(table.columns) == names
    assert table.attrs["units"]["m_x"] == "1"
    assert table.attrs["units"]["field_y"] == "A/m"
