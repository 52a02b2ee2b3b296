"""Injection locking: between which frequencies an alternating drive takes an oscillator along (Arnold tongue)."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import Column, column_information, device_table
from ....devices.core.oscillator_protocols import Locking, Oscillation
from ....devices.language.array_checks import reals
from ....devices.language.checks import known
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.model import CompactModel
from ....devices.simulation.orbits.locking import adler_half_range, locking_range
from ....devices.simulation.orbits.orbit import PeriodicOrbit
from ....devices.simulation.orbits.search import periodic_orbit
from ...arguments import SWEPT, Choice, Name, Quantity, Range, Whole
from ...bench import bench

METHODS = ("orbit", "adler")
#: Multiples of the frequency near which the widest range is sought.
HARMONICS = 2
#: Suggested amplitudes: their number, and the widest half range, in units of the rate of relaxation over 2 pi and of
#: the frequency.
POINTS, RELAXATIONS, FREQUENCIES = 6, 0.3, 0.02
#: A half range at the constant current itself, over the frequency, that is none.
NOTHING = 1e-7


def _swept(device: CompactModel, quantity: str | None) -> str:
    return device.protocol(Locking).quantity if quantity is None else quantity


@bench(needs=(Oscillation, Locking), swept=_swept, name="injection-locking")
def injection_locking(
    device: CompactModel,
    amplitude: Annotated[
        ArrayLike | None, Range(SWEPT, "amplitudes of the drive; default: within a weak drive's reach", positive=True)
    ] = None,
    *,
    current: Annotated[float | None, Quantity("A", "dc current; default: the device's suggestion")] = None,
    quantity: Annotated[
        str | None, Name("what is driven: current or an input; default: the device's suggestion")
    ] = None,
    harmonic: Annotated[
        int | None, Whole("near which multiple of the frequency; default: that of the wider range of 1 and 2", 1, 16)
    ] = None,
    method: Annotated[
        str, Choice(METHODS, "from the orbits of the driven device, or from the slow phase of the free one alone")
    ] = "orbit",
) -> pd.DataFrame:
    r"""Find the frequencies between which an oscillator is locked to an alternating drive, over its amplitude.

    Near the n-th multiple of the frequency :math:`f_0` a weak drive of amplitude A locks the oscillator within Adler's
    range :math:`n f_0 (1 \pm |Z_n| A)`, with the response Z of the phase to the drive, from the perturbation projection
    vector of the free orbit (:mod:`synaspice.devices.simulation.orbits.locking`). For the auto-oscillator that is

    .. math:: 2 \pi\, \Delta f = \frac{\eta A}{2 \sqrt{p_0}} \sqrt{1 + \nu^2}

    At any amplitude the edges are where the stable periodic orbit of the driven device ends, which is followed over the
    frequency of the drive (``orbit``).

    Returns
    -------
    pandas.DataFrame
        Columns ``amplitude``, in the unit of the quantity, ``adler_lower`` and ``adler_upper``, the edges for a weak
        drive, and ``lower`` and ``upper``, those of the driven device [Hz], NaN where it is not locked or ``adler`` is
        the method. ``attrs`` has the ``frequency`` of the free oscillator [Hz], ``harmonic``, ``quantity`` and
        ``current`` [A].

    Raises
    ------
    ParameterError
        If the device does not oscillate under the current, its phase does not feel the drive, or an argument makes no
        sense.

    References
    ----------
    R. Adler, "A study of locking phenomena in oscillators", Proc. IRE 34, 351 (1946),
    doi:10.1109/JRPROC.1946.229930; A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009),
    doi:10.1109/TMAG.2008.2009935.
    """
    suggested = device.protocol(Locking)
    at = suggested.current if current is None else current
    driven = known("what is driven", _swept(device, quantity), ["current", *device.input_declarations()])
    orbit = _free(device.replace(**device.protocol(Oscillation).overrides), at)
    slopes = adler_half_range(orbit, driven, HARMONICS if harmonic is None else harmonic)
    multiple = int(np.argmax(slopes)) + 1 if harmonic is None else harmonic
    slope, centre = float(slopes[multiple - 1]), multiple * orbit.frequency
    unit = abs(at) if driven == "current" else device.input_declarations()[driven].netlist_scale
    if slope * unit <= NOTHING * orbit.frequency:
        raise ParameterError(
            f"the phase of {device.model_name()} does not feel the {driven} near {multiple} times its frequency"
        )
    widest = min(RELAXATIONS * orbit.relaxation_rate / (2 * np.pi), FREQUENCIES * centre) / slope
    sizes = widest * np.arange(1, POINTS + 1) / POINTS if amplitude is None else reals("amplitudes", amplitude)
    rows = [[size, centre - slope * size, centre + slope * size, np.nan, np.nan] for size in sizes.tolist()]
    if method == "orbit":
        for row, (low, high) in zip(rows, _edges(orbit, driven, multiple, sizes, centre, slope), strict=True):
            row[3:] = [low, high]
        if np.isnan([row[3] for row in rows]).all():
            raise ParameterError(f"no locked orbit of {device.model_name()} was found at these amplitudes")
    found_unit = "A" if driven == "current" else column_information(device)[driven][0]
    names = {
        "amplitude": (found_unit, f"amplitude of the alternating {driven}"),
        "adler_lower": ("Hz", "lower edge of the range for a weak drive"),
        "adler_upper": ("Hz", "upper edge of the range for a weak drive"),
        "lower": ("Hz", "lowest frequency of the drive at which the device is locked"),
        "upper": ("Hz", "highest frequency of the drive at which the device is locked"),
    }
    table = zip(names, np.array(rows).T, strict=True)
    columns: dict[str, Column] = {name: (values, *names[name]) for name, values in table}
    about = {"bench": "injection-locking", "engine": "numeric", "method": method, "quantity": driven}
    return device_table(device, columns, **about, harmonic=multiple, frequency=orbit.frequency, current=at)


def _free(device: CompactModel, current: float) -> PeriodicOrbit:
    try:
        found = periodic_orbit(device, current)
    except SimulationError as error:
        raise ParameterError(f"no free oscillation under {current:g} A: {error}") from None
    if not found.stable:
        raise ParameterError(f"the oscillation of {device.model_name()} under {current:g} A is not stable")
    return found


def _edges(
    orbit: PeriodicOrbit, quantity: str, harmonic: int, sizes: FloatArray, centre: float, slope: float
) -> list[tuple[float, float]]:
    """Edges at each amplitude, the weakest first: the middle of the range moves with the square of the amplitude."""
    found = [(np.nan, np.nan)] * len(sizes)
    shift = 0.0
    for place in np.argsort(sizes, kind="stable").tolist():
        size = float(sizes[place])
        low, high = locking_range(orbit, quantity, harmonic, size, centre + shift * size**2, slope * size)
        found[place] = low, high
        if np.isfinite(low):
            shift = (0.5 * (low + high) - centre) / size**2
    return found
