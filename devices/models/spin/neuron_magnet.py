"""Magnet of a spin neuron: a spin circuit turns it, a tunnel junction on top of it reads it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import sympy as sp

from ...language.declarations.declaration import Branch, Derived, ElectricalNoise, Observable, Parameter, Symbols
from ...physics.electrical_noise import white_noise
from ...physics.magnetism import direction
from ...physics.tunnelling import relative_conductance
from .spin_magnet import SpinMagnet


class NeuronMagnet(SpinMagnet):
    r"""Macrospin magnet on a spin circuit with a tunnel junction on its other side, by which it is read.

    The magnet is a :class:`~synaspice.devices.SpinMagnet`; from ``read`` through the junction into its ``base`` flows

    .. math::

        I_r = G_P \frac{2 + T + T\, \mathbf m \cdot \mathbf r}{2 (1 + T)}\, V_r, \qquad
        T(V_r) = \frac{T_0}{1 + (V_r / V_h)^2}, \qquad G_P = \frac{A}{RA}

    with the direction :math:`\mathbf r` of the reference layer. The read current leaves through the magnet's own
    interface into the channel. Its spin torque on the magnet is neglected: read with less than the critical current,
    and after the magnet has settled.

    References
    ----------
    M. Sharad, C. Augustine, G. Panagopoulos, K. Roy, "Spin-based neuron model with domain-wall magnets as synapse",
    IEEE Trans. Nanotechnol. 11, 843 (2012), doi:10.1109/TNANO.2012.2202125; K. Y. Camsari, S. Ganguly, S. Datta, Sci.
    Rep. 5, 10571 (2015), doi:10.1038/srep10571.
    """

    label = "Magnet of a spin neuron"

    read_voltage = Branch("read", "base", "voltage across the junction", current="read_current")

    resistance_area_product = Parameter(4e-12, "ohm*m^2", "junction's resistance times area, parallel", (1e-14, 1e-6))
    tmr = Parameter(1.0, "1", "tunnel magnetoresistance ratio at zero bias", (0.0, 20.0))
    tmr_half_voltage = Parameter(0.5, "V", "voltage at which the tunnel magnetoresistance is halved", (0.01, 100.0))
    reference_polar_angle = Parameter(math.pi, "rad", "polar angle of the reference layer", (0.0, math.pi))
    reference_azimuth = Parameter(0.0, "rad", "azimuth of the reference layer", (-math.pi, math.pi))

    reference_layer = Derived("1", "direction of the reference layer", vector=True)
    parallel_conductance = Derived("S", "conductance of the junction, parallel")
    parallel_resistance = Derived("ohm", "resistance of the junction, parallel")
    antiparallel_resistance = Derived("ohm", "resistance of the junction, antiparallel, at zero bias")
    read_noise = ElectricalNoise("read_voltage", "thermal and shot noise of the junction")
    resistance = Observable("ohm", "resistance of the junction")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        bias = (s.read_voltage / s.tmr_half_voltage) ** 2
        ratio = relative_conductance(s.m.dot(s.reference_layer), bias, s.tmr)
        conductance = s.parallel_conductance * ratio
        return {
            **super().equations(s),
            "reference_layer": direction(s.reference_polar_angle, s.reference_azimuth),
            "parallel_conductance": s.area / s.resistance_area_product,
            "parallel_resistance": 1 / s.parallel_conductance,
            "antiparallel_resistance": s.parallel_resistance * (1 + s.tmr),
            "read_current": conductance * s.read_voltage,
            "read_noise": (white_noise(s.read_voltage, conductance, s.temperature), sp.S.Zero),
            "resistance": 1 / conductance,
        }
