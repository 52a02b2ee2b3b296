"""Benches on coupled layers: every mode with its kind, loops with their fields, back-hopping."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization import back_hopping, fmr, hysteresis, noise
from synaspice.devices import MTJ, ParameterError, ThreeLayerStack, TwoLayerStack
from synaspice.devices.physics.interlayer import antiferromagnet_modes, antiparallel_limit, saturation_field

M_S, THICKNESS, EXCHANGE = 1.0e6, 2e-9, 2e4


def antiferromagnet(anisotropy, **more):
    """Two thin films with H_E of 20 kA/m that are nearly equal, whose easy axis is x."""
    moment = codata.mu_0 * M_S * THICKNESS
    layer = {f"demagnetizing_factor_{axis}": float(axis == "z") for axis in "xyz"} | {
        "saturation_magnetization": M_S,
        "thickness": THICKNESS,
        "uniaxial_anisotropy": codata.mu_0 * M_S * anisotropy / 2,
        "anisotropy_polar_angle": math.pi / 2,
        "damping": 0.02,
    }
    values = {f"{name}_{key}": value for name in ("first", "second") for key, value in layer.items()}
    given = {"stray_fields": "none", "spacer_kind": "metal", "spacer_bilinear_exchange": -EXCHANGE * moment}
    return TwoLayerStack(**(values | given | more))


def test_every_mode_has_a_row_and_its_kind():
    """Acoustic and optical mode cross on the way; away from the axis' ends they are those in closed form."""
    device = antiferromagnet(0.0, first_damping=1e-3, second_damping=1e-3)
    fields = [6e4, 3.5e4, 2e4, 1e4]
    table = fmr(device, field=fields, axis="x")
    assert len(table) == 2 * len(fields) and set(table["mode"]) == {1.0, 2.0}
    np.testing.assert_allclose(table["share_first_m"] + table["share_second_m"], 1.0)
    for field, rows in table.groupby("field"):
        kinds = rows.sort_values("in_phase", ascending=False)
        expected = device.first.gamma_0 / (2 * math.pi) * np.array(antiferromagnet_modes(field, EXCHANGE, M_S))
        np.testing.assert_allclose(kinds["frequency"], expected, rtol=1e-4)
        assert kinds["in_phase"].iloc[0] > 0.9 and kinds["in_phase"].iloc[1] < -0.9


def test_layers_that_are_not_coupled_have_modes_of_their_own():
    device = antiferromagnet(0.0, spacer_bilinear_exchange=0.0, second_saturation_magnetization=5e5)
    table = fmr(device, field=5e4, axis="x")
    np.testing.assert_allclose(table["share_first_m"], [0.0, 1.0], atol=1e-6)
    assert "mode" not in fmr(MTJ.preset("ikeda2010"), field=0.0, axis="z"), "one magnetisation has one"


def test_a_loop_jumps_where_antiparallel_layers_turn_unstable():
    anisotropy = 5e3
    device = antiferromagnet(anisotropy, second_anisotropy_azimuth=0.002)
    table = hysteresis(device, quantity="field", points=2001, period=4e-7)
    rising = table[: len(table) // 4]
    ratio = rising["resistance"] / device.parallel_resistance
    assert table.attrs["swept"] == "field_x"
    assert ratio.iloc[0] == pytest.approx(2.0, rel=1e-3)
    jump = rising["field_x"][ratio < 1.95].iloc[0]
    assert jump == pytest.approx(antiparallel_limit(EXCHANGE, anisotropy), rel=0.05)
    parallel = rising["field_x"][ratio > 1.001].iloc[-1]
    assert parallel == pytest.approx(saturation_field(EXCHANGE, anisotropy), rel=0.05)


def test_a_reference_layer_that_gives_way_hops():
    """At a moderate voltage all switch once; at a large one they reverse on and on, and some end where they began."""
    device = ThreeLayerStack.preset("abert2018-like")
    table = back_hopping(device, voltage=[0.05, 0.5, 1.2], width=5e-9, trajectories=16, points=201, seed=1)
    still, switched, hopping = (row for _, row in table.iterrows())
    assert still["probability"] == still["reversals"] == still["back_probability"] == 0
    assert switched["probability"] > 0.9 and switched["reversals"] < 1.2
    assert hopping["reversals"] > 3 and hopping["back_probability"] > 0.1
    assert np.all(table["lower"] <= table["probability"]) and np.all(table["probability"] <= table["upper"])
    firmly = {"saturation_magnetization": 1.5e6, "thickness": 6e-9, "interfacial_anisotropy": 0.0}
    firmly |= {"uniaxial_anisotropy": 2.5e6}
    held = device.replace(**{f"second_{name}": value for name, value in firmly.items()})
    firm = back_hopping(held, voltage=1.2, width=5e-9, trajectories=4, points=201, seed=1).iloc[0]
    assert firm["reference_reversed"] == 0 and firm["back_probability"] == 0


def test_what_makes_no_sense_is_refused():
    device = ThreeLayerStack.preset("abert2018-like")
    with pytest.raises(ParameterError, match="width"):
        back_hopping(device, voltage=0.5, width=-1e-9)
    with pytest.raises(ParameterError, match="points"):
        back_hopping(device, voltage=0.5, points=1)
    with pytest.raises(ParameterError, match="offers no BackHopping"):
        back_hopping(MTJ())


def test_layers_that_turn_freely_together_add_no_noise():
    """Round layers in the plane: a common turn changes no resistance."""
    free = noise(ThreeLayerStack(), voltage=0.1, frequency=np.logspace(-1, 5, 7), method="small-signal")
    for _, part in free.groupby("state"):
        np.testing.assert_allclose(part["current_noise"], part["current_noise"].iloc[-1], rtol=1e-3)
        assert part["current_noise"].max() < 1e-22  # once some 1e-10 at 1 Hz, by rounding errors over the square of it
