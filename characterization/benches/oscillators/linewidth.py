"""Line of an oscillator over its dc current and field: frequency, width, and the noise of its phase and amplitude."""

from __future__ import annotations

import warnings
from typing import Annotated, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import Column, device_table
from ....devices.core.oscillator_protocols import Oscillation
from ....devices.language.array_checks import reals
from ....devices.language.checks import positive
from ....devices.language.errors import ParameterError, ValidityWarning
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ....devices.simulation.orbits.orbit import PeriodicOrbit
from ...arguments import Choice, Range, Seed, Surroundings, Whole
from ...bench import bench
from ...fields import AXES, in_field
from .amplitude import measure_noisy
from .orbit import orbits_over

#: Offsets: the least in units of the suggested linewidth, the largest in units of the frequency, and their number.
LEAST, LARGEST, POINTS = 1e-3, 0.1, 31
#: Harmonics among which the strongest line is sought.
HARMONICS = 16


class Line(NamedTuple):
    """The strongest line of the voltage at one current; NaN where there is none."""

    frequency: float
    linewidth: float
    relaxation: float
    broadening: float
    phase_noise: FloatArray
    amplitude_noise: FloatArray


@bench(needs=(Oscillation,))
def linewidth(
    device: CompactModel,
    *,
    current: Annotated[
        ArrayLike | None, Range("A", "dc currents; default: those of the device's suggestion at which it has a line")
    ] = None,
    field: Annotated[
        ArrayLike | None, Range("A/m", "external fields along the axis; default: that of the device")
    ] = None,
    axis: Annotated[str, Choice(AXES, "axis of the field")] = "z",
    offset: Annotated[
        ArrayLike | None, Range("Hz", "offsets from the line; default: to a tenth of the frequency", positive=True)
    ] = None,
    temperature: Surroundings = None,
    trajectories: Annotated[int, Whole("noisy trajectories on which each line is measured as well")] = 0,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Find the line of an oscillator over dc current and field: frequency, width, phase and amplitude noise.

    All follow from the periodic orbit (:func:`~synaspice.devices.periodic_orbit`) in first order of weak thermal noise
    of the states, with the coupling of amplitude and phase. The line is the strongest harmonic of the voltage. Its
    width :math:`\Delta f` is that of the diffusion of the phase, for a circular orbit :math:`1 + \nu^2` (column
    ``broadening``) times that of the noise along the orbit alone. The phase noise at an offset f is
    :math:`\mathcal L = S_\phi / 2`, close to the line

    .. math:: S_\phi(f) = \frac{\Delta f}{\pi f^2}

    (-20 dB per decade), and above the ``relaxation_frequency`` without what the amplitude makes of it. Below
    :math:`\Delta f` the spectrum itself is a Lorentzian, and :math:`\mathcal L` more than it. The bench ``noise`` has
    the whole spectrum, with the electrical noise of the branch.

    With ``trajectories`` the width is measured on noisy trajectories as well, by the decay of their correlation.

    Returns
    -------
    pandas.DataFrame
        Columns ``field`` [A/m] if fields are given, ``current`` [A], ``offset`` [Hz], ``frequency`` [Hz],
        ``linewidth``, full width at half maximum [Hz], ``relaxation_frequency``, at which the amplitude's noise has
        fallen by half [Hz], ``broadening``, ``phase_noise`` and ``amplitude_noise`` [dBc/Hz]; with trajectories
        ``measured_linewidth`` [Hz]. The width and the noise are NaN where noise is not weak; all but the
        frequency where the orbit is not stable, and it too where there is none.

    Raises
    ------
    ParameterError
        If there is an orbit with a line at none of the currents, the device has no such field, or an argument makes no
        sense.

    References
    ----------
    A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009), doi:10.1109/TMAG.2008.2009935.
    """
    device, kelvin = in_surroundings(device, temperature)
    positive("the temperature", kelvin, "K")
    suggested = device.protocol(Oscillation)
    started = device.replace(**suggested.overrides)
    currents = reals("currents", suggested.currents if current is None else current, "A")
    highest = LARGEST * suggested.frequency
    grid = np.geomspace(min(LEAST * suggested.linewidth, 0.01 * highest), highest, POINTS)
    grid = grid if offset is None else reals("offsets", offset, "Hz")
    fields = [None] if field is None else reals("fields", field, "A/m").tolist()
    seeds = iter(np.random.SeedSequence(seed).generate_state(len(fields) * len(currents), np.uint64).tolist())
    parts: list[FloatArray] = []
    for value in fields:
        there = started if value is None else in_field(started, axis, value)
        for at, orbit in zip(currents.tolist(), _orbits(there, currents, value), strict=True):
            own = next(seeds)
            if orbit is None and current is None:
                continue
            line = _line(orbit, grid, kelvin)
            row = [0.0 if value is None else value, at, *line[:4]]
            if trajectories:
                noise = {"temperature": kelvin, "trajectories": trajectories, "seed": own}
                row.append(measure_noisy(there, at, there.protocol(Oscillation), None, noise)[4])
            constant = np.repeat(np.array(row)[:, None], len(grid), axis=1)
            parts.append(np.vstack([constant, grid, line.phase_noise, line.amplitude_noise]))
    if not any(np.isfinite(part[2]).any() for part in parts):
        raise ParameterError(
            f"{device.model_name()} has no periodic orbit at currents from {currents.min():g} A to {currents.max():g} A"
        )
    names = {
        "field": ("A/m", f"external field along {axis}"),
        "current": ("A", "dc current"),
        "frequency": ("Hz", "frequency of the voltage's strongest line"),
        "linewidth": ("Hz", "full width of the line at half maximum"),
        "relaxation_frequency": ("Hz", "rate at which deviations decay, over 2 pi"),
        "broadening": ("1", "width of the line over that by noise along the orbit alone"),
        **({"measured_linewidth": ("Hz", "width of the line on noisy trajectories")} if trajectories else {}),
        "offset": ("Hz", "offset from the line"),
        "phase_noise": ("dBc/Hz", "half of the phase's one-sided density"),
        "amplitude_noise": ("dBc/Hz", "half of the relative amplitude's one-sided density"),
    }
    rows = dict(zip(names, np.concatenate(parts, axis=1), strict=True))
    columns: dict[str, Column] = {name: (values, *names[name]) for name, values in rows.items()}
    if field is None:
        del columns["field"]
    about = {"bench": "linewidth", "engine": "numeric", "temperature": kelvin, "seed": seed if trajectories else None}
    return device_table(device, columns, axis=None if field is None else axis, **about)


def _orbits(device: CompactModel, currents: FloatArray, field: float | None) -> list[PeriodicOrbit | None]:
    """The orbit at each current; in one of several fields there may be none at all."""
    try:
        return orbits_over(device, currents)
    except ParameterError:
        if field is None:
            raise
        return [None] * len(currents)


def _line(orbit: PeriodicOrbit | None, offsets: FloatArray, temperature: float) -> Line:
    """The strongest line of the voltage on an orbit."""
    nothing = np.full(len(offsets), np.nan)
    none = Line(np.nan, np.nan, np.nan, np.nan, nothing, nothing)
    if orbit is None:
        return none
    harmonic = 1 + int(np.argmax(orbit.harmonics(count=HARMONICS)[1:]))
    frequency = harmonic * orbit.frequency
    if not orbit.stable:
        return none._replace(frequency=frequency)
    none = none._replace(frequency=frequency, relaxation=orbit.relaxation_rate / (2 * np.pi))
    none = none._replace(broadening=orbit.broadening(temperature))
    width, weak = orbit.weak_linewidth(temperature)
    if not weak:
        return none
    near = offsets < 0.5 * orbit.frequency
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ValidityWarning)
        table = orbit.phase_noise(offsets[near], temperature, harmonic=harmonic) if near.any() else None
    decibels = [nothing.copy(), nothing.copy()]
    for name, into in zip(("phase_noise", "amplitude_noise"), decibels, strict=True):
        if table is not None:
            into[near] = 10 * np.log10(table[name].to_numpy() / 2)
    return none._replace(linewidth=harmonic**2 * width, phase_noise=decibels[0], amplitude_noise=decibels[1])
