"""Devices under levels that are held: relaxation in closed form, the integrator's trajectories, batches, refusals."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.devices import (
    MTJ,
    AutoOscillator,
    ParameterError,
    PiecewiseLinear,
    UnknownNameError,
    VortexOscillator,
    held_response,
    periodic_orbit,
    random_mask,
    reservoir_states,
)
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.simulation.ensembles.kernel_source import write_kernel
from synaspice.devices.simulation.ensembles.kernel_structure import Structure

BIAS = 1.4e-3
OSCILLATOR = AutoOscillator(initial_power=AutoOscillator().stationary_power(BIAS))
NODE = 0.2e-9


def jumping(levels, node_time):
    """The levels as straight lines that are very steep where they change."""
    ends = node_time * np.arange(1, len(levels))
    times = np.sort([0.0, *ends, *(ends + 1e-6 * node_time)])
    return PiecewiseLinear(tuple(times), tuple(np.repeat(levels, 2)[: len(times)]))


def test_small_deviations_decay_at_the_relaxation_rate():
    """Slavin and Tiberkevich: the power returns at the rate 2 Gamma_G (zeta - 1), and so does a small amplitude."""
    levels = np.full((2, 30), BIAS)
    levels[1, :5] *= 1.005
    still, found = held_response(OSCILLATOR, levels, NODE, time_step=1e-12).amplitudes
    assert still[-1] == pytest.approx(np.sqrt(OSCILLATOR.stationary_power(BIAS)), rel=1e-3)
    rest = np.log(found[8:20] - still[8:20])
    rate = -np.polyfit(NODE * np.arange(len(rest)), rest, 1)[0]
    expected = 2 * OSCILLATOR.damping_rate * (BIAS / OSCILLATOR.threshold_current - 1)
    assert rate == pytest.approx(expected, rel=0.01)
    assert periodic_orbit(OSCILLATOR, BIAS).relaxation_rate == pytest.approx(expected, rel=1e-3)


@pytest.mark.parametrize(
    ("device", "bias", "node_time"),
    [(OSCILLATOR, BIAS, NODE), (VortexOscillator.preset("torrejon2017-like", initial_radius=0.4), 5e-3, 1e-8)],
    ids=["current linear in the voltage", "voltage that is searched for"],
)
def test_amplitudes_are_those_of_the_integrator(device, bias, node_time):
    levels = bias * (1 + 0.2 * np.array([1.0, -1.0, 0.5, 0.0, -0.7]))
    found = held_response(device, levels[np.newaxis], node_time, time_step=device.settling_time / 400)
    ends = node_time * np.arange(1, 6)
    drive = jumping(levels, node_time)
    exact = device.simulate(drive, ends[-1] * 1.01, source="current", times=ends, rtol=1e-9, atol=1e-11)
    np.testing.assert_allclose(found.amplitudes[0], exact["envelope"], rtol=1e-4)


def test_the_usual_step_resolves_the_oscillation_also_where_the_time_scale_is_longer():
    junction = MTJ.preset("kiselev2003-like")
    period = 1 / junction.protocol(Oscillation).frequency
    assert junction.settling_time > 10 * period
    assert held_response(junction, [[-1.5e-3]], 4e-10).time_step < period / 39


def test_a_current_that_is_linear_in_the_voltage_is_not_searched_for():
    sources = [
        write_kernel(Structure(*device.structure, 0, True, (), (), None, 64)).source
        for device in (OSCILLATOR, VortexOscillator())
    ]
    assert "correct(" not in sources[0] and "correct(" in sources[1]


def test_a_trajectory_is_the_same_alone_and_among_many():
    levels = BIAS * (1 + 0.2 * np.random.default_rng(1).uniform(-1, 1, (70, 6)))
    many = held_response(OSCILLATOR, levels, NODE, temperature=300.0, seed=3, threads=2)
    alone = held_response(OSCILLATOR, levels[:1], NODE, temperature=300.0, seed=3)
    np.testing.assert_array_equal(many.amplitudes[0], alone.amplitudes[0])
    np.testing.assert_array_equal(many.states[:, 0], alone.states[:, 0])
    assert len(np.unique(many.amplitudes[:, -1])) == 70


def test_a_run_goes_on_from_where_another_ended():
    levels = BIAS * (1 + 0.2 * np.random.default_rng(1).uniform(-1, 1, (2, 8)))
    whole = held_response(OSCILLATOR, levels, NODE)
    first = held_response(OSCILLATOR, levels[:, :3], NODE)
    second = held_response(OSCILLATOR, levels[:, 3:], NODE, states=first.states)
    parts = np.concatenate([first.amplitudes, second.amplitudes], axis=1)
    np.testing.assert_allclose(parts, whole.amplitudes, rtol=1e-12)


def test_traces_that_do_not_fit_at_once_are_read_in_pieces(monkeypatch):
    levels = BIAS * (1 + 0.2 * np.random.default_rng(1).uniform(-1, 1, (2, 9)))
    whole = [held_response(OSCILLATOR, levels, 2e-9, observable=name).amplitudes for name in ("envelope", "voltage")]
    monkeypatch.setattr("synaspice.devices.simulation.reservoirs.TRACES", 1)
    parts = [held_response(OSCILLATOR, levels, 2e-9, observable=name).amplitudes for name in ("envelope", "voltage")]
    np.testing.assert_array_equal(whole, parts)
    # v = (R_0 + Delta R Re c) i
    np.testing.assert_allclose(whole[1][:, 1:], (whole[0] * OSCILLATOR.resistance_swing * levels)[:, 1:], rtol=0.15)


def test_devices_biases_and_masks_are_each_sequences_own():
    devices = [OSCILLATOR, OSCILLATOR.replace(damping_rate=8e8)]
    inputs = np.random.default_rng(2).uniform(-1, 1, (2, 5, 1))
    masks = np.array([random_mask(4, seed=k) for k in range(2)])
    how = {"node_time": NODE, "settling": 1e-9}
    both = reservoir_states(devices, inputs, masks, bias=[BIAS, 1.2 * BIAS], amplitude=[1e-4, 3e-4], **how)
    assert both.shape == (2, 5, 4)
    for k in range(2):
        one = reservoir_states(
            devices[k], inputs[k], masks[k], bias=[BIAS, 1.2 * BIAS][k], amplitude=[1e-4, 3e-4][k], **how
        )
        np.testing.assert_allclose(both[k], one, rtol=1e-12)


def test_an_observable_of_the_voltage_is_evaluated_at_the_end_of_each_interval():
    levels = np.array([[4e-3, 5e-3, 6e-3]])
    vortex = VortexOscillator.preset("torrejon2017-like", initial_radius=0.4)
    resistance = held_response(vortex, levels, 1e-8, observable="resistance").amplitudes
    assert np.all((resistance > 20) & (resistance < 60)) and len(np.unique(resistance)) == 3


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"levels": [1e-3]}, "2 dimensions"),
        ({"levels": [[np.nan]]}, "finite"),
        ({"node_time": 0.0}, "node_time"),
        ({"temperature": -1.0}, "temperature"),
        ({"devices": [OSCILLATOR] * 2}, "as many devices"),
        ({"devices": "mtj"}, "device"),
        ({"devices": [VortexOscillator(), VortexOscillator(polarizer="tilted")], "levels": np.ones((2, 1))}, "options"),
    ],
)
def test_levels_that_make_no_sense_are_refused(change, message):
    arguments = {"devices": OSCILLATOR, "levels": [[BIAS]], "node_time": NODE} | change
    with pytest.raises(ParameterError, match=message):
        held_response(**arguments)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": np.ones(3)}, "shape"),
        ({"mask": np.ones((4, 2))}, "mask"),
        ({"mask": np.ones(4)}, "mask"),
        ({"bias": [1e-3, 1e-3]}, "bias"),
        ({"settling": -1.0}, "settling"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(change, message):
    arguments = {"inputs": np.ones((1, 3, 1)), "mask": np.ones((4, 1)), "bias": BIAS, "amplitude": 1e-4} | change
    with pytest.raises(ParameterError, match=message):
        reservoir_states(OSCILLATOR, arguments.pop("inputs"), arguments.pop("mask"), node_time=NODE, **arguments)


def test_an_observable_that_is_not_there_is_refused():
    with pytest.raises(UnknownNameError, match="observable"):
        held_response(OSCILLATOR, [[BIAS]], NODE, observable="envelop")
