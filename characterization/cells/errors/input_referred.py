r"""Offset and noise of a clocked decision, referred to its input: small perturbations of one transient.

Until it is large, the difference :math:`y` of two regenerating outputs is linear in all that unbalances them: the input
:math:`u`, the thresholds' shifts :math:`\Delta V_k` of the transistors, charges :math:`q` that noise puts on the nodes.
With the derivatives of :math:`y` at one moment, each from a run of its own, the input at which the decision turns has
the standard deviations

.. math::

    \sigma_\mathrm{offset}^2 = \sum_k \left(\frac{\partial y/\partial V_k}{\partial y/\partial u}\right)^2
        \frac{A_{VT}^2}{W_k L_k}, \qquad
    \sigma_\mathrm{noise}^2 = \sum_k \int \frac{S_k(t)}{2} \left(
        \frac{\partial y/\partial q_{d} - \partial y/\partial q_{s}}{\partial y/\partial u}\right)^2 dt

over the transistors from drain d to source s, with the one-sided density of their noise (:func:`channel_noise`),
which begins before the clock's edge: the noise that the precharge leaves on the nodes, kT/C, is in it. The error rate
with a margin :math:`u` is :math:`Q(u/\sigma)` of both together: of one cell of many, at one decision.

References
----------
J. Kim, B. S. Leibowitz, J. Ren, C. J. Madden, IEEE Trans. Circuits Syst. I 56, 1844 (2009), as remembered: decisions as
linear systems that vary in time. M. J. M. Pelgrom, A. C. J. Duinmaijer, A. P. G. Welbers, IEEE J. Solid-State Circuits
24, 1433 (1989), doi:10.1109/JSSC.1989.572629.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....circuits.cells.building.cell import Cell
from ....circuits.cells.building.cmos import KINDS
from ....circuits.cells.building.subcircuits import CellCircuit
from ....circuits.engine.analyses import Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.waveforms.shapes import FloatArray
from ..standard import bench_nodes, run_bench
from .arrhenius import BOLTZMANN

#: Channel noise of a saturated long channel over that of its transconductance.
SATURATED = 2 / 3
#: Difference of the outputs over the supply up to which they are linear in what unbalances them.
LINEAR = 0.1
#: Shift of a threshold [V] and charge [C] of the perturbations.
SHIFT, CHARGE = 1e-3, 2e-18
#: What the error rates of decisions leave out, for the criteria of their benches.
NOT_COUNTED = "flicker noise not counted"
#: Width of a charge's pulse, largest step, time before the clock's edge of the first charge, longest decision. [s]
PULSE, STEP, BEFORE, LONGEST = 5e-13, 1e-12, 8e-12, 1e-9
#: Charges over time, and a source of none.
CHARGES, QUIET = 16, "0 0 1 1p 1p 1p 1"


def channel_noise(
    transconductance: FloatArray | float, conductance: FloatArray | float, temperature: float
) -> FloatArray:
    r"""One-sided density of the thermal noise of a transistor's channel [A^2/Hz].

    .. math:: S = 4 k_B T \left[\tfrac23 (g_m + g_{mb}) + g_{ds}\right]

    That of a long channel in saturation, and that of its conductance without a voltage; up to 8 % more than a long
    channel's in between. A short channel has more: in saturation the charges of the generic 45 nm model card give 1.75
    times as much. Flicker noise is not in it.

    Parameters
    ----------
    transconductance : array_like
        Of gate and body together. [S]
    conductance : array_like
        From drain to source. [S]
    temperature : float
        Of the channel. [K]

    References
    ----------
    A. van der Ziel, Noise in Solid State Devices and Circuits, Wiley (1986), as remembered.
    """
    density = SATURATED * np.asarray(transconductance) + np.asarray(conductance)
    return np.asarray(4 * BOLTZMANN * temperature * density)


@dataclass(frozen=True)
class Transistor:
    """A transistor of a cell.

    Attributes
    ----------
    name : str
        Its name in the flat netlist of a bench.
    drain, source : str
        Its nodes there.
    deviation : float
        Standard deviation of its threshold. [V]
    """

    name: str
    drain: str
    source: str
    deviation: float


def transistors(cell: Cell, circuit: CellCircuit) -> list[Transistor]:
    """The transistors of a cell without cells in it."""
    outer, found = bench_nodes(circuit), []
    for line in circuit.body.splitlines():
        if not line.startswith("M"):
            continue
        name, drain, _, source, _, model, *sizes = line.split()
        size = dict(word.split("=") for word in sizes)
        (kind,) = (kind for kind in KINDS if cell.process.model_names[kind] == model)
        width = float(size["w"]) * float(size.get("m", 1))
        deviation = cell.process.threshold_deviation(kind, width, float(size["l"]))
        begin, end = (outer.get(node, f"x1.{node}").lower() for node in (drain, source))
        found.append(Transistor(f"m.x1.{name}".lower(), begin, end, deviation))
    return found


@dataclass(frozen=True)
class Decision:
    """The spread of the input at which a decision turns.

    Attributes
    ----------
    offset : float
        Standard deviation by the mismatch of the transistors, from cell to cell, in the input's unit.
    noise : float
        Standard deviation by thermal noise, from decision to decision, in the input's unit.
    temperature : float
        Of the noise. [K]
    kernels : Mapping
        By how much a charge on a node moves that input, at some times, by the node: in the input's unit. [1/C]
    voltages : Mapping
        Voltages of these nodes at these times. [V]
    """

    offset: float
    noise: float
    temperature: float
    kernels: Mapping[str, FloatArray]
    voltages: Mapping[str, FloatArray]

    @property
    def decides(self) -> bool:
        """Whether a small input decides; where it does not, offset and noise are NaN, and nodes have no kernels."""
        return math.isfinite(self.offset)

    def mean_at(self, node: str, value: Callable[[FloatArray], FloatArray]) -> float:
        """Mean of a function of a node's voltage, as the current of a conductance there weighs in the decision."""
        volts = self.voltages[node]
        weights = np.abs(self.kernels[node] * volts)
        return float(np.average(value(volts), weights=weights))

    def error_rate(self, margin: float) -> float:
        """Probability of the wrong decision, of any cell of many, with a margin in the input's unit."""
        if not self.decides:
            return 0.5
        return float(normal_sf(margin / math.hypot(self.offset, self.noise)))

    def noise_error_rate(self, margin: float) -> float:
        """The same of a cell without mismatch."""
        if not self.decides:
            return 0.5
        return float(normal_sf(margin / self.noise))


@dataclass(frozen=True)
class Balance:
    """A clocked cell with equal inputs, to be unbalanced.

    Attributes
    ----------
    cell : Cell
        The cell, with the outputs ``output`` and ``output_bar``.
    lines : sequence of str
        The bench's lines around it, with equal inputs.
    edge : float
        When its clock rises. [s]
    inputs : callable
        Commands that put an input on it, by its size.
    size : float
        A small input.
    mirrored : Mapping
        Its nodes where noise unbalances it: each of the one side, and what it is on the other side.
    conductances : Mapping
        Conductances to ground outside the cell, which have thermal noise, by their nodes. [S]
    """

    cell: Cell
    lines: Sequence[str]
    edge: float
    inputs: Callable[[float], Sequence[str]]
    size: float
    mirrored: Mapping[str, str]
    conductances: Mapping[str, float]

    def decision(self) -> Decision:
        """Measure offset and noise."""
        circuit = self.cell.subcircuit(for_bench=True)
        parts, nodes = transistors(self.cell, circuit), list(self.mirrored)
        moment = self._moment(circuit)
        if moment is None:
            return Decision(math.nan, math.nan, self.cell.temperature, {}, {})
        times = np.linspace(self.edge - min(BEFORE, self.edge / 2), moment - PULSE, CHARGES)
        undone: Sequence[str] = ()
        changes = []
        for done, undo in self._perturbations(parts, times):
            changes.append([*undone, *done])
            undone = undo
        seen = [f"@{part.name}[{kind}]" for part in parts for kind in ("gm", "gmbs", "gds")]
        seen += [f"v({node})" for node in nodes if node not in ("output", "output_bar")]
        runs = self._runs(circuit, changes, moment + 2 * STEP, STEP, seen)
        at_rest, per_input, *effects = (
            float(np.interp(moment, run["time"], run["v(output)"] - run["v(output_bar)"])) for run in runs
        )
        per_input = (per_input - at_rest) / self.size
        moved = (np.array(effects) - at_rest) / per_input
        offsets = moved[: len(parts)] / SHIFT * np.array([part.deviation for part in parts])
        by_charge = moved[len(parts) :].reshape(len(nodes), CHARGES) / CHARGE
        kernels = dict(zip(nodes, by_charge, strict=True))
        kernels |= {other: -kernels[node] for node, other in self.mirrored.items()}
        variance = self._noise(parts, kernels, times + PULSE / 2, runs[0])
        voltages = {node: np.interp(times, runs[0]["time"], runs[0][f"v({node})"]) for node in nodes}
        spread = float(np.linalg.norm(offsets)), math.sqrt(variance)
        return Decision(*spread, self.cell.temperature, kernels, voltages)

    def _moment(self, circuit: CellCircuit) -> float | None:
        """When a small input has made the outputs so different that they begin to saturate [s]; None if it does not."""
        (run,) = self._runs(circuit, [self.inputs(self.size)], self.edge + LONGEST, 5 * STEP)
        apart = np.abs((run["v(output)"] - run["v(output_bar)"]).to_numpy()) > LINEAR * self.cell.supply_voltage
        if not apart.any():
            return None
        return float(run["time"].iloc[int(np.argmax(apart))])

    def _perturbations(
        self, parts: Sequence[Transistor], times: FloatArray
    ) -> Iterator[tuple[Sequence[str], Sequence[str]]]:
        """What unbalances the cell, and what undoes it: nothing, the input, thresholds, charges at every time."""
        yield (), ()
        yield self.inputs(self.size), self.inputs(0.0)
        for part in parts:
            yield [f"alter {part.name} delvto = {SHIFT!r}"], [f"alter {part.name} delvto = 0"]
        for k in range(len(self.mirrored)):
            for at in times.tolist():
                pulse = f"[ 0 {CHARGE / PULSE!r} {at:.6g} 1e-15 1e-15 {PULSE!r} 1 ]"
                yield [f"alter @icharge{k}[pulse] = {pulse}"], [f"alter @icharge{k}[pulse] = [ {QUIET} ]"]

    def _noise(
        self, parts: Sequence[Transistor], kernels: Mapping[str, FloatArray], times: FloatArray, run: pd.DataFrame
    ) -> float:
        """Variance of the input by thermal noise."""
        none, total = np.zeros_like(times), 0.0
        for part in parts:
            g = {
                kind: np.interp(times, run["time"], np.abs(run[f"@{part.name}[{kind}]"]))
                for kind in ("gm", "gmbs", "gds")
            }
            density = channel_noise(g["gm"] + g["gmbs"], g["gds"], self.cell.temperature)
            kernel = kernels.get(part.drain, none) - kernels.get(part.source, none)
            total += float(np.trapezoid(density / 2 * kernel**2, times))
        for node, conductance in self.conductances.items():
            white = 4 * BOLTZMANN * self.cell.temperature * conductance
            total += float(np.trapezoid(white / 2 * kernels[node] ** 2, times))
        return total

    def _runs(
        self,
        circuit: CellCircuit,
        changes: Sequence[Sequence[str]],
        end: float,
        step: float,
        seen: Sequence[str] = (),
    ) -> list[pd.DataFrame]:
        return run_bench(
            self.cell,
            [*self.lines, *(f"Icharge{k} 0 {node} pulse({QUIET})" for k, node in enumerate(self.mirrored))],
            [(change, Transient(step, end, max_step=step)) for change in changes],
            circuit=circuit,
            save=["v(output)", "v(output_bar)", *seen],
        )
