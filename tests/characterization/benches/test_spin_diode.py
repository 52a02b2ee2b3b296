"""The spin diode against the closed form of a macrospin, and against the steady state of the whole equations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synaspice.characterization import fit, spin_diode
from synaspice.characterization.checks.rf import DIODE as FILM
from synaspice.characterization.checks.rf import rectified_by_hand
from synaspice.devices import MTJ, VTEAM, ElectrothermalMTJ, ParameterError, SpinMagnet, ValidityWarning
from synaspice.figures import plot


def test_the_torque_along_is_symmetric_and_the_one_across_antisymmetric():
    along, across = (spin_diode(FILM.replace(field_like_efficiency=value), amplitude=1e-7) for value in (0.0, 0.3))
    # but for the precession that turns the other way, by the damping
    assert np.abs(along["antisymmetric"]).max() < 0.03 * np.abs(along["symmetric"]).max()
    line = along.attrs["resonance"][0]
    expected = rectified_by_hand(FILM, np.array([line]), 1e-7)[0]
    assert np.min(along["symmetric"]) == pytest.approx(expected, rel=0.01)
    added = across["rectified_voltage"] - along["rectified_voltage"]
    half = rectified_by_hand(FILM.replace(field_like_efficiency=0.3), across["frequency"].to_numpy(), 1e-7, 0.3)
    np.testing.assert_allclose(
        added, half - rectified_by_hand(FILM, across["frequency"].to_numpy(), 1e-7), rtol=1e-4, atol=1e-15
    )
    shape = across["antisymmetric"].to_numpy()
    assert np.ptp(shape) > 0.5 * np.ptp(added) and shape[0] == pytest.approx(-shape[-1], rel=0.05)
    parts = across[["symmetric", "antisymmetric", "background"]].sum(axis=1)
    np.testing.assert_allclose(parts, across["rectified_voltage"], atol=0.02 * np.ptp(parts))


@pytest.mark.parametrize(
    ("device", "current"),
    [
        (MTJ.preset("ikeda2010"), 0.0), (MTJ.preset("ikeda2010"), 1e-5), (MTJ.preset("kim2015-inplane"), -2e-5),
        (ElectrothermalMTJ.preset("sousa2006-like"), 2e-5),
    ],
)  # fmt: skip
def test_the_steady_state_comes_to_the_second_order_with_the_square_of_the_amplitude(device, current):
    first = spin_diode(device, current=current)
    amplitude, line, width = (float(np.ravel(first.attrs[name])[0]) for name in ("amplitude", "resonance", "linewidth"))
    wrong = []
    for size in (amplitude, amplitude / 2):
        chosen = {"frequency": line + width * np.array([-1.0, 0.0, 2.0]), "current": current, "amplitude": size}
        expected, found = (
            spin_diode(device, **chosen, method=name)["rectified_voltage"] for name in ("second-order", "orbit")
        )
        wrong.append(np.max(np.abs(found / expected - 1)))
    assert wrong[0] < 0.01
    # the fourth order is left
    assert wrong[1] == pytest.approx(wrong[0] / 4, rel=0.1)


def test_over_the_field_and_its_figure():
    table = spin_diode(FILM, field=[2e4, 4e4, 8e4], axis="x")
    assert np.all(np.diff(table.attrs["resonance"]) > 0)
    assert len(plot(table).axes) == 2
    with pytest.warns(ValidityWarning, match="the second order is not all"):
        spin_diode(FILM, amplitude=100 * table.attrs["amplitude"])


def test_torques_are_found_from_a_line():
    """Efficiencies along and across, with a hundredth of the line as noise."""
    unknown = FILM.replace(field_like_efficiency=0.12, polarization_reference=0.5)
    table = spin_diode(unknown, amplitude=1e-7)[::5].reset_index(drop=True)
    noise = 0.01 * np.ptp(table["rectified_voltage"]) * np.random.default_rng(2).standard_normal(len(table))
    data = pd.DataFrame({"frequency": table["frequency"], "rectified_voltage": table["rectified_voltage"] + noise})
    data.attrs["units"] = {"frequency": "Hz", "rectified_voltage": "V"}
    free = ["field_like_efficiency", "polarization_reference"]
    found = fit(FILM, data, free, arguments={"amplitude": 1e-7})
    assert found.device.field_like_efficiency == pytest.approx(0.12, rel=0.05)
    assert found.device.polarization_reference == pytest.approx(0.5, rel=0.05)


def test_what_does_not_rectify_is_refused():
    with pytest.raises(ParameterError, match="does not feel the resonance"):
        spin_diode(MTJ.preset("ikeda2010"), field=[0.0], axis="z")  # along its reference layer
    with pytest.raises(ParameterError, match="does not come to rest"):
        spin_diode(MTJ.preset("taniguchi2013-like"), current=-3e-3)
    for device in (VTEAM(), SpinMagnet()):
        with pytest.raises(ParameterError, match="offers no Rectifying"):
            spin_diode(device)
    for bad in (0.0, -1e-6, np.nan, "small"):
        with pytest.raises(ParameterError, match="amplitude must be positive"):
            spin_diode(FILM, amplitude=bad)
