"""Standard figures of the domain-wall cells."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.spin.domain_wall_cells import DomainWallNeuron, DomainWallPair
from ...circuits.cells.spin.wall_cell import SpinOrbitWallCell
from ..drawing import draws
from ..style import scaled_axis


@draws(DomainWallNeuron)
def draw_domain_wall_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: pulses needed for the first spike, over their interval. Right: energy needed for it."""
    interval = 1e9 * table["interval"]
    left.plot(interval, table["count"].where(table["count"] > 0), "o", markersize=4, label="ngspice")
    left.plot(interval, table["expected"].where(table["expected"] > 0), "x", color="0.4", label="closed form")
    silent = interval[table["count"] == 0]
    if len(silent):
        left.plot(silent, 0 * silent, "o", fillstyle="none", color="C0", markersize=4, label="never fires")
    left.set_ylabel("Pulses to first spike")
    left.set_ylim(bottom=-1)
    left.legend(loc="upper right")
    right.plot(interval, 1e12 * table["energy"], "o", markersize=4)
    right.set_ylabel("Supply energy per spike (pJ)")
    right.set_ylim(bottom=0)
    for axes in (left, right):
        axes.set_xlabel("Pulse interval (ns)")
        axes.set_xlim(left=0)


@draws(DomainWallPair)
def draw_domain_wall_pair(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: read current after each write pulse. Right: energy of each write pulse."""
    left.plot(table["pulses"], 1e6 * table["difference"], "o", markersize=4, label="ngspice")
    left.plot(table["pulses"], 1e6 * table["expected"], color="0.6", zorder=0, label="by the walls' positions")
    left.set_ylabel(f"$I_+ - I_-$ at {table.attrs['voltage']:g} V (µA)")
    left.legend(loc="upper left")
    right.plot(table["pulses"], 1e15 * table["write_energy"], "o", markersize=4)
    right.set_ylabel("Write energy (fJ)")
    for axes in (left, right):
        axes.set_xlabel("Write pulses")


@draws(SpinOrbitWallCell)
def draw_spin_orbit_wall_cell(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: resistance read after every pulse. Right: way of the wall in it, and that of a wall without pinning."""
    y = scaled_axis(table, left, "y", "resistance", "Read resistance")
    left.step(table["step"], y * table["expected"], where="mid", color="0.6", zorder=0, label="by the wall's position")
    left.plot(table["step"], y * table["resistance"], "o", markersize=4, label="ngspice")
    left.set_ylim(bottom=0)
    left.legend(loc="lower right")
    writes = table[table["change"] != 0]
    factor = scaled_axis(table, right, "y", "free_displacement", "Wall displacement")
    right.axhline(0, color="0.8", linewidth=0.8, zorder=0)
    right.plot(writes["step"], factor * writes["moved"], "o", markersize=4, label="ngspice, to the next site")
    free = factor * writes["free_displacement"]
    right.plot(writes["step"], free, "x", color="0.4", label="free wall, closed form")
    right.set_ylim(-1.3 * free.abs().max(), 2.3 * free.abs().max())
    right.legend(loc="upper right")
    for axes in (left, right):
        axes.set_xlabel("Write pulses")
        axes.set_xticks(table["step"][:: 1 + len(table) // 12])
