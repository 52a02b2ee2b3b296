"""Checks of the benches of memristors: soft bounds, passage times of a drifting state, areas of pinched loops."""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ...devices.core.protocols import Sweep
from ...devices.language.declaration import Branch, Option, Parameter, State, Symbols
from ...devices.language.functions import ramp
from ...devices.model import CompactModel
from ...devices.models.memristors.linear_ion_drift import LinearIonDrift
from ...devices.models.memristors.vteam import VTEAM
from ..benches.memristors.cycles import cycles
from ..benches.memristors.loop_area import loop_area
from ..benches.memristors.potentiation import potentiation
from .check import Values, check


class Synapse(CompactModel, abstract=True):
    r"""A synapse whose state moves in proportion to the voltage, freely or towards soft bounds.

    .. math:: \dot x = k v (1 - x), \quad v > 0; \qquad \dot x = k v x, \quad v < 0
    """

    time_scale = 1e-6
    voltage = Branch("p", "n", "voltage")
    bounds_kind = Option("soft", ("soft", "hard"), "how the state comes to its ends")
    rate = Parameter(1e4, "1/(V*s)", "rate k", (1.0, 1e9))
    forgetting = Parameter(0.0, "1/s", "rate of forgetting", (0.0, 1e9))
    initial_state = Parameter(0.0, "1", "state at t = 0", (0.0, 1.0))
    x = State("1", "state", bounds=(0.0, 1.0), initial=lambda s: s.initial_state)

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        """Equations of the device."""
        up, down = ramp(s.voltage), ramp(-s.voltage)
        soft = s.rate * (up * (1 - s.x) - down * s.x)
        moved = soft if s.bounds_kind == "soft" else s.rate * s.voltage
        return {"current": (1e-6 + 9e-6 * s.x) * s.voltage, "dx/dt": moved - s.forgetting * s.x}

    def reference_states(self) -> dict[str, dict[str, float]]:
        """The two ends."""
        return {"off": {"initial_state": self.initial_state}, "on": {"initial_state": 1.0}}

    def default_sweep(self) -> Sweep:
        """A volt for some time scales."""
        return Sweep("voltage", 1.0, 1e-4)


# --- potentiation ---------------------------------------------------------------------------------------


@functools.cache
def pulsed() -> pd.DataFrame:
    """50 pulses of 1 / 50 of the time of soft bounds, up and down."""
    return potentiation(Synapse(), width=2e-6, pulses=50)


@check("potentiation", "A of soft bounds, up and down", "1 / k v w pulses", within=1e-4)
def curvature() -> Values:
    return np.full(2, 50.0), [pulsed().attrs[f"a_{name}"] for name in ("potentiation", "depression")]


@check("potentiation", "conductance after each pulse", "G₀ + ΔG (1 − exp(−k v w P))", unit="S", within=1e-6)
def conductance() -> Values:
    table = pulsed()
    expected = 1e-6 + 9e-6 * (1 - np.exp(-np.arange(51) / 50))
    return expected, table[table["direction"] == "potentiation"]["conductance"]


@check("potentiation", "levels that reads with 2 % noise tell apart", "geometric sequence of z (σ + σ')",
       within="one step of the pulses")  # fmt: skip
def levels() -> Values:
    z = 2.3263478740408408  # of 1 %
    ratio = (1 + 0.02 * z) / (1 - 0.02 * z)
    device = Synapse(bounds_kind="hard", initial_state=0.1)
    found = potentiation(device, width=1e-6, pulses=1000, amplitude=0.08, read_noise=0.02).attrs["levels"]
    return 1 + math.floor(math.log(9.1 / 1.9) / math.log(ratio)), found, 1


# --- cycles ---------------------------------------------------------------------------------------------

C, CYCLES = 0.05, 200
NOISY = VTEAM(rate_on=-1.0, rate_off=1.0, exponent_on=1.0, exponent_off=1.0, cycle_to_cycle=C)


@functools.cache
def passages() -> tuple[np.ndarray, float]:
    """Passage times tau of 200 cycles, the integral of the drift to the switching voltage; and the way a."""
    table = cycles(NOISY, number=CYCLES, seed=1)
    amplitude, period, threshold = table.attrs["amplitude"], table.attrs["period"], NOISY.threshold_off

    def drifted(volts: np.ndarray | float) -> np.ndarray:
        angle = np.arcsin(np.asarray(volts) / amplitude)
        swept = -amplitude / threshold * np.cos(angle) - angle
        return np.asarray(NOISY.rate_off / NOISY.travel * period / (2 * math.pi) * swept)

    tau = drifted(table["voltage_reset"].to_numpy()) - drifted(threshold)
    low, high = table["resistance_low"].median(), table["resistance_high"].median()
    way = (math.sqrt(low * high) - NOISY.resistance_on) / (NOISY.resistance_off - NOISY.resistance_on)
    return tau, way


# The state starts within c^2 of its wall, which holds it there as long.
@check(
    "cycles", "mean passage time of 200 cycles, of x = τ + c W(τ) first at a", "a", within="4 standard errors, and c²"
)
def mean_passage() -> Values:
    tau, way = passages()
    return way, np.mean(tau), 4 * C * math.sqrt(way / CYCLES) + C**2


@check("cycles", "its spread", "c √a, inverse Gaussian", within="4 standard errors")
def spread_of_passage() -> Values:
    tau, way = passages()
    return C * math.sqrt(way), np.std(tau), 4 / math.sqrt(2 * CYCLES) * C * math.sqrt(way)


# --- areas ----------------------------------------------------------------------------------------------

DRIFTING = LinearIonDrift(resistance_on=100.0, resistance_off=1000.0, initial_state=0.5)
START, AMPLITUDE = 550.0, 1.0
CLOSED = "linear drift, closed form"


def strength(frequency: float) -> float:
    """B of R^2 = R_0^2 - b (1 - cos w t)."""
    rate = DRIFTING.mobility * DRIFTING.resistance_on / DRIFTING.thickness**2
    swing = DRIFTING.resistance_off - DRIFTING.resistance_on
    return 2 * AMPLITUDE * rate / (2 * math.pi * frequency) * swing


def lobe(frequency: float) -> float:
    """V^2 times the integral of u / sqrt(a + b u) from -1 to 1, a = R_0^2 - b."""
    b = strength(frequency)
    a = START**2 - b

    def primitive(u: float) -> float:
        s = math.sqrt(a + b * u)
        return 2 / b**2 * (s**3 / 3 - a * s)

    return AMPLITUDE**2 * abs(primitive(1.0) - primitive(-1.0))


@check("loop-area", "areas of both lobes at 50, 100, 300 Hz", CLOSED, unit="W", within=1e-6)
def lobes() -> Values:
    frequencies = [50.0, 100.0, 300.0]
    table = loop_area(DRIFTING, frequency=frequencies, amplitude=AMPLITUDE, cycles=1)
    found = np.concatenate([table["area_positive"], table["area_negative"]])
    return [lobe(frequency) for frequency in frequencies] * 2, found


@check("loop-area", "exponent of the area over the frequency, 1 to 100 kHz", "−1", within=2e-3)
def exponent() -> Values:
    table = loop_area(DRIFTING, frequency=np.geomspace(1e3, 1e5, 5), amplitude=AMPLITUDE, cycles=1)
    return -1.0, table.attrs["exponent"]
