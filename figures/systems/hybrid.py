"""The spin-CMOS hybrid network: its neuron drawn, in waveforms and as a sigmoid, and digits read by ten of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.hybrid.study import FULL, QUICK, study_hybrid
from ...characterization.systems.hybrid.tables import CONDITIONS
from ...devices.core.distributions import normal_cdf, wilson_interval
from ...devices.models.spin.neuron_magnet import NeuronMagnet
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style, scaled_axis
from .hybrid_schematic import draw_schematic
from .layout import letter, percent_bars
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Conditions in a line or two of a figure.
SHORT = {
    "software": "software",
    "continuous": "walls anywhere",
    "quantised": "walls at sites",
    "noisy": "+ noise, ramp",
    "on-off": "pixels on/off",
    "single": "one evaluation",
}


@system("hybrid", device=lambda: NeuronMagnet.preset("sharad2012-like"))
def make_hybrid(order: Order) -> Made:
    """Spin-CMOS hybrid network: a spin neuron with domain-wall synapses, and digits that ten of them read."""
    tables = study_hybrid(
        order.device,
        size=QUICK if order.quick else FULL,
        seed=order.seed,
        data=order.data,
        checkpoint=order.checkpoint,
        progress=order.progress,
    )
    named = {name if name != "accuracy" else "": table for name, table in tables.items()}
    return Made(named, {"": draw_hybrid(tables)}, _told(tables))


def _told(tables: Mapping[str, pd.DataFrame]) -> list[str]:
    accuracy, netlist, voltage = tables["accuracy"], tables["netlist"], tables["voltage"]
    about = accuracy.attrs["neuron"]
    told = [
        f"sigmoid: width {1e6 * about['width']:.3f} +- {1e6 * about['width_error']:.3f} uA, offset "
        f"{1e6 * about['offset']:.2f} +- {1e6 * about['offset_error']:.2f} uA (netlist with its latch; magnet alone "
        f"{1e6 * about['ensemble_offset']:.3f} uA); linear theory {1e6 * about['linear_theory_width']:.3f} uA",
        f"digits: {accuracy.attrs['data']}, {accuracy.attrs['training_images']} of {accuracy.attrs['images']} train",
    ]
    for name, words in CONDITIONS.items():
        own = 100 * accuracy["accuracy"][accuracy["condition"] == name]
        told.append(f"{words}: {own.mean():.1f} +- {own.std():.1f} % ({len(own)} splits)")
    usual = voltage[voltage["voltage"] == voltage["voltage"].max()]
    told.append(
        f"an image takes {1e12 * usual['energy'].mean():.2g} pJ in ten neurons and 8 steps of a ramp, drivers and "
        f"converters left out; noise turns {100 * usual['error_rate'].mean():.2g} % of the single decisions"
    )
    if len(netlist):
        agreed, likely = agreement(netlist)
        told.append(
            f"netlist: {agreed} of {len(netlist)} decisions of {netlist['image'].nunique()} images as the behavioural "
            f"neuron's likelier one ({likely:.1f} expected with its noise)"
        )
    else:
        told.append("netlist of the layer: left out, for it needs native devices")
    told.append("published (Sharad 2012, abstract): 30 mV, 95 % less power than a 45 nm CMOS design; no accuracy read")
    return told


def agreement(netlist: pd.DataFrame) -> tuple[int, float]:
    """Decisions of the netlist that are the behavioural neuron's likelier ones, and how many are expected to be."""
    probability = netlist["probability"]
    agreed = int((netlist["fired"].astype(bool) == (probability > 0.5)).sum())
    return agreed, float(np.maximum(probability, 1 - probability).sum())


def draw_hybrid(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw all panels.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_hybrid`.
    """
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 7.0))
        above, below = np.asarray(figure.subfigures(2, 1, height_ratios=(1.15, 1.0)))
        left, right = np.asarray(above.subfigures(1, 2, width_ratios=(1.05, 1.0)))
        sketch = left.subplots()
        waves = right.subplots(5, 1, sharex=True)
        panels = below.subplots(2, 3).ravel()
        draw_schematic(sketch)
        _draw_waveforms(waves, tables["waveforms"])
        _draw_transfer(panels[0], tables["transfer"])
        _draw_netlist(panels[1], tables["netlist"])
        _draw_accuracy(panels[2], tables["accuracy"])
        _draw_sites(panels[3], tables["sites"])
        _draw_voltage(panels[4], panels[5], tables["voltage"])
        for axes, name in zip((sketch, waves[0], *panels), "abcdefgh", strict=True):
            letter(axes, name)
        figure.suptitle(title_of(tables["accuracy"]), fontsize=8)
    return figure


def _draw_waveforms(axes: Any, waves: pd.DataFrame) -> None:
    t = scaled_axis(waves, axes[-1], "x", "time", "Time")
    time = t * waves["time"]
    inputs = scaled_axis(waves, axes[0], "y", "preset", "Lines")
    for name, words, colour in (
        ("preset", "preset", "0.5"),
        ("input_1", "input 1", "C0"),
        ("input_2", "input 2", "C1"),
    ):
        axes[0].plot(time, inputs * waves[name], color=colour, linewidth=0.8, label=words)
    axes[0].set_ylim(-3, 85)
    axes[0].legend(ncols=3, loc="upper center", columnspacing=0.9, handlelength=1.2, fontsize=6)
    spin = scaled_axis(waves, axes[1], "y", "spin_potential", "Spin\npotential")
    axes[1].plot(time, spin * waves["spin_potential"], linewidth=0.7)
    axes[1].axhline(0, color="0.7", linewidth=0.6, zorder=0)
    axes[2].plot(time, waves["m_z"], linewidth=0.7)
    axes[2].set_ylabel("Magnet\n$m_z$")
    axes[2].set_ylim(-1.15, 1.15)
    ohms = scaled_axis(waves, axes[3], "y", "junction", "Junction")
    axes[3].plot(time, ohms * waves["junction"], linewidth=0.7)
    volts = scaled_axis(waves, axes[4], "y", "spike", "Latch")
    for name, words, colour in (
        ("junction_side", "junction side", "C0"),
        ("reference_side", "reference side", "C1"),
        ("spike", "spike", "C2"),
    ):
        axes[4].plot(time, volts * waves[name], linewidth=0.8, color=colour, label=words)
    axes[4].legend(loc="lower left", fontsize=6, handlelength=1.2)
    axes[4].margins(x=0)
    for each in axes:
        each.yaxis.set_label_coords(-0.14, 0.5)
        each.yaxis.label.set_size(6.5)
    for each in axes[:-1]:
        each.tick_params(labelbottom=False)


def _draw_transfer(axes: Axes, transfer: pd.DataFrame) -> None:
    about = transfer.attrs["neuron"]
    x = scaled_axis(transfer, axes, "x", "spin_current", "Spin current")
    reach = float(np.abs(transfer["spin_current"]).max())
    fine = np.linspace(-reach, reach, 200)
    for name, colour in (("ensemble_offset", "C0"), ("offset", "C1")):
        axes.plot(x * fine, normal_cdf((fine - about[name]) / about["width"]), color=colour, linewidth=0.8)
    for engine, marker, colour, words in (("numeric", "o", "C0", "ensemble"), ("ngspice", "s", "C1", "netlist")):
        own = transfer[transfer["engine"] == engine]
        if not len(own):
            continue
        share = (own["fired"] / own["trials"]).to_numpy()
        bounds = np.array([wilson_interval(int(k), int(n)) for k, n in zip(own["fired"], own["trials"], strict=True)])
        errors = np.abs(bounds.T - share)
        style: dict[str, Any] = {"fmt": marker, "markersize": 3, "capsize": 1.5, "elinewidth": 0.8}
        axes.errorbar(x * own["spin_current"], share, errors, color=colour, label=words, **style)
    axes.set_ylabel("Firing probability")
    axes.set_ylim(-0.04, 1.04)
    axes.legend(loc="lower right", fontsize=6)


def _draw_netlist(axes: Axes, netlist: pd.DataFrame) -> None:
    axes.set_ylabel("$m_z$ in the netlist")
    axes.set_ylim(-1.15, 1.15)
    if not len(netlist):
        axes.set_xlabel("Spin current (µA)")
        axes.text(0.5, 0.5, "needs native devices", transform=axes.transAxes, ha="center", fontsize=7, color="0.35")
        return
    x = scaled_axis(netlist, axes, "x", "spin_current", "Spin current, closed form")
    own = netlist["digit"] == netlist["neuron"]
    for part, words, colour in ((~own, "other digits", "C0"), (own, "its digit", "C1")):
        axes.plot(
            x * netlist["spin_current"][part], netlist["m_z"][part], "o", color=colour, markersize=2.5, label=words
        )
    axes.axvline(0, color="0.7", linestyle=":", linewidth=0.8, zorder=0)
    axes.axhline(0, color="0.7", linestyle=":", linewidth=0.8, zorder=0)
    axes.legend(loc="lower left", fontsize=6)


def _draw_accuracy(axes: Axes, accuracy: pd.DataFrame) -> None:
    groups = 100 * accuracy.groupby("condition")["accuracy"].agg(["mean", "std"]).loc[list(CONDITIONS)]
    place = np.arange(len(groups))[::-1]
    colours = ["0.5", "C0", "C0", "C4", "C4", "C4"]
    for at, colour, mean, spread in zip(place, colours, groups["mean"], groups["std"], strict=True):
        style: dict[str, Any] = {"fmt": "o", "markersize": 4, "capsize": 2.5, "elinewidth": 0.9}
        axes.errorbar(mean, at, xerr=spread, color=colour, **style)
        axes.text(mean, at + 0.22, f"{mean:.1f}", fontsize=6, ha="center", va="bottom")
    axes.set_ylim(-0.6, len(groups) - 0.2)
    axes.grid(axis="x", color="0.9", linewidth=0.6)
    axes.set_yticks(place, [SHORT[name] for name in CONDITIONS], fontsize=6)
    axes.tick_params(axis="y", length=0)
    low = float((groups["mean"] - groups["std"]).min())
    axes.set_xlim(max(0.0, 10 * np.floor(low / 10) - 5), 101)
    axes.set_xlabel("Test accuracy (%)")


def _draw_sites(axes: Axes, table: pd.DataFrame) -> None:
    groups = table.groupby("sites")
    for column, words, marker, colour in (
        ("quiet_accuracy", "largest sum, no noise", "o", "C0"),
        ("accuracy", "ramp, noise", "s", "C4"),
    ):
        found = 100 * groups[column].agg(["mean", "std"])
        style: dict[str, Any] = {"marker": marker, "markersize": 3, "capsize": 2, "elinewidth": 0.8}
        axes.errorbar(
            found.index,
            found["mean"],
            yerr=percent_bars(found["mean"], found["std"]),
            color=colour,
            label=words,
            **style,
        )
    axes.axvline(table.attrs["own_sites"], color="0.6", linestyle=":", linewidth=0.9, zorder=0)
    axes.set_xscale("log", base=2)
    numbers = sorted(table["sites"].unique().tolist())
    axes.set_xticks(numbers, [str(number) for number in numbers])
    axes.set_xticks([], minor=True)
    axes.set_xlabel("Wall positions per synapse")
    axes.set_ylabel("Accuracy (%)")
    axes.set_ylim(0, 103)
    axes.legend(loc="lower right", fontsize=6)


def _draw_voltage(left: Axes, right: Axes, table: pd.DataFrame) -> None:
    groups = table.groupby("voltage")
    means, spread = groups.mean(), groups.std()
    x = scaled_axis(table, left, "x", "voltage", "Line voltage")
    style: dict[str, Any] = {"marker": "o", "markersize": 3, "capsize": 2, "elinewidth": 0.8, "color": "C4"}
    right_ones = 100 * means["accuracy"]
    bars = percent_bars(right_ones, 100 * spread["accuracy"])
    left.errorbar(x * means.index, right_ones, yerr=bars, **style)
    left.set_xscale("log")
    shown = [float(f"{x * volts:.2g}") for volts in means.index]
    left.set_xticks(shown, [f"{each:g}" for each in shown], fontsize=6.5)
    left.set_xticks([], minor=True)
    left.set_ylabel("Accuracy (%)")
    left.set_ylim(0, 103)
    e = scaled_axis(table, right, "x", "energy", "Energy per image")
    right.errorbar(e * means["energy"], right_ones, yerr=bars, **style)
    right.set_ylabel("Accuracy (%)")
    right.set_ylim(0, 103)
    right.set_xlim(left=0)
