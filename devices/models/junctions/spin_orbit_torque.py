"""Three-terminal magnetic tunnel junction that the spin Hall effect of a heavy-metal line switches."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy as sp

from ...core.protocols import Stimulus, Sweep, Switching
from ...language.declarations.declaration import Branch, Derived, ElectricalNoise, Parameter, Symbols
from ...language.waveforms.shapes import DC, Pulse
from ...physics.electrical_noise import thermal_noise
from ...physics.magnetism import spin_torque_field
from .mtj import MTJ


class SpinOrbitTorqueMTJ(MTJ):
    r"""Magnetic tunnel junction on a heavy-metal line: written by the line's current, read through the barrier.

    To the torques of :class:`~synaspice.devices.MTJ` the line's current, along x, adds

    .. math::

        \dot{\mathbf m} = \dots - \gamma_0 H_\mathrm{DL}\, \mathbf m \times (\mathbf m \times \boldsymbol\sigma)
            - \gamma_0 H_\mathrm{FL}\, \mathbf m \times \boldsymbol\sigma, \qquad
        H_\mathrm{DL} = \frac{\hbar\, \theta_\mathrm{SH} J}{2 e \mu_0 M_s t}, \qquad
        \boldsymbol\sigma = -\hat{\mathbf y}

    with the current density :math:`J = I / (w\, t_\mathrm{HM})`. A positive current flows from ``line`` to ``p``, which
    is also the free layer's contact; with a positive spin Hall angle (as of Pt below the magnet) it pulls the
    magnetisation towards -y. The junction's current does not flow through the line: it is taken out at ``p``.

    A perpendicular layer needs a field along the current to be switched one way; the current at which it leaves its
    axis is, for small fields, :math:`H_\mathrm{DL} = H_k / 2 - H_x / \sqrt 2`.

    References
    ----------
    L. Liu et al., Science 336, 555 (2012), doi:10.1126/science.1218197; K.-S. Lee, S.-W. Lee, B.-C. Min, K.-J. Lee,
    Appl. Phys. Lett. 102, 112410 (2013), doi:10.1063/1.4798288.
    """

    symbol = "junction-on-line"
    label = "spin-orbit-torque junction"
    reference = "L. Liu et al., Science 336, 555 (2012)"
    doi = "10.1126/science.1218197"

    line_voltage = Branch("line", "p", "voltage along the heavy-metal line", current="line_current")

    line_length = Parameter(200e-9, "m", "length of the heavy-metal line", (1e-8, 1e-3))
    line_width = Parameter(50e-9, "m", "width of the heavy-metal line", (5e-9, 1e-4))
    line_thickness = Parameter(4e-9, "m", "thickness of the heavy-metal line", (5e-10, 1e-7))
    line_resistivity = Parameter(2e-6, "ohm*m", "resistivity of the heavy metal", (1e-8, 1e-4))
    spin_hall_angle = Parameter(0.1, "1", "spin Hall angle, charge to spin current", (-2.0, 2.0))
    field_like_ratio = Parameter(0.0, "1", "field-like over damping-like spin-orbit torque", (-10.0, 10.0))

    line_resistance = Derived("ohm", "resistance of the heavy-metal line")
    spin_orbit_field_per_ampere = Derived("1/m", "damping-like field of the spin-orbit torque per current of the line")

    line_noise = ElectricalNoise("line_voltage", "thermal noise of the heavy-metal line")

    @classmethod
    def equations(cls, s: Symbols) -> Mapping[str, Any]:
        given = dict(super().equations(s))
        sigma = sp.Matrix([0, -1, 0])
        line_current = s.line_voltage / s.line_resistance
        strength = s.gamma_0 * s.spin_orbit_field_per_ampere * line_current
        given["precession"] += strength * (s.m.cross(sigma) + s.field_like_ratio * sigma)
        cross_section = s.line_width * s.line_thickness
        per_area = spin_torque_field(1, s.ambient_magnetization, s.free_layer_thickness) / 2
        return given | {
            "line_resistance": s.line_resistivity * s.line_length / cross_section,
            "spin_orbit_field_per_ampere": s.spin_hall_angle * per_area / cross_section,
            "line_current": line_current,
            "line_noise": (thermal_noise(1 / s.line_resistance, s.temperature), sp.S.Zero),
        }

    @property
    def critical_line_current(self) -> float:
        """Current of the line at which the free layer leaves its easy axis, at zero temperature and without field [A].

        A perpendicular layer does at half the anisotropy field; one in the plane, magnetised along the injected spins,
        when its damping is overcome, as by a spin-transfer torque.
        """
        if self.perpendicular:
            field = self.anisotropy_field / 2
        else:
            field = self.damping * (self.anisotropy_field + self.hard_axis_field) / 2
        return float(field / abs(self.spin_orbit_field_per_ampere)) if self.spin_hall_angle else math.inf

    @property
    def assisting_field(self) -> float:
        """Field along x with which a positive line current takes a perpendicular layer to the upper state [A/m]."""
        return math.copysign(0.1 * self.anisotropy_field, -self.spin_hall_angle) if self.perpendicular else 0.0

    def suggested_sweep(self, quantity: str | None = None) -> Sweep:
        """A triangle of the line's current to three times the critical one, in a field along it."""
        if quantity not in (None, "line_current", "line_voltage"):
            return super().suggested_sweep(quantity)
        sweep = super().suggested_sweep("current")
        amplitude = 3 * self.critical_line_current
        if quantity == "line_voltage":
            amplitude *= self.line_resistance
        field = DC(self.field_x + self.assisting_field)
        chosen = quantity or "line_current"
        return dataclasses.replace(sweep, quantity=chosen, amplitude=amplitude, agitation={}, inputs={"field_x": field})

    def suggested_switching(self) -> Switching:
        """From antiparallel to parallel by line currents around the critical one.

        Of 0.5, 1 and 2 ns, or twice as long for a layer in the plane, which takes some periods of precession.
        """
        amplitudes = tuple(self.critical_line_current * factor for factor in np.linspace(0.25, 3.0, 12).tolist())
        field = {"field_x": self.field_x + self.assisting_field}
        widths = (0.5e-9, 1e-9, 2e-9) if self.perpendicular else (1e-9, 2e-9, 4e-9)
        return Switching("line_current", amplitudes, widths, "antiparallel", "parallel", field)

    def suggested_stimulus(self) -> Stimulus:
        """A pulse of 2 ns along the line, three times the critical current, in a field along it, while it is read."""
        start = self.reference_states()["antiparallel"]
        tilted = start | {"initial_polar_angle": abs(start["initial_polar_angle"] - 0.1)}
        peak = 3 * self.critical_line_current * self.line_resistance
        return Stimulus(
            Pulse(0.0, peak, 1e-10, 5e-11, 5e-11, 2e-9),
            3e-9,
            "line_voltage",
            inputs={"voltage": Pulse(0.0, 0.05, 0.0, 1e-11, 1e-11, 3e-9)},
            max_step=2.5e-13,
            overrides=tilted | {"field_x": self.field_x + self.assisting_field},
        )
