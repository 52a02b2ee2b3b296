"""Parts of the benches of cells: the circuit around a cell, energies, tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.recorded import PlacedDevice
from ...circuits.cells.building.subcircuits import CellCircuit
from ...circuits.engine import ngspice
from ...devices.catalog import find_model
from ...devices.core.base import VALID
from ...devices.core.metadata import Column, described_table
from ...devices.core.validity import warn_of_invalid_states
from ...devices.language.errors import SimulationError
from ...devices.language.waveforms.shapes import FloatArray
from ..citing import CITE, cited_for
from .cost import Cost, delivered

#: How far a state may be beyond its bounds, over their distance: bounds in ngspice give way a little.
BEYOND = 0.1


def bench_nodes(circuit: CellCircuit) -> dict[str, str]:
    """Nodes of a cell on a bench: each port's is called as the port, but ground is 0."""
    return {pin: "0" if pin == "ground" else pin for pin in circuit.pins}


def bench_deck(cell: Cell, circuit: CellCircuit, lines: Sequence[str]) -> str:
    """The cell as ``X1``, its supply as the source ``Vsupply``, and further lines around it."""
    return "\n".join([f"* bench of {cell!r}", circuit.text, *circuit_around(cell, circuit, lines)])


def circuit_around(cell: Cell, circuit: CellCircuit, lines: Sequence[str]) -> list[str]:
    """The lines of a bench without the cell's definition."""
    supply = [f"Vsupply supply 0 {cell.supply_voltage!r}"] if "supply" in circuit.pins else []
    return [*supply, circuit.instance("1", bench_nodes(circuit)), *lines]


def run_bench(
    cell: Cell,
    lines: Sequence[str],
    runs: Sequence[tuple[Sequence[str], ngspice.Analysis]] | ngspice.Analysis,
    *,
    circuit: CellCircuit | None = None,
    save: Sequence[str] = (),
    time_limit: float = 900.0,
) -> list[pd.DataFrame]:
    """Run a cell with sources around it, once or with alterations between runs, with the options of the cell.

    Parameters
    ----------
    cell : Cell
        The cell.
    lines : sequence of str
        Netlist lines of the bench: sources and loads at nodes called as the ports.
    runs : analysis, or sequence of pairs
        The runs; see :func:`~synaspice.circuits.engine.ngspice.run_series`.
    circuit : CellCircuit, optional
        The cell's subcircuit, for a bench; default: with ammeters.
    save, time_limit
        As of :func:`~synaspice.circuits.engine.ngspice.run`.

    Raises
    ------
    SimulationError
        If it fails, or a step was too long for a device: its state is far beyond its bounds.
    """
    circuit = circuit or cell.subcircuit(meters=True, for_bench=True)
    series = [((), runs)] if isinstance(runs, ngspice.Analysis) else runs
    found = ngspice.run_series(
        bench_deck(cell, circuit, lines),
        series,
        save=save,
        osdi=circuit.files,
        noise=circuit.noises_of("1"),
        time_limit=time_limit,
    )
    check_states(cell, found)
    return found


def check_states(cell: Cell, runs: Sequence[pd.DataFrame]) -> None:
    """Refuse runs in which the state of a device, as far as it was recorded, has left its bounds.

    Where all that a model's range depends on was recorded, a run beyond it is warned of.

    Parameters
    ----------
    cell : Cell
        The cell, which stands in them as ``X1``.
    runs : sequence of DataFrame
        What ngspice returned, a column for each vector.

    Raises
    ------
    SimulationError
        If one has: by :data:`BEYOND` of the distance of its bounds.
    """
    for placed in cell.recorded():
        if isinstance(placed, PlacedDevice):
            for run in runs:
                _check_bounds(cell, placed, run)
                _check_validity(placed, run)


def _check_bounds(cell: Cell, placed: PlacedDevice, run: pd.DataFrame) -> None:
    for name, state in find_model(placed.model).state_declarations().items():
        vector = _state_vector(placed, name)
        if state.bounds is None or vector not in run:
            continue
        low, high = state.bounds
        least, largest = float(run[vector].min()), float(run[vector].max())
        if least < low - BEYOND * (high - low) or largest > high + BEYOND * (high - low):
            raise SimulationError(
                f"the state {name} of {placed.model} in {cell.model_name()} went from {least:.3g} to {largest:.3g} in "
                f"ngspice, beyond its bounds {low:g} and {high:g}: it moves too fast at these voltages for the bench's "
                "steps; a lower supply makes it slower"
            )


def _check_validity(placed: PlacedDevice, run: pd.DataFrame) -> None:
    """Warn if a device's model did not hold all along a transient."""
    device = find_model(placed.model)(**placed.options, **placed.values)
    if VALID not in map(str, device.system.observables) or "time" not in run:
        return

    def voltage(pin: str) -> FloatArray | float:
        node = placed.nodes[pin]
        return (
            0.0 if node in ("0", "ground") else run[f"v({node})" if f"v({node})" in run else f"v(x1.{node})"].to_numpy()
        )

    try:
        quantities: dict[str, Any] = {
            name: voltage(branch.positive) - voltage(branch.negative) for name, branch in device.branches().items()
        }
        for state in device.state_declarations().values():
            quantities |= {name: run[_state_vector(placed, name)].to_numpy() for name in state.components}
    except KeyError:  # not all of it was recorded
        return
    warn_of_invalid_states(device, device.static(**quantities), run["time"])


def _state_vector(placed: PlacedDevice, state: str) -> str:
    return f"v(x1.{placed.name}_{state})".lower()


def energies(
    run: pd.DataFrame,
    circuit: CellCircuit,
    sources: Mapping[str, str],
    start: float | None = None,
    end: float | None = None,
    *,
    injected: Mapping[str, ArrayLike] | None = None,
) -> dict[str, float]:
    r"""Energy in a part of a transient, by where it comes from and where it goes.

    .. math:: E_\mathrm{source} = \int \max(v\,i, 0)\,dt, \qquad E_\mathrm{device} = \int v\,i\,dt

    Energy that flows back into a source is lost: it counts as zero there, and is told apart.

    Parameters
    ----------
    run : pandas.DataFrame
        A transient of :func:`run_bench` with all vectors.
    circuit : CellCircuit
        The cell's subcircuit, with ammeters.
    sources : Mapping
        Node of every independent voltage source other than ``Vsupply`` between a node and ground, by the source's name.
    start, end : float, optional
        The part of the transient. [s]
    injected : Mapping, optional
        Current from ground that current sources put into a node, one number or one for every time of the transient,
        by the node. [A]

    Returns
    -------
    dict
        ``supply`` and ``inputs``: delivered by the supply and by the other sources; ``devices``: into the devices;
        ``cmos``: into transistors, resistors and capacitors; ``returned``: back into supply and sources. [J]
    """
    time = run["time"].to_numpy()
    part = (time >= (-np.inf if start is None else start)) & (time <= (np.inf if end is None else end))

    def power(node: str, current: FloatArray) -> FloatArray:
        if node == "0":
            return np.zeros(int(part.sum()))
        return np.asarray(run[f"v({node})"].to_numpy()[part] * np.broadcast_to(current, time.shape)[part])

    def of_source(node: str, name: str) -> FloatArray:
        return -power(node, run[f"i({name})"].to_numpy())

    supplied = [of_source("supply", "vsupply")] if "i(vsupply)" in run else []
    driven = [of_source(node.lower(), name.lower()) for name, node in sources.items()]
    driven += [power(node.lower(), np.asarray(current, float)) for node, current in (injected or {}).items()]
    supply, inputs = ([delivered(time[part], each) for each in group] for group in (supplied, driven))
    devices = sum(
        float(
            np.trapezoid(
                power(_seen_outside(circuit, meter.node), run[f"i(v.x1.{meter.source})".lower()].to_numpy()), time[part]
            )
        )
        for meter in circuit.meters
        if _seen_outside(circuit, meter.node) != "0"
    )
    given = {"supply": sum(each for each, _ in supply), "inputs": sum(each for each, _ in inputs)}
    returned = sum(back for _, back in (*supply, *inputs))
    return {**given, "devices": devices, "cmos": sum(given.values()) - returned - devices, "returned": returned}


def _seen_outside(circuit: CellCircuit, node: str) -> str:
    """Name in the results of a node of the cell ``X1``."""
    if node == "0":
        return node
    return bench_nodes(circuit).get(node, f"x1.{node}").lower()


def crossings(time: FloatArray, signal: FloatArray, level: float, rising: bool = True) -> FloatArray:
    """Times at which a signal crosses a level upwards (or downwards), interpolated [s]."""
    above = np.asarray(signal) > level
    changed = np.flatnonzero(above[1:] & ~above[:-1] if rising else ~above[1:] & above[:-1])
    low, high = signal[changed], signal[changed + 1]
    return np.asarray(time[changed] + (level - low) / (high - low) * (time[changed + 1] - time[changed]))


def first_crossing(time: FloatArray, signal: FloatArray, level: float, rising: bool = True) -> float:
    """The first of them; NaN if there is none."""
    found = crossings(time, signal, level, rising)
    return float(found[0]) if len(found) else math.nan


def mean(run: pd.DataFrame, column: str, start: float = 0.0, end: float = np.inf) -> float:
    """Mean over time of a vector of a transient, in a part of it [s]."""
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time = part["time"].to_numpy()
    return float(np.trapezoid(part[column].to_numpy(), time) / (time[-1] - time[0]))


def why_not(faults: Mapping[str, bool]) -> str | None:
    """Why a cell does not work: the faults that it has, in words; None if it has none."""
    return "; ".join(words for words, has in faults.items() if has) or None


def judged(criterion: str, reason: str | None) -> dict[str, Any]:
    """Attributes of a table that tell whether a cell works, how that was judged, and why it does not."""
    return {"works": reason is None, "reason": reason, "criterion": criterion}


def cell_table(
    cell: Cell,
    columns: Mapping[str, Column],
    *,
    costs: Sequence[Cost] | None = None,
    waveforms: Mapping[str, Any] | None = None,
    criterion: str | None = None,
    reason: str | None = None,
    **attributes: Any,
) -> pd.DataFrame:
    """A table of a cell's bench.

    Parameters
    ----------
    cell : Cell
        The cell.
    columns : Mapping
        Values, unit and description of every column.
    costs : sequence of Cost, optional
        Costs of the cell's operations at all points of the bench at which they happened; default: the bench measures
        none.
    waveforms : Mapping, optional
        Waveforms of one point, from :func:`~synaspice.characterization.cells.waveforms.keep`.
    criterion, reason : str, optional
        How it is judged whether the cell does what it is for, and why it does not; see :func:`judged`. Default: it is
        judged by the caller.
    **attributes
        More about the table, as plain values that JSON can hold: ``thermal_noise`` whether the noise of the
        temperature is in it, ``error_rate`` of a cell that decides or stores how often it errs at that temperature, and
        ``attribute_units`` the units of attributes whose names do not end with a quantity's, as ``delay`` does.
    """
    circuit = cell.subcircuit(for_bench=True)
    attributes_of_all: dict[str, Any] = {
        "bench": "cell",
        "cell": cell.model_name(),
        "title": cell.title_in_words(),
        "technology": cell.technology,
        "node": cell.process.node_in_words,
        "corner": cell.corner,
        "temperature": cell.temperature,
        "thermal_noise": False,
        "parameters": {**cell.options, **cell.values},
        "devices": cell.devices_told,
        "reference": f"{cell.reference}, doi:{cell.doi}" if cell.reference else None,
        CITE: cited_for(cell),
        "provenance": "; ".join(circuit.provenance) or None,
        "engine": "ngspice",
        "native": bool(circuit.files),
        "seed": None,
        "costs": [asdict(cost) for cost in costs or ()],
        "measures_costs": costs is not None,
        "waveforms": waveforms,
    }
    if criterion is not None:
        attributes_of_all |= judged(criterion, reason)
    return described_table(columns, **attributes_of_all | attributes)


def half_way(time: FloatArray, signal: FloatArray, start: float = -np.inf, end: float = np.inf) -> float:
    """Time at which a signal has come half of its way from the beginning to the end of a part of a transient [s].

    NaN if it does not move.
    """
    part = (time >= start) & (time <= end)
    when, values = time[part], np.asarray(signal)[part]
    if len(values) < 2 or values[0] == values[-1]:
        return math.nan
    return first_crossing(when, values, (values[0] + values[-1]) / 2, rising=bool(values[-1] > values[0]))
