"""Scale: throughput of reservoirs and crossbar layers on cores and processes, its growth, and what follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ...characterization.systems.energy.accounts import oscillator_power
from ...characterization.systems.scaling import FULL, PLACES, QUICK, billion, study_scaling
from ...devices.core.metadata import device_table
from ...devices.language.quantities.quantity import format_si
from ...devices.model import CompactModel
from ...devices.models.oscillators.auto_oscillator import AutoOscillator
from ..displayed import DisplayedFigure
from ..style import package_style
from .layout import letter
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Power of a core of a server, assumed: 150 W for 32 of them. [W]
CORE = 150 / 32
MILLION = 1e6
#: What is counted of each work, and what is on its axis.
WORKS = {
    "reservoir": ("virtual-neuron steps", "Reservoirs at once"),
    "crossbar": ("products of weight and input", "Cells of the crossbar"),
}


@system("scale", device=AutoOscillator)
def make_scale(order: Order) -> Made:
    """Throughput of reservoirs and crossbar layers on cores and processes, and what a billion devices would cost."""
    tables = study_scaling(order.device, size=QUICK if order.quick else FULL, seed=order.seed)
    paper = billion_table(order.device, tables["growth"])
    times = tables["times"]
    load = ", ".join(f"{each:.1f}" for each in times.attrs["load"])
    told = [f"measured on {times.attrs['processor']} ({times.attrs['machine']}), load before and after {load}"]
    for row in tables["growth"].to_dict("records"):
        told.append(
            f"{row['work']} on {row['place']}: {row['rate']:.3g} {WORKS[row['work']][0]} per second by the clock, "
            f"{row['processor_rate']:.3g} per second of a processor; time grows with the power "
            f"{row['exponent']:.2f} +- {row['error']:.2f} of the size"
        )
    told += [f"left out: {name}, {why}" for name, why in times.attrs["left_out"].items()]
    for row in paper.to_dict("records"):
        told.append(
            f"1e9 devices, {row['work']}: a step of each takes {format_si(row['seconds'], 's', 3)} of a core and "
            f"{format_si(row['joules'], 'J', 3)} in simulation, {format_si(CORE, 'W', 3)} a core assumed"
        )
    told.append(f"1e9 oscillators as hardware: {format_si(paper['watts'].iloc[0], 'W', 3)}, I V of each (derived)")
    return Made({"": tables["growth"], "times": times, "billion": paper}, {"": draw_scale(tables)}, told)


def billion_table(device: CompactModel, growths: pd.DataFrame) -> pd.DataFrame:
    """What a step of a billion devices costs by the measured rates of a processor, and what they take as hardware.

    Parameters
    ----------
    device : CompactModel
        The oscillator.
    growths : pandas.DataFrame
        Table ``growth`` of :func:`study_scaling`.
    """
    power, _ = oscillator_power(device)
    rates = growths[growths["place"] == next(iter(PLACES))].set_index("work")["processor_rate"]
    found = {str(work): billion(float(rate), 1, CORE, power) for work, rate in rates.items()}
    columns = {
        "work": (list(found), "", "what is simulated: a virtual-neuron step, or a product in a crossbar"),
        "seconds": ([row["seconds"] for row in found.values()], "s", "processor's time of a step of 1e9 devices"),
        "joules": ([row["joules"] for row in found.values()], "J", "energy of that, of the assumed power of a core"),
        "watts": (
            [row["watts"] if work == "reservoir" else np.nan for work, row in found.items()],
            "W",
            "power of 1e9 of the oscillators themselves",
        ),
    }
    return device_table(device, columns, **{k: growths.attrs[k] for k in ("system", "machine", "processor", "load")})


def draw_scale(tables: Mapping[str, pd.DataFrame]) -> Figure:
    """Draw times over sizes and rates by place, for both kinds of work.

    Parameters
    ----------
    tables : mapping
        Tables of :func:`study_scaling`.
    """
    times, growths = tables["times"], tables["growth"]
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 4.6))
        panels = figure.subplots(2, 2, width_ratios=(1.25, 1.0))
        for row, work in enumerate(WORKS):
            _draw_times(panels[row][0], times[times["work"] == work], growths[growths["work"] == work], work)
            _draw_rates(panels[row][1], growths[growths["work"] == work], work)
        for axes, name in zip(panels.ravel(), "abcd", strict=True):
            letter(axes, name)
        load = times.attrs["load"]
        figure.suptitle(f"{times.attrs['processor']}, load {load[0]:.1f} before and {load[1]:.1f} after", fontsize=7)
    return figure


def _draw_times(axes: Axes, times: pd.DataFrame, growths: pd.DataFrame, work: str) -> None:
    for k, name in enumerate(PLACES):
        own = times[times["place"] == name].sort_values("size")
        if not len(own):
            continue
        fit = growths[growths["place"] == name].iloc[0]
        label = f"{name}: {fit['exponent']:.2f} ± {fit['error']:.2f}"
        axes.plot(own["size"], own["processor_seconds"], "os^"[k], color=f"C{k}", markersize=3.5, label=label)
        axes.plot(own["size"], fit["factor"] * own["size"] ** fit["exponent"], color=f"C{k}", linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yscale("log")
    shown = sorted(times["size"].unique().tolist())
    axes.set_xticks(shown, [str(number) for number in shown], fontsize=6.5)
    axes.set_xticks([], minor=True)
    axes.set_xlabel(WORKS[work][1])
    axes.set_ylabel("CPU time (s)")
    axes.legend(loc="upper left", fontsize=6.5, title="growth exponent", title_fontsize=6.5)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high * (high / low) ** 0.6)


def _draw_rates(axes: Axes, growths: pd.DataFrame, work: str) -> None:
    place = np.arange(len(growths))
    axes.bar(place - 0.2, growths["rate"] / MILLION, 0.38, color="C0", label="by the clock")
    axes.bar(place + 0.2, growths["processor_rate"] / MILLION, 0.38, color="C4", label="per second of a processor")
    axes.set_xticks(place, [name.replace(", ", ",\n") for name in growths["place"]], fontsize=6.5)
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(f"{WORKS[work][0].capitalize()}\n(10$^6$ per second)", fontsize=7)
    axes.set_ylim(0, 1.35 * float(growths[["rate", "processor_rate"]].to_numpy().max()) / MILLION)
    axes.legend(loc="upper left", ncols=2, fontsize=6.5)
