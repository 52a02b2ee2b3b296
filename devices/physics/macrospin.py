"""What all models of a macrospin magnet share: its geometry, its anisotropies, and how a field turns it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from typing import Any

import sympy as sp

from ..core.base import DeviceModel
from ..core.protocols import Sweep
from ..language.constants import k_B, mu_0
from ..language.declaration import Input, Parameter, Symbols
from ..language.waveforms import DC
from .magnetism import demagnetizing_factors_ellipse, demagnetizing_factors_prism

#: Temperature of the thermal stability. [K]
ROOM_TEMPERATURE = 300
#: Cross-sections of a magnet, and their demagnetising factors.
SHAPES: dict[str, Callable[[float, float, float], tuple[float, float, float]]] = {
    "ellipse": demagnetizing_factors_ellipse,
    "prism": demagnetizing_factors_prism,
}


def demagnetizing_parameters(length: str, width: str, thickness: str) -> tuple[Parameter, Parameter, Parameter]:
    """Declare the demagnetising factors along x, y and z; by default they follow from option ``shape`` and geometry.

    Parameters
    ----------
    length, width, thickness : str
        Names of the parameters that are the full axes along x, y and z. [m]
    """

    def factor(axis: int) -> Callable[[DeviceModel], float]:
        def compute(magnet: DeviceModel) -> float:
            size = magnet.values
            return SHAPES[magnet.options["shape"]](size[length], size[width], size[thickness])[axis]

        return compute

    x, y, z = (
        Parameter(factor(k), "1", f"demagnetising factor along {axis}", (0.0, 1.0)) for k, axis in enumerate("xyz")
    )
    return x, y, z


def easy_axis_parameters() -> tuple[Parameter, Parameter]:
    """Declare the polar angle and the azimuth of the uniaxial anisotropy's axis [rad]."""
    return (
        Parameter(0.0, "rad", "polar angle of the uniaxial anisotropy's axis", (0.0, math.pi)),
        Parameter(0.0, "rad", "azimuth of the uniaxial anisotropy's axis", (-math.pi, math.pi)),
    )


def field_inputs() -> tuple[Input, Input, Input]:
    """Declare the external field along x, y and z [A/m]."""
    x, y, z = (Input(0.0, "A/m", f"external field along {axis}", (-1e7, 1e7), netlist_scale=1e3) for axis in "xyz")
    return x, y, z


def cross_section(shape: str, length: Any, width: Any) -> Any:
    """Area of a magnet of one of the :data:`SHAPES` from its full axes [m^2]."""
    return length * width * (sp.pi / 4 if shape == "ellipse" else 1)


def effective_field(s: Symbols, uniaxial_field: Any, magnetization: Any) -> sp.Matrix:
    r"""External, thermal, anisotropy and demagnetising field of a macrospin [A/m].

    .. math:: \mathbf H + \mathbf h + H_u (\mathbf m \cdot \mathbf u)\, \mathbf u - M_s \mathsf N \mathbf m

    Parameters
    ----------
    s : Symbols
        The model's, among them ``field``, ``thermal_field``, ``m``, ``easy_axis`` and ``demagnetizing_factor``.
    uniaxial_field, magnetization : Expr
        :math:`H_u` and :math:`M_s`. [A/m]
    """
    u = s.easy_axis
    demagnetizing = magnetization * sp.diag(*s.demagnetizing_factor) * s.m
    return s.field + s.thermal_field + uniaxial_field * s.m.dot(u) * u - demagnetizing


def figures_of_merit(s: Symbols, magnetization: Any, perpendicular_field: Any = 0) -> dict[str, Any]:
    r"""Fields that hold a macrospin on its easy axis, and its thermal stability :math:`\mu_0 M_s V H_k / 2 k_B T`.

    Parameters
    ----------
    s : Symbols
        The model's, among them ``easy_axis``, ``uniaxial_field``, ``demagnetizing_factor`` and ``volume``.
    magnetization : Expr
        Saturation magnetisation. [A/m]
    perpendicular_field : Expr
        Anisotropy field along z beside the uniaxial one. [A/m]

    Returns
    -------
    dict
        Expressions of the derived quantities ``pull``, ``anisotropy_field``, ``hard_axis_field`` and
        ``thermal_stability``.
    """
    axes = zip(s.easy_axis, s.demagnetizing_factor, strict=True)
    pull = [s.uniaxial_field * part**2 - magnetization * n for part, n in axes]
    pull[2] += perpendicular_field
    easiest, hardest = sp.Max(*s.pull), sp.Min(*s.pull)
    return {
        "pull": pull,
        "anisotropy_field": 2 * easiest + hardest - sum(s.pull),
        "hard_axis_field": easiest - hardest,
        "thermal_stability": mu_0 * magnetization * s.volume * s.anisotropy_field / (2 * k_B * ROOM_TEMPERATURE),
    }


def axes_by_pull(magnet: DeviceModel) -> Sequence[str]:
    """The axes x, y and z, from the hardest to the easiest."""
    return sorted("xyz", key=lambda axis: magnet.derived[f"pull_{axis}"])


def field_sweep(magnet: DeviceModel, sweep: Sweep, hold: float) -> Sweep:
    """A sweep of a field to twice the one that holds the magnetisation, with a static one of 1 % of it across.

    A macrospin at rest on its axis feels no torque: without a field across it would not switch when it should.

    Parameters
    ----------
    magnet : DeviceModel
        The magnet.
    sweep : Sweep
        The sweep to give an amplitude; its quantity is an input.
    hold : float
        Field that holds the magnetisation. [A/m]
    """
    across = f"field_{axes_by_pull(magnet)[1]}"
    tilt = {} if sweep.quantity == across else {across: DC(magnet.values[across] + 0.01 * hold)}
    return dataclasses.replace(sweep, amplitude=2 * hold, agitation=tilt)


def slow_triangle(sweep: Sweep, start: dict[str, float]) -> Sweep:
    """A sweep as a triangle of 100 ns, slow for a macrospin, from a reference state."""
    return dataclasses.replace(sweep, period=1e-7, waveform="triangle", max_step=1e-12, overrides=start)
