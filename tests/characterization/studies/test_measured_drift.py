"""Measured drift as that of cells: a power law against the device's own, an exponential against its closed form."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import drift, iv
from synaspice.characterization.drift_laws import fitted_law
from synaspice.characterization.studies.measured_drift import with_measured_drift
from synaspice.devices import VTEAM, ParameterError, PhaseChangeMemory
from synaspice.devices.core.metadata import described_table
from synaspice.devices.simulation.conductance_errors import ConductanceErrors

ERRORS = ConductanceErrors(1e-6, 1e-4)


def table_of(times, values):
    law, fit = fitted_law(times, values, np.zeros_like(times), 1.0)
    columns = {"time": (times, "s", "time"), "mean": (values, "S", "mean"), "fit": (fit, "S", "fit")}
    numbers = {"exponent_mean": law.get("exponent"), "exponent_standard_deviation": 0.0, "origin": 1.0}
    return described_table(columns, bench="drift", **numbers, **law)


def test_a_measured_power_law_is_that_of_the_device():
    cell = PhaseChangeMemory.preset("joshi2020").at_conductance(10e-6)
    table = drift(cell, devices=300, seed=1)
    found = with_measured_drift(cell.conductance_errors(), table)
    mean, spread = cell.conductance_errors().drift_exponent(10e-6)
    measured = found.drift_exponent(10e-6)
    assert float(measured[0]) == pytest.approx(float(mean), rel=0.1)
    assert float(measured[1]) == pytest.approx(float(spread), rel=0.25)  # the noise of reads is in the fits
    assert float(found.drift(10e-6, 1e5)) == pytest.approx(table["mean"].iloc[0] * (1e5 / 20) ** -float(mean), rel=0.05)


def test_a_measured_exponential_relaxes_as_it_does():
    times = np.linspace(0.0, 4.0, 30)
    found = with_measured_drift(ERRORS, table_of(times, 2e-6 + 6e-6 * np.exp(-times / 0.7)))
    assert found.relaxation_time == pytest.approx(0.7, rel=1e-3)
    for start in (8e-6, 5e-5):
        expected = 2e-6 + (start - 2e-6) * np.exp(-times / 0.7)
        np.testing.assert_allclose(found.drift(start, times), expected, rtol=1e-3)


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: iv(VTEAM()), "bench drift"),
        (lambda: table_of(np.linspace(0, 1, 9), np.linspace(8e-6, 2e-6, 9)), "linear"),
        (lambda: table_of(np.linspace(0, 1, 9), np.full(9, 8e-6)), "none"),
    ],
)
def test_what_is_no_such_measurement_is_refused(make, match):
    with pytest.raises(ParameterError, match=match):
        with_measured_drift(ERRORS, make())
    with pytest.raises(ParameterError, match="relaxed"):
        ConductanceErrors(1e-6, 1e-4, relaxed=-1.0)
