r"""Building blocks of spin circuits: channels, ferromagnets, interfaces and spin Hall strips as conductances.

Every node has four potentials, that of the charge and the three components of the spin potential, and four currents
belong to them. With the voltages :math:`V_\uparrow, V_\downarrow` (electrochemical potential over :math:`-e`) that
electrons with their *magnetic moment* along and against an axis see,

.. math::

    V_c = \frac{V_\uparrow + V_\downarrow}{2}, \quad V_s = \frac{V_\uparrow - V_\downarrow}{2}, \qquad
    I_c = I_\uparrow + I_\downarrow, \quad I_s = I_\uparrow - I_\downarrow

for each axis, all currents in the direction of positive charge. A block is a handful of 4 x 4 conductance matrices,
written down once in SymPy: as numbers for nodal analysis, and as a subcircuit for ngspice.

References
----------
K. Y. Camsari, S. Ganguly, S. Datta, "Modular approach to spintronics", Sci. Rep. 5, 10571 (2015),
doi:10.1038/srep10571; A. Brataas, G. E. W. Bauer, P. J. Kelly, "Non-collinear magnetoelectronics", Phys. Rep. 427, 157
(2006), doi:10.1016/j.physrep.2006.01.001.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy as sp

from ...language.declarations.declaration import Parameter, Symbols
from ...language.waveforms.shapes import FloatArray
from ...targets.spice.dialects import NGSPICE
from ...targets.spice.expressions import ExpressionPrinter
from ...targets.spice.statements import check_name
from ...targets.spice.subcircuit import Subcircuit

#: The components of a node, charge first.
COMPONENTS = ("c", "x", "y", "z")

_LENGTH = (1e-11, 1.0)


def _quantities(**declared: tuple[float, str, str, tuple[float, float]]) -> dict[str, Parameter]:
    found = {name: Parameter(*entry) for name, entry in declared.items()}
    for name, parameter in found.items():
        parameter.name = name
    return found


_WIRE = {
    "resistivity": (0.0, "ohm*m", "resistivity", (1e-10, 1e3)),
    "length": (0.0, "m", "length along the current", _LENGTH),
    "width": (0.0, "m", "width of the cross-section", _LENGTH),
    "thickness": (0.0, "m", "thickness of the cross-section", _LENGTH),
    "spin_diffusion_length": (0.0, "m", "spin diffusion length", _LENGTH),
}


@dataclass(frozen=True)
class Element:
    """A conductance between two ports: ``matrix @ (V[sense[0]] - V[sense[1]])`` flows through ``path``.

    Attributes
    ----------
    name : str
        Its description.
    path, sense : tuple of str or None
        The ports from and to which the current flows, and those whose potentials drive it; None is ground.
    matrix : Matrix
        4 x 4 conductances over (c, x, y, z), in the block's quantities. [S]
    """

    name: str
    path: tuple[str, str | None]
    sense: tuple[str, str | None]
    matrix: sp.Matrix

    @classmethod
    def between(cls, name: str, first: str, second: str | None, matrix: Any) -> Element:
        """A conductance driven by the potentials of its own ends."""
        return cls(name, (first, second), (first, second), matrix)


@dataclass(frozen=True)
class _Kind:
    """The common part of all blocks of one kind: their ports, quantities and equations."""

    description: str
    ports: tuple[str, ...]
    quantities: Mapping[str, Parameter]
    equations: Callable[[Symbols], Sequence[Element]]


@dataclass(frozen=True)
class SpinBlock:
    """A piece of a spin circuit, with its values; made by one of the functions of this module.

    Attributes
    ----------
    kind : str
        Which of the functions made it.
    values : tuple
        Pairs of a quantity's name and its value, in SI units.
    """

    kind: str
    values: tuple[tuple[str, float], ...]

    @property
    def ports(self) -> tuple[str, ...]:
        """Names of the four-component ports, in order."""
        return _KINDS[self.kind].ports

    @property
    def elements(self) -> dict[str, FloatArray]:
        """Conductance matrix [S] of every element, by name."""
        evaluated = _evaluator(self.kind)(*(value for _, value in self.values))
        return {e.name: np.array(m, dtype=float) for e, m in zip(_elements(self.kind), evaluated, strict=True)}

    @property
    def series(self) -> FloatArray:
        """The 4 x 4 conductance [S] from the first port to the second."""
        return self.elements["series"]

    @property
    def shunts(self) -> tuple[FloatArray, ...]:
        """For every port the 4 x 4 conductance [S] to ground, where spin is lost."""
        found = self.elements
        return tuple(found.get(f"shunt_{port}", np.zeros((4, 4))) for port in self.ports)

    @property
    def admittance(self) -> FloatArray:
        """Currents into all ports over their potentials [S], port by port: 4 n x 4 n for n ports."""
        ports, numbers = self.ports, self.elements
        total = np.zeros((4 * len(ports), 4 * len(ports)))
        for element in _elements(self.kind):
            for end, sign in zip(element.path, (1, -1), strict=True):
                for sensed, polarity in zip(element.sense, (1, -1), strict=True):
                    if end is not None and sensed is not None:
                        row, column = 4 * ports.index(end), 4 * ports.index(sensed)
                        total[row : row + 4, column : column + 4] += sign * polarity * numbers[element.name]
        return total

    def subcircuit(self, name: str | None = None) -> Subcircuit:
        """Write the block as an ngspice subcircuit whose parameters are the block's quantities.

        Its pins are, port by port, the four components: ``left_c left_x left_y left_z right_c ...``.

        Parameters
        ----------
        name : str, optional
            Name of the subcircuit; default: the kind.

        Raises
        ------
        ParameterError
            If the name cannot be one.
        """
        chosen = name or self.kind
        check_name(chosen, "subcircuit")
        kind = _KINDS[self.kind]
        pins = tuple(f"{port}_{component}" for port in kind.ports for component in COMPONENTS)
        lines = [f"* {kind.description}; potentials and currents (charge, spin x, y, z) at every port"]
        lines += [f"*   {n}: {p.description} [{p.unit}]" for n, p in kind.quantities.items()]
        lines += [f".subckt {chosen} {' '.join(pins)} params:"]
        lines += [f"+ {quantity}={value!r}" for quantity, value in self.values]
        printer = ExpressionPrinter(NGSPICE, {}, formula=True)
        for element in _elements(self.kind):
            lines.append(f"* {element.name} [S]")
            for row, into in enumerate(COMPONENTS):
                for column, of in enumerate(COMPONENTS):
                    if element.matrix[row, column] == 0:
                        continue
                    label = f"{element.name}_{into}{of}"
                    path = " ".join("0" if port is None else f"{port}_{into}" for port in element.path)
                    sense = " ".join("0" if port is None else f"{port}_{of}" for port in element.sense)
                    lines.append(f".param {label}={{{printer.doprint(element.matrix[row, column])}}}")
                    lines.append(f"G_{label} {path} {sense} {{{label}}}")
        return Subcircuit(chosen, pins, "\n".join([*lines, f".ends {chosen}"]) + "\n")


@functools.cache
def _elements(kind: str) -> tuple[Element, ...]:
    names = _KINDS[kind].quantities
    entries: dict[str, Any] = {name: sp.Symbol(name, real=True) for name in names}
    if "m_x" in names:
        entries["m"] = sp.Matrix([entries[f"m_{axis}"] for axis in "xyz"])
    return tuple(_KINDS[kind].equations(Symbols(entries)))


@functools.cache
def _evaluator(kind: str) -> Callable[..., Any]:
    symbols = [sp.Symbol(name, real=True) for name in _KINDS[kind].quantities]
    return sp.lambdify(symbols, [element.matrix for element in _elements(kind)], "numpy", cse=True)  # type: ignore[no-any-return]


def make_block(kind: str, **values: Any) -> SpinBlock:
    """A block of a kind, its values checked and in the kind's order."""
    quantities = _KINDS[kind].quantities
    return SpinBlock(kind, tuple((name, declared.check(values[name])) for name, declared in quantities.items()))


# --- the equations ------------------------------------------------------------------------------


def _csch(x: Any) -> Any:
    """1 / sinh(x) for x > 0: overflows nowhere, and loses no digits at small x."""
    return sp.exp(-x) * (1 + 1 / sp.tanh(x))


def longitudinal(m: Any, charge: Any, mixed: Any, spin: Any) -> sp.Matrix:
    r"""Conductance of charge and of the spin along a direction, turned into the laboratory's axes.

    .. math::

        \begin{pmatrix} I_c \\ \mathbf I_s \end{pmatrix} = \begin{pmatrix} g_{cc} & g_{cs} \mathbf m^T \\
        g_{cs} \mathbf m & g_{ss} \mathbf m \mathbf m^T \end{pmatrix}
        \begin{pmatrix} \Delta V_c \\ \Delta\mathbf V_s \end{pmatrix}
    """
    top = sp.Matrix([[charge]]).row_join(mixed * m.T)
    return top.col_join((mixed * m).row_join(spin * m * m.T))


def transverse(m: Any, along: Any, across: Any) -> sp.Matrix:
    r"""Conductance of the spin across a direction, :math:`g_r (1 - \mathbf m \mathbf m^T) - g_i [\mathbf m]_\times`."""
    rotation = sp.Matrix([[0, -m[2], m[1]], [m[2], 0, -m[0]], [-m[1], m[0], 0]])
    spin = along * (sp.eye(3) - m * m.T) - across * rotation
    return sp.diag(0, spin)


def interface_matrices(
    m: Any, conductance: Any, polarization: Any, mixing_real: Any, mixing_imag: Any
) -> tuple[sp.Matrix, sp.Matrix]:
    r"""Series and shunt conductance of an interface of a ferromagnet and a normal metal, as expressions.

    .. math::

        I_c &= G\,(\Delta V_c + P\, \mathbf m \cdot \Delta\mathbf V_s), \\
        \mathbf I_s &= G\,(P\, \Delta V_c + \mathbf m \cdot \Delta\mathbf V_s)\,\mathbf m
            + 2 G_r\, \mathbf m \times (\mathbf V_s \times \mathbf m) + 2 G_i\, \mathbf V_s \times \mathbf m

    with the normal metal's :math:`\mathbf V_s` in the last two terms: the ferromagnet takes in all transverse spin.
    Brataas, Bauer and Kelly (2006), where :math:`G_r + i G_i` is the mixing conductance :math:`G_{\uparrow\downarrow}`.
    """
    series = longitudinal(m, conductance, polarization * conductance, conductance)
    return series, transverse(m, 2 * mixing_real, 2 * mixing_imag)


def _channel(s: Symbols) -> list[Element]:
    area, x = s.width * s.thickness, s.length / s.spin_diffusion_length
    charge = area / (s.resistivity * s.length)
    spin = area / (s.resistivity * s.spin_diffusion_length)
    shunt = sp.diag(0, *[spin * sp.tanh(x / 2)] * 3)
    return [
        Element.between("series", "left", "right", sp.diag(charge, *[spin * _csch(x)] * 3)),
        Element.between("shunt_left", "left", None, shunt),
        Element.between("shunt_right", "right", None, shunt),
    ]


def _ferromagnet(s: Symbols) -> list[Element]:
    area, p = s.width * s.thickness, s.polarization
    x, y = s.length / s.spin_diffusion_length, s.length / s.transverse_decay_length
    charge = area / (s.resistivity * s.length)
    spin = area * (1 - p**2) / (s.resistivity * s.spin_diffusion_length)
    lost = area / (s.resistivity * s.transverse_decay_length)
    series = longitudinal(s.m, charge, p * charge, p**2 * charge + spin * _csch(x)) + transverse(
        s.m, lost * _csch(y), 0
    )
    shunt = longitudinal(s.m, 0, 0, spin * sp.tanh(x / 2)) + transverse(s.m, lost * sp.tanh(y / 2), 0)
    return [
        Element.between("series", "left", "right", series),
        Element.between("shunt_left", "left", None, shunt),
        Element.between("shunt_right", "right", None, shunt),
    ]


def _interface(s: Symbols) -> list[Element]:
    series, shunt = interface_matrices(
        s.m, s.conductance, s.polarization, s.mixing_conductance_real, s.mixing_conductance_imag
    )
    return [
        Element.between("series", "ferromagnet", "normal", series),
        Element.between("shunt_normal", "normal", None, shunt),
    ]


def _spin_hall(s: Symbols) -> list[Element]:
    face, x = s.length * s.width, s.thickness / s.spin_diffusion_length
    along = s.width * s.thickness / (s.resistivity * s.length)
    upward = face / (s.resistivity * s.thickness)
    spin = face / (s.resistivity * s.spin_diffusion_length)
    conversion = s.spin_hall_angle * s.width / s.resistivity
    # The charge meets in the middle of the strip: a star of half resistances, its centre eliminated.
    star = {"left": 2 * along, "right": 2 * along, "bottom": 2 * upward, "top": 2 * upward}
    names = list(star)
    elements = [
        Element.between(f"charge_{a}_{b}", a, b, sp.diag(star[a] * star[b] / sum(star.values()), 0, 0, 0))
        for k, a in enumerate(names)
        for b in names[k + 1 :]
    ]
    shunt = sp.diag(0, *[spin * sp.tanh(x / 2)] * 3)
    direct, inverse = sp.zeros(4, 4), sp.zeros(4, 4)
    direct[2, 0], inverse[0, 2] = conversion, -conversion
    return [
        *elements,
        Element.between("series", "bottom", "top", sp.diag(0, *[spin * _csch(x)] * 3)),
        Element.between("shunt_bottom", "bottom", None, shunt),
        Element.between("shunt_top", "top", None, shunt),
        Element("spin_hall", ("bottom", "top"), ("left", "right"), direct),
        Element("inverse_spin_hall", ("left", "right"), ("bottom", "top"), inverse),
    ]


_DIRECTION = {f"m_{axis}": (0.0, "1", f"magnetisation along {axis}", (-1.0, 1.0)) for axis in "xyz"}
_POLARIZATION = {"polarization": (0.0, "1", "polarisation of the conductance", (-0.999999, 0.999999))}
_SIDES = ("left", "right")

_KINDS: dict[str, _Kind] = {
    "non_magnetic_channel": _Kind("Non-magnetic channel", _SIDES, _quantities(**_WIRE), _channel),
    "ferromagnet_bulk": _Kind(
        "Ferromagnet",
        _SIDES,
        _quantities(
            **_WIRE,
            **_POLARIZATION,
            transverse_decay_length=(0.0, "m", "decay length of the transverse spin", _LENGTH),
            **_DIRECTION,
        ),
        _ferromagnet,
    ),
    "ferromagnet_normal_interface": _Kind(
        "Interface of a ferromagnet and a normal metal",
        ("ferromagnet", "normal"),
        _quantities(
            conductance=(0.0, "S", "conductance of both spins together", (1e-15, 1e9)),
            **_POLARIZATION,
            mixing_conductance_real=(0.0, "S", "real part of the mixing conductance", (0.0, 1e9)),
            mixing_conductance_imag=(0.0, "S", "imaginary part of the mixing conductance", (-1e9, 1e9)),
            **_DIRECTION,
        ),
        _interface,
    ),
    "spin_hall_block": _Kind(
        "Strip with spin Hall effect: charge along x, spin y along z",
        ("left", "right", "bottom", "top"),
        _quantities(**_WIRE, spin_hall_angle=(0.0, "1", "spin Hall angle", (-1.0, 1.0))),
        _spin_hall,
    ),
}
