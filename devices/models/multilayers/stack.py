"""What stacks of two and of three layers share: their equations, made from the layers and spacers that they hold."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from typing import Any, ClassVar

import sympy as sp

from ...language.declarations.declaration import (
    Auxiliary,
    Branch,
    Derived,
    ElectricalNoise,
    Input,
    Observable,
    Option,
    Parameter,
    Symbols,
)
from ...language.equations.constants import mu_0
from ...model import CompactModel
from ...physics.electrical_noise import white_noise
from ...physics.magnetism import direction, spin_torque_field
from ...physics.stray_field import mutual_factors
from .layer import Spacer, StackLayer

#: What the layers of a stack have in common, and a stack declares once.
SHARED = (*("shape", "length", "width", "field_x", "field_y", "field_z", "ambient_temperature", "area"),)


def stray_factors(own: str, other: str, between: tuple[str, ...]) -> tuple[Parameter, Parameter, Parameter]:
    """The demagnetising factors of a layer in the stray field of another, along x, y and z; by default of the geometry.

    Parameters
    ----------
    own, other : str
        Names of the layers.
    between : tuple of str
        Names of the spacers and layers between them.
    """

    def factor(axis: int) -> Parameter:
        def default(stack: MagneticStack) -> float:
            if stack.options["stray_fields"] == "none":
                return 0.0
            gap = sum(stack.values[f"{name}_thickness"] for name in between)
            thicknesses = (stack.values[f"{name}_thickness"] for name in (own, other))
            first, last = thicknesses
            return mutual_factors(stack.options["shape"], stack.length, stack.width, first, gap, last)[axis]

        what = f"demagnetising factor of the {own} layer in the field of the {other} one along {'xyz'[axis]}"
        return Parameter(default, "1", what, (-1.0, 1.0))

    return factor(0), factor(1), factor(2)


def _size(stack: MagneticStack) -> float:
    return stack.length


class MagneticStack(CompactModel, abstract=True):
    """Layers above each other that all move, a current through them, and a field in which they are.

    A subclass holds layers and spacers as parts, names them in :attr:`layers` and :attr:`spacers` in the order from
    the contact ``p`` to the contact ``n``, and declares ``stray_<k><l>_x``, ``_y`` and ``_z`` for every pair.
    """

    symbol = "free-layers"
    label = "Stack of layers"
    time_scale = 1e-9
    loops = ("field",)

    #: Names of the parts, from the contact p.
    layers: ClassVar[tuple[str, ...]]
    spacers: ClassVar[tuple[str, ...]]

    voltage = Branch("p", "n", "voltage across the stack, from the first layer's to the last layer's contact")

    shape = StackLayer.shape.but(description="cross-section of the stack, for area and demagnetising factors")
    stray_fields = Option("layers", ("layers", "none"), "whether the layers feel each other's stray field")
    length = Parameter(100e-9, "m", "full axis along x", (2e-9, 1e-5))
    width = Parameter(_size, "m", "full axis along y; the length if not given", (2e-9, 1e-5))
    field_x, field_y, field_z = (
        Input(0.0, "A/m", f"external field along {axis}, of all layers", (-1e7, 1e7), netlist_scale=1e3)
        for axis in "xyz"
    )
    half_voltage = Parameter(
        0.5, "V", "voltage across the stack at which the magnetoresistance is halved", (0.01, 100.0)
    )
    polarizer_polarization = Parameter(
        0.0, "1", "spin polarisation of a layer at rest beyond the last one", (-1.0, 1.0)
    )
    polarizer_polar_angle = Parameter(0.0, "rad", "polar angle of the layer at rest", (0.0, math.pi))
    polarizer_azimuth = Parameter(0.0, "rad", "azimuth of the layer at rest", (-math.pi, math.pi))
    ambient_temperature = StackLayer.ambient_temperature.but()

    area = Derived("m^2", "area of the cross-section")
    polarizer = Derived("1", "direction of the layer at rest", vector=True)
    parallel_resistance = Derived("ohm", "resistance with all layers parallel, low bias")

    relative_resistance = Auxiliary("1", "resistance in units of that with all layers parallel")
    junction_noise = ElectricalNoise("voltage", "thermal noise, and shot noise of barriers")
    resistance = Observable("ohm", "resistance")
    moment = Observable("1", "total moment over that of parallel layers", vector=True)
    energy = Observable("J/m^2", "energy per area of all layers in the field")

    @classmethod
    def coupling(cls, s: Symbols) -> Any:
        """Energy per area that the layers have with each other: exchange and stray fields [J/m^2]."""
        total = sp.S.Zero
        for name, own, other in zip(cls.spacers, cls.layers, cls.layers[1:], strict=False):
            total += Spacer.coupling(s[name], s[own].m, s[other].m, s.voltage)
        if s.stray_fields == "none":
            return total
        for (k, own), (j, other) in itertools.combinations(enumerate(cls.layers, 1), 2):
            factor, one, two = s[f"stray_{k}{j}"], s[own], s[other]
            strength = mu_0 * one.saturation_magnetization * two.saturation_magnetization * one.thickness
            total += strength * one.m.dot(sp.diag(*factor) * two.m)
        return total

    @classmethod
    def torques(cls, s: Symbols, current: Any) -> dict[str, sp.Matrix]:
        """Torques of the current on each layer, as fields times gamma_0 [rad/s].

        Electrons that come from the next layer are polarised along it; those that it reflects against it.
        """
        found = {name: sp.zeros(3, 1) for name in cls.layers}

        def strength(layer: Symbols) -> Any:
            return layer.gamma_0 * spin_torque_field(current, layer.saturation_magnetization, layer.volume)

        for k, (name, own, other) in enumerate(zip(cls.spacers, cls.layers, cls.layers[1:], strict=False)):
            spacer, one, two, cosine = s[name], s[own], s[other], s[cls.cosine(k)]
            across = one.m.cross(two.m)
            found[own] += strength(one) * Spacer.efficiency(spacer, cosine, two.polarization) * across
            found[other] += strength(two) * Spacer.efficiency(spacer, cosine, one.polarization) * across
        last = cls.layers[-1]
        found[last] += strength(s[last]) * s.polarizer_polarization / 2 * s[last].m.cross(s.polarizer)
        return found

    @classmethod
    def cosine(cls, k: int) -> str:
        """Name of the cosine of the angle across the k-th spacer."""
        return f"cosine_{k + 1}{k + 2}"

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        parts = {name: getattr(cls, name) for name in (*cls.layers, *cls.spacers)}
        bias = (s.voltage / s.half_voltage) ** 2
        products = {name: s[name].resistance_area_product for name in cls.spacers}
        whole = sum(products.values())
        relative, noise = sp.S.Zero, sp.S.Zero
        total = s.parallel_resistance * s.relative_resistance
        for k, name in enumerate(cls.spacers):
            share = products[name] / whole * Spacer.relative_resistance(s[name], s[cls.cosine(k)], bias)
            relative += share
            # The voltage divides among the spacers, and so does the noise of each.
            part = share / s.relative_resistance
            fano = sp.S.One if s[name].kind == "tunnel" else sp.S.Zero
            noise += white_noise(s.voltage * part, part / total, s.temperature, fano)
        current = s.voltage / total
        torques, coupling = cls.torques(s, current), cls.coupling(s)
        moments = {name: s[name].saturation_magnetization * s[name].thickness for name in cls.layers}
        equations: dict[str, Any] = {}
        for name in cls.layers:
            equations |= parts[name].named(StackLayer.layer_equations(s[name], coupling, torques[name]))
        return {
            **equations,
            "polarizer": direction(s.polarizer_polar_angle, s.polarizer_azimuth),
            "parallel_resistance": whole / s.area,
            **{
                cls.cosine(k): s[own].m.dot(s[other].m) for k, (own, other) in enumerate(itertools.pairwise(cls.layers))
            },
            "relative_resistance": relative,
            "current": current,
            "junction_noise": (noise, sp.S.Zero),
            "resistance": total,
            "moment": sum((moments[name] * s[name].m for name in cls.layers), sp.zeros(3, 1)) / sum(moments.values()),
            "energy": coupling + sum(StackLayer.energy(s[name]) for name in cls.layers),
        }
