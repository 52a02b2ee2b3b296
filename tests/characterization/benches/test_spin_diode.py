"""The spin diode against the closed form of a macrospin, and against the steady state of the whole equations."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import scipy.constants as codata
from closed_forms import efficiency_by_hand

from synaspice.characterization import fit, spin_diode
from synaspice.devices import MTJ, VTEAM, ElectrothermalMTJ, ParameterError, SpinMagnet, ValidityWarning
from synaspice.figures import plot

FIELD, ANGLE = 4e4, 1.0
FILM = MTJ(
    interfacial_anisotropy=0.0, initial_polar_angle=math.pi / 2, reference_polar_angle=math.pi / 2,
    reference_azimuth=ANGLE, demagnetizing_factor_x=0.0, demagnetizing_factor_y=0.0, demagnetizing_factor_z=1.0,
    field_x=FIELD, tmr_half_voltage=100.0,
)  # fmt: skip


def by_hand(junction, frequency, amplitude, fieldlike=0.0):
    r"""A film magnetised along x, reference layer at the angle :math:`\psi` in its plane. Small y, z follow

    .. math:: \dot y = -\omega_2 z - \alpha \dot z + b\,\epsilon \sin\psi, \qquad
        \dot z = \omega_1 y + \alpha \dot y - b\,\epsilon' \sin\psi

    with :math:`b = \gamma_0 \hbar I / \mu_0 e M_s V`, and :math:`V_{dc} = \frac12 I\, \mathrm{Re}(R' \sin\psi\, y)`."""
    m_s, volume = junction.saturation_magnetization, junction.area * junction.free_layer_thickness
    gamma, damping = junction.gyromagnetic_ratio * codata.mu_0, junction.damping
    field = codata.hbar * amplitude / (codata.mu_0 * codata.e * m_s * volume)
    along, across = (
        gamma * field * math.sin(ANGLE) * np.array([efficiency_by_hand(junction, math.cos(ANGLE)), fieldlike])
    )
    omega = 2 * np.pi * frequency
    stiff, soft = gamma * (FIELD + m_s) + 1j * damping * omega, gamma * FIELD + 1j * damping * omega
    y = (1j * omega * along + stiff * across) / (stiff * soft - omega**2)
    ratio, parallel = junction.tmr, junction.area / junction.resistance_area_product
    slope = parallel * ratio / (2 * (1 + ratio))
    conductance = slope * (2 / ratio + 1 + math.cos(ANGLE))
    return 0.5 * amplitude * np.real(-slope * math.sin(ANGLE) / conductance**2 * y)


@pytest.mark.parametrize("fieldlike", [0.0, 0.2])
def test_a_film_rectifies_as_a_macrospin_does(fieldlike):
    junction = FILM.replace(field_like_efficiency=fieldlike)
    table = spin_diode(junction, field=FIELD, axis="x", amplitude=1e-7)
    expected = by_hand(junction, table["frequency"].to_numpy(), 1e-7, fieldlike)
    np.testing.assert_allclose(table["rectified_voltage"], expected, rtol=2e-6, atol=1e-8 * np.abs(expected).max())


def test_the_torque_along_is_symmetric_and_the_one_across_antisymmetric():
    along, across = (spin_diode(FILM.replace(field_like_efficiency=value), amplitude=1e-7) for value in (0.0, 0.3))
    # but for the precession that turns the other way, by the damping
    assert np.abs(along["antisymmetric"]).max() < 0.03 * np.abs(along["symmetric"]).max()
    line = along.attrs["resonance"][0]
    expected = by_hand(FILM, np.array([line]), 1e-7)[0]
    assert np.min(along["symmetric"]) == pytest.approx(expected, rel=0.01)
    added = across["rectified_voltage"] - along["rectified_voltage"]
    half = by_hand(FILM.replace(field_like_efficiency=0.3), across["frequency"].to_numpy(), 1e-7, 0.3)
    np.testing.assert_allclose(added, half - by_hand(FILM, across["frequency"].to_numpy(), 1e-7), rtol=1e-4, atol=1e-15)
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
        with pytest.raises(ParameterError):
            spin_diode(device)
    for bad in (0.0, -1e-6, np.nan, "small"):
        with pytest.raises(ParameterError):
            spin_diode(FILM, amplitude=bad)
