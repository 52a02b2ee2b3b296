"""Orbits followed over the drive: folds and thresholds in closed form, ends, and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from subcritical import Subcritical

from synaspice.characterization import orbit as orbit_bench
from synaspice.devices import (
    MTJ,
    AutoOscillator,
    ParameterError,
    Sine,
    ValidityWarning,
    VortexOscillator,
    follow_orbits,
    periodic_orbit,
)
from synaspice.devices.core.oscillator_protocols import Oscillation

DEVICE = Subcritical(initial_power=0.5)


@pytest.fixture(scope="module")
def branch():
    return follow_orbits(periodic_orbit(DEVICE, 1.2e-3), 0.3e-3, 1.5e-3)


@pytest.mark.parametrize("coefficients", [(-4.0, 8.0), (-2.0, 3.0), (-7.0, 20.0)])
def test_a_fold_is_where_its_closed_form_is(coefficients):
    device = Subcritical(initial_power=0.8, first=coefficients[0], second=coefficients[1])
    found = follow_orbits(periodic_orbit(device, 1.3e-3), 0.05e-3, 1.4e-3)
    assert found.folds == pytest.approx([device.threshold * device.fold()[0]], rel=1e-9)
    assert found.ends[0].kind == "rest" and found.ends[0].drive == pytest.approx(device.threshold, rel=1e-8)


def test_the_branch_is_stable_on_one_side_of_its_fold_and_has_the_closed_forms_powers(branch):
    stable = [each.stable for each in branch.orbits]
    turn = int(np.argmin(branch.drives))
    assert not any(stable[: turn - 1]) and all(stable[turn + 1 :])
    for drive, each, holds in zip(branch.drives, branch.orbits, stable, strict=True):
        powers = DEVICE.powers(drive / DEVICE.threshold)
        power = np.mean(each.values("c_re") ** 2 + each.values("c_im") ** 2)
        assert np.min(np.abs(np.array(powers) - power)) < 1e-8
        if len(powers) == 2 and powers[1] - powers[0] > 1e-3:
            assert holds == (abs(power - powers[1]) < 1e-8)
    assert branch.ends[1] == ("limit", 1.5e-3) and branch.drives[-1] == pytest.approx(1.5e-3, rel=1e-12)


@pytest.mark.parametrize("device", [AutoOscillator(initial_power=0.2), VortexOscillator.preset("torrejon2017-like")])
def test_a_branch_ends_at_the_threshold(device):
    started = device.replace(**device.protocol(Oscillation).overrides)
    threshold = device.threshold_current
    found = follow_orbits(periodic_orbit(started, 1.3 * threshold), 0.5 * threshold, 1.4 * threshold)
    assert [end.kind for end in found.ends] == ["rest", "limit"] and not len(found.folds)
    assert found.ends[0].drive == pytest.approx(threshold, rel=1e-8)
    assert all(each.stable for each in found.orbits[1:])


def test_a_branch_ends_where_its_period_has_no_end():
    r"""In the plane: the orbit comes to a saddle, and the drive to its end like :math:`e^{-\lambda T}`.

    The rate is that at which deviations from the saddle grow (Kuznetsov, section 6.2).
    """
    device = MTJ.preset("kiselev2003-like")
    started = device.replace(**device.protocol(Oscillation).overrides)
    found = follow_orbits(periodic_orbit(started, -1.7e-3), -1.8e-3, 0.0)
    assert found.ends[0].kind == "limit" and found.ends[1].kind == "infinite period"
    last = found.orbits[-1]
    slowest = last.cycle.states[np.argmin(np.linalg.norm(last.motion.rates(last.cycle.states), axis=1))]
    saddle, growth = last.motion.rest_beside(slowest)
    assert growth > 0 and np.linalg.norm(saddle - slowest) < 0.02
    steps = np.abs(np.diff(found.drives[-8:]))
    rates = -np.diff(np.log(steps)) / np.diff([each.period for each in found.orbits[-7:]])
    assert np.all(np.diff(rates) > 0) and rates[-1] == pytest.approx(growth, rel=0.12)


def test_orbits_beyond_a_models_range_are_warned_of_once():
    vortex = VortexOscillator.preset("torrejon2017-like", initial_radius=0.2)
    with pytest.warns(ValidityWarning, match="orbits leave the range") as told:
        follow_orbits(periodic_orbit(vortex, 4.25e-3), 3.5e-3, 12e-3)
    assert len(told) == 1


def test_the_bench_follows_a_branch():
    table = orbit_bench(DEVICE, current=[0.4e-3, 1.4e-3], branch=True)
    assert table.attrs["folds"] == pytest.approx([DEVICE.threshold * DEVICE.fold()[0]], rel=1e-9)
    assert [end[0] for end in table.attrs["ends"]] == ["rest", "limit"]
    assert set(table["stable"]) == {0.0, 1.0} and table["frequency"].notna().all()
    with pytest.raises(ParameterError, match="no periodic orbit at currents"):
        orbit_bench(AutoOscillator(), current=[1e-5, 2e-5], branch=True)


@pytest.mark.parametrize(
    ("call", "complaint"),
    [
        (lambda first: follow_orbits(first, 2e-3, 3e-3), "must hold the drive"),
        (lambda first: follow_orbits(first, 1.3e-3, 1e-3), "must hold the drive"),
        (lambda first: follow_orbits(first, math.nan, 3e-3), "lowest"),
        (lambda first: follow_orbits(first, 1e-3, 3e-3, step=0.0), "step"),
        (lambda first: follow_orbits(first, 1e-3, 3e-3, most=0), "most"),
        (lambda first: follow_orbits(3, 1e-3, 3e-3), "orbit must be"),
    ],
)
def test_what_cannot_be_followed_is_refused(call, complaint):
    with pytest.raises(ParameterError, match=complaint):
        call(periodic_orbit(DEVICE, 1.2e-3))


def test_a_driven_orbit_is_not_followed():
    driven = periodic_orbit(AutoOscillator(), Sine(0.5e-3, 1e-4, 1e9))
    with pytest.raises(ParameterError, match="constant drives"):
        follow_orbits(driven, 0.0, 1e-3)
