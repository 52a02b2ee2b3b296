"""What the explorer shows of a device: its static curves, its loop, its motion, its periodic orbit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from ...characterization.bench import BENCHES, suitable_benches
from ...devices.core.oscillator_protocols import Oscillation
from ...devices.core.protocols import Stimulus
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.orbits.search import periodic_orbit
from ..drawing import plot
from ..sizes import PANEL
from ..style import axis_scale, package_style, scaled, scaled_axis

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Reported points of a motion, harmonics within a spectrum, and frequencies of its parts.
POINTS, HARMONICS, FREQUENCIES = 1001, 3.5, 401
#: Widths of a line on either side of it in a spectrum.
WIDTHS = 30.0
#: Height of the pictures. [inch]
HEIGHT = 3.3


@dataclass(frozen=True)
class View:
    """One picture of a device.

    Attributes
    ----------
    name : str
        What it shows, in words.
    suits : callable
        Whether there is such a picture of a device.
    draw : callable
        Function of the device, of measured data or None, and of a position from 0 to 1 in the range of what drives it;
        returns the figure and its table.
    driven : bool
        Whether the position means anything.
    """

    name: str
    suits: Callable[[CompactModel], bool]
    draw: Callable[[CompactModel, pd.DataFrame | None, float], tuple[Figure, pd.DataFrame]]
    driven: bool = False


def _bench_view(bench: str, name: str) -> View:
    def draw(device: CompactModel, data: pd.DataFrame | None, _: float) -> tuple[Figure, pd.DataFrame]:
        table = BENCHES[bench](device)
        return plot(table, data=data), table

    return View(name, lambda device: bench in suitable_benches(device), draw)


def draw_motion(device: CompactModel, _: pd.DataFrame | None, __: float) -> tuple[Figure, pd.DataFrame]:
    """The states under the suggested stimulus, and a direction on its sphere."""
    from matplotlib.figure import Figure

    stimulus = device.protocol(Stimulus)
    started = device.replace(**stimulus.overrides)
    table = started.simulate(
        stimulus.drive, stimulus.duration, source=stimulus.source, inputs=stimulus.inputs, points=POINTS
    )
    spheres = [[str(symbol) for symbol in sphere] for sphere in device.system.spheres]
    with package_style():
        figure = Figure(figsize=(2 * PANEL, HEIGHT))
        over_time = figure.add_subplot(1, 2, 1)
        x = scaled_axis(table, over_time, "x", "time", "Time")
        for name, state in device.state_declarations().items():
            over_time.plot(x * table["time"], table[name] / state.scale, label=name)
        over_time.set_ylabel("State (normalised)")
        over_time.legend()
        if spheres:
            _draw_sphere(figure.add_subplot(1, 2, 2, projection="3d"), [table[name].to_numpy() for name in spheres[0]])
        else:
            _draw_response(figure.add_subplot(1, 2, 2), table, device)
    return figure, table


def _draw_sphere(axes: Any, path: list[np.ndarray]) -> None:
    """A path on the unit sphere, from the ring at its beginning."""
    turn, rise = np.meshgrid(np.linspace(0, 2 * np.pi, 37), np.linspace(0, np.pi, 19))
    surface = np.sin(rise) * np.cos(turn), np.sin(rise) * np.sin(turn), np.cos(rise)
    axes.plot_wireframe(*surface, color="0.85", linewidth=0.4)
    axes.plot(*path, color="C0", linewidth=0.8)
    axes.plot(*[part[:1] for part in path], "o", color="C0", markerfacecolor="none", markersize=5)
    axes.plot(*[part[-1:] for part in path], "o", color="C3", markersize=4)
    axes.set_box_aspect((1, 1, 1), zoom=0.9)
    axes.set(xlabel="$m_x$", ylabel="$m_y$", zlabel="$m_z$", xticks=(-1, 0, 1), yticks=(-1, 0, 1), zticks=(-1, 0, 1))


def _draw_response(axes: Any, table: pd.DataFrame, device: CompactModel) -> None:
    """Current over voltage of the first branch meanwhile."""
    branch = next(iter(device.branches().values()))
    x = scaled_axis(table, axes, "x", branch.name, "Voltage")
    y = scaled_axis(table, axes, "y", branch.current, "Current")
    axes.plot(x * table[branch.name], y * table[branch.current])


def draw_orbit(device: CompactModel, _: pd.DataFrame | None, position: float) -> tuple[Figure, pd.DataFrame]:
    """Two periods of the voltage at a dc current, and the spectrum with the noise of the temperature."""
    from matplotlib.figure import Figure

    held, kelvin = in_surroundings(device, None)
    suggested = held.protocol(Oscillation)
    low, high = min(suggested.currents), max(suggested.currents)
    current = low + position * (high - low)
    started = held.replace(**suggested.overrides)
    try:
        found = periodic_orbit(started, current)
    except (SimulationError, ParameterError) as error:
        raise ParameterError(f"no oscillation at {_told(current, 'A')}: {error}") from error
    wave, name = found.table(257), next(iter(device.branches()))
    if not found.stable:
        raise ParameterError(f"the oscillation at {_told(current, 'A')} is not stable: it has no spectrum")
    width, weak = found.weak_linewidth(kelvin)
    width = max(width, 1e-9 * found.frequency)
    wide = np.geomspace(0.02 * found.frequency, HARMONICS * found.frequency, FREQUENCIES)
    lines = [k * found.frequency + width * np.linspace(-WIDTHS, WIDTHS, FREQUENCIES) for k in (1, 2, 3)]
    grid = np.unique(np.concatenate([wide, *lines]))
    table = found.spectrum(grid[(grid >= wide[0]) & (grid <= wide[-1])], kelvin, name)
    with package_style():
        figure = Figure(figsize=(2 * PANEL, HEIGHT))
        left, right = figure.subplots(1, 2)
        time = np.concatenate([wave["time"], wave["time"].iloc[1:] + found.period])
        voltage = np.concatenate([wave[name], wave[name].iloc[1:]])
        x, y = scaled(left, "x", time, "s", "Time"), scaled(left, "y", voltage, "V", "Voltage")
        left.plot(x * time, y * voltage)
        left.set_title(f"{_told(current, 'A')}: {_told(found.frequency, 'Hz')}", fontsize=8)
        f = scaled(right, "x", table["frequency"], "Hz", "Frequency")
        right.semilogy(f * table["frequency"], table["noise"])
        right.set_ylabel("Spectral density (V$^2$/Hz)")
        line = f"a line {_told(width, 'Hz')} wide" if weak else "no narrow line"
        right.set_title(f"{kelvin:.4g} K: {line}", fontsize=8)
    return figure, table


def _told(value: float, unit: str) -> str:
    """A number with the prefix that axes give it."""
    factor, shown = axis_scale([value], unit)
    return f"{factor * value:.4g} {shown}"


#: The views, by the name under which a page has them.
VIEWS = {
    "iv": _bench_view("iv", "I-V"),
    "loop": _bench_view("hysteresis", "Loop"),
    "motion": View("Motion", lambda device: device.suits(Stimulus), draw_motion),
    "orbit": View("Orbit and spectrum", lambda device: device.suits(Oscillation), draw_orbit, driven=True),
}


def views_of(device: CompactModel) -> dict[str, View]:
    """The views that there are of a device."""
    return {name: view for name, view in VIEWS.items() if view.suits(device)}
