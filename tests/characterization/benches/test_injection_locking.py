"""Arnold tongues: Adler's range in closed form, the slow equation at strong drives, and no lock beyond the edges."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import injection_locking
from synaspice.characterization.checks.rf import CURRENT, slow_edges
from synaspice.characterization.checks.rf import LOCKED as DEVICE
from synaspice.devices import (
    MTJ,
    VTEAM,
    ParameterError,
    SimulationError,
    Sine,
    UnknownNameError,
    VortexOscillator,
    periodic_orbit,
)
from synaspice.devices.simulation.orbits.locking import adler_half_range
from synaspice.figures import plot


def test_a_strong_drive_has_the_edges_of_the_slow_equation_and_no_lock_beyond():
    amplitudes = np.array([2e-6, 1e-3])
    table = injection_locking(DEVICE, amplitudes, current=CURRENT)
    half = (table["adler_upper"] - table["adler_lower"]) / 2
    weak, strong = (
        np.abs(table.loc[k, ["lower", "upper"]].to_numpy(float) - table.loc[k, ["adler_lower", "adler_upper"]]).max()
        for k in (0, 1)
    )
    assert weak < 0.01 * half[0] and strong > 0.05 * half[1]  # Adler's is not all of it
    expected = slow_edges(DEVICE, amplitudes[1])
    np.testing.assert_allclose(table.loc[1, ["lower", "upper"]].to_numpy(float), expected, atol=0.004 * half[1])
    # inside there is a stable orbit with the drive's period, outside none
    for part, locked in ((-0.02, True), (0.02, False)):
        tone = {"injection": Sine(0.0, amplitudes[1], table.loc[1, "upper"] + part * half[1])}
        if locked:
            assert periodic_orbit(DEVICE, CURRENT, inputs=tone).stable
        else:
            with pytest.raises(SimulationError, match="not be locked to the drive"):
                periodic_orbit(DEVICE, CURRENT, inputs=tone)


def test_a_junction_is_locked_at_its_frequency_and_at_twice_of_it():
    device = MTJ.preset("taniguchi2013-like")
    for harmonic in (1, 2):
        amplitude = 2e-6 if harmonic == 1 else 8e-6
        table = injection_locking(device, amplitude, harmonic=harmonic)
        half = (table["adler_upper"] - table["adler_lower"])[0] / 2
        assert abs(table["adler_upper"][0] + table["adler_lower"][0]) / 2 == pytest.approx(
            harmonic * table.attrs["frequency"], rel=1e-9
        )
        for name in ("lower", "upper"):
            assert table[name][0] == pytest.approx(table[f"adler_{name}"][0], abs=0.02 * half)
    assert len(plot(table).axes) == 1


def test_a_precession_about_its_reference_layer_is_locked_at_twice_its_frequency_alone():
    device = MTJ.preset("kiselev2003-like")
    orbit = periodic_orbit(device, -0.9e-3)
    first, second = adler_half_range(orbit, "current", 2)
    assert first < 1e-6 * second
    assert injection_locking(device, current=-0.9e-3, method="adler").attrs["harmonic"] == 2


def test_what_is_not_locked_is_refused():
    for device in (VTEAM(), VortexOscillator.preset("torrejon2017-like")):
        with pytest.raises(ParameterError, match="offers no Locking"):
            injection_locking(device)
    with pytest.raises(ParameterError, match="does not feel the current near 2 times"):
        injection_locking(DEVICE, quantity="current", harmonic=2)
    with pytest.raises(ParameterError, match="no free oscillation under"):
        injection_locking(DEVICE, current=0.5e-3)
    with pytest.raises(UnknownNameError, match="unknown what is driven 'field'"):
        injection_locking(DEVICE, quantity="field")
    for bad in ([0.0], [-1e-6], [np.nan], "strong", [[1e-6]]):
        with pytest.raises(ParameterError, match="amplitude must be"):
            injection_locking(DEVICE, bad)
