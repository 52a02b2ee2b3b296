"""Standard figures of the neurons."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from ...characterization.cells.costs import cost_rows
from ...circuits.cells.neurons.mott_neuron import MottNeuron
from ...circuits.cells.neurons.neurons import AxonHillock, MemristorNeuron, MTJNeuron, OscillatorNeuron, PBit
from ..drawing import draws
from ..style import axis_scale, label, scaled_axis


@draws(PBit)
def draw_p_bit(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: mean output over the input voltage, and the fitted sigmoid. Right: how often the output flips."""
    x = scaled_axis(table, left, "x", "input", "Input voltage")
    right.set_xlabel(left.get_xlabel())
    left.errorbar(
        x * table["input"], table["mean_output"], table["error"], fmt="o", markersize=3, capsize=1.5, label="ngspice"
    )
    centre, scale = table.attrs["centre"], table.attrs["scale"]
    if np.isfinite(scale):
        fine = np.linspace(table["input"].min(), table["input"].max(), 200)
        left.plot(
            x * fine,
            (1 + np.tanh((fine - centre) / scale)) / 2,
            label=f"tanh of scale {1e3 * scale:.0f} mV",
        )
    left.set_ylabel("Mean output / supply voltage")
    left.legend()
    right.plot(x * table["input"], table["flips"], marker="o", markersize=3)
    right.set_ylabel("Output rising edges")


@draws(MTJNeuron)
def draw_mtj_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: probability of a spike over the input current. Right: energies of one evaluation."""
    x = scaled_axis(table, left, "x", "current", "Input pulse amplitude")
    share, trials = table["probability"], table["trials"]
    error = np.sqrt(np.maximum(share * (1 - share), 0.25 / trials) / trials)
    left.errorbar(x * table["current"], share, error, fmt="o", markersize=3, capsize=1.5)
    left.axvline(x * table.attrs["critical_current"], color="0.6", linestyle=":", label="critical current")
    left.set_ylabel("Firing probability")
    left.set_ylim(-0.1, 1.1)
    left.legend()
    _draw_cost(table, right)


@draws(AxonHillock)
def draw_axon_hillock(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: firing rate over the current, on logarithmic axes. Right: energy of one spike."""
    x = scaled_axis(table, left, "x", "current", "Input current")
    y = scaled_axis(table, left, "y", "rate", "Firing rate")
    left.plot(x * table["current"], y * table["rate"], "o", markersize=3, label="ngspice")
    firing = table[table["rate"] > 0]
    if len(firing):
        middle = firing.iloc[len(firing) // 2]
        left.plot(
            x * table["current"],
            y * middle["rate"] / middle["current"] * table["current"],
            color="0.6",
            label="proportional",
        )
    left.legend()
    _draw_spike_energy(table, right, x, left.get_xlabel())
    if len(np.unique(firing["current"])) > 1:  # of fewer points there are no decades
        for axes in (left, right):
            axes.set_xscale("log")
        left.set_yscale("log")


@draws(MemristorNeuron, MottNeuron)
def draw_memristor_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: firing rate over the current, with the threshold. Right: energy of one spike."""
    x = scaled_axis(table, left, "x", "current", "Input current")
    y = scaled_axis(table, left, "y", "rate", "Firing rate")
    left.plot(x * table["current"], y * table["rate"], marker="o", markersize=3)
    left.axvline(x * table.attrs["threshold_current"], color="0.6", linestyle=":", label="threshold")
    left.legend()
    _draw_spike_energy(table, right, x, left.get_xlabel())


@draws(OscillatorNeuron)
def draw_oscillator_neuron(table: pd.DataFrame, left: Axes, right: Axes) -> None:
    """Left: envelope over the current. Right: the oscillator's amplitude in the cell, and without it."""
    x = scaled_axis(table, left, "x", "current", "Input current")
    y = scaled_axis(table, left, "y", "output", "Envelope")
    right.set_xlabel(left.get_xlabel())
    left.plot(x * table["current"], y * table["output"], marker="o", markersize=3)
    right.plot(x * table["current"], table["amplitude"], "o", markersize=3, label="in the cell")
    right.plot(x * table["current"], table["expected_amplitude"], label="free-running, analytic")
    right.set_ylabel("Amplitude of the oscillator")
    right.legend()
    for axes in (left, right):
        axes.axvline(x * table.attrs["threshold_current"], color="0.6", linestyle=":")


_PARTS = {"energy_supply": "from the supply", "energy_inputs": "from the inputs", "energy_devices": "into the devices"}


def _draw_spike_energy(table: pd.DataFrame, axes: Axes, x: float, xlabel: str) -> None:
    values = table[list(_PARTS)].to_numpy().ravel()
    values = values[np.isfinite(values)]
    axes.set_xlabel(xlabel)
    if not len(values):
        axes.set_axis_off()
        axes.text(0.5, 0.5, "no spikes", ha="center", va="center", transform=axes.transAxes)
        return
    factor, unit = axis_scale(values, "J")
    for column, name in _PARTS.items():
        if table[column].abs().max() > 0:
            axes.plot(x * table["current"], factor * table[column], marker="o", markersize=3, label=name)
    if values.max() > 10 * values[values > 0].min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(bottom=0)
    axes.set_ylabel(label("Energy per spike", unit))
    axes.legend()


def _draw_cost(table: pd.DataFrame, axes: Axes) -> None:
    """Bars of the energies of an operation: least, median, largest of the bench's points."""
    rows = cost_rows(table)
    keys = {
        "supply": "from the\nsupply",
        "inputs": "from the\ninputs",
        "devices": "into\ndevices",
        "cmos": "into\nCMOS",
    }
    factor, unit = axis_scale([row[key] for row in rows for key in keys], "J")
    width = 0.8 / max(len(rows), 1)
    for k, row in enumerate(rows):
        where = np.arange(len(keys)) + (k - (len(rows) - 1) / 2) * width
        axes.bar(where, [factor * row[key] for key in keys], width, label=row["range"])
    axes.set_xticks(np.arange(len(keys)), list(keys.values()))
    axes.set_ylabel(label(f"Energy per {rows[0]['operation']}", unit))
    if len(rows) > 1:
        axes.legend()
