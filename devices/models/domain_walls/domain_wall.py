"""Devices whose state is the position of a domain wall: a two-terminal strip, and a three-terminal synapse."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...language.declarations.declaration import (
    Branch,
    Derived,
    ElectricalNoise,
    Observable,
    Option,
    Parameter,
    Symbols,
)
from ...physics.electrical_noise import thermal_noise, white_noise
from .motion import _DomainWall


def junction_conductance(s: Symbols, voltage: Any) -> Any:
    r"""Conductance of a tunnel junction on top of the strip, linear in the wall's position.

    .. math:: G = G_P \left[x + (1 - x)\, \frac{1 + (v / V_h)^2}{1 + (v / V_h)^2 + \mathrm{TMR}}\right]

    Parameters
    ----------
    s : Symbols
        The symbols of a device that declares ``parallel_conductance``, ``tmr`` and ``tmr_half_voltage``.
    voltage : Expr
        Voltage across the junction. [V]
    """
    return s.parallel_conductance * s.x + conductance_beyond_wall(s, voltage)


def conductance_beyond_wall(s: Symbols, voltage: Any) -> Any:
    r"""Conductance of the part of such a junction that lies beyond the wall, at larger q, and is antiparallel.

    .. math:: G_b = G_P\, (1 - x)\, \frac{1 + (v / V_h)^2}{1 + (v / V_h)^2 + \mathrm{TMR}}

    A junction's current enters the strip along all its length. If the end at q = 0 takes it out, the current at the
    wall is that which has entered beyond it, :math:`G_b v`, and it flows there as a positive current of the strip does:
    the reading pushes the wall to larger q where it reads at a positive voltage, and the less the nearer the wall is to
    the far end. The drop along the strip is neglected beside the junction's voltage.

    Parameters
    ----------
    s : Symbols
        The symbols of a device that declares ``parallel_conductance``, ``tmr`` and ``tmr_half_voltage``.
    voltage : Expr
        Voltage across the junction. [V]
    """
    bias = (voltage / s.tmr_half_voltage) ** 2
    return s.parallel_conductance * (1 - s.x) * (1 + bias) / (1 + bias + s.tmr)


class DomainWallMagnet(_DomainWall):
    r"""Two-terminal strip with a domain wall: its current moves the wall, its resistance tells where the wall is.

    With ``readout="strip"`` the strip is the free layer of a spin valve whose reference layer is parallel to the domain
    at small q,

    .. math:: v = R_P \left[1 + \mathrm{MR}\,(1 - x)\right] i, \qquad R_P = \frac{\rho L}{w (t + t_\mathrm{HM})},
        \qquad x = q / L

    With ``readout="junction"`` a tunnel junction lies on the whole strip, its top is ``p``, and its conductance is
    linear in the position,

    .. math:: i = G_P \left[x + (1 - x)\, \frac{G_{AP}}{G_P}(v)\right] v, \qquad G_P = \frac{L w}{RA}

    (see :func:`junction_conductance`). Its current enters along the strip, whose resistance is neglected, and is taken
    out at the end ``n``: what has entered beyond the wall, the share :math:`(1 - x)\, G_{AP} / [x\, G_P + (1 - x)\,
    G_{AP}]`, passes the wall and moves it (:func:`conductance_beyond_wall`). The force fades as the wall nears ``p``'s
    end: no current drives it all the way there. The wall follows the collective-coordinate equations

    .. math::

        \dot q = \Delta\, \frac{Q a + \alpha b}{1 + \alpha^2}, \qquad \dot\phi = \frac{Q b - \alpha a}{1 + \alpha^2}

    with the torques :math:`a` (shape anisotropy, DMI, in-plane field, adiabatic torque) and :math:`b` (field along the
    domains, spin Hall torque, pinning, non-adiabatic torque) that are written out, with all conventions, in
    :mod:`synaspice.devices.models.domain_walls.motion`. q runs from ``n`` to ``p``: a positive current from ``p`` to
    ``n`` has its electrons run from ``n`` to ``p`` and push the wall there, which lowers the resistance (a spin Hall
    torque may do the opposite). With ``magnetoresistance=0`` it is a plain strip, read by other means.

    References
    ----------
    X. Wang, Y. Chen, H. Xi, H. Li, D. Dimitrov, "Spintronic memristor through spin-torque-induced magnetization
    motion", IEEE Electron Device Lett. 30, 294 (2009), doi:10.1109/LED.2008.2012270 (the two-terminal device);
    A. Thiaville, Y. Nakatani, J. Miltat, Y. Suzuki, Europhys. Lett. 69, 990 (2005), doi:10.1209/epl/i2004-10452-6
    (the wall).
    """

    symbol = "strip"
    label = "Domain-wall strip"

    unsuited = ()

    voltage = Branch("p", "n", "voltage along the strip, or across the junction")

    readout = Option(
        "strip", ("strip", "junction"), "what the two terminals see: the strip, or a junction on top of it"
    )
    resistance_area_product = Parameter(4e-11, "ohm*m^2", "junction's resistance times area, parallel", (1e-14, 1e-6))
    tmr = Parameter(1.0, "1", "tunnel magnetoresistance ratio of the junction at zero bias", (0.0, 20.0))
    tmr_half_voltage = Parameter(0.5, "V", "voltage at which the tunnel magnetoresistance is halved", (0.01, 100.0))
    resistivity = Parameter(3e-7, "ohm*m", "resistivity of the strip, parallel to the reference layer", (1e-9, 1e-3))
    magnetoresistance = Parameter(0.1, "1", "relative rise of the resistance, antiparallel", (0.0, 20.0))

    parallel_conductance = Derived("S", "conductance with the strip parallel to the reference layer")
    parallel_resistance = Derived("ohm", "resistance with the strip parallel to the reference layer")
    antiparallel_resistance = Derived("ohm", "resistance with the strip antiparallel, at zero bias")
    current_noise = ElectricalNoise("voltage", "thermal noise of the strip, or thermal and shot noise of the junction")
    resistance = Observable("ohm", "resistance")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        if s.readout == "junction":
            resistance, ratio = 1 / junction_conductance(s, s.voltage), s.tmr
            parallel_conductance = s.length * s.strip_width / s.resistance_area_product
        else:
            resistance, ratio = s.parallel_resistance * (1 + s.magnetoresistance * (1 - s.x)), s.magnetoresistance
            parallel_conductance = s.current_area / (s.resistivity * s.length)
        current = s.voltage / resistance
        passing = conductance_beyond_wall(s, s.voltage) * s.voltage if s.readout == "junction" else current
        barriers = 1 if s.readout == "junction" else 0  # a strip is long enough to have no shot noise
        noise = white_noise(s.voltage, 1 / resistance, s.temperature, barriers)
        return cls.wall_equations(s, passing) | {
            "parallel_conductance": parallel_conductance,
            "parallel_resistance": 1 / s.parallel_conductance,
            "antiparallel_resistance": s.parallel_resistance * (1 + ratio),
            "current": current,
            "current_noise": (noise, sp.S.Zero),
            "resistance": resistance,
        }

    @property
    def write_resistance(self) -> float:
        """Resistance, antiparallel to the reference layer [ohm]."""
        return float(self.antiparallel_resistance)


class DomainWallSynapse(_DomainWall):
    r"""Three-terminal synapse: a current along the strip writes, a junction on top of it reads the wall's position.

    .. math::

        i &= \frac{v}{R_w}, \qquad R_w = \frac{\rho L}{w (t + t_\mathrm{HM})} \\
        i_r &= G_P \left[x + (1 - x)\, \frac{G_{AP}}{G_P}(v_r)\right] v_r, \qquad G_P = \frac{L w}{RA}, \quad
            \frac{G_{AP}}{G_P} = \frac{1 + (v_r / V_h)^2}{1 + (v_r / V_h)^2 + \mathrm{TMR}}, \qquad x = q / L

    The write path leads from ``write`` to ``common``, the read path from ``read`` through the junction to ``common``.
    The wall moves by the equations of :mod:`synaspice.devices.models.domain_walls.motion`, q running from ``common`` to
    ``write``: a positive current at the wall pushes it with the electrons to ``write``, which raises the read
    conductance (a spin Hall torque may do the opposite). That current is

    .. math:: i_\mathrm{wall} = i + G_P\,(1 - x)\, \frac{G_{AP}}{G_P}(v_r)\, v_r

    The read current enters the strip all along the junction and leaves at ``common``, and what has entered beyond the
    wall passes it (:func:`conductance_beyond_wall`): a positive read voltage pushes the wall as a positive write
    current does. It disturbs a wall unless it is well below the current that frees it, or beats what pulls it back.

    Neglected are the drops of both currents along the strip: use it where the junction's resistance is well above the
    strip's, and ``write`` floats or has a current source while the junction is read. Were ``write`` held at the
    potential of ``common``, a part of the read current would leave there, and less would pass the wall.

    References
    ----------
    A. Sengupta, Y. Shim, K. Roy, "Proposal for an all-spin artificial neural network: emulating neural and synaptic
    functionalities through domain wall motion in ferromagnets", IEEE Trans. Biomed. Circuits Syst. 10, 1152 (2016),
    doi:10.1109/TBCAS.2016.2525823 (the device); A. Thiaville, Y. Nakatani, J. Miltat, Y. Suzuki, Europhys. Lett. 69,
    990 (2005), doi:10.1209/epl/i2004-10452-6 (the wall).
    """

    symbol = "strip-with-junction"
    label = "Domain-wall synapse"

    voltage = Branch("write", "common", "voltage along the strip, which writes")
    read_voltage = Branch("read", "common", "voltage across the junction, which reads", current="read_current")

    resistivity = Parameter(3e-7, "ohm*m", "resistivity of the strip, heavy metal included", (1e-9, 1e-3))
    resistance_area_product = Parameter(4e-11, "ohm*m^2", "resistance times area, parallel, low bias", (1e-14, 1e-6))
    tmr = Parameter(1.0, "1", "tunnel magnetoresistance ratio at zero bias", (0.0, 20.0))
    tmr_half_voltage = Parameter(0.5, "V", "voltage at which the tunnel magnetoresistance is halved", (0.01, 100.0))

    strip_resistance = Derived("ohm", "resistance of the write path")
    parallel_conductance = Derived("S", "read conductance with the strip parallel to the reference layer")
    antiparallel_conductance = Derived("S", "read conductance with the strip antiparallel, at zero bias")
    write_noise = ElectricalNoise("voltage", "thermal noise of the strip")
    read_noise = ElectricalNoise("read_voltage", "thermal and shot noise of the junction")
    resistance = Observable("ohm", "resistance of the junction")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        conductance = junction_conductance(s, s.read_voltage)
        current = s.voltage / s.strip_resistance
        passing = conductance_beyond_wall(s, s.read_voltage) * s.read_voltage
        return cls.wall_equations(s, current + passing) | {
            "strip_resistance": s.resistivity * s.length / s.current_area,
            "parallel_conductance": s.length * s.strip_width / s.resistance_area_product,
            "antiparallel_conductance": s.parallel_conductance / (1 + s.tmr),
            "current": current,
            "read_current": conductance * s.read_voltage,
            "resistance": 1 / conductance,
            "write_noise": (thermal_noise(1 / s.strip_resistance, s.temperature), sp.S.Zero),
            "read_noise": (white_noise(s.read_voltage, conductance, s.temperature), sp.S.Zero),
        }

    @property
    def write_resistance(self) -> float:
        """Resistance of the write path [ohm]."""
        return float(self.strip_resistance)
