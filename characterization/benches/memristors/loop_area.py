r"""Area of a pinched loop over the frequency of the drive.

The lobes of the loop of current over voltage have the areas

.. math:: A_\pm = \left|\oint_{v \gtrless 0} i\,\mathrm dv\right|

An ideal memristor's loop shrinks towards a line as the frequency grows, with :math:`A \propto 1/f`. In closed form, for
the linear drift without a window and :math:`v = V \sin \omega t` from a resistance :math:`R_0`,

.. math::

    R(t)^2 = R_0^2 - b\,(1 - \cos\omega t), \qquad b = \frac{2 V k}{\omega} (R_\mathrm{off} - R_\mathrm{on}), \quad
    k = \frac{\mu_v R_\mathrm{on}}{D^2}, \qquad A_\pm \to \frac{V^2 b}{3 R_0^3}

as long as the state stays between its bounds.

References
----------
S. P. Adhikari, M. P. Sah, H. Kim, L. O. Chua, IEEE Trans. Circuits Syst. I 60, 3008 (2013),
doi:10.1109/TCSI.2013.2256171: the three fingerprints of a memristor.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.integrate import simpson

from ....devices.core.metadata import device_table
from ....devices.core.protocols import Sweep
from ....devices.language.array_checks import reals
from ....devices.language.checks import positive
from ....devices.language.errors import ParameterError, ResolutionWarning, warn_user
from ....devices.language.memory import require_memory, table_size
from ....devices.language.waveforms.shapes import FloatArray, Sine
from ....devices.model import CompactModel
from ...arguments import Quantity, Range, Whole
from ...bench import bench

#: Points of a half cycle between which the loop is integrated; even, for Simpson's rule.
HALF = 1000
#: Decades above the frequency of the device's own sweep, and points, of the default frequencies.
DECADES, POINTS = 2.0, 9
#: Share of a state's motion in a cycle by which it may fail to come back, without a warning.
OPEN = 0.01
#: A lobe over the rectangle around it, V times the largest current, below which rounding and tolerances make it up.
SMALLEST = 1e-7


@bench(needs=(Sweep,), long=True)
def loop_area(
    device: CompactModel,
    *,
    frequency: Annotated[
        ArrayLike | None,
        Range("Hz", "rising frequencies; default: two decades above that of the device's sweep", positive=True),
    ] = None,
    amplitude: Annotated[
        float | None, Quantity("V", "amplitude of the sine; default: that of the device's sweep", positive=True)
    ] = None,
    cycles: Annotated[int, Whole("cycles at each frequency, of which the last one is measured", 1)] = 10,
) -> pd.DataFrame:
    """Measure the areas of the lobes of the loop of current over voltage, over the frequency of the voltage.

    The device starts from its initial state at each frequency, and is driven by a sine.

    Returns
    -------
    pandas.DataFrame
        Columns ``frequency`` [Hz], ``area`` [W] of both lobes, ``area_positive`` and ``area_negative`` [W] of those at
        positive and negative voltages, ``relative`` (area over four times amplitude and largest current), ``pinch``
        (largest current at zero voltage over the largest one, 0 for a memristor) and ``unclosed`` (what the states fail
        to come back by, over their motion in the cycle). ``attrs["exponent"]`` is the slope of the logarithm of the
        area over that of the upper half of the frequencies, -1 for an ideal memristor; None of fewer than four.

    Raises
    ------
    ParameterError
        If frequencies do not rise, the device suggests no amplitude of the voltage and none is given, or a loop is too
        thin to be told from a line.

    Warns
    -----
    ResolutionWarning
        If a loop does not close within 1 % after the cycles.
    """
    sweep = device.protocol(Sweep)
    if sweep.quantity != "voltage" and amplitude is None:
        raise ParameterError(f"give the amplitude: {device.model_name()} suggests none of the voltage")
    size = positive("the amplitude", sweep.amplitude if amplitude is None else amplitude, "V")
    lowest = 1 / sweep.period if sweep.period else 1 / device.settling_time
    usual = np.geomspace(lowest, lowest * 10**DECADES, POINTS)
    frequencies = usual if frequency is None else reals("frequencies", frequency, "Hz")
    if not np.all(np.diff(frequencies) > 0):
        raise ParameterError("frequencies must rise")
    require_memory(2 * HALF * cycles, "points of the cycles", table_size(8))
    measured = device.replace(**sweep.overrides)
    rows = np.array([_lobes(measured, one, size, int(cycles)) for one in frequencies.tolist()])
    thin = frequencies[np.min(rows[:, :2], axis=1) < SMALLEST * size * rows[:, 2]]
    if len(thin):
        raise ParameterError(
            f"at {thin[0]:.3g} Hz the loop is too thin to be told from a line: ask for lower frequencies"
        )
    worst = int(np.argmax(rows[:, 4]))
    if rows[worst, 4] > OPEN:
        warn_user(
            f"at {frequencies[worst]:.3g} Hz the states fail to come back by {100 * rows[worst, 4]:.2g} % of their "
            f"motion after {cycles} cycles: ask for more of them",
            ResolutionWarning,
        )
    area = rows[:, 0] + rows[:, 1]
    upper = len(area) // 2
    exponent = None
    if len(area) >= 4:
        exponent = float(np.polyfit(np.log(frequencies[upper:]), np.log(area[upper:]), 1)[0])
    columns: dict[str, Any] = {
        "frequency": (frequencies, "Hz", "frequency of the voltage"),
        "area": (area, "W", "area of both lobes of the loop"),
        "area_positive": (rows[:, 0], "W", "area of the lobe at positive voltages"),
        "area_negative": (rows[:, 1], "W", "area of the lobe at negative voltages"),
        "relative": (area / (4 * size * rows[:, 2]), "1", "area over that of the rectangle around the loop"),
        "pinch": (rows[:, 3], "1", "largest current at zero voltage over the largest one"),
        "unclosed": (rows[:, 4], "1", "what states fail to come back by over their motion"),
    }
    attributes = {"amplitude": size, "cycles": int(cycles), "exponent": exponent, "temperature": None}
    return device_table(device, columns, bench="loop-area", engine="numeric", **attributes)


def _lobes(device: CompactModel, frequency: float, amplitude: float, cycles: int) -> list[float]:
    """Areas of both lobes of the last cycle [W], the largest current [A], the pinch, and how far it is from closed."""
    period = 1 / frequency
    angle = 2 * math.pi * np.linspace(0.0, 1.0, 2 * HALF + 1)
    times = (cycles - 1) * period + period * angle / (2 * math.pi)
    reported = times if cycles == 1 else np.concatenate([[0.0], times])
    run = device.simulate(Sine(0.0, amplitude, frequency), float(reported[-1]), times=reported).iloc[-len(times) :]
    current = run[next(iter(device.branches().values())).current].to_numpy()
    slope = amplitude * np.cos(angle)
    lobes = [abs(float(simpson((current * slope)[part], x=angle[part]))) for part in _halves()]
    largest = float(np.max(np.abs(current)))
    pinch = float(np.max(np.abs(current[[0, HALF, -1]]))) / largest
    return [*lobes, largest, pinch, _unclosed(device, run)]


def _halves() -> tuple[slice, slice]:
    return slice(0, HALF + 1), slice(HALF, 2 * HALF + 1)


def _unclosed(device: CompactModel, run: pd.DataFrame) -> float:
    """How far states are from where the cycle began, over how far they moved in it; 0 of states that rest."""
    found = [0.0]
    for name, state in device.state_declarations().items():
        values: FloatArray = run[name].to_numpy()
        moved = float(np.ptp(values))
        if moved > 1e-9 * state.scale:
            found.append(abs(float(values[-1] - values[0])) / moved)
    return max(found)
