"""Parts of the benches of cells: the circuit around a cell, energies, tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd

from ...circuits.cells.cell import Cell
from ...circuits.cells.subcircuits import CellCircuit
from ...circuits.engine import ngspice
from ...devices.core.metadata import Column, described_table
from ...devices.language.waveforms import FloatArray


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
        The cell's subcircuit; default: with ammeters.
    save, time_limit
        As of :func:`~synaspice.circuits.engine.ngspice.run`.
    """
    deck = bench_deck(cell, circuit or cell.subcircuit(meters=True), lines)
    series = [((), runs)] if isinstance(runs, ngspice.Analysis) else runs
    return ngspice.run_series(deck, series, save=save, time_limit=time_limit)


def energies(
    run: pd.DataFrame,
    circuit: CellCircuit,
    sources: Mapping[str, str],
    start: float | None = None,
    end: float | None = None,
) -> dict[str, float]:
    r"""Energy in a part of a transient, by where it comes from and where it goes.

    .. math:: E = \int v\,i\,dt

    Parameters
    ----------
    run : pandas.DataFrame
        A transient of :func:`run_bench` with all vectors.
    circuit : CellCircuit
        The cell's subcircuit, with ammeters.
    sources : Mapping
        Node of every independent source other than ``Vsupply`` between a node and ground, by the source's name.
    start, end : float, optional
        The part of the transient. [s]

    Returns
    -------
    dict
        ``supply`` and ``inputs``: delivered by the supply and by the other sources; ``devices``: into the devices;
        ``cmos``: the rest, into transistors, resistors and capacitors. [J]
    """
    time = run["time"].to_numpy()
    part = (time >= (-np.inf if start is None else start)) & (time <= (np.inf if end is None else end))

    def integral(node: str, source: str) -> float:
        if node == "0":
            return 0.0
        power = run[f"v({node})"].to_numpy() * run[f"i({source})"].to_numpy()
        return float(np.trapezoid(power[part], time[part]))

    supply = -integral("supply", "vsupply") if "i(vsupply)" in run else 0.0
    inputs = -sum(integral(node.lower(), name.lower()) for name, node in sources.items())
    devices = sum(
        integral(_seen_outside(circuit, meter.node), f"v.x1.{meter.source}".lower()) for meter in circuit.meters
    )
    return {"supply": supply, "inputs": inputs, "devices": devices, "cmos": supply + inputs - devices}


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


def mean(run: pd.DataFrame, column: str, start: float = 0.0, end: float = np.inf) -> float:
    """Mean over time of a vector of a transient, in a part of it [s]."""
    part = run[(run["time"] >= start) & (run["time"] <= end)]
    time = part["time"].to_numpy()
    return float(np.trapezoid(part[column].to_numpy(), time) / (time[-1] - time[0]))


def cell_table(
    cell: Cell, columns: Mapping[str, Column], *, costs: Sequence[Cost] = (), **attributes: Any
) -> pd.DataFrame:
    """A table of a cell's bench.

    Parameters
    ----------
    cell : Cell
        The cell.
    columns : Mapping
        Values, unit and description of every column.
    costs : sequence of Cost
        Costs of the cell's operations, as far as the bench has measured them.
    **attributes
        More about the table, as plain values that JSON can hold: ``works`` tells whether the cell does what it is for,
        ``criterion`` how that was judged, ``thermal_noise`` whether the noise of the temperature is in it, and
        ``error_rate`` of a cell that decides or stores how often it errs at that temperature.
    """
    attributes_of_all: dict[str, Any] = {
        "bench": "cell",
        "cell": cell.model_name(),
        "technology": cell.technology,
        "corner": cell.corner,
        "temperature": cell.temperature,
        "thermal_noise": False,
        "parameters": {**cell.options, **cell.values},
        "reference": f"{cell.reference}, doi:{cell.doi}" if cell.reference else None,
        "provenance": "; ".join(cell.subcircuit().provenance) or None,
        "engine": "ngspice",
        "seed": None,
        "costs": [asdict(cost) for cost in costs],
    }
    return described_table(columns, **attributes_of_all | attributes)


@dataclass(frozen=True)
class Cost:
    """Time and energy of one operation of a cell.

    Attributes
    ----------
    operation : str
        The counted operation: ``"spike"``, ``"evaluation"``, ...
    delay : float
        How long it takes. [s]
    supply, inputs : float
        Energy from the supply, and from the sources that drive the inputs. [J]
    devices, cmos : float
        Energy into the devices, and into transistors and passive elements. [J]
    """

    operation: str
    delay: float
    supply: float
    inputs: float
    devices: float
    cmos: float

    @classmethod
    def of(cls, operation: str, delay: float, spent: Mapping[str, float], number: int = 1) -> Cost:
        """The cost of one of several operations that together spent some energies."""
        return cls(operation, delay, *(spent[key] / number for key in ("supply", "inputs", "devices", "cmos")))
