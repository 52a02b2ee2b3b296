"""Random telegraph noise: a two-state Markov process that any model can declare."""

from __future__ import annotations

import numpy as np
import pytest
import sympy as sp
from scipy import signal, stats

from synaspice.devices import ParameterError
from synaspice.devices.language.declarations.declaration import (
    Branch,
    Derived,
    Noise,
    Observable,
    Parameter,
    State,
    Telegraph,
)
from synaspice.devices.model import CompactModel

UP, DOWN = 3e5, 1e5


class _Trap(CompactModel):
    """A resistor with a trap that takes a tenth of its conductance; filling is faster under voltage."""

    time_scale = 1e-6
    voltage = Branch("p", "n", "voltage")
    conductance = Parameter(1e-3, "S", "conductance with the trap empty")
    rate_up = Parameter(UP, "1/s", "rate of capture at 0 V")
    rate_down = Parameter(DOWN, "1/s", "rate of emission")
    voltage_scale = Parameter(0.5, "V", "voltage that speeds capture up by e")
    trap = Telegraph(description="whether the trap is filled")
    charge = State("1", "follows the trap", initial=lambda s: 0)
    occupation = Observable("1", "occupation of the trap")

    @classmethod
    def equations(cls, s):
        return {
            "current": s.conductance * (1 - s.trap / 10) * s.voltage,
            "dcharge/dt": (s.trap - s.charge) / sp.Float(1e-6),
            "trap_up": s.rate_up * sp.exp(s.voltage / s.voltage_scale),
            "trap_down": s.rate_down,
            "occupation": s.trap,
        }


def recorded(steps=400_000, step=2e-7, voltage=0.0, **values):
    """The telegraph signal sampled at every step of a simulation of 80 ms."""
    table = _Trap(**values).simulate(voltage, steps * step, points=steps + 1, temperature=300, seed=5, time_step=step)
    return table["trap"].to_numpy(), step


def dwell_times(values, step):
    """Lengths of the complete intervals at 0 and at 1."""
    jumps = np.flatnonzero(np.diff(values))
    lengths = np.diff(jumps) * step
    level = values[jumps[:-1] + 1]
    return lengths[level == 0], lengths[level == 1]


def test_dwell_times_are_exponential():
    """Dwell times are exponential with mean 1/rate: Kolmogorov-Smirnov, a sampled interval blurred over its step.

    Observed at a distance h a two-state process stays put with probability 1 - P, P = r/k (1 - exp(-k h)), k the sum of
    the rates: dwell times are geometric of mean h / P.
    """
    values, step = recorded()
    blur = np.random.default_rng(1)
    total = UP + DOWN
    for lengths, rate in zip(dwell_times(values, step), (UP, DOWN), strict=True):
        leaving = rate / total * -np.expm1(-total * step)
        assert len(lengths) > 4000
        # The mean of n geometric numbers scatters by about 1/sqrt(n).
        assert np.mean(lengths) == pytest.approx(step / leaving, rel=4 / np.sqrt(len(lengths)))
        continuous = lengths - step * blur.random(len(lengths))
        equivalent = -step / np.log1p(-leaving)
        assert stats.kstest(continuous, stats.expon(scale=equivalent).cdf).pvalue > 0.01
        # The test has teeth: a rate that is wrong by 10 % does not pass.
        assert stats.kstest(continuous, stats.expon(scale=1.1 * equivalent).cdf).pvalue < 1e-4


@pytest.mark.parametrize("voltage", [0.0, -1.0])
def test_duty_cycle_is_that_of_detailed_balance(voltage):
    """<s> = r_up / (r_up + r_down), with the capture rate at the voltage applied."""
    values, step = recorded(voltage=voltage)
    up = UP * np.exp(voltage / 0.5)
    expected = up / (up + DOWN)
    # Correlated over 1/(r_up + r_down): that many independent samples.
    independent = len(values) * step * (up + DOWN) / 2
    assert np.mean(values) == pytest.approx(expected, abs=4 * np.sqrt(expected * (1 - expected) / independent))


def test_spectrum_is_lorentzian():
    """S(f) = 4 <s>(1 - <s>) tau / (1 + (2 pi f tau)^2), one-sided, tau = 1/(r_up + r_down); Machlup 1954."""
    values, step = recorded()
    frequency, density = signal.welch(values - values.mean(), 1 / step, nperseg=2048)
    tau, duty = 1 / (UP + DOWN), UP / (UP + DOWN)
    theory = 4 * duty * (1 - duty) * tau / (1 + (2 * np.pi * frequency * tau) ** 2)
    low = (frequency > 0) & (frequency < 0.1 / step)  # beyond, sampling folds the spectrum back
    # ~390 averaged segments: 5 % per bin, less over a band of 20 bins; folding adds about 3 % at the upper end.
    for band in np.array_split(np.flatnonzero(low), 10):
        assert np.mean(density[band]) == pytest.approx(np.mean(theory[band]), rel=0.08)
    corner = frequency[low][np.argmin(np.abs(density[low] - theory[1] / 2))]
    assert corner == pytest.approx((UP + DOWN) / (2 * np.pi), rel=0.15)


def test_signal_reaches_currents_states_and_observables():
    trap = _Trap()
    table = trap.simulate(0.1, 1e-4, points=501, temperature=300, seed=1)
    assert set(table["trap"]) == {0.0, 1.0}
    np.testing.assert_array_equal(table["occupation"], table["trap"])
    np.testing.assert_allclose(table["current"], 1e-4 * (1 - table["trap"] / 10), rtol=1e-12)
    assert table["charge"].corr(table["trap"]) > 0.3
    assert table.attrs["units"]["trap"] == "1"


def test_trajectories_are_independent_and_reproducible():
    run = {"temperature": 300, "seed": 2, "points": 1}
    few = _Trap().simulate(0.0, 1e-5, trajectories=5, **run)
    many = _Trap().simulate(0.0, 1e-5, trajectories=400, **run)
    np.testing.assert_array_equal(few["trap"], many["trap"][:5])
    duty = UP / (UP + DOWN)
    assert many["trap"].mean() == pytest.approx(duty, abs=4 * np.sqrt(duty * (1 - duty) / 400))


@pytest.mark.parametrize("start", [0, 1])
def test_deterministic_targets_hold_the_initial_value(start):
    trap = _Trap(trap=start)
    assert trap.static(voltage=1.0)["current"] == pytest.approx(1e-3 * (1 - start / 10), rel=1e-15)
    quiet = trap.simulate(1.0, 1e-5, points=11)
    assert quiet["charge"].iloc[-1] == pytest.approx(start * (1 - np.exp(-10)), abs=1e-6)
    assert f"trap={float(start)!r}" in trap.netlist()


def test_netlist_holds_it_too():
    from synaspice.characterization.engines import trajectory

    common = {"drive": 1.0, "duration": 5e-6, "source": "voltage", "inputs": {}, "points": 51}
    tables = [trajectory(_Trap(trap=1), engine=engine, **common) for engine in ("numeric", "ngspice")]
    np.testing.assert_allclose(tables[1]["charge"], tables[0]["charge"], atol=1e-2)


def test_processes_without_rates_stay():
    still = _Trap(rate_up=0.0, rate_down=0.0).simulate(0.0, 1e-5, points=11, temperature=300, seed=1)
    assert not still["trap"].any()


def test_refuses_values_that_are_neither():
    with pytest.raises(ParameterError, match="0 or at 1"):
        _Trap(trap=0.5)


def _variant(**changes):
    """The equations of the trap with some of them replaced."""

    class _Variant(_Trap):
        extra = Derived("1", "a number")
        noise = Noise("1/s", "white noise")

        @classmethod
        def equations(cls, s):
            everything = {**_Trap.equations(s), "extra": sp.S.One, "noise": sp.S.One}
            return everything | {key: value(s) for key, value in changes.items()}

    return _Variant()


def test_is_refused_where_it_cannot_be():
    assert _variant().system.jumps
    with pytest.raises(TypeError, match="extra refers to trap"):
        _ = _variant(extra=lambda s: s.trap).system
    with pytest.raises(TypeError, match="trap_up refers to noise"):
        _ = _variant(trap_up=lambda s: s.noise).system


def test_rates_have_to_be_given():
    class _Incomplete(_Trap):
        @classmethod
        def equations(cls, s):
            return {key: value for key, value in _Trap.equations(s).items() if key != "trap_down"}

    with pytest.raises(TypeError, match="no expression for 'trap_down'"):
        _ = _Incomplete().system
