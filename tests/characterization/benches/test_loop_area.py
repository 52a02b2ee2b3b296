"""Areas of pinched loops against the closed form of the linear drift."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import loop_area
from synaspice.characterization.checks.memristor_benches import DRIFTING as DEVICE
from synaspice.characterization.checks.memristor_benches import START, lobe, strength
from synaspice.devices import MTJ, LinearIonDrift, ParameterError
from synaspice.devices.language.errors import ResolutionWarning
from synaspice.figures import plot


def test_lobes_have_the_areas_of_the_closed_form():
    frequencies, amplitude = [50.0, 100.0, 300.0], 1.0
    assert START**2 - 2 * strength(50.0) > 100.0**2, "the state stays between its bounds"
    table = loop_area(DEVICE, frequency=frequencies, amplitude=amplitude, cycles=1)
    expected = [lobe(frequency) for frequency in frequencies]
    np.testing.assert_allclose(table["area_positive"], expected, rtol=1e-6)
    np.testing.assert_allclose(table["area_negative"], expected, rtol=1e-6)
    np.testing.assert_allclose(table["pinch"], 0.0, atol=1e-12)
    np.testing.assert_allclose(table["unclosed"], 0.0, atol=1e-6)
    several = loop_area(DEVICE, frequency=frequencies, amplitude=amplitude, cycles=3)
    np.testing.assert_allclose(several["area"], 2 * np.array(expected), rtol=1e-5)


def test_at_high_frequencies_the_area_falls_as_one_over_the_frequency():
    table = loop_area(DEVICE, frequency=np.geomspace(1e3, 1e5, 5), amplitude=1.0, cycles=1)
    assert table.attrs["exponent"] == pytest.approx(-1.0, abs=2e-3)
    limit = strength(1e5) / (3 * START**3)
    # The next term of the expansion is b / R_0^2 of it.
    assert table["area_positive"].iloc[-1] == pytest.approx(limit, rel=3 * strength(1e5) / START**2)
    axes = plot(table).axes[0]
    assert "area" in axes.get_ylabel() and "exponent −1.00" in axes.get_legend().get_title().get_text()


def test_loops_that_do_not_close_are_told():
    device = LinearIonDrift(window="biolek", initial_state=0.1)
    with pytest.warns(ResolutionWarning, match="fail to come back"):
        loop_area(device, frequency=[5.0], amplitude=1.0, cycles=1)


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (MTJ(), {}, "give the amplitude"),
        (DEVICE, {"frequency": [2.0, 1.0]}, "must rise"),
        (DEVICE, {"frequency": [0.0]}, "positive"),
        (DEVICE, {"frequency": [1e12], "amplitude": 1.0}, "too thin"),
        (DEVICE, {"amplitude": -1.0}, "positive"),
        (DEVICE, {"cycles": 0}, "at least 1"),
        (MTJ(), {"frequency": [1e6], "amplitude": 0.01}, "too thin"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        loop_area(device, **how)
