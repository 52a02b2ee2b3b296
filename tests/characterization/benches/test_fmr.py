"""Ferromagnetic resonance against Kittel's formulas, with the damping in closed form."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import scipy.constants as codata

from synaspice.characterization import fit, fmr
from synaspice.characterization.checks.forms import resonance
from synaspice.characterization.checks.rf import GAMMA, LAYER
from synaspice.devices import (
    MTJ,
    VTEAM,
    DomainWallMagnet,
    ElectrothermalMTJ,
    NeuronMagnet,
    ParameterError,
    SpinMagnet,
    SpinOrbitTorqueMTJ,
)
from synaspice.figures import plot


def test_a_current_takes_the_width_away_at_the_threshold():
    """In proportion: the torque of a current is an antidamping; at the critical current the width is 0."""
    device = MTJ.preset("ikeda2010", initial_polar_angle=math.pi)
    critical = device.critical_current_to_parallel
    table = fmr(device, field=0.0, axis="z", current=critical * np.array([0.0, 0.5, 0.99, 1.01]))
    np.testing.assert_allclose(table["linewidth"][:3] / table["linewidth"][0], [1, 0.5, 0.01], rtol=2e-3)
    # beyond it the magnetisation has gone to the other state
    assert list(np.sign(table["m_z"])) == [-1, -1, -1, 1]


@pytest.mark.parametrize(
    "device",
    [
        MTJ.preset("kim2015-inplane"), ElectrothermalMTJ.preset("sousa2006-like"), SpinMagnet.preset("yang2008-like"),
        NeuronMagnet.preset("sharad2012-like"), SpinOrbitTorqueMTJ.preset("liu2012-like"),
        SpinOrbitTorqueMTJ.preset("lee2013-like"),
    ],
)  # fmt: skip
def test_every_magnet_has_its_resonance_in_fields_along_its_easy_axis(device):
    """By the fields that hold it: those of the other axes over that of the easy one, and the external field."""
    table = fmr(device)
    middle, hard = device.anisotropy_field, device.hard_axis_field
    along = 1 if table.attrs["axis"] != "z" else float(np.sign(table[f"m_{table.attrs['axis']}"].iloc[0]))
    shift = along * table["field"]
    frequency = resonance(middle + shift, hard + shift, device.damping, device.gyromagnetic_ratio * codata.mu_0)[0]
    np.testing.assert_allclose(table["frequency"], frequency, rtol=1e-6)
    assert len(plot(table).axes) == 2


def test_a_sweep_goes_on_from_the_state_before():
    device = MTJ.preset("ikeda2010")
    hold = device.anisotropy_field
    down = fmr(device, field=hold * np.array([2.0, -0.5]), axis="z")
    up = fmr(device, field=hold * np.array([-2.0, -0.5]), axis="z")
    assert down["m_z"][1] > 0.99 and up["m_z"][1] < -0.99
    assert down["frequency"][1] == pytest.approx(up["frequency"][1] / 3, rel=1e-3)


def test_what_has_no_resonance_is_refused():
    for device in (VTEAM(), DomainWallMagnet()):
        with pytest.raises(ParameterError, match="offers no Resonance"):
            fmr(device)
    with pytest.raises(ParameterError, match="give those along z"):
        fmr(LAYER, axis="z")
    for bad in ([np.nan], "strong", [[1.0]], [10**400]):
        with pytest.raises(ParameterError, match="field must be"):
            fmr(LAYER, field=bad, axis="x")


def test_magnetisation_and_damping_are_found_from_a_dispersion_and_its_widths():
    """Kittel's data of a film, to some tenths of a per cent of noise."""
    fields = np.linspace(2e4, 4e5, 12)
    effective, damping = 5e5, 0.012
    frequency, width = resonance(fields, fields + effective, damping, GAMMA)
    generator = np.random.default_rng(1)
    columns = {"frequency": frequency, "linewidth": width}
    data = {name: values * (1 + 3e-3 * generator.standard_normal(12)) for name, values in columns.items()}
    table = pd.DataFrame({"field": fields, **data})
    table.attrs["units"] = {"field": "A/m", "frequency": "Hz", "linewidth": "Hz"}
    start = LAYER.replace(damping=0.03, saturation_magnetization=7e5)
    found = fit(start, table, ["saturation_magnetization", "damping"], arguments={"axis": "x"})
    assert found.device.saturation_magnetization == pytest.approx(effective, rel=0.01)
    assert found.device.damping == pytest.approx(damping, rel=0.01)
