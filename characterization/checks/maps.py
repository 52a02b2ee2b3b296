"""Checks of maps and pulses of magnets: Stoner's and Wohlfarth's astroid, the macrospin's path from a thermal start."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pandas as pd
import scipy.constants as codata
from scipy import integrate
from scipy.optimize import brentq, fsolve

from ...devices.language.waveforms.shapes import FloatArray
from ...devices.models.junctions.mtj import MTJ
from ..benches.maps.astroid import astroid
from ..benches.maps.back_switching import back_switching
from ..benches.maps.precessional_switching import precessional_switching
from ..benches.maps.pulse_shape import pulse_shape
from ..benches.maps.switching_map import switching_map
from ..benches.maps.write_error_map import iso_error_widths, write_error_map
from .check import Values, check
from .forms import ROOM, anisotropy_field_by_hand, junction_with_barrier, rate_of

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


# --- write errors ---------------------------------------------------------------------------------------

BARRIER = 45.0
BISTABLE = junction_with_barrier(BARRIER)
#: A decay of the precession [s], and the current that switches in a long pulse [A].
DECAY, CRITICAL = 1 / rate_of(BISTABLE), BISTABLE.critical_current_to_parallel
#: A thermal start, the noise that adds to it while the angle is small, and from there the path without noise.
PATH = "macrospin's path from a thermal start"


def start_that_fails(k: float, tau: FloatArray | float) -> FloatArray:
    r"""Square of the angle that comes just half way round in a time, from :func:`half_way` at small angles.

    .. math:: 2\, e^{-2 (k - 1) \tau}\, 2^{(k - 1) / (k + 1)} \left(\frac{k - 1}{k}\right)^{2 / (k + 1)}
    """
    path = 2 ** ((k - 1) / (k + 1)) * ((k - 1) / k) ** (2 / (k + 1))
    return np.asarray(2 * np.exp(-2 * (k - 1) * np.asarray(tau)) * path)


def error_of_path(k: float, tau: FloatArray | float, field: float = 0.0) -> FloatArray:
    """Error rate of a pulse of so many decays, torque and field over H_k together k, that field at the start too."""
    time = np.asarray(tau)
    mean = (1 / (1 - field) + (1 - np.exp(-2 * (k - 1) * time)) / (k - 1)) / BARRIER
    faster = np.exp(-(3 - k) / (BARRIER * (k - 1)) * time)  # the noise on the way, of the first order in 1 / Delta
    return np.asarray(-np.expm1(-start_that_fails(k, tau) / mean * faster))


@functools.cache
def errors() -> pd.DataFrame:
    """Error rates over current and width."""
    widths = np.linspace(1.0, 9.0, 17) * DECAY
    return write_error_map(BISTABLE, current=[2.5 * CRITICAL, 3 * CRITICAL], width=widths)


# Terms of the order of 1 / Delta.
@check("write-error-map", "logarithm of the error rate, Δ = 45, i = 2.5 and 3, 3 to 9 decays", PATH, within=0.02,
       absolute=True)  # fmt: skip
def mapped() -> Values:
    table = errors()
    table = table[table["width"] > 2.9 * DECAY]
    expected = [
        float(error_of_path(k, tau)) for k, tau in zip(table["current"] / CRITICAL, table["width"] / DECAY, strict=True)
    ]
    return np.log(expected), np.log(table["probability"])


@check("write-error-map", "width of the errors 10⁻³, 10⁻⁶, 10⁻⁹ at i = 3, in decays", PATH, within=0.005,
       absolute=True)  # fmt: skip
def lines() -> Values:
    levels = [1e-3, 1e-6, 1e-9]
    table = iso_error_widths(errors(), levels)
    found = table[table["current"] > 2.9 * CRITICAL]["width"] / DECAY
    return [brentq(lambda tau, e=e: math.log(float(error_of_path(3.0, tau)) / e), 0.5, 12.0) for e in levels], found


@check("write-error-map", "logarithm of the error rate in fields of 0 and H_k / 10, i = 2, 4 and 6 decays", PATH,
       within=0.06, absolute=True)  # fmt: skip
def helped() -> Values:
    taus, fields = np.array([4.0, 6.0]), np.array([0.0, 0.1])
    hold = anisotropy_field_by_hand(BISTABLE)
    table = write_error_map(BISTABLE, current=2 * CRITICAL, width=taus * DECAY, field=fields * hold)
    rows = zip(table["field"] / hold, table["width"] / DECAY, strict=True)
    return np.log([float(error_of_path(2 + h, tau, h)) for h, tau in rows]), np.log(table["probability"])


# --- shapes ---------------------------------------------------------------------------------------------


def error_of_trapezoid(top: float, width: float, edge: float) -> float:
    """Error rate of a trapezoid of so many decays at half height: its path backwards from half way round at its end."""
    corners = [0.0, edge, width, width + edge]

    def drive(tau: float) -> float:
        return float(np.interp(tau, corners, [0.0, top, top, 0.0]))

    # Of ln tan(theta / 2) the slope is k - cos(theta); with G, the growth of small angles, and what noise adds.
    def slopes(back: float, state: FloatArray) -> list[float]:
        k = drive(corners[-1] - back)
        return [math.tanh(-state[0]) - k]

    def spreads(tau: float, state: FloatArray) -> list[float]:
        return [drive(tau) - 1, 2 * math.exp(-2 * state[0])]

    given: dict[str, Any] = {"rtol": 1e-9, "atol": 1e-10, "max_step": max(edge, 0.1) / 10}
    start = integrate.solve_ivp(slopes, (0.0, corners[-1]), [0.0], **given).y[0, -1]
    spread = integrate.solve_ivp(spreads, (0.0, corners[-1]), [0.0, 0.0], **given).y[1, -1]
    return -math.expm1(-((2 * math.exp(start)) ** 2) * BARRIER / (1 + spread))


@functools.cache
def shaped() -> pd.DataFrame:
    """Trapezoids of the same charge."""
    return pulse_shape(BISTABLE, shapes="trapezoid", overdrive=3.0, width=6 * DECAY, edge=np.array([0, 1.5, 3]) * DECAY)


@check("pulse-shape", "error rate without edges, i = 3, 6 decays", PATH, within=0.015)
def rectangle() -> Values:
    return error_of_path(3.0, 6.0), shaped()["probability"].iloc[0]


@check("pulse-shape", "logarithm of the error rate, edges of a quarter and a half of the width", PATH, within=0.05,
       absolute=True)  # fmt: skip
def edges() -> Values:
    return np.log([error_of_trapezoid(3.0, 6.0, edge) for edge in (1.5, 3.0)]), np.log(shaped()["probability"].iloc[1:])


# --- precession -----------------------------------------------------------------------------------------

PRECESSING = MTJ.preset("kang2017", diameter=44e-9)
GAMMA = PRECESSING.gyromagnetic_ratio * codata.mu_0 / (1 + PRECESSING.damping**2)


@check("precessional-switching", "half period without anisotropy", "π (1 + α²) / γ₀H", unit="s", within=1e-12)
def free_half_period() -> Values:
    table = precessional_switching(PRECESSING, width=1e-10, trajectories=1, seed=1)
    return math.pi / (GAMMA * PRECESSING.field_x), table.attrs["half_period"]


@check("precessional-switching", "half period with a tenth and a fifth of the anisotropy", "energy, by quadrature",
       unit="s", within=1e-6)  # fmt: skip
def half_period_of_energy() -> Values:
    hold, across = anisotropy_field_by_hand(PRECESSING), PRECESSING.field_x
    moment = codata.mu_0 * PRECESSING.saturation_magnetization * PRECESSING.free_layer_thickness
    per_volt = 2 * PRECESSING.vcma_coefficient / (moment * PRECESSING.barrier_thickness)
    sine = across / hold
    top, expected, found = math.sqrt(1 - sine**2), [], []
    for kept in (0.1, 0.2):
        remaining = kept * hold

        def slowness(angle: float, remaining: float = remaining) -> float:
            z = top * math.sin(angle)
            x = sine + remaining / (2 * across) * (top**2 - z * z)
            return top * math.cos(angle) / math.sqrt(1 - z * z - x * x)

        quarter = integrate.quad(slowness, 0, math.pi / 2, epsrel=1e-10, limit=200)[0]
        expected.append(2 * quarter / (GAMMA * across))
        volts = (hold - remaining) / per_volt
        table = precessional_switching(PRECESSING, voltage=volts, width=1e-10, trajectories=1, seed=1)
        found.append(table.attrs["half_period"])
    return expected, found


@check("precessional-switching", "share of 64 reversed after one half period, and two", "1 and 0, but for the noise",
       within=0.1, absolute=True)  # fmt: skip
def reversed_and_back() -> Values:
    half = math.pi / (GAMMA * PRECESSING.field_x)
    table = precessional_switching(PRECESSING, width=[half, 2 * half], trajectories=64, seed=1)
    return [1.0, 0.0], table["probability"]


# --- back-switching -------------------------------------------------------------------------------------


@check("back-switching", "magnets that come back under 1.2 and 1.8 V by a damping-like torque, of 48 each", "none",
       within=0.0, absolute=True)  # fmt: skip
def none_returned() -> Values:
    return np.zeros(4), back_switching(ROUND, voltage=[1.2, 1.8], trajectories=48, seed=1)["probability"]


LOW, LONG, COUNT = 6.0, 600.0, 200


def two_wells() -> float:
    """Share back after 600 decays of those that have left, of density exp(6 (z^2 + 2 k z)), field less torque k."""
    k = 0.53 - 0.5

    def passage(end: float) -> float:
        """Twice the mean time from an end to the saddle: the dwell time, in decays."""

        def weight(z: float) -> float:
            return math.exp(LOW * (z * z + 2 * k * z))

        def outer(z: float) -> float:
            return abs(integrate.quad(weight, end, z)[0]) / weight(z) / (1 - z * z)

        return 4 * LOW * abs(integrate.quad(outer, end, -k)[0])

    leave, back = 1 / passage(1.0), 1 / passage(-1.0)
    first = (back + leave * math.exp(-(leave + back) * LONG)) / (leave + back)
    still = math.exp(-leave * LONG)
    return (first - still) / (1 - still)


@functools.cache
def returned() -> pd.Series:
    """A field-like torque towards the first state, against the damping-like one."""
    device = junction_with_barrier(LOW, tmr=1e-6).replace(damping=0.3)
    voltage = 0.5 * device.critical_current_to_parallel * device.parallel_resistance
    field = -0.53 * anisotropy_field_by_hand(device) / voltage**2
    device = device.replace(field_like_per_square_volt=field)
    given: dict[str, Any] = {"voltage": [voltage], "states": ["antiparallel"], "seed": 2, "temperature": ROOM}
    return back_switching(device, width=LONG / rate_of(device), trajectories=COUNT, **given).iloc[0]


WELLS = "two states, Brown's dwell times by quadrature"


@check(
    "back-switching", "two-state picture, Δ = 6, a field-like torque of 0.53 H_k against i = 0.5", WELLS, within=0.05
)
def two_states() -> Values:
    return two_wells(), returned()["two_state"]


# A rest of eight decays at no voltage mixes the states by 8 / 170.
@check("back-switching", f"share back of {COUNT} such magnets that switch", WELLS, within="3 standard errors, and 0.03")
def share_returned() -> Values:
    expected = two_wells()
    return expected, returned()["probability"], 3 * math.sqrt(expected * (1 - expected) / returned()["switched"]) + 0.03
