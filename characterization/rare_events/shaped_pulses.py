r"""Magnets that are still where they were after a pulse of any shape, by the Fokker-Planck equation.

The pulse is taken as steps, each with the amplitude in its middle, so that the error falls with the square of their
number. Half as many steps on the coarsest grid tell it, and their difference is taken off. Edges of no length make the
rectangular pulse of :func:`~synaspice.characterization.rare_events.fokker_planck.still_there`. A ramp that is slow
against the decay of a precession ends in the distribution of Kurkijarvi
(:mod:`synaspice.characterization.slow_time.sweeping`).
"""

from __future__ import annotations

import functools
import itertools
import math

import numpy as np

from ...devices.language.checks import instance, positive
from ...devices.language.waveforms.shapes import FloatArray, Waveform
from ...devices.model import CompactModel
from .axial_magnet import AxialMagnet
from .fokker_planck import Estimate, PolarGrid, edge_of, extrapolated, grids_of

#: Steps in which the largest amplitude is reached, and cells of the middle grid.
STEPS, CELLS = 16, 100
#: Grids that are kept, for pulses of the same magnet: some 10 kB each.
GRIDS = 512


def still_there_after(
    magnet: AxialMagnet, pulse: Waveform, duration: float, *, threshold: float = 0.0, cells: int = CELLS
) -> Estimate:
    """Probability that a magnet in thermal equilibrium without drive is still on its side of a threshold after a pulse.

    Parameters
    ----------
    magnet : AxialMagnet
        The magnet.
    pulse : Waveform
        The drive over time. [V or A]
    duration : float
        Its length, at whose end the magnet is looked at. [s]
    threshold : float
        Cosine of the angle to the pole above which it counts as still there.
    cells : int
        Cells of the middle one of three grids.

    Returns
    -------
    Estimate
        The probability, with the error of grid and steps.

    Raises
    ------
    ParameterError
        If there is no well to start from, the device is not symmetric, or an argument makes no sense.
    """
    length, edge = positive("the duration", duration, "s"), edge_of(threshold)
    instance("the pulse", pulse, Waveform, "a waveform")
    coarse, *finer = grids_of(cells)
    half, first = (_after(magnet, pulse, length, edge, coarse, steps) for steps in (STEPS // 2, STEPS))
    found = extrapolated(first, *(_after(magnet, pulse, length, edge, count, STEPS) for count in finer))
    if not min(half, first) > 0:
        return found
    moved = math.log(first / half) / 3
    factor = math.exp(abs(moved))
    return Estimate(
        found.value * math.exp(moved), found.lower * math.exp(moved) / factor, found.upper * math.exp(moved) * factor
    )


def _after(magnet: AxialMagnet, pulse: Waveform, length: float, edge: float, cells: int, steps: int) -> float:
    given = magnet.device, magnet.source, magnet.temperature, tuple(magnet.inputs.items()), magnet.pole
    rest = _grid(*given, 0.0, cells, edge)
    probabilities = rest.equilibrium(rest.barrier())
    for amplitude, time in zip(*_steps(pulse, length, steps), strict=True):
        probabilities = _grid(*given, amplitude, cells, edge).evolve(probabilities, [time])[0]
    inside = rest.edges[1:] <= edge * (1 + 1e-12)
    return float(probabilities[inside].sum())


@functools.lru_cache(maxsize=GRIDS)
def _grid(
    device: CompactModel,
    source: str,
    temperature: float | None,
    inputs: tuple[tuple[str, float], ...],
    pole: int,
    amplitude: float,
    cells: int,
    edge: float,
) -> PolarGrid:
    """The grid of one amplitude: edges of any length are taken in the same steps."""
    return PolarGrid.of(AxialMagnet(device, source, temperature, dict(inputs), pole), amplitude, cells, edge)


def _steps(pulse: Waveform, length: float, steps: int) -> tuple[list[float], list[float]]:
    """Amplitudes and lengths of the steps: between two corners as many as the change of the amplitude asks for."""
    corners = np.unique([0.0, *pulse.breakpoints(length), length])
    largest = float(np.max(np.abs(pulse(corners)))) or 1.0
    levels, times = [], []
    for begin, end in itertools.pairwise(corners):
        change = float(np.ptp(np.asarray(pulse(np.linspace(begin, end, 9)[1:-1]), dtype=float))) * 4 / 3
        number = max(1, math.ceil(steps * change / largest - 1e-6))
        inner: FloatArray = begin + (end - begin) * (np.arange(number) + 0.5) / number
        # Rounded, so that a fall has the amplitudes of the rise.
        levels += [float(f"{value:.12g}") for value in np.asarray(pulse(inner), dtype=float)]
        times += [float(end - begin) / number] * number
    return levels, times
