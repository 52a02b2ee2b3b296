"""Figures of the spin neuron: its truth table against the weighted sum, its firing probability, its energies."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...circuits.cells.spin.spin_neuron import FourInputSpinNeuron, SpinNeuron
from ...devices.core.distributions import normal_cdf
from ..drawing import draws


def draw_firing_probability(table: pd.DataFrame, axes: Axes) -> None:
    """Firing probability over the net spin current, with its confidence intervals and the linear theory."""
    current = 1e6 * table["spin_current"].to_numpy()
    errors = np.abs([table["probability"] - table["lower"], table["upper"] - table["probability"]])
    trials = int(table["trials"].iloc[0])
    axes.errorbar(current, table["probability"], errors, fmt="o", markersize=3, capsize=1.5, label=f"{trials} trials")
    fine = np.linspace(current.min(), current.max(), 200)
    theory = normal_cdf(fine / (1e6 * table.attrs["noise_current"]))
    axes.plot(fine, theory, color="0.6", zorder=0, label="linear theory")
    axes.set_xlabel("Net spin current (µA)")
    axes.set_ylabel(f"Firing probability at {table.attrs['temperature']:.0f} K")
    axes.set_ylim(-0.03, 1.03)
    axes.legend(loc="upper left")


def draw_truth_table(table: pd.DataFrame, axes: Axes) -> None:
    """The magnet when it is read, over the weighted sum of the inputs: every pattern a point."""
    for fired, label, fill in ((1, "spike", "full"), (0, "no spike", "none")):
        part = table[table["fired"] == fired]
        axes.plot(1e6 * part["weighted_sum"], part["m_z"], "o", color="C0", fillstyle=fill, markersize=4, label=label)
    axes.axvline(0.0, color="0.6", linestyle=":", label="threshold")
    axes.set_xlabel("Weighted sum of the inputs (µA)")
    axes.set_ylabel("Magnetisation $m_z$ at read")
    axes.set_ylim(-1.1, 1.1)
    axes.legend(loc="lower left")


def draw_evaluation_energy(table: pd.DataFrame, axes: Axes) -> None:
    """Energy of an evaluation, pattern by pattern: preset, inputs, and the supply of the latch."""
    bottom, place = np.zeros(len(table)), np.arange(len(table))
    for name, label in (("preset", "preset"), ("input", "inputs"), ("supply", "latch")):
        energy = 1e15 * table[f"{name}_energy"].to_numpy()
        axes.bar(place, energy, bottom=bottom, width=0.8, label=label)
        bottom += energy
    inputs = [
        column for column in table.columns.astype(str) if column.startswith("input_") and column != "input_energy"
    ]
    axes.set_xticks(place, ["".join(str(level) for level in row) for row in table[inputs].to_numpy()], rotation=90)
    axes.set_xlabel("Inputs")
    axes.set_ylabel("Energy per evaluation (fJ)")
    axes.set_ylim(0, 1.35 * bottom.max())
    axes.legend(loc="upper left", ncols=3)


@draws(SpinNeuron, FourInputSpinNeuron)
def draw_spin_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: output for each input. Right: energy of each evaluation."""
    draw_truth_table(table, left)
    draw_evaluation_energy(table, right)
