"""Noise of a memristor's current: thermal and shot noise, 1/f noise, and the telegraph noise of a trap."""

from __future__ import annotations

from typing import Any

from ...language.declarations.declaration import ElectricalNoise, Parameter, Symbols, Telegraph
from ...language.declarations.part import Component
from ...physics.electrical_noise import flicker_noise, white_noise


class TrapNoise(Component):
    r"""Thermal and shot noise of a film, and the telegraph noise of one trap beside its filament.

    .. math:: S_I = 4 k_B T G \left[1 - F + F\, u \coth u\right] + \frac{K I^2}{f}
        + \frac{4\, (\Delta I)^2}{\tau_c + \tau_e}\, \frac{1}{(1/\tau_c + 1/\tau_e)^2 + (2 \pi f)^2}, \qquad
        u = \frac{e V}{2 k_B T}

    (see :func:`~synaspice.devices.physics.electrical_noise.white_noise`), with the step :math:`\Delta I = a I` of the
    current while the trap is filled. The relative 1/f noise :math:`K` is the model's.

    References
    ----------
    S. Machlup, J. Appl. Phys. 25, 341 (1954), doi:10.1063/1.1721637 (the trap's spectrum).
    """

    fano_factor = Parameter(0.0, "1", "shot noise over that of independent electrons", (0.0, 1.0))
    telegraph_amplitude = Parameter(0.0, "1", "relative conductance lost while the trap is filled", (0.0, 0.99))
    capture_time = Parameter(1e-3, "s", "mean time until the trap is filled", (1e-12, 1e12))
    emission_time = Parameter(1e-3, "s", "mean time until the trap is empty", (1e-12, 1e12))
    trap = Telegraph(description="whether the trap is filled")
    current_noise = ElectricalNoise("voltage", "thermal, shot and 1/f noise of the current")

    @staticmethod
    def share(s: Symbols) -> Any:
        """Share of the conductance that the trap leaves."""
        return 1 - s.telegraph_amplitude * s.trap

    @staticmethod
    def noise_equations(s: Symbols, conductance: Any, temperature: Any, relative: Any) -> dict[str, Any]:
        """Expressions of the noise.

        Parameters
        ----------
        s : Symbols
            The symbols of a device that has this part.
        conductance : Expr
            Current over voltage. [S]
        temperature : Expr
            Temperature of the film. [K]
        relative : Expr
            1/f noise at 1 Hz, over the square of the current. [-]
        """
        white = white_noise(s.voltage, conductance, temperature, s.fano_factor)
        return {
            "trap_up": 1 / s.capture_time,
            "trap_down": 1 / s.emission_time,
            "current_noise": (white, flicker_noise(relative, conductance * s.voltage)),
        }


class Fluctuations(TrapNoise):
    r"""The same with a 1/f noise that is a parameter.

    Its default :math:`K = (\Delta I / I)^2 / \ln(f_2/f_1)` is that of a current noise :math:`\Delta I / I` of 0.1 %,
    the middle of the 0.01 to 1 % that were found for filaments in many electrolytes, over a band from 100 Hz to 50 kHz
    (the noise is the publication's, the band an assumption).

    References
    ----------
    B. Sánta et al., Nanoscale 11, 4719 (2019), doi:10.1039/C8NR09985E.
    """

    flicker = Parameter(1.6e-7, "1", "1/f noise at 1 Hz, density times frequency over current squared", (0.0, 1.0))

    @classmethod
    def fluctuation_equations(cls, s: Symbols, conductance: Any, temperature: Any) -> dict[str, Any]:
        """Expressions of the noise of a film of a conductance [S] and a temperature [K]."""
        return cls.noise_equations(s, conductance, temperature, s.flicker)


class TunnellingFluctuations(Fluctuations):
    """The same of a film whose electrons tunnel one by one through a gap: full shot noise."""

    fano_factor = Fluctuations.fano_factor.but(default=1.0)
