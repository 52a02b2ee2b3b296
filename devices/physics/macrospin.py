"""The macrospin: a magnet that turns as a whole, as a part that models inherit or hold."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np
import sympy as sp

from ..core.base import ROOM_TEMPERATURE
from ..core.offers import offers
from ..core.oscillator_protocols import Resonance
from ..core.protocols import Sweep
from ..language.declarations.declaration import Auxiliary, Derived, Input, Noise, Option, Parameter, State, Symbols
from ..language.declarations.part import Component
from ..language.declarations.placement import before
from ..language.equations.constants import k_B, mu_0
from ..language.waveforms.shapes import DC
from .magnetism import (
    damped_rotation,
    demagnetizing_factors_ellipse,
    demagnetizing_factors_prism,
    direction,
    thermal_field_density,
)

#: Cross-sections of a magnet, and their demagnetising factors.
SHAPES: dict[str, Callable[[float, float, float], tuple[float, float, float]]] = {
    "ellipse": demagnetizing_factors_ellipse,
    "prism": demagnetizing_factors_prism,
}


def _demagnetizing_factor(axis: str) -> Parameter:
    def default(magnet: Macrospin) -> float:
        return magnet.demagnetizing_factors()["xyz".index(axis)]

    return Parameter(default, "1", f"demagnetising factor along {axis}", (0.0, 1.0))


def _field(axis: str) -> Input:
    return Input(0.0, "A/m", f"external field along {axis}", (-1e7, 1e7), netlist_scale=1e3)


class Macrospin(Component):
    r"""A magnet whose magnetisation is one unit vector, with the fields and torques that turn it.

    .. math::

        \dot{\mathbf m} = -\gamma_0\, \mathbf m \times \mathbf H_\mathrm{eff} + \alpha\, \mathbf m \times
            \dot{\mathbf m} - \mathbf m \times \boldsymbol\tau, \qquad
        \mathbf H_\mathrm{eff} = \mathbf H + \mathbf h + \frac{2 K_u}{\mu_0 M_s} (\mathbf m \cdot \mathbf u)\,
            \mathbf u - M_s \mathsf N \mathbf m + \dots

    with the external field, the thermal one, that of the uniaxial anisotropy, and that of the demagnetisation; a model
    adds further fields and torques, such as that of a current or the exchange with another layer.

    A subclass declares the size, a name in :attr:`extent` for each axis; :class:`MagnetLayer` has one. See
    :mod:`synaspice.devices.language.declarations.part` for how a model has a macrospin, or two.

    References
    ----------
    T. L. Gilbert, IEEE Trans. Magn. 40, 3443 (2004), doi:10.1109/TMAG.2004.836740; W. F. Brown, Phys. Rev. 130, 1677
    (1963), doi:10.1103/PhysRev.130.1677.
    """

    #: Names of the parameters that are the full axes along x, y and z. [m]
    extent: ClassVar[tuple[str, str, str]]

    shape = Option("ellipse", tuple(SHAPES), "cross-section of the magnet, for area and demagnetising factors")

    saturation_magnetization = Parameter(8e5, "A/m", "saturation magnetisation", (1e4, 3e6))
    damping = Parameter(0.01, "1", "Gilbert damping", (1e-4, 1.0))
    gyromagnetic_ratio = Parameter(1.76085963e11, "rad/(s*T)", "gyromagnetic ratio", (1e10, 1e12))
    uniaxial_anisotropy = Parameter(0.0, "J/m^3", "uniaxial anisotropy of the volume", (-5e6, 5e6))
    anisotropy_polar_angle = Parameter(0.0, "rad", "polar angle of the uniaxial anisotropy's axis", (0.0, math.pi))
    anisotropy_azimuth = Parameter(0.0, "rad", "azimuth of the uniaxial anisotropy's axis", (-math.pi, math.pi))
    demagnetizing_factor_x = _demagnetizing_factor("x")
    demagnetizing_factor_y = _demagnetizing_factor("y")
    demagnetizing_factor_z = _demagnetizing_factor("z")

    field_x, field_y, field_z = _field("x"), _field("y"), _field("z")

    initial_polar_angle = Parameter(math.pi / 2, "rad", "polar angle of the magnetisation at t = 0", (0.0, math.pi))
    initial_azimuth = Parameter(0.0, "rad", "azimuth of the magnetisation at t = 0", (-math.pi, math.pi))

    area = Derived("m^2", "area of the cross-section")
    volume = Derived("m^3", "volume of the magnet")
    easy_axis = Derived("1", "direction of the uniaxial anisotropy", vector=True)
    gamma_0 = Derived("m/(A*s)", "gyromagnetic ratio times vacuum permeability")
    uniaxial_field = Derived("A/m", "anisotropy field of the volume")
    pull = Derived("A/m", "field that pulls the magnetisation towards an axis; differences matter", vector=True)
    anisotropy_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the next easier one")
    hard_axis_field = Derived("A/m", "field that holds the magnetisation on its easy axis against the hardest one")
    thermal_stability = Derived("1", "energy barrier of the macrospin over k_B T at the ambient temperature")

    m = State(
        "1",
        "magnetisation",
        vector=True,
        unit_sphere=True,
        initial=lambda s: direction(s.initial_polar_angle, s.initial_azimuth),
    )
    precession = Auxiliary("rad/s", "effective field, torques included, times gamma_0", vector=True, scale=1e9)
    rotation = Auxiliary("rad/s", "angular velocity of the magnetisation", vector=True, scale=1e9)
    thermal_field = Noise("A/m", "thermal field", vector=True)

    # --- equations ----------------------------------------------------------------------------

    @classmethod
    def magnet_equations(
        cls,
        s: Symbols,
        *,
        field: sp.Matrix | None = None,
        torque: sp.Matrix | None = None,
        magnetization: Any = None,
        anisotropy: Any = sp.S.One,
        perpendicular_field: Any = sp.S.Zero,
        heated: tuple[Any, Any] = (sp.S.One, sp.S.One),
        temperature: Any = None,
        ambient: Any = ROOM_TEMPERATURE,
    ) -> dict[str, Any]:
        r"""Expressions of all that a macrospin declares.

        Its figures of merit are the fields that hold it on its easy axis, with which its small precession is stiff, and
        its thermal stability :math:`\mu_0 M_s V H_k / 2 k_B T`.

        Parameters
        ----------
        s : Symbols
            The macrospin's.
        field : Matrix, optional
            Field beside the external one and those of its own anisotropies. [A/m]
        torque : Matrix, optional
            Torques, as fields times :math:`\gamma_0`: :math:`\boldsymbol\tau` of the class. [rad/s]
        magnetization : Expr, optional
            Saturation magnetisation at rest [A/m]; default: the parameter.
        anisotropy : Expr
            Uniaxial anisotropy at rest over the parameter. [-]
        perpendicular_field : Expr
            Anisotropy field along z at rest, for the figures of merit; ``field`` has to include it. [A/m]
        heated : tuple of Expr
            Magnetisation and uniaxial anisotropy over those at rest, of a magnet that heats itself. [-]
        temperature : Expr, optional
            Temperature of the thermal field [K]; default: that of the simulation.
        ambient : Expr
            Temperature of the surroundings, for the thermal stability. [K]
        """
        at_rest = s.saturation_magnetization if magnetization is None else magnetization
        magnetic, anisotropic = heated
        m_s, u = at_rest * magnetic, s.easy_axis
        uniaxial_field = s.uniaxial_field * anisotropic / magnetic
        total = (
            s.field + s.thermal_field + uniaxial_field * s.m.dot(u) * u - m_s * sp.diag(*s.demagnetizing_factor) * s.m
        )
        total += sp.zeros(3, 1) if field is None else field
        kelvin = s.temperature if temperature is None else temperature
        density = thermal_field_density(s.damping, kelvin, s.gyromagnetic_ratio, m_s, s.volume)

        axes = zip(u, s.demagnetizing_factor, strict=True)
        pull = [s.uniaxial_field * part**2 - at_rest * n for part, n in axes]
        pull[2] += perpendicular_field
        easiest, hardest = sp.Max(*s.pull), sp.Min(*s.pull)
        length, width, thickness = (s[name] for name in cls.extent)
        return {
            "area": length * width * (sp.pi / 4 if s.shape == "ellipse" else 1),
            "volume": s.area * thickness,
            "easy_axis": direction(s.anisotropy_polar_angle, s.anisotropy_azimuth),
            "gamma_0": s.gyromagnetic_ratio * mu_0,
            "uniaxial_field": 2 * s.uniaxial_anisotropy * anisotropy / (mu_0 * at_rest),
            "pull": pull,
            "anisotropy_field": 2 * easiest + hardest - sum(s.pull),
            "hard_axis_field": easiest - hardest,
            "thermal_stability": mu_0 * at_rest * s.volume * s.anisotropy_field / (2 * k_B * ambient),
            "precession": s.gamma_0 * total + (sp.zeros(3, 1) if torque is None else torque),
            "rotation": damped_rotation(s.m, s.precession, s.damping),
            "dm/dt": s.rotation.cross(s.m),
            "thermal_field": sp.ones(3, 1) * density,
        }

    @classmethod
    def critical_field(cls, s: Symbols) -> Any:
        """Damping-like field along the easy axis at which the magnetisation turns unstable [A/m].

        It has to overcome the damping of an elliptic precession, whose mean stiffness is that against both other axes.
        """
        return s.damping * (s.anisotropy_field + s.hard_axis_field) / 2

    # --- derived from its values ----------------------------------------------------------------

    def demagnetizing_factors(self) -> tuple[float, float, float]:
        """Demagnetising factors along x, y and z, of the option ``shape`` and the size [-]."""
        length, width, thickness = (self.values[name] for name in self.extent)
        return SHAPES[self.shape](length, width, thickness)

    def axes_by_pull(self) -> list[str]:
        """The axes x, y and z, from the hardest to the easiest."""
        return sorted("xyz", key=lambda axis: self.derived[f"pull_{axis}"])

    @property
    def precession_decay(self) -> float:
        r"""Time in which a small precession about the easy axis decays [s].

        .. math:: \frac{1}{\tau} = \alpha\gamma_0\,\frac{H_k + H_\mathrm{hard}}{2}
        """
        return float(2 / (self.damping * self.gamma_0 * (self.anisotropy_field + self.hard_axis_field)))

    @offers(Resonance)
    def suggested_resonance(self) -> Resonance:
        """In fields along the easy axis, from twice the largest field that holds the magnetisation there down to 0."""
        easy = self.axes_by_pull()[-1]
        hold = max(self.anisotropy_field, 0.5 * self.hard_axis_field)
        angles = {
            "x": {"initial_polar_angle": math.pi / 2, "initial_azimuth": 0.0},
            "y": {"initial_polar_angle": math.pi / 2, "initial_azimuth": math.pi / 2},
            "z": {"initial_polar_angle": 0.0, "initial_azimuth": 0.0},
        }
        return Resonance(easy, tuple((2 * hold * np.linspace(1.0, 0.0, 21)).tolist()), angles[easy])

    def field_sweep(self, sweep: Sweep, hold: float) -> Sweep:
        """A sweep of a field to twice the one that holds the magnetisation, with a static one of 1 % of it across.

        A macrospin at rest on its axis feels no torque: without a field across it would not switch when it should.

        Parameters
        ----------
        sweep : Sweep
            The sweep to give an amplitude; its quantity is an input.
        hold : float
            Field that holds the magnetisation. [A/m]
        """
        across = f"field_{self.axes_by_pull()[1]}"
        tilt = {} if sweep.quantity == across else {across: DC(self.values[across] + 0.01 * hold)}
        return dataclasses.replace(sweep, amplitude=2 * hold, agitation=tilt)


class MagnetLayer(Macrospin):
    """A macrospin of a layer's size: two axes in its plane, and a thickness."""

    extent = ("length", "width", "thickness")

    with before("saturation_magnetization"):
        length = Parameter(100e-9, "m", "full axis along x", (2e-9, 1e-5))
        width = Parameter(50e-9, "m", "full axis along y", (2e-9, 1e-5))
        thickness = Parameter(3e-9, "m", "thickness", (1e-10, 1e-6))


def slow_triangle(sweep: Sweep, start: dict[str, float]) -> Sweep:
    """A sweep as a triangle of 100 ns, slow for a macrospin, from a reference state."""
    return dataclasses.replace(sweep, period=1e-7, waveform="triangle", max_step=1e-12, overrides=start)
