"""Spin-diode effect (spin-torque ferromagnetic resonance): the voltage that an alternating current makes."""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import Column, device_table
from ....devices.core.oscillator_protocols import Rectifying
from ....devices.core.vectors import scales_of
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.waveforms.corners import Repetition
from ....devices.language.waveforms.shapes import FloatArray, Sine
from ....devices.model import CompactModel
from ....devices.simulation.orbits.driven_orbit import driven_orbit
from ....devices.simulation.rectification import rectification
from ....devices.simulation.request import Request
from ....devices.simulation.trajectories.stability import Equilibrium
from ...arguments import Choice, Quantity, Range
from ...bench import bench
from ...fields import AXES, Fields, in_field
from .fmr import resonance, resting

METHODS = ("second-order", "orbit")
#: Frequencies about the resonance: reach in units of the width, and their number.
REACH, POINTS = 5.0, 201
#: Deviation that the suggested amplitude makes at resonance, in units of the states' scales, and the largest
#: suggested voltage [mV]; excess over the second order from which that is not all.
SUGGESTED, MOST, WRONG = 0.005, 30.0, 0.1
#: A voltage below this part of the drive's is none.
NOTHING = 1e-12


@bench(needs=(Rectifying,), name="spin-diode")
def spin_diode(
    device: CompactModel,
    *,
    frequency: Annotated[
        ArrayLike | None, Range("Hz", "frequencies; default: about the resonance in each field", positive=True)
    ] = None,
    amplitude: Annotated[
        float | None, Quantity("A", "amplitude of the alternating current; default: a small one", positive=True)
    ] = None,
    current: Annotated[float, Quantity("A", "constant current beside it")] = 0.0,
    field: Fields = None,
    axis: Annotated[str, Choice(AXES, "axis of the field")] = "z",
    method: Annotated[
        str, Choice(METHODS, "in second order of the amplitude, or on the periodic orbit of the whole equations")
    ] = "second-order",
) -> pd.DataFrame:
    r"""Measure the dc voltage that an alternating current through a junction makes over its frequency.

    The torque of the current moves the magnetisation, and the resistance with it: :math:`V_\mathrm{dc} = \langle I(t)
    R(t) \rangle`. In second order of the amplitude it follows from the linearised motion about the rest
    (:mod:`synaspice.devices.simulation.rectification`), with the change of the mean resistance under a constant current
    and the curvature of the junction's own characteristic. Near the resonance f\ :sub:`r` of width :math:`\Delta f` it
    is the sum of a symmetric Lorentzian (of a damping-like torque across an in-plane precession), an antisymmetric one
    (of a field-like torque) and a background,

    .. math:: V_\mathrm{dc} = \frac{S + A\,x}{1 + x^2} + C, \qquad x = \frac{f - f_\mathrm{r}}{\Delta f / 2}

    which are fitted with the eigenvalue's frequency and width. The alternating current is that through the junction:
    what a line reflects is not counted. ``orbit`` takes the mean over the periodic orbit of the whole equations, at any
    amplitude.

    Without ``field`` a junction whose reference layer lies along its easy axis is put into a field across, in which the
    torque does not vanish.

    Returns
    -------
    pandas.DataFrame
        Columns ``field`` [A/m] if fields are given, ``frequency`` [Hz], ``rectified_voltage`` [V], its parts
        ``symmetric``, ``antisymmetric`` and ``background`` [V], and ``sensitivity``: over the power in the junction
        [V/W]. ``attrs`` has ``amplitude`` [A], and lists over the fields of ``resonance`` and ``linewidth`` [Hz].

    Warns
    -----
    ValidityWarning
        If the amplitude is beyond the second order.

    Raises
    ------
    ParameterError
        If the device does not come to rest, its resistance does not feel the current's torque, or an argument makes no
        sense.

    References
    ----------
    A. A. Tulapurkar et al., "Spin-torque diode effect in magnetic tunnel junctions", Nature 438, 339 (2005),
    doi:10.1038/nature04207; J. C. Sankey et al., Nat. Phys. 4, 67 (2008), doi:10.1038/nphys783.
    """
    suggested = device.protocol(Rectifying)
    started = device.replace(**suggested.overrides) if field is None else device
    size, excess = amplitude, 0.0
    parts: list[FloatArray] = []
    lines: dict[str, list[float]] = {"resonance": [], "linewidth": []}
    last: FloatArray | None = None
    for value in [None] if field is None else reals("fields", field, "A/m").tolist():
        there = started if value is None else in_field(started, axis, value)
        rest = resting(there, current, last)
        if not rest.stable:
            raise ParameterError(
                f"{device.model_name()} does not come to rest under {current:g} A: it has no resonance"
            )
        last = rest.states
        mode = resonance(rest)
        line, width = mode.imag / (2 * np.pi), -mode.real / np.pi
        grid = _frequencies(frequency, line, width)
        if size is None:
            millivolt = _millivolt(there, rest)
            strongest = float(np.max(rectification(there, current, rest.states, grid, millivolt).deviation))
            size = MOST * millivolt if strongest * MOST * millivolt < SUGGESTED else SUGGESTED / strongest
        small = rectification(there, current, rest.states, grid, size)
        if method == "orbit":
            voltage = _on_orbits(there, current, size, rest.states, grid) - small.voltage
        else:
            voltage = small.curvature * size**2
            excess = max(excess, small.excess)
        symmetric, antisymmetric, background = _parts(voltage, grid, line, width)
        power = 0.5 * size**2 * small.resistance
        parts.append(np.stack([np.full(len(grid), 0.0 if value is None else value), grid, voltage, symmetric,
                               antisymmetric, np.full(len(grid), background), voltage / power]))  # fmt: skip
        lines["resonance"].append(line)
        lines["linewidth"].append(width)
    rows = np.concatenate(parts, axis=1)
    if not np.any(np.ptp(rows[2]) > NOTHING * abs(size or 0.0) * small.resistance):
        raise ParameterError(
            f"the voltage of {device.model_name()} does not feel the resonance: its reference layer lies along the "
            "magnetisation at rest; give a field across, or turn it"
        )
    if excess > WRONG:
        warn_user(
            f"at {size:g} A the second order is not all of what {device.model_name()} does: take a smaller amplitude, "
            "or the method orbit",
            ValidityWarning,
        )
    names = {
        "field": ("A/m", f"external field along {axis}"),
        "frequency": ("Hz", "frequency of the alternating current"),
        "rectified_voltage": ("V", "mean voltage beyond that of the constant current"),
        "symmetric": ("V", "part of it: a symmetric Lorentzian"),
        "antisymmetric": ("V", "part of it: an antisymmetric Lorentzian"),
        "background": ("V", "part of it: what does not resonate"),
        "sensitivity": ("V/W", "mean voltage over the power in the device"),
    }
    columns: dict[str, Column] = {name: (row, *names[name]) for name, row in zip(names, rows, strict=True)}
    if field is None:
        del columns["field"]
    about: dict[str, Any] = {"bench": "spin-diode", "engine": "numeric", "method": method, "amplitude": size}
    return device_table(device, columns, **about, **lines, current=current, axis=None if field is None else axis)


def _frequencies(given: ArrayLike | None, line: float, width: float) -> FloatArray:
    if given is not None:
        return reals("frequencies", given, "Hz")
    if not np.isfinite(line):
        raise ParameterError("no deviation from the rest oscillates: give frequencies")
    return np.linspace(max(line - REACH * width, 0.05 * line), line + REACH * width, POINTS)


def _millivolt(device: CompactModel, rest: Equilibrium) -> float:
    """A current that makes a millivolt [A]."""
    branch = next(iter(device.branches().values()))
    states = dict(zip(device.state_declarations(), rest.states.tolist(), strict=True))
    return abs(float(device.static(**{branch.name: 1e-3}, **states)[branch.current]))


def _on_orbits(
    device: CompactModel, current: float, amplitude: float, rest: FloatArray, grid: FloatArray
) -> FloatArray:
    """Mean voltage over the periodic orbit at each frequency, from beside a rest on."""
    branch = next(iter(device.branches().values())).name
    start, close = rest / scales_of(device), False
    found = []
    for frequency in grid.tolist():
        request = Request.of(device, Sine(current, amplitude, frequency), 1.0, "current", {})
        orbit = driven_orbit(request, Repetition(1 / frequency, 0.0), 1, start, close)
        start, close = orbit.cycle.states[0], True
        found.append(float(np.mean(orbit.values(branch))))
    return np.array(found)


def _parts(voltage: FloatArray, grid: FloatArray, line: float, width: float) -> tuple[FloatArray, FloatArray, float]:
    """Symmetric and antisymmetric Lorentzian, and background, by least squares."""
    if not np.isfinite(line) or len(grid) < 3:
        return np.full(len(grid), np.nan), np.full(len(grid), np.nan), np.nan
    x = (grid - line) / (width / 2)
    shapes = np.stack([1 / (1 + x**2), x / (1 + x**2), np.ones(len(grid))], axis=1)
    sizes = np.linalg.lstsq(shapes, voltage, rcond=None)[0]
    return shapes[:, 0] * sizes[0], shapes[:, 1] * sizes[1], float(sizes[2])
