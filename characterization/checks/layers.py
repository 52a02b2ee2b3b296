"""Checks of coupled layers: the modes and loops of a synthetic antiferromagnet, a reference layer that holds."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
import scipy.constants as codata

from ...devices.models.multilayers.stacks import ThreeLayerStack, TwoLayerStack
from ..benches.back_hopping import back_hopping
from ..benches.hysteresis import hysteresis
from ..benches.resonance.fmr import fmr
from .check import Values, check

M_S, THICKNESS, EXCHANGE, HOLD = 1e6, 2e-9, 2e4, 5e3
MODES = "macrospins without damping, MacNeill et al. 2019"


def antiferromagnet(hold: float, damping: float, **more: float) -> TwoLayerStack:
    """Two thin films, easy along x with that anisotropy field [A/m], held antiparallel by H_E = 20 kA/m."""
    layer: dict[str, Any] = {f"demagnetizing_factor_{axis}": float(axis == "z") for axis in "xyz"} | {
        "saturation_magnetization": M_S,
        "thickness": THICKNESS,
        "uniaxial_anisotropy": codata.mu_0 * M_S * hold / 2,
        "anisotropy_polar_angle": math.pi / 2,
        "damping": damping,
    }
    values = {f"{name}_{key}": value for name in ("first", "second") for key, value in layer.items()}
    exchange = -EXCHANGE * codata.mu_0 * M_S * THICKNESS
    given = {"stray_fields": "none", "spacer_kind": "metal", "spacer_bilinear_exchange": exchange}
    return TwoLayerStack(**(values | given | more))


# --- modes ----------------------------------------------------------------------------------------------


# The damping of 1e-3 is not in the formula.
@functools.cache
def modes() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Modes of layers that are parallel, and canted: those that turn together, and against each other."""
    table = fmr(antiferromagnet(0.0, 1e-3), field=[6e4, 3.5e4, 2e4, 1e4], axis="x")
    return table[table["in_phase"] > 0], table[table["in_phase"] < 0]


@check("fmr", "acoustic mode of a synthetic antiferromagnet, canted and parallel", MODES, unit="Hz", within=1e-4)
def acoustic() -> Values:
    found, _ = modes()
    h = found["field"].to_numpy()
    over = np.where(h < 2 * EXCHANGE, h * math.sqrt(1 + M_S / (2 * EXCHANGE)), np.sqrt(h * (h + M_S)))
    return 1.76085963e11 * codata.mu_0 / (2 * math.pi) * over, found["frequency"]


@check("fmr", "optical mode of it", MODES, unit="Hz", within=1e-4)
def optical() -> Values:
    _, found = modes()
    h = found["field"].to_numpy()
    canted = 2 * EXCHANGE * M_S * (1 - (h / (2 * EXCHANGE)) ** 2)
    over = np.sqrt(np.where(h < 2 * EXCHANGE, canted, (h - 2 * EXCHANGE) * (h - 2 * EXCHANGE + M_S)))
    return 1.76085963e11 * codata.mu_0 / (2 * math.pi) * over, found["frequency"]


# --- loops ----------------------------------------------------------------------------------------------


# The sweep goes on while the layers turn, and a layer turned by 0.002 tells them apart.
@functools.cache
def rising() -> pd.DataFrame:
    """A synthetic antiferromagnet on the rising quarter of a loop of the field along its easy axis."""
    device = antiferromagnet(HOLD, 0.02, second_anisotropy_azimuth=0.002)
    table = hysteresis(device, quantity="field", points=2001, period=4e-7)
    quarter = table[: len(table) // 4]
    return quarter.assign(ratio=quarter["resistance"] / device.parallel_resistance)


@check("hysteresis", "field at which antiparallel layers turn unstable", "√(H_K (2 H_E + H_K))", unit="A/m",
       within=0.05)  # fmt: skip
def unstable() -> Values:
    table = rising()
    return math.sqrt(HOLD * (2 * EXCHANGE + HOLD)), table["field_x"][table["ratio"] < 1.95].iloc[0]


@check("hysteresis", "field from which they are parallel", "2 H_E − H_K", unit="A/m", within=0.05)
def saturated() -> Values:
    table = rising()
    return 2 * EXCHANGE - HOLD, table["field_x"][table["ratio"] > 1.001].iloc[-1]


# --- back-hopping ---------------------------------------------------------------------------------------

HOLDS = "the first layer turns alone"
#: A reference layer that is thick and has ten times the anisotropy that the torque could overcome.
FIRM = ThreeLayerStack.preset(
    "abert2018-like",
    second_saturation_magnetization=1.5e6,
    second_thickness=6e-9,
    second_interfacial_anisotropy=0.0,
    second_uniaxial_anisotropy=2.5e6,
)


@functools.cache
def held() -> pd.DataFrame:
    """Pulses far below and beyond the critical voltage, on a reference layer that does not give way."""
    return back_hopping(FIRM, voltage=[0.05, 0.5, 1.2], width=5e-9, trajectories=8, points=201, seed=1)


@check("back-hopping", "reversals under 0.05, 0.5, 1.2 V, a reference layer that holds", f"{HOLDS}, once", within=0.0,
       absolute=True)  # fmt: skip
def once() -> Values:
    return [0.0, 1.0, 1.0], held()["reversals"]


@check("back-hopping", "switched at the end of them", HOLDS, within=0.0, absolute=True)
def switched() -> Values:
    return [0.0, 1.0, 1.0], held()["probability"]


@check("back-hopping", "switched back, and reference layers reversed", f"{HOLDS}: none", within=0.0, absolute=True)
def none_back() -> Values:
    return np.zeros(6), np.concatenate([held()["back_probability"], held()["reference_reversed"]])
