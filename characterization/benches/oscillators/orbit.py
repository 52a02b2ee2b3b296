"""Periodic orbit of an oscillator over its dc current: frequency, harmonics, relaxation and linewidth."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import device_table
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.orbits.continuation import OrbitBranch, follow_orbits
from ....devices.simulation.orbits.orbit import PeriodicOrbit
from ....devices.simulation.orbits.search import periodic_orbit
from ...arguments import Range, Surroundings, Switch, Whole
from ...bench import bench

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
    branch: Annotated[
        bool, Switch("whether to follow the orbit within the range of the currents, through folds, to where it ends")
    ] = False,
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

    With ``branch`` the orbit at the strongest current is followed within the range of the currents
    (:func:`~synaspice.devices.follow_orbits`), through the folds at which stable and unstable orbits meet, to where it
    ends: at a rest, or where its period goes to infinity. Rows are in the order of the branch.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``dc_voltage`` [V], ``frequency`` of the orbit [Hz], ``harmonic_1`` and so on, the
        amplitudes of the voltage's harmonics [V], ``relaxation_rate`` [1/s], ``linewidth`` (full width at half maximum
        of the first line) [Hz], NaN where noise is not weak, and ``stable``: 1 where deviations decay. All are NaN at
        currents without an orbit. With ``branch``, ``attrs`` has the currents of the ``folds`` [A], and how the branch
        ends and at which current: ``ends``.

    Raises
    ------
    ParameterError
        If there is an orbit at none of the currents, or an argument makes no sense.
    """
    device, kelvin = in_surroundings(device, temperature)
    suggested = device.protocol(Oscillation)
    chosen = reals("currents", suggested.currents if current is None else current, "A")
    started = device.replace(**suggested.overrides)
    about: dict[str, Any] = {"bench": "orbit", "engine": "numeric", "temperature": kelvin}
    if branch:
        followed = _branch(started, chosen)
        currents, orbits = followed.drives, list[PeriodicOrbit | None](followed.orbits)
        about |= {"folds": followed.folds.tolist(), "ends": [list(end) for end in followed.ends]}
    else:
        orbits = orbits_over(started, chosen)
        kept = np.array([current is not None or each is not None for each in orbits])
        currents, orbits = chosen[kept], [each for each, keep in zip(orbits, kept, strict=True) if keep]
    rows = np.array([_row(each, harmonics, kelvin) for each in orbits]).T
    names = ["dc_voltage", "frequency", *(f"harmonic_{k + 1}" for k in range(harmonics))]
    names += ["relaxation_rate", "linewidth", "stable"]
    meanings = {
        "dc_voltage": ("V", "mean voltage"),
        "frequency": ("Hz", "frequency of the orbit"),
        "relaxation_rate": ("1/s", "rate at which the slowest deviation decays"),
        "linewidth": ("Hz", "full width at half maximum of the first line"),
        "stable": ("1", "1 where deviations decay"),
    }
    meanings |= {f"harmonic_{k + 1}": ("V", f"amplitude of the voltage's harmonic {k + 1}") for k in range(harmonics)}
    columns = {"current": (currents, "A", "dc current")}
    columns |= {name: (row, *meanings[name]) for name, row in zip(names, rows, strict=True)}
    return device_table(device, columns, **about)


def orbits_over(device: CompactModel, currents: FloatArray) -> list[PeriodicOrbit | None]:
    """The orbit at each current, None where there is none; each is sought near the last, the strongest first.

    Raises
    ------
    ParameterError
        If there is none at any of them.
    """
    found = list[PeriodicOrbit | None]([None] * len(currents))
    last: PeriodicOrbit | None = None
    for place in np.argsort(-np.abs(currents), kind="stable").tolist():
        last = _next(device, float(currents[place]), last)
        found[place] = last
    if all(each is None for each in found):
        _refuse(device, currents)
    return found


def _branch(device: CompactModel, currents: FloatArray) -> OrbitBranch:
    """The branch of the orbit at the strongest of some currents at which there is one."""
    for current in sorted(currents.tolist(), key=abs, reverse=True):
        first = _next(device, current, None)
        if first is not None:
            return follow_orbits(first, float(currents.min()), float(currents.max()))
    _refuse(device, currents)


def _refuse(device: CompactModel, currents: FloatArray) -> NoReturn:
    raise ParameterError(
        f"{device.model_name()} has no periodic orbit at currents from {currents.min():g} A to {currents.max():g} A"
    )


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
