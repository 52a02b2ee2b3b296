"""Checks of slow thermal physics: Brown's rates, Kurkijärvi's and Sharrock's laws, the telegraph's statistics."""

from __future__ import annotations

import functools
import math

import numpy as np
import pandas as pd
from scipy.integrate import cumulative_simpson

from ..benches.two_states.coercivity import coercivity
from ..benches.two_states.read_disturb import read_disturb
from ..benches.two_states.retention import retention
from ..benches.two_states.telegraph import telegraph
from ..cells.errors.arrhenius import TEN_YEARS
from .check import Values, check
from .forms import ROOM, brown_rate, junction_with_barrier, rate_of

BARRIER = 45.0
MEMORY = junction_with_barrier(BARRIER)
BROWN = "Brown 1963, as remembered"

# --- telegraph ------------------------------------------------------------------------------------------

#: A torque per voltage that is constant: both states have the same critical voltage.
P_BIT_BARRIER = 14.0
P_BIT = junction_with_barrier(P_BIT_BARRIER).replace(tmr=1e-6)


@functools.cache
def jumps() -> pd.DataFrame:
    """Telegraph of a p-bit of 14 k_B T."""
    return telegraph(P_BIT, voltage=np.linspace(-8e-3, 8e-3, 9), dwells=400, seed=4)


def scaled_voltage() -> np.ndarray:
    """2 Delta V / V_c, with the sign of the slope."""
    critical = P_BIT.critical_current_to_parallel * P_BIT.parallel_resistance
    table = jumps()
    return np.asarray(2 * P_BIT_BARRIER * table["voltage"] / critical * np.sign(table.attrs["slope"]))


@check("telegraph", "sigmoid of a p-bit, Δ = 14", "½ (1 + tanh 2Δ V / V_c)", within=0.02, absolute=True)
def sigmoid() -> Values:
    return 0.5 * (1 + np.tanh(scaled_voltage())), jumps()["probability"]


# (1 + i) / (1 - i) of the wells' widths adds 2 i to 4 Delta i, and Brown's next terms take some of it away.
@check("telegraph", "its slope, times the critical voltage", "4Δ", within="2 / Δ, terms of order 1")
def slope() -> Values:
    critical = P_BIT.critical_current_to_parallel * P_BIT.parallel_resistance
    return 4 * P_BIT_BARRIER, abs(jumps().attrs["slope"] * critical), 8.0


@check("telegraph", "mean of 400 drawn dwell times at 9 voltages", "dwell time of the two-state mode", unit="s",
       within="4 standard errors")  # fmt: skip
def dwells() -> Values:
    table = jumps()
    columns = [[table[f"{name}_{state}"] for state in table.attrs["states"]] for name in ("dwell", "drawn", "error")]
    dwell, drawn, error = (np.concatenate(column) for column in columns)
    return dwell, drawn, 4 * error


# --- coercivity -----------------------------------------------------------------------------------------

PACES = np.array([1e-4, 1e-1, 1e2, 2e4])


def kurkijarvi(pace: float, barrier: float, attempt: float) -> tuple[float, float]:
    """Mean and deviation of the torque at which the state is left, from Brown's rate by quadrature.

    <i> = i_0 + int S di, S(i) = exp(-int Gamma di / r).
    """
    grid = np.linspace(0.0, 0.8, 8001)
    survival = np.exp(-cumulative_simpson(brown_rate(grid, barrier, attempt), x=grid, initial=0.0) / pace)
    left, at = -np.diff(survival), 0.5 * (grid[1:] + grid[:-1])
    mean = float(at @ left)
    return mean, math.sqrt(float((at - mean) ** 2 @ left))


@functools.cache
def swept() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """The antiparallel state over eight decades of the rate; mean and deviation of the current by quadrature."""
    critical = MEMORY.critical_current_to_parallel
    table = coercivity(MEMORY, quantity="current", rate=PACES * critical)
    exact = np.array([kurkijarvi(pace, BARRIER, rate_of(MEMORY)) for pace in PACES]) * critical
    return table[table["state"] == "antiparallel"], exact[:, 0], exact[:, 1]


# Brown's next term, 1 / Delta' of the rate, moves the mean by it over d ln Gamma / di.
@check("coercivity", "mean switching current, Δ = 45, 10⁻⁴ to 2·10⁴ critical currents a second",
       f"{BROWN}: the rate integrated", unit="A", within="1.5 / Δ', Brown's next term")  # fmt: skip
def mean_current() -> Values:
    table, mean, _ = swept()
    critical = MEMORY.critical_current_to_parallel
    remaining = 1 - mean / critical
    return mean, table["mean"], 1.5 / (BARRIER * remaining**2) / (2 * BARRIER * remaining) * critical


@check("coercivity", "spread of the switching current", f"{BROWN}: the rate integrated", unit="A", within=0.03)
def spread_of_current() -> Values:
    table, _, deviation = swept()
    return deviation, table["standard_deviation"]


# d left / d ln r = -1 / (1 - 1 / left + ...): within a tenth of one.
@check("coercivity", "fall of the barrier left at the coercive field, over ln of the rate", "Sharrock: −1",
       within=0.1)  # fmt: skip
def sharrock() -> Values:
    table = coercivity(MEMORY, quantity="field_z", rate=np.logspace(0, 8, 9), read_voltage=0.0)
    part = table[table["state"] == "antiparallel"]
    left = BARRIER * (1 - part["mean"] / MEMORY.anisotropy_field) ** 2
    return -1.0, np.polyfit(np.log(part["rate"]), left, 1)[0]


# --- retention and reads --------------------------------------------------------------------------------


@functools.cache
def held() -> tuple[pd.DataFrame, np.ndarray]:
    """The table at three temperatures, and the barrier over k_B T in each row."""
    table = retention(MEMORY, temperature=[250.0, 300.0, 400.0], time=[1.0, 1e5, TEN_YEARS])
    return table, BARRIER * ROOM / table["temperature"].to_numpy()


@check("retention", "barrier at 250, 300, 400 K", "Δ T₀ / T", within=1e-3)
def barrier() -> Values:
    table, expected = held()
    return expected, table["barrier"]


@check("retention", "lifetime at 250, 300, 400 K", BROWN, unit="s", within="1.5 / Δ, Brown's next term")
def lifetime() -> Values:
    table, above = held()
    expected = np.array([1 / float(brown_rate(0.0, each, rate_of(MEMORY))) for each in above])
    return expected, table["lifetime"], 1.5 / above * expected


@check("retention", "probability to have flipped after a second, a day, ten years", "½ (1 − exp(−2t / τ))", within=1e-6)
def flipped() -> Values:
    table, _ = held()
    return -0.5 * np.expm1(-2 * table["time"] / table["lifetime"]), table["flipped"]


@check("read-disturb", "probability after 1 and 10⁹ reads of 20 ns", f"1 − exp(−N t Γ), {BROWN}",
       within="2 / Δ (1 − i)²")  # fmt: skip
def disturbed() -> Values:
    junction = MEMORY.replace(tmr=1e-6)  # the same resistance in both states
    critical = junction.critical_current_to_parallel * junction.parallel_resistance
    table = read_disturb(junction, voltage=np.array([0.2, 0.4]) * critical, reads=[1.0, 1e9], width=2e-8)
    part = table[table["state"] == "antiparallel"]
    i = part["voltage"].to_numpy() / critical
    rates = brown_rate(i, BARRIER, rate_of(junction))
    expected = -np.expm1(-part["reads"].to_numpy() * 2e-8 * rates)
    return expected, part["probability"], 2 / (BARRIER * (1 - i) ** 2) * expected
