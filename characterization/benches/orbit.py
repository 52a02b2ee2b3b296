"""Periodic orbit of an oscillator over its dc current: frequency, harmonics, relaxation and linewidth."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import device_table
from ...devices.core.protocols import Oscillation
from ...devices.language.array_checks import reals
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.model import CompactModel
from ...devices.simulation.noisy_trajectories import in_surroundings
from ...devices.simulation.orbits.orbit import PeriodicOrbit
from ...devices.simulation.orbits.search import periodic_orbit
from ..arguments import Range, Surroundings, Whole
from ..bench import bench

#: Harmonics, unless another number of them is asked for.
HARMONICS = 3


@bench(needs=(Oscillation,))
def orbit(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "dc currents; default: those of the device's suggestion at which it oscillates")
    ] = None,
    harmonics: Annotated[int, Whole(f"harmonics of the voltage; default: {HARMONICS}", 1, 50)] = HARMONICS,
    temperature: Surroundings = None,
) -> pd.DataFrame:
    r"""Find the periodic orbit of an oscillator over its dc current, without waiting for it to settle.

    At each current the orbit and its period are solved for (:func:`~synaspice.devices.periodic_orbit`), from that at
    the current before, the strongest first; so an orbit is followed to where it ends, stable or not. Small deviations
    from it decay at the ``relaxation_rate``. The ``linewidth`` is that which weak noise of the states makes of it, with
    the coupling of amplitude and phase: :math:`2\pi f_0^2 c` with the constant c of the diffusion of the phase
    (A. Demir, A. Mehrotra, J. Roychowdhury, IEEE Trans. Circuits Syst. I 47, 655 (2000), doi:10.1109/81.847872). Where
    the phase is lost faster than at a fifth of the relaxation rate, as near a threshold, noise is not weak, and there
    is no such number: the bench ``amplitude`` measures the line on noisy trajectories.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``dc_voltage`` [V], ``frequency`` of the orbit [Hz], ``harmonic_1`` and so on, the
        amplitudes of the voltage's harmonics [V], ``relaxation_rate`` [1/s], ``linewidth`` (full width at half maximum
        of the first line) [Hz], NaN where noise is not weak, and ``stable``: 1 where deviations decay. All are NaN at
        currents without an orbit.

    Raises
    ------
    ParameterError
        If there is an orbit at none of the currents, or an argument makes no sense.
    """
    device, kelvin = in_surroundings(device, temperature)
    suggested = device.protocol(Oscillation)
    chosen = reals("currents", suggested.currents if current is None else current, "A")
    started = device.replace(**suggested.overrides)
    found: dict[int, PeriodicOrbit] = {}
    last: PeriodicOrbit | None = None
    for place in np.argsort(-np.abs(chosen), kind="stable").tolist():
        last = _next(started, float(chosen[place]), last)
        if last is not None:
            found[place] = last
    if not found:
        raise ParameterError(
            f"{device.model_name()} has no periodic orbit at currents from {chosen.min():g} A to {chosen.max():g} A"
        )
    places = range(len(chosen)) if current is not None else sorted(found)
    rows = np.array([_row(found.get(place), harmonics, kelvin) for place in places]).T
    names = ["dc_voltage", "frequency", *(f"harmonic_{k + 1}" for k in range(harmonics))]
    names += ["relaxation_rate", "linewidth", "stable"]
    about = {
        "dc_voltage": ("V", "mean voltage"),
        "frequency": ("Hz", "frequency of the orbit"),
        "relaxation_rate": ("1/s", "rate at which the slowest deviation decays"),
        "linewidth": ("Hz", "full width at half maximum of the first line"),
        "stable": ("1", "1 where deviations decay"),
    }
    about |= {f"harmonic_{k + 1}": ("V", f"amplitude of the voltage's harmonic {k + 1}") for k in range(harmonics)}
    columns = {"current": (chosen[list(places)], "A", "dc current")}
    columns |= {name: (row, *about[name]) for name, row in zip(names, rows, strict=True)}
    return device_table(device, columns, bench="orbit", engine="numeric", temperature=kelvin)


def _next(device: CompactModel, current: float, last: PeriodicOrbit | None) -> PeriodicOrbit | None:
    """The orbit at a current: near the last one, or where a trajectory goes."""
    for near in [last, None] if last is not None else [None]:
        try:
            return periodic_orbit(device, current, near=near)
        except SimulationError:
            continue
    return None


def _row(orbit: PeriodicOrbit | None, harmonics: int, temperature: float) -> list[float]:
    if orbit is None:
        return [np.nan] * (harmonics + 5)
    mean, *sizes = orbit.harmonics(count=harmonics)
    width, weak = orbit.weak_linewidth(temperature) if temperature > 0 else (0.0, True)
    width = width if weak else np.nan
    return [mean, orbit.frequency, *sizes, orbit.relaxation_rate, width, float(orbit.stable)]
