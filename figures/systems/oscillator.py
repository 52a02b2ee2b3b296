"""The spin-torque nano-oscillator: what it is made of, its voltage in time, and its output over the current."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.systems.spin_torque_oscillator import output_in_time, output_over_current
from ...devices.models.oscillators.vortex import VortexOscillator
from ..displayed import DisplayedFigure
from ..drawing import title_of
from ..style import package_style, scaled_axis
from .layout import letter
from .system import Made, Order, system

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: Periods that are drawn.
SHOWN = 20
#: Where in the range of currents the voltage is shown.
PLACE = 0.6


@system("oscillator", device=lambda: VortexOscillator.preset("torrejon2017-like"))
def make_oscillator(order: Order) -> Made:
    """Spin-torque nano-oscillator: schematic, noisy voltage in time, and voltage amplitude over the dc current."""
    how: dict[str, Any] = {"points": 8, "trajectories": 1} if order.quick else {"points": 18, "trajectories": 8}
    over = output_over_current(order.device, seed=order.seed, checkpoint=order.checkpoint, **how)
    oscillating = over[over["amplitude"] > 0]
    low, high = oscillating["current"].iloc[[0, -1]]
    trace = output_in_time(order.device, low + PLACE * (high - low), seed=order.seed)
    threshold, largest = over.attrs["threshold"], over["noisy_amplitude"].max()
    told = [
        f"threshold {1e3 * threshold:.3g} mA" if threshold is not None else "no threshold in the suggested currents",
        f"amplitude up to {1e3 * largest:.3g} mV at {over.attrs['temperature']:g} K, "
        f"{oscillating['frequency'].min() / 1e6:.4g} to {oscillating['frequency'].max() / 1e6:.4g} MHz",
        "published (Torrejon 2017): no points of its figure could be read",
    ]
    return Made({"": over, "voltage": trace}, {"": draw_oscillator(over, trace)}, told)


def draw_oscillator(over: pd.DataFrame, trace: pd.DataFrame) -> Figure:
    """Draw the schematic, the voltage in time, and the amplitude over the current.

    Parameters
    ----------
    over, trace : pandas.DataFrame
        Tables of :func:`output_over_current` and :func:`output_in_time`.
    """
    with package_style():
        figure = DisplayedFigure(figsize=(7.0, 2.5))
        sketch, time, current = figure.subplots(1, 3, width_ratios=(1.0, 1.1, 1.1))
        _draw_schematic(sketch, vortex="vortex" in over.attrs["device"])
        _draw_voltage(time, trace)
        _draw_amplitude(current, over)
        for axes, name in zip((sketch, time, current), "abc", strict=True):
            letter(axes, name)
        figure.suptitle(title_of(over), fontsize=8)
    return figure


def _draw_schematic(axes: Axes, *, vortex: bool) -> None:
    """A pillar of two magnets about a barrier between its leads, with the current and the voltage."""
    from matplotlib.patches import Arc, Ellipse, FancyArrowPatch, Rectangle

    layers = [
        (0.0, 0.5, "0.75", "electrode"),
        (0.5, 1.15, "C0", "reference layer"),
        (1.15, 1.35, "C5", "barrier"),
        (1.35, 1.95, "C4", "free layer"),
        (1.95, 2.4, "0.75", "electrode"),
    ]
    for bottom, top, colour, name in layers:
        axes.add_patch(Ellipse((0, bottom), 2, 0.3, facecolor=colour, edgecolor="none"))
        axes.add_patch(Rectangle((-1, bottom), 2, top - bottom, facecolor=colour, edgecolor="none"))
        axes.add_patch(Arc((0, bottom), 2, 0.3, theta1=180, theta2=360, color="white", linewidth=0.7))
        if name != "electrode":
            axes.text(1.12, (bottom + top) / 2 - 0.08, name, va="center", fontsize=6.5)
    axes.add_patch(Ellipse((0, 2.4), 2, 0.3, facecolor="0.85", edgecolor="0.5", linewidth=0.5))
    arrow: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 7, "linewidth": 1.0, "color": "white"}
    axes.add_patch(FancyArrowPatch((-0.6, 0.72), (0.6, 0.72), **arrow))
    turning: dict[str, Any] = {**arrow, "connectionstyle": "arc3,rad=-0.45"}
    axes.add_patch(FancyArrowPatch((-0.55, 1.45), (0.55, 1.45), **turning))
    if vortex:
        axes.plot([0.0], [1.5], "o", markersize=2.5, color="white")
    drive: dict[str, Any] = {"arrowstyle": "-|>", "mutation_scale": 8, "linewidth": 1.0, "color": "0.2"}
    axes.add_patch(FancyArrowPatch((0, 3.25), (0, 2.5), **drive))
    axes.text(0.15, 3.0, r"$I_\mathrm{dc}$", fontsize=8)
    axes.plot([-1.0, -1.6, -1.6], [2.2, 2.2, 1.55], color="0.2", linewidth=0.8)
    axes.plot([-1.0, -1.6, -1.6], [0.2, 0.2, 0.85], color="0.2", linewidth=0.8)
    axes.text(-1.6, 1.2, "$v(t)$", ha="center", va="center", fontsize=8)
    axes.set_xlim(-1.95, 2.75)
    axes.set_ylim(-0.35, 3.35)
    axes.set_aspect("equal")
    axes.axis("off")


def _draw_voltage(axes: Axes, trace: pd.DataFrame) -> None:
    shown = trace[trace["time"] <= SHOWN / trace.attrs["frequency"]]
    t, v = scaled_axis(shown, axes, "x", "time", "Time"), scaled_axis(shown, axes, "y", "voltage", "Voltage")
    axes.plot(t * shown["time"], v * shown["voltage"], linewidth=0.9)
    size = v * shown["amplitude"].iloc[0]
    axes.axhline(size, color="0.4", linestyle=":", linewidth=0.9, label="amplitude without noise")
    axes.axhline(-size, color="0.4", linestyle=":", linewidth=0.9)
    axes.margins(x=0)
    axes.set_ylim(-1.5 * size, 1.75 * size)
    axes.legend(loc="upper right")
    axes.set_title(f"at {1e3 * trace.attrs['current']:.3g} mA", fontsize=7)


def _draw_amplitude(axes: Axes, over: pd.DataFrame) -> None:
    x = scaled_axis(over, axes, "x", "current", "DC current")
    y = scaled_axis(over, axes, "y", "noisy_amplitude", "Voltage amplitude")
    current = x * over["current"]
    kelvin = over.attrs["temperature"]
    axes.plot(current, y * over["amplitude"], label="without noise")
    axes.plot(current, y * over["noisy_amplitude"], "o", markersize=3, label=f"with noise at {kelvin:g} K")
    top = 1.1 * y * np.nanmax(over[["amplitude", "noisy_amplitude"]])
    if over.attrs["threshold"] is not None:
        at = x * over.attrs["threshold"]
        axes.axvline(at, color="0.5", linestyle=":", linewidth=0.9, zorder=0)
        axes.text(at, 0.97 * top, "threshold ", fontsize=6.5, color="0.35", ha="right", va="top", rotation=90)
    axes.set_ylim(bottom=0, top=top)
    axes.legend(loc="lower right")
