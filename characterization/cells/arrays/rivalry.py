r"""Margin, offset and noise of a current-mode decision between two columns, referred to the current of a column.

A current that the column of the second place is given besides brings both to a balance, :math:`y = 0` with :math:`y`
the difference of their voltages in the winner-take-all: that is the margin :math:`I_m`. There, with the derivatives of
:math:`y` by the current and by the transistors' thresholds, and the spectral density of its noise,

.. math::

    \sigma_\mathrm{offset}^2 = \sum_k \left(\frac{\partial y/\partial V_k}{\partial y/\partial I}\right)^2
        \frac{A_{VT}^2}{W_k L_k}, \qquad
    \sigma_\mathrm{noise}^2 = \frac{\int S_y\,df + 4 k_B T G \int |\partial y / \partial I|^2\,df}
        {(\partial y/\partial I)^2}

(:math:`G` the conductance of the memristors in both columns, whose models have no thermal noise), and the probability
that the other column wins is :math:`Q(I_m / \sigma)` of both together. That is the noise of an instant; the neurons'
integration of the winner's current makes it less.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....circuits.cells.arrays.classifier import PatternClassifier
from ....circuits.cells.building.subcircuits import CellCircuit
from ....circuits.engine.analyses import Analysis, DCSweep, Noise, OperatingPoint
from ....circuits.engine.ngspice import run
from ....devices.core.distributions import normal_sf
from ....devices.language.errors import SimulationError
from ..errors.arrhenius import BOLTZMANN
from ..errors.input_referred import transistors
from ..standard import bench_deck, first_crossing, run_bench

#: Points to either side in which a balance is looked for, shift of a threshold [V], and band of the noise [Hz].
SEARCH, SHIFT, BAND = 40, 5e-4, (1e3, 1e12)


@dataclass(frozen=True)
class Rivalry:
    """A decision on a pattern.

    Attributes
    ----------
    rival : int
        Number of the output in the second place.
    margin : float
        Current that brings it to a balance; negative if it wins over the right one. [A]
    offset, noise : float
        Standard deviations of that current, by mismatch and by thermal noise. [A]
    """

    rival: int
    margin: float
    offset: float
    noise: float

    @property
    def error_rate(self) -> float:
        """Probability that the other column wins, of any classifier of many, at one decision."""
        return float(normal_sf(self.margin / math.hypot(self.offset, self.noise)))


@dataclass(frozen=True)
class _Runs:
    """Operating points of a classifier whose columns are given currents."""

    cell: PatternClassifier
    circuit: CellCircuit
    winners: Mapping[str, int]

    @property
    def lines(self) -> list[str]:
        cell = self.cell
        inputs = [f"Vinput_{i} input_{i} 0 0" for i in range(1, cell.inputs + 1)]
        balance = [f"Ibalance_{j} x1.column_{j} 0 0" for j in range(1, cell.outputs + 1)]
        return [*inputs, f"Vclamp clamp 0 {cell.clamp_voltage!r}", *balance]

    def tables(self, series: Sequence[tuple[Sequence[str], Analysis]], seen: Sequence[str] = ()) -> list[pd.DataFrame]:
        """The voltages in the winner-take-all, and others."""
        vectors = [f"v(x1.rival_{j})" for j in range(1, self.cell.outputs + 1)]
        return run_bench(self.cell, self.lines, series, circuit=self.circuit, save=[*vectors, *seen])

    def shown(self, pattern: str, currents: Mapping[int, float]) -> list[str]:
        """Commands that show a pattern, and give the columns currents."""
        levels = [float(bit) * self.cell.supply_voltage for bit in pattern]
        inputs = [f"alter vinput_{i} dc = {level!r}" for i, level in enumerate(levels, 1)]
        columns = range(1, self.cell.outputs + 1)
        return [*inputs, *(f"alter ibalance_{j} dc = {currents.get(j, 0.0)!r}" for j in columns)]


def rivalries(cell: PatternClassifier, patterns: Mapping[str, int]) -> dict[str, Rivalry]:
    """Margins, offsets and noises of the decisions on patterns, by the pattern.

    Parameters
    ----------
    cell : CrossbarClassifier
        The classifier.
    patterns : Mapping
        Number of the output that has to win, by the pattern.

    Raises
    ------
    SimulationError
        If no current of another column balances the winner's.
    """
    runs = _Runs(cell, cell.subcircuit(for_bench=True), patterns)
    columns = range(1, cell.outputs + 1)
    shown = [(runs.shown(pattern, {}), OperatingPoint()) for pattern in patterns]
    carried = [
        {j: float(table[f"@m.x1.mclamp_{j}[id]"].iloc[0]) for j in columns}
        for table in runs.tables(shown, [f"@m.x1.mclamp_{j}[id]" for j in columns])
    ]
    others = [
        {j: current for j, current in found.items() if j != winner}
        for found, winner in zip(carried, patterns.values(), strict=True)
    ]
    rivals = [max(found, key=found.__getitem__) for found in others]
    sweeps = []
    for pattern, found, rival in zip(patterns, carried, rivals, strict=True):
        ahead = found[patterns[pattern]] - found[rival]
        step = (abs(ahead) + found[rival] / 2) / SEARCH
        sweeps.append(
            (runs.shown(pattern, {}), DCSweep(f"ibalance_{rival}", ahead - SEARCH * step, ahead + SEARCH * step, step))
        )
    balances = []
    for pattern, table, rival in zip(patterns, runs.tables(sweeps), rivals, strict=True):
        apart = (table[f"v(x1.rival_{patterns[pattern]})"] - table[f"v(x1.rival_{rival})"]).to_numpy()
        balances.append(first_crossing(table["sweep"].to_numpy(), apart, 0.0, rising=False))
        if math.isnan(balances[-1]):
            raise SimulationError(f"{cell!r}: no current of column {rival} balances the pattern {pattern}")
    return {
        pattern: _at_balance(runs, pattern, rival, current)
        for pattern, rival, current in zip(patterns, rivals, balances, strict=True)
    }


def _at_balance(runs: _Runs, pattern: str, rival: int, current: float) -> Rivalry:
    """Offset and noise around the balance."""
    cell, winner = runs.cell, runs.winners[pattern]
    near = (f"_{winner}", f"_{rival}")
    parts = [part for part in transistors(cell, runs.circuit) if part.name.endswith(near)]
    small = 1e-3 * abs(current) or 1e-12
    changes = [runs.shown(pattern, {rival: current}), runs.shown(pattern, {rival: current + small})]
    undo = runs.shown(pattern, {rival: current})
    for part in parts:
        changes.append([*undo, f"alter {part.name} delvto = {SHIFT!r}"])
        undo = [f"alter {part.name} delvto = 0"]
    tables = runs.tables([(change, OperatingPoint()) for change in changes])
    names = [f"v(x1.rival_{j})" for j in (winner, rival)]
    at_rest, given, *shifted = (float(table[names[0]].iloc[0] - table[names[1]].iloc[0]) for table in tables)
    gain = (given - at_rest) / small
    effects = (np.array(shifted) - at_rest) / SHIFT / gain
    deviations = np.array([part.deviation for part in parts])
    lines = [*runs.lines]
    for command in runs.shown(pattern, {rival: current}):
        name, value = command.split()[1], command.split()[-1]
        where = next(k for k, line in enumerate(lines) if line.lower().startswith(f"{name} "))
        lines[where] = " ".join([*lines[where].split()[:3], value, "ac 1" if name == f"ibalance_{rival}" else ""])
    noise = Noise(*BAND, 10, output=f"v(x1.rival_{winner},x1.rival_{rival})", source=f"ibalance_{rival}")
    spectra = run(bench_deck(cell, runs.circuit, lines), noise, osdi=runs.circuit.files)
    frequency = spectra["frequency"].to_numpy()
    output, referred = (np.real(spectra[name].to_numpy()) for name in ("onoise_spectrum", "inoise_spectrum"))
    on, off = cell.conductance_range
    chosen = np.array([float(bit) for bit in pattern]) @ cell.weights[:, [winner - 1, rival - 1]]
    conductance = float(np.sum(off * pattern.count("1") + (on - off) * chosen))
    with np.errstate(divide="ignore", invalid="ignore"):
        transfer = np.where(referred > 0, output / referred, 0.0)
    density = output**2 + 4 * BOLTZMANN * cell.temperature * conductance * transfer**2
    variance = float(np.trapezoid(density, frequency))
    return Rivalry(rival, current, float(np.linalg.norm(effects * deviations)), math.sqrt(variance) / abs(gain))
