r"""How a magnet that was brought onto its hard plane decides, at a temperature.

With :math:`\lambda = \alpha\gamma_0 H_k / (1 + \alpha^2)`, the rate at which the magnet leaves its hard plane,
:math:`D = \alpha\gamma k_B T / [M_s V (1 + \alpha^2)]` its diffusion and :math:`r = \gamma\hbar / [2 e M_s V (1 +
\alpha^2)]` its rate per spin current, near the plane

.. math:: \dot m_z = \lambda m_z - r I_s + \sqrt{2D}\,\xi

The spin current acts already during the preset, which holds the magnet with the rate :math:`\kappa = r I_p - \lambda`.
A time t after the preset the magnet lies on the side of the current with the probability

.. math::

    P = \Phi\!\left(\frac{I_s}{I_w}\right), \qquad
    I_w = \frac{\sqrt{D\,[(1 - e^{-2 \lambda t}) / \lambda + 1 / \kappa]}}
        {r\,[(1 - e^{-\lambda t}) / \lambda + 1 / \kappa]}
        \to \frac{2 e}{\hbar}\, \alpha \sqrt{2 E_b k_B T} \quad (\lambda t, \kappa \to \infty)

(:math:`\Phi` the normal distribution).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from ....devices.core.distributions import normal_cdf, normal_quantile
from ....devices.language.equations.constants import CONSTANTS, k_B
from ....devices.language.errors import ParameterError
from ....devices.models.spin.neuron_magnet import NeuronMagnet
from ..building.declared import DESIGN_ERROR_RATE

#: End of the preset and rise of the latch's clock, from the beginning of an evaluation, of neurons and networks. [s]
PRESET_TIME, READ_TIME = 1e-9, 8e-9


@dataclass(frozen=True)
class Decision:
    """The circumstances of a decision.

    Attributes
    ----------
    magnet : NeuronMagnet
        The magnet.
    temperature : float
        Of its thermal field. [K]
    preset_current : float
        Spin current of the preset. [A]
    time : float
        From the preset's end to the reading. [s]

    Raises
    ------
    ParameterError
        If the preset does not reach its threshold, or the reading comes before its end.
    """

    magnet: NeuronMagnet
    temperature: float = 300.0
    preset_current: float = math.inf
    time: float = math.inf

    def __post_init__(self) -> None:
        if not self.preset_current > self.preset_threshold:
            raise ParameterError(
                f"a preset of {self.preset_current:.3g} A does not bring the magnet onto its hard plane: "
                f"preset_current must exceed {self.preset_threshold:.3g} A"
            )
        if not self.time > 0:
            raise ParameterError(f"the magnet must be read after the preset, not {self.time:g} s after it")

    @property
    def preset_threshold(self) -> float:
        r"""Spin current that brings the magnet onto its hard plane, :math:`\mu_0 M_s V H_k\, e / \hbar` [A].

        That is :math:`(2 e / \hbar) E_b`: as of the spin-orbit torque on a perpendicular magnet, no equilibrium near
        the easy axis is left beyond half the anisotropy field.
        """
        magnet = self.magnet
        return float(magnet.gamma_0 * magnet.anisotropy_field / 2 / magnet.torque_rate_per_ampere)

    @property
    def rate(self) -> float:
        r"""Rate :math:`\lambda` at which the magnet leaves its hard plane [1/s]."""
        magnet = self.magnet
        return float(magnet.damping * magnet.gamma_0 * magnet.anisotropy_field / (1 + magnet.damping**2))

    @property
    def noise_current(self) -> float:
        r"""Spin current :math:`I_w` that decides rightly with a probability of :math:`\Phi(1)` = 84 % [A]."""
        magnet, rate = self.magnet, self.rate
        kelvin, alpha = CONSTANTS[k_B][0] * self.temperature, magnet.damping
        moment = magnet.saturation_magnetization * magnet.volume
        diffusion = alpha * magnet.gyromagnetic_ratio * kelvin / (moment * (1 + alpha**2))
        per_ampere = magnet.torque_rate_per_ampere / (1 + alpha**2)
        held = 1 / (per_ampere * self.preset_current - rate)
        signal = -math.expm1(-rate * self.time) / rate + held
        noise = -math.expm1(-2 * rate * self.time) / rate + held
        return float(math.sqrt(diffusion * noise) / (per_ampere * signal))

    def probability(self, spin_current: float) -> float:
        """Probability to fire with a spin current [A]."""
        width = self.noise_current
        return float(normal_cdf(spin_current / width)) if width else float(spin_current > 0)

    def error_rate(self, spin_current: float) -> float:
        """Probability not to do what the sign of a spin current [A] says."""
        return self.probability(-abs(spin_current))

    @property
    def design_current(self) -> float:
        """Spin current that keeps errors to :data:`DESIGN_ERROR_RATE` [A]."""
        return float(-normal_quantile(DESIGN_ERROR_RATE)) * self.noise_current
