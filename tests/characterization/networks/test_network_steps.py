"""Which step a network takes by itself, and which it refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import sparse

from synaspice.characterization import Coupling, Network
from synaspice.characterization.networks.couplings import resistors
from synaspice.devices import MTJ, AutoOscillator, ParameterError, VolatileMemristor
from synaspice.devices.language.errors import ResolutionWarning

OSCILLATOR = AutoOscillator(nonlinear_frequency_shift=-2e9, initial_power=0.2)


def chain(size: int, exchange: float) -> Network:
    """Magnets in a row, each in the exchange field [A/m] of its neighbours."""
    matrix = sparse.diags_array([np.full(size - 1, exchange)] * 2, offsets=[-1, 1])
    magnet = MTJ.preset("faria2021", field_x=3e5)
    azimuth = np.random.default_rng(1).uniform(-0.5, 0.5, size)
    return Network(
        magnet,
        size,
        [Coupling(f"m_{axis}", f"field_{axis}", matrix) for axis in "xyz"],
        source="voltage",
        parameters={"initial_polar_angle": np.full(size, math.pi / 2), "initial_azimuth": azimuth},
    )


@pytest.mark.parametrize("exchange", [1e5, 1e6, 1e7])
def test_what_magnets_are_to_each_other_shortens_the_step(exchange):
    network = chain(20, exchange)
    usual = network.run(2e-10, points=2, record="m_y")
    fine = network.run(2e-10, points=2, record="m_y", time_step=usual.time_step / 4)
    np.testing.assert_allclose(
        usual.values["m_y"], fine.values["m_y"], atol=1e-4
    )  # of fortieths of a turn, over some hundred turns


def test_two_magnets_in_exchange_are_as_hot_as_they_should_be():
    """The variance of their difference is k_B T over a stiffness that the exchange field adds to: H + 2 H_ex."""
    found = []
    for exchange in (0.0, 1e6, 1e7):
        matrix = exchange * np.array([[0.0, 1.0], [1.0, 0.0]])
        pair = Network(
            MTJ.preset("faria2021", field_x=3e5, damping=0.02),
            2,
            [Coupling(f"m_{axis}", f"field_{axis}", matrix) for axis in "xyz"],
            source="voltage",
            parameters={"initial_polar_angle": [math.pi / 2] * 2, "initial_azimuth": [0.0, 0.0]},
        )
        run = pair.copies(250).run(1.5e-9, temperature=300, seed=3, points=16, record="m_y")
        away = run.values["m_y"][8:, 0::2] - run.values["m_y"][8:, 1::2]
        found.append(away.var() * (3e5 + 2 * exchange))
    np.testing.assert_allclose(
        found, found[0], rtol=0.15
    )  # some 500 independent samples: 6 %, three standard errors of a ratio


def test_the_step_is_that_of_the_fastest_device():
    both = Network(OSCILLATOR, 2, parameters={"frequency": [5e9, 60e9]})
    run = both.run(2e-9, drive=1.5e-3, points=601, settling=1e-9, record="power")
    assert run.time_step < 1 / 60e9 / 39
    np.testing.assert_allclose(run.values["power"][-1], 0.2, rtol=1e-3)
    np.testing.assert_allclose(run.frequencies - [5e9, 60e9], run.frequencies[0] - 5e9, atol=1e-3 * 60e9)
    with pytest.raises(ParameterError, match="more points"):
        _ = both.run(2e-9, drive=1.5e-3, points=151, settling=1e-9).frequencies


def test_steps_that_resolve_nothing_are_refused_and_coarse_ones_told():
    pair = Network(OSCILLATOR, 2)
    with pytest.raises(ParameterError, match=r"time_step = 1e-10 s is too long .* by the devices"):
        pair.run(5e-9, drive=1.5e-3, time_step=1e-10)
    with pytest.warns(ResolutionWarning, match="coarse"):
        pair.run(5e-9, drive=1.5e-3, time_step=3e-11, points=101)
    with pytest.raises(ParameterError, match="by the couplings"):
        chain(5, 1e7).run(1e-10, time_step=1e-12)
    neurons = Network(VolatileMemristor(), 2, [resistors([[0, 2e-5], [2e-5, 0]], loads=5e-5)], capacitance=1e-11)
    with pytest.raises(ParameterError, match=r"time_step = 3e-07 s is too long"):
        neurons.run(5e-6, drive=1.65e-4, points=11, time_step=3e-7)


def test_values_of_one_device_have_to_go_together():
    values = {"static_resistance": [50.0, 10.0], "resistance_swing": [5.0, 24.0]}
    with pytest.raises(ParameterError, match="device 1 of the network: resistance_swing must not exceed"):
        Network(OSCILLATOR, 2, parameters=values)
    with pytest.raises(ParameterError, match="give the network a capacitance"):
        Network(VolatileMemristor(), 2, [resistors([[0, 2e-5], [2e-5, 0]])])
