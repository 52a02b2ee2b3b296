"""Checks of the static curves of threshold switches."""

from __future__ import annotations

import math

import numpy as np
import scipy.constants as codata

from ...devices.models.threshold_switches.mott_switch import MottSwitch
from ..benches.hysteresis import hysteresis
from ..benches.ndr import ndr
from .check import Values, check

#: Activation energies over the electron charge [V], resistance R_0 [ohm], thermal resistance [K/W], ambient [K].
ENERGIES, PREFACTOR, THERMAL, AMBIENT = (0.15, 0.25, 0.4), 10.0, 1e6, 300.0


def activated(energy: float) -> MottSwitch:
    """A film of which only the activated resistance matters: its transition is far, and little is in series."""
    return MottSwitch(
        activation_energy=energy,
        resistance_prefactor=PREFACTOR,
        resistance_metallic=1e-2,
        transition_temperature=3000.0,
        transition_width=1.0,
        hysteresis_width=0.0,
        thermal_resistance=THERMAL,
        ambient_temperature=AMBIENT,
    )


def turning_temperature(energy: float) -> float:
    """Where k_B T^2 = E_a (T - T_0), the lower one [K]."""
    scale = energy * codata.e / codata.k
    return scale / 2 * (1 - math.sqrt(1 - 4 * AMBIENT / scale))


@check("ndr", "threshold voltage of an activated film", "√(ΔT R₀/R_th) exp(E_a/2kT)", unit="V", within=1e-4)
def threshold() -> Values:
    kelvin = np.array([turning_temperature(energy) for energy in ENERGIES])
    exponents = np.array(ENERGIES) * codata.e / (2 * codata.k * kelvin)
    expected = np.sqrt((kelvin - AMBIENT) * PREFACTOR / THERMAL) * np.exp(exponents)
    return expected, [ndr(activated(energy), largest_current=1.0).attrs["threshold_voltage"] for energy in ENERGIES]


@check("ndr", "temperature at the threshold", "(E_a/2k) [1 − √(1 − 4kT₀/E_a)]", unit="K", within=1e-4)
def temperature() -> Values:
    tables = [ndr(activated(energy), largest_current=1.0) for energy in ENERGIES]
    expected = [turning_temperature(energy) for energy in ENERGIES]
    return expected, [AMBIENT + table.attrs["threshold_parameter"] for table in tables]


@check(
    "ndr", "voltage over the current of the VO₂ film", "a slow sweep of the current by the device's own dynamics",
    unit="V", within=0.01,
)  # fmt: skip
def swept() -> Values:
    device = MottSwitch.preset("zhang2023")
    curve = ndr(device)
    heating = curve[curve["branch"] == "heating"]
    sweep = hysteresis(device, quantity="current", period=4000 * device.thermal_time)
    rising = sweep[(sweep["time"] < sweep["time"].iloc[-1] / 4) & (sweep["current"] > 1e-5)]
    return np.interp(rising["current"], heating["current"], heating["voltage"]), rising["voltage"]
