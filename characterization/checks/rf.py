"""Checks of oscillators and resonances: Slavin and Tiberkevich, Kittel, Adler, Kuramoto, the macrospin's spin diode."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
import scipy.constants as codata

from ...devices.language.waveforms.shapes import FloatArray
from ...devices.models.junctions.mtj import MTJ
from ...devices.models.oscillators.auto_oscillator import AutoOscillator
from ..benches.oscillators.amplitude import amplitude
from ..benches.oscillators.injection_locking import injection_locking
from ..benches.oscillators.linewidth import linewidth
from ..benches.oscillators.orbit import orbit
from ..benches.oscillators.synchronisation import synchronisation
from ..benches.resonance.fmr import fmr
from ..benches.resonance.spin_diode import spin_diode
from .check import Values, check
from .forms import ROOM, efficiency_by_hand, resonance

SLAVIN = "Slavin and Tiberkevich, closed form"
OSCILLATOR = AutoOscillator(action=1e-26)
CURRENTS = np.array([1.4e-3, 2e-3])


def power_of(device: AutoOscillator, current: FloatArray) -> FloatArray:
    """Power (zeta - 1) / (zeta + 1) of an oscillator whose damping grows as its pump falls."""
    zeta = current / device.threshold_current
    return np.asarray((zeta - 1) / (zeta + 1))


# --- oscillators ----------------------------------------------------------------------------------------

FAST = AutoOscillator(damping_rate=2e9, resistance_swing=0.01, initial_power=1e-6)


@check("amplitude", "amplitude of an auto-oscillator, 2 % and 50 % above threshold", SLAVIN, unit="V", within=1e-6)
def size() -> Values:
    currents = FAST.threshold_current * np.array([1.02, 1.5])
    expected = FAST.resistance_swing * currents * np.sqrt(power_of(FAST, currents))
    return expected, amplitude(FAST, current=currents)["amplitude"]


@check("amplitude", "threshold of an auto-oscillator", "the declared one", unit="A", within=1e-4)
def threshold() -> Values:
    table = amplitude(FAST, current=FAST.threshold_current * np.array([0.7, 0.9, 1.1, 1.3]))
    return FAST.threshold_current, table.attrs["threshold"]


@check("amplitude", "amplitude below the threshold", "none", unit="V", within=0.0, absolute=True)
def silence() -> Values:
    return np.zeros(2), amplitude(FAST, current=FAST.threshold_current * np.array([0.8, 0.95]))["amplitude"]


@functools.cache
def orbits() -> pd.DataFrame:
    """Orbits of the auto-oscillator."""
    return orbit(OSCILLATOR, current=CURRENTS, temperature=ROOM)


@check("orbit", "frequency of an auto-oscillator", SLAVIN, unit="Hz", within=1e-9)
def frequency() -> Values:
    shifted = OSCILLATOR.angular_frequency + OSCILLATOR.nonlinear_frequency_shift * power_of(OSCILLATOR, CURRENTS)
    return shifted / (2 * np.pi), orbits()["frequency"]


@check("orbit", "relaxation rate of an auto-oscillator", "2 Γ (ζ − 1)", unit="1/s", within=1e-6)
def relaxation() -> Values:
    return 2 * OSCILLATOR.damping_rate * (CURRENTS / OSCILLATOR.threshold_current - 1), orbits()["relaxation_rate"]


@check("orbit", "first harmonic of an auto-oscillator's voltage", "ΔR I √p", unit="V", within=1e-6)
def harmonic() -> Values:
    return OSCILLATOR.resistance_swing * CURRENTS * np.sqrt(power_of(OSCILLATOR, CURRENTS)), orbits()["harmonic_1"]


@check("orbit", "linewidth of an auto-oscillator", SLAVIN, unit="Hz", within=1e-7)
def orbit_width() -> Values:
    return width_of(OSCILLATOR, CURRENTS), orbits()["linewidth"]


@functools.cache
def lines() -> pd.DataFrame:
    """Lines of the auto-oscillator."""
    return linewidth(OSCILLATOR, current=CURRENTS, offset=[1e4, 1e5], temperature=ROOM)


def broadening(device: AutoOscillator, currents: FloatArray) -> FloatArray:
    """1 + nu^2."""
    zeta = currents / device.threshold_current
    return np.asarray(1 + (device.nonlinear_frequency_shift / (device.damping_rate * (zeta + 1))) ** 2)


def width_of(device: AutoOscillator, currents: FloatArray) -> FloatArray:
    """(1 + nu^2) Gamma_+ k_B T / (2 pi lambda omega p_0)."""
    power = power_of(device, currents)
    omega = device.angular_frequency + device.nonlinear_frequency_shift * power
    linear = device.damping_rate * (1 + power) * codata.k * ROOM / (2 * np.pi * device.action * omega * power)
    return np.asarray(linear * broadening(device, currents))


@check("linewidth", "width of an auto-oscillator's line", SLAVIN, unit="Hz", within=1e-7)
def width() -> Values:
    return width_of(OSCILLATOR, CURRENTS), lines().drop_duplicates("current")["linewidth"]


@check("linewidth", "broadening of it by its amplitude", "1 + ν²", within=1e-7)
def broadened() -> Values:
    return broadening(OSCILLATOR, CURRENTS), lines().drop_duplicates("current")["broadening"]


@check("linewidth", "relaxation frequency of it", "Γ (ζ − 1) / π", unit="Hz", within=1e-6)
def corner() -> Values:
    expected = OSCILLATOR.damping_rate * (CURRENTS / OSCILLATOR.threshold_current - 1) / np.pi
    return expected, lines().drop_duplicates("current")["relaxation_frequency"]


@check("linewidth", "phase noise of it close to the line", "Δf / 2πf²", unit="dB", within=1e-4, absolute=True)
def phase_noise() -> Values:
    table = lines()
    return 10 * np.log10(table["linewidth"] / (2 * np.pi * table["offset"] ** 2)), table["phase_noise"]


@check("linewidth", "phase noise of it beyond the relaxation", SLAVIN, unit="dB", within=5e-3, absolute=True)
def far_noise() -> Values:
    far = linewidth(OSCILLATOR.replace(frequency=1e11), current=2e-3, offset=[3e9], temperature=ROOM).iloc[0]
    seen = 1 / (1 + (far["offset"] / far["relaxation_frequency"]) ** 2)
    seen = (1 + (far["broadening"] - 1) * seen) / far["broadening"]
    return 10 * np.log10(seen * far["linewidth"] / (2 * np.pi * far["offset"] ** 2)), far["phase_noise"]


@check("linewidth", "width on 16 noisy trajectories", "that of the orbit", unit="Hz", within="2.5 standard errors")
def noisy_width() -> Values:
    row = linewidth(OSCILLATOR, current=2e-3, offset=[1e6], temperature=ROOM, trajectories=16, seed=3).iloc[0]
    return row["linewidth"], row["measured_linewidth"], 0.25 * row["linewidth"]  # a tenth, of sixteen records


# --- resonance at rest ----------------------------------------------------------------------------------

M_S, GAMMA, DAMPING = 8e5, 1.76085963e11 * codata.mu_0, 0.02
FILM = {"demagnetizing_factor_x": 0.0, "demagnetizing_factor_y": 0.0, "demagnetizing_factor_z": 1.0}
LAYER = MTJ(
    saturation_magnetization=M_S, damping=DAMPING, interfacial_anisotropy=0.0, initial_polar_angle=math.pi / 2, **FILM
)
KITTEL = "Kittel, all orders of the damping"
HOLD = 4e4
HELD = LAYER.replace(
    uniaxial_anisotropy=HOLD * codata.mu_0 * M_S / 2, anisotropy_polar_angle=math.pi / 2, damping=0.005
)


@functools.cache
def dispersions() -> list[tuple[pd.DataFrame, FloatArray, FloatArray]]:
    """Tables of a film in its plane, out of it, and across its easy axis; frequencies and widths of the formula."""
    inside, outside = np.linspace(1e4, 4e5, 5), np.array([9e5, 1.2e6])
    below, above = HOLD * np.array([0.0, 0.5, 0.9]), HOLD * np.array([1.1, 2.0])
    return [
        (fmr(LAYER, field=inside, axis="x"), *resonance(inside, inside + M_S, DAMPING, GAMMA)),
        (
            fmr(LAYER.replace(initial_polar_angle=0.1), field=outside, axis="z"),
            *resonance(outside - M_S, outside - M_S, DAMPING, GAMMA),
        ),
        (
            fmr(HELD, field=below, axis="y"),
            *resonance((HOLD**2 - below**2) / HOLD, np.full(3, M_S + HOLD), HELD.damping, GAMMA),
        ),
        (fmr(HELD, field=above, axis="y"), *resonance(above - HOLD, above + M_S, HELD.damping, GAMMA)),
    ]


@check("fmr", "frequency of a film in its plane, out of it, across its easy axis", KITTEL, unit="Hz", within=1e-7)
def film_frequency() -> Values:
    tables, expected, _ = zip(*dispersions(), strict=True)
    return np.concatenate(expected), np.concatenate([table["frequency"] for table in tables])


@check("fmr", "width of its line", KITTEL, unit="Hz", within=1e-7)
def film_width() -> Values:
    tables, _, expected = zip(*dispersions(), strict=True)
    return np.concatenate(expected), np.concatenate([table["linewidth"] for table in tables])


@check("fmr", "width over the field of a film out of its plane", "4παf (1 + α²) / γ₀", unit="A/m", within=1e-5)
def field_width() -> Values:
    table = dispersions()[1][0]
    return 4 * np.pi * DAMPING * table["frequency"] / GAMMA * (1 + DAMPING**2), table["field_linewidth"]


@check("fmr", "width at half and 0.99 of the critical current, over that without", "1 − i", within=1e-6)
def narrowed_width() -> Values:
    device = MTJ.preset("ikeda2010", initial_polar_angle=math.pi)
    part = np.array([0.0, 0.5, 0.99])
    table = fmr(device, field=0.0, axis="z", current=device.critical_current_to_parallel * part)
    return 1 - part, table["linewidth"] / table["linewidth"].iloc[0]


# --- spin diode -----------------------------------------------------------------------------------------

FIELD, ANGLE = 4e4, 1.0
DIODE = MTJ(
    interfacial_anisotropy=0.0, initial_polar_angle=math.pi / 2, reference_polar_angle=math.pi / 2,
    reference_azimuth=ANGLE, field_x=FIELD, tmr_half_voltage=100.0, **FILM,
)  # fmt: skip


def rectified_by_hand(junction: MTJ, frequency: FloatArray, size: float, fieldlike: float = 0.0) -> FloatArray:
    r"""A film magnetised along x, reference layer at the angle :math:`\psi` in its plane.

    Small y, z follow

    .. math:: \dot y = -\omega_2 z - \alpha \dot z + b\,\epsilon \sin\psi, \qquad
        \dot z = \omega_1 y + \alpha \dot y - b\,\epsilon' \sin\psi

    with :math:`b = \gamma_0 \hbar I / \mu_0 e M_s V`, and :math:`V_{dc} = \frac12 I\, \mathrm{Re}(R' \sin\psi\, y)`.
    """
    m_s, volume = junction.saturation_magnetization, junction.area * junction.free_layer_thickness
    gamma, damping = junction.gyromagnetic_ratio * codata.mu_0, junction.damping
    field = codata.hbar * size / (codata.mu_0 * codata.e * m_s * volume)
    efficiencies = np.array([efficiency_by_hand(junction, math.cos(ANGLE)), fieldlike])
    along, across = gamma * field * math.sin(ANGLE) * efficiencies
    omega = 2 * np.pi * frequency
    stiff, soft = gamma * (FIELD + m_s) + 1j * damping * omega, gamma * FIELD + 1j * damping * omega
    y = (1j * omega * along + stiff * across) / (stiff * soft - omega**2)
    ratio, parallel = junction.tmr, junction.area / junction.resistance_area_product
    slope = parallel * ratio / (2 * (1 + ratio))
    conductance = slope * (2 / ratio + 1 + math.cos(ANGLE))
    return np.asarray(0.5 * size * np.real(-slope * math.sin(ANGLE) / conductance**2 * y))


@check(
    "spin-diode", "voltage of a film, damping-like and field-like torque", "macrospin, closed form",
    unit="V", within="2e-6, and 1e-8 of the largest",
)  # fmt: skip
def rectified() -> Values:
    expected, found = [], []
    for fieldlike in (0.0, 0.2):
        junction = DIODE.replace(field_like_efficiency=fieldlike)
        table = spin_diode(junction, field=FIELD, axis="x", amplitude=1e-7)
        found.append(table["rectified_voltage"])
        expected.append(rectified_by_hand(junction, table["frequency"].to_numpy(), 1e-7, fieldlike))
    formula = np.concatenate(expected)
    return formula, np.concatenate(found), 2e-6 * np.abs(formula) + 1e-8 * np.abs(formula).max()


@check("spin-diode", "difference of the driven orbit's mean, at half the amplitude", "of fourth order: 1/4", within=0.1)
def fourth_order() -> Values:
    device, current = MTJ.preset("kim2015-inplane"), -2e-5
    first = spin_diode(device, current=current)
    size, line, width = (float(np.ravel(first.attrs[name])[0]) for name in ("amplitude", "resonance", "linewidth"))
    wrong = []
    for drive in (size, size / 2):
        frequency = line + width * np.array([-1.0, 0.0, 2.0])
        second, whole = (
            spin_diode(device, frequency=frequency, current=current, amplitude=drive, method=name)["rectified_voltage"]
            for name in ("second-order", "orbit")
        )
        wrong.append(np.max(np.abs(whole / second - 1)))
    return 0.25, wrong[1] / wrong[0]


# --- locking and synchronisation ------------------------------------------------------------------------

#: Fast, so that the terms that turn against the drive are not felt.
LOCKED = AutoOscillator(frequency=4e10, nonlinear_frequency_shift=-5e9, resistance_swing=1e-3)
CURRENT = 1.5e-3


@check("injection-locking", "Adler's half range of an auto-oscillator, three nonlinearities", "closed form", unit="Hz",
       within=1e-7)  # fmt: skip
def adler() -> Values:
    expected, found = [], []
    for shift in (0.0, -1e10, 2e10):
        device = LOCKED.replace(nonlinear_frequency_shift=shift)
        table = injection_locking(device, [1e-6, 3e-6], current=CURRENT, method="adler")
        drive = device.injection_efficiency * table["amplitude"] / (2 * np.sqrt(power_of(device, np.array(CURRENT))))
        expected.append(drive * np.sqrt(broadening(device, np.array(CURRENT))) / (2 * np.pi))
        found.append((table["adler_upper"] - table["adler_lower"]) / 2)
    return np.concatenate(expected), np.concatenate(found)


def slow_edges(device: AutoOscillator, size: float) -> FloatArray:
    r"""Edges of :math:`0 = [g(p) - i (\omega(p) - \omega_d)] c + F`.

    Of each power at most two detunings, and a fold where a detuning has one of its two powers no more; with the
    Jacobian's determinant as the sign of the fold.
    """
    zeta, force = CURRENT / device.threshold_current, device.injection_efficiency * size / 2
    rest = float(power_of(device, np.array(CURRENT)))
    shift, damping = device.nonlinear_frequency_shift, device.damping_rate
    edges = []
    for side in (-1, 1):
        power = np.linspace(0.5 * rest, 1.5 * rest, 400001)
        growth = damping * (zeta * (1 - power) - 1 - power)
        square = force**2 / power - growth**2
        turn = side * np.sqrt(np.where(square > 0, square, np.nan))  # omega_d - omega(p)
        slope = -damping * (zeta + 1)
        determinant = growth * (growth + 2 * power * slope) + turn * (turn - 2 * power * shift)
        stable = (determinant > 0) & (growth + power * slope < 0)
        edges.append((turn + shift * (power - rest))[stable])
    both = np.concatenate(edges)
    free = device.angular_frequency + shift * rest
    return np.asarray((free + np.array([np.nanmin(both), np.nanmax(both)])) / (2 * np.pi))


@check("injection-locking", "edges of a strong drive", "fold of the slow equation", unit="Hz",
       within="0.4 % of the half range")  # fmt: skip
def edges() -> Values:
    row = injection_locking(LOCKED, 1e-3, current=CURRENT).iloc[0]
    half = (row["adler_upper"] - row["adler_lower"]) / 2
    return slow_edges(LOCKED, 1e-3), row[["lower", "upper"]], 0.004 * half


COUPLED = AutoOscillator(nonlinear_frequency_shift=-5e9, action=6e-28)
KURAMOTO = "Kuramoto, √(1 − K_c / K)"


@check("synchronisation", "order parameter of 100 oscillators at 2 and 4 K_c, with and without lag", KURAMOTO,
       within=0.02, absolute=True)  # fmt: skip
def order() -> Values:
    tables = [synchronisation(COUPLED, strength=[2.0, 4.0], lag=lag, seed=1) for lag in (0.0, 0.6)]
    return np.sqrt([0.5, 0.75] * 2), np.concatenate([table["order_parameter"] for table in tables])


@check("synchronisation", "the same with noise, at 3 K_c", f"{KURAMOTO}, with π Δf", within=0.04, absolute=True)
def noisy_order() -> Values:
    spread = 1e-2 * COUPLED.damping_rate / (2 * np.pi)
    table = synchronisation(COUPLED, strength=[3.0], temperature=ROOM, spread=spread, seed=2)
    return math.sqrt(2 / 3), table["order_parameter"]


@check("synchronisation", "order parameter of two oscillators at 1.1 and 2 K_c", "cos(φ/2), sin φ = K_c / K",
       within=2e-3, absolute=True)  # fmt: skip
def pair() -> Values:
    strength = np.array([1.1, 2.0])
    table = synchronisation(COUPLED, strength=strength, oscillators=2, seed=1)
    return np.cos(np.arcsin(1 / strength) / 2), table["order_parameter"]
