"""Checks of maps of where a magnet switches: Stoner's and Wohlfarth's astroid, the macrospin's boundary of pulses."""

from __future__ import annotations

import math

import numpy as np
from scipy.optimize import brentq, fsolve

from ...devices.models.junctions.mtj import MTJ
from ..benches.maps.astroid import astroid
from ..benches.maps.switching_map import switching_map
from .check import Values, check

ROUND = MTJ.preset("ikeda2010")
FLAT = MTJ.preset("kim2015-inplane")
#: A torque that does not depend on the angle.
PLAIN = ROUND.replace(torque="slonczewski")
STONER = "Stoner and Wohlfarth"


@check("astroid", "|H∥|^⅔ + |H⊥|^⅔ over H_k^⅔ in nine oblique directions, two junctions", STONER, within=1e-7)
def oblique() -> Values:
    found = []
    for device in (ROUND, FLAT):
        table = astroid(device, angle=[-179.9, -120.0, -85.0, -30.0, 10.0, 45.0, 89.9, 91.0, 150.0])
        parts = [np.abs(table[f"field_{name}"] / device.anisotropy_field) ** (2 / 3) for name in ("easy", "hard")]
        found.append(parts[0] + parts[1])
    return np.ones(18), np.concatenate(found)


# where curves of equilibria cross
@check("astroid", "field along and across the easy axis", f"{STONER}: H_k", unit="A/m", within=1e-3)
def straight() -> Values:
    devices = (ROUND, FLAT)
    found = np.concatenate([astroid(device, angle=[-90.0, 0.0, 90.0, 180.0])["field"] for device in devices])
    return np.repeat([device.anisotropy_field for device in devices], 4), found


@check("astroid", "field between the easy and the hardest axis", "the stiffness out of the plane vanishes", unit="A/m",
       within=1e-6)  # fmt: skip
def out_of_plane() -> Values:
    pull = {axis: FLAT.derived[f"pull_{axis}"] for axis in "xyz"}
    angles = np.array([100.0, 120.0, 135.0, 170.0])
    expected = []
    for degrees in angles:
        along, across = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))

        def stiffness(values: np.ndarray, along: float = along, across: float = across) -> list[float]:
            turned, size = values[0], values[1] * FLAT.anisotropy_field
            x, z = math.cos(turned), math.sin(turned)
            torque = size * (across * x - along * z) - (pull["x"] - pull["z"]) * x * z
            held = size * (along * x + across * z) + pull["x"] * x**2 + pull["z"] * z**2 - pull["y"]
            return [torque / FLAT.hard_axis_field, held / FLAT.anisotropy_field]

        expected.append(fsolve(stiffness, [0.1, 1.0], xtol=1e-13)[1] * FLAT.anisotropy_field)
    return expected, astroid(FLAT, angle=angles, axis="z")["field"]


def half_way(k: float, cosine: float) -> float:
    """Time in which a uniaxial magnet comes half way round, in decays of its precession."""
    poles = math.log(1 + cosine) / (2 * (k + 1)) - math.log(1 - cosine) / (2 * (k - 1))
    return poles + math.log(1 - cosine / k) / (k**2 - 1)


@check("switching-map", "switched or not, points of a map of pulses of 4 decays of the precession",
       "macrospin, closed form, but for 1 % of I_c0", within=0.0, absolute=True)  # fmt: skip
def boundary() -> Values:
    expected, found = [], []
    for state, sign in (("parallel", 1.0), ("antiparallel", -1.0)):
        table = switching_map(PLAIN, width=4 * PLAIN.precession_decay, states=[state])
        k = table["current"] / table.attrs["critical_currents"][state] - sign * table["field"] / PLAIN.anisotropy_field
        cosine = math.cos(table.attrs["tilt"])
        edge = brentq(lambda value, cosine=cosine: half_way(value, cosine) - 4, 1.001, 20.0)
        clear = abs(k - edge) > 0.01
        expected.append((k > edge)[clear])
        found.append(table["probability"][clear])
    return np.concatenate(expected).astype(float), np.concatenate(found)


@check("switching-map", "current that switches in a long pulse, without and in a field of H_k / 2",
       "I_c0 (1 ± H / H_k)", unit="A", within="3 % of I_c0, and a step of the map")  # fmt: skip
def critical() -> Values:
    expected, found = [], []
    fields, currents = np.array([0.0, 0.5]) * PLAIN.anisotropy_field, np.linspace(-2, 2, 81)
    scale = abs(PLAIN.critical_current_to_antiparallel)
    table = switching_map(PLAIN, field=fields, current=scale * currents)
    for state, side in (("parallel", 1.0), ("antiparallel", -1.0)):
        for field in fields:
            part = table[(table["start"] == state) & (table["field"] == field) & (table["switched"] == 1)]
            expected.append(scale * (1 + side * field / PLAIN.anisotropy_field))
            found.append(np.min(-side * part["current"]))
    return expected, found, scale * (0.03 + np.diff(currents[:2]))
