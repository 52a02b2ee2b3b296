r"""Auto-oscillators that share one current: their slow amplitudes, locking to tones and to each other.

Each oscillator feeds the common current by its oscillating resistance, and the common current, with tones from outside,
acts on each of them by the input ``injection`` of its model. With :math:`c_j = a_j e^{-i \omega_r t}` and without the
terms that turn twice as fast,

.. math::

    \dot a_j = \left[g(p_j, I_j) - i\,(\omega(p_j) - \omega_r)\right] a_j
        + \frac{\kappa}{2} \left[\frac{e^{i\beta}}{R} \sum_k \Delta R\, I_k\, a_k
        + \sum_s J_s\, e^{-i (\omega_s - \omega_r) t}\right] + f_j(t)

Growth g, frequency and noise are those that the model declares: they are read from its equations.

References
----------
A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009), doi:10.1109/TMAG.2008.2009935; M. Romera et al., Nature
563, 230 (2018), doi:10.1038/s41586-018-0632-y.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import sympy as sp
from numpy.typing import ArrayLike

from ....devices.core.vectors import compiled, parameter_vector
from ....devices.language.array_checks import reals
from ....devices.language.checks import instance, positive, real, whole
from ....devices.language.equations.constants import CONSTANTS
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.models.oscillators.auto_oscillator import AutoOscillator

ComplexArray = npt.NDArray[np.complex128]

#: Powers at which a model's equations are read, and the degree of the polynomials through them.
POWERS, DEGREE = np.linspace(0.02, 0.9, 45), 2


@dataclass(frozen=True)
class Slow:
    """Polynomials in the power p, highest degree first, that an oscillator's equations come to.

    Attributes
    ----------
    growth, growth_per_current, frequency : ndarray
        Growth without current [1/s], what a current adds [1/(A s)], and angular frequency. [rad/s]
    powers, diffusion : ndarray
        Powers, and density of each part of the noise at them. [1/s]
    """

    growth: FloatArray
    growth_per_current: FloatArray
    frequency: FloatArray
    powers: FloatArray
    diffusion: FloatArray


@functools.lru_cache(maxsize=8)
def slow_equations(device: AutoOscillator, temperature: float) -> Slow:
    """What the equations of an oscillator come to, by its rates at some powers.

    Raises
    ------
    ParameterError
        If its rates are no polynomials of the power, or depend on the phase.
    """
    root = np.sqrt(POWERS)

    def rates(current: float, phase: float) -> tuple[FloatArray, FloatArray]:
        c = root * np.exp(-1j * phase)
        resistance = device.static(c_re=c.real, c_im=c.imag)["resistance"]
        found = device.static(voltage=current * resistance, c_re=c.real, c_im=c.imag)
        ratio = (found["dc_re/dt"] + 1j * found["dc_im/dt"]) / c
        return ratio.real, -ratio.imag

    unit = device.threshold_current
    (quiet, omega), (driven, turned) = rates(0.0, 0.0), rates(unit, 1.0)
    parts = [quiet, (driven - quiet) / unit, omega]
    fits = [np.polyfit(POWERS, part, DEGREE) for part in parts]
    wrong = max(float(np.abs(np.polyval(fit, POWERS) / part - 1).max()) for fit, part in zip(fits, parts, strict=True))
    if wrong > 1e-6 or not np.allclose(turned, omega, rtol=1e-9, atol=0.0):
        raise ParameterError(f"the rates of {device.model_name()} are no polynomials of the power")
    growth, per_current, frequency = fits
    return Slow(growth, per_current, frequency, POWERS, _diffusion(device, temperature))


def _diffusion(device: AutoOscillator, temperature: float) -> FloatArray:
    """Density of a part of the noise at the powers, as the model declares it [1/s]."""
    if temperature == 0:
        return np.zeros(len(POWERS))
    functions = compiled(device)
    system = functions.system.flat
    expression = system.noises[next(iter(functions.system.noises))]
    known = dict(zip(functions.parameters, parameter_vector(device), strict=True))
    known |= {symbol: value for symbol, (value, *_) in CONSTANTS.items()}
    left = expression.subs(known)
    kelvin = [symbol for symbol in left.free_symbols if str(symbol) == "temperature"]
    left = left.subs(dict.fromkeys(kelvin, temperature))
    real_part, imaginary_part = functions.system.states
    values = [left.subs({real_part: sp.sqrt(sp.Float(p)), imaginary_part: 0}) for p in POWERS.tolist()]
    return np.array([float(value.evalf()) for value in values])


@dataclass(frozen=True)
class Circuit:
    """The common current of some oscillators.

    Attributes
    ----------
    load : float
        Resistance through which their voltages drive it. [ohm]
    phase : float
        Phase that it gains on its way. [rad]
    tone : float
        Amplitude of each tone from outside. [A]
    """

    load: float = 50.0
    phase: float = 0.0
    tone: float = 0.5e-3

    def __post_init__(self) -> None:
        positive("load", self.load, "ohm", infinite=True)
        real("phase", self.phase, "rad")
        if real("tone", self.tone, "A") < 0:
            raise ParameterError(f"tone must not be negative, not {self.tone:g} A")


def free_frequency(device: AutoOscillator, current: ArrayLike) -> FloatArray:
    """Frequency of the free oscillator at currents above its threshold [Hz]."""
    slow = slow_equations(device, 0.0)
    power = np.vectorize(device.stationary_power, otypes=[float])(current)
    return np.asarray(np.polyval(slow.frequency, power) / (2 * np.pi))


def injection_range(device: AutoOscillator, current: float, tone: float) -> float:
    r"""Detuning up to which a weak tone locks an oscillator: Adler's, with the oscillator's nonlinearity [Hz].

    .. math:: 2\pi\,\Delta f = \frac{\kappa J}{2 \sqrt{p_0}} \sqrt{1 + \nu^2}
    """
    force = 0.5 * device.injection_efficiency * tone / math.sqrt(device.stationary_power(current))
    return force * math.hypot(1.0, device.nonlinearity(current)) / (2 * math.pi)


def mutual_range(device: AutoOscillator, current: float, circuit: Circuit) -> float:
    r"""Difference of frequencies up to which two oscillators of about the same current lock to each other [Hz].

    .. math:: 2\pi\,\Delta f = 2\,\Omega\,\sqrt{1 + \nu^2}\;|\cos(\beta - \arctan \nu)|, \qquad
        \Omega = \frac{\kappa\, \Delta R\, I}{2 R}
    """
    coupling = 0.5 * device.injection_efficiency * device.resistance_swing * current / circuit.load
    nu = device.nonlinearity(current)
    return 2 * coupling * math.hypot(1.0, nu) * abs(math.cos(circuit.phase - math.atan(nu))) / (2 * math.pi)


def coupled_frequencies(
    device: AutoOscillator,
    currents: ArrayLike,
    tones: ArrayLike,
    circuit: Circuit,
    *,
    duration: float = 150e-9,
    settling: float = 50e-9,
    time_step: float | None = None,
    temperature: float = 0.0,
    seed: int = 0,
) -> FloatArray:
    """Mean frequencies of oscillators that share a current, many circuits in one call.

    Parameters
    ----------
    device : AutoOscillator
        The oscillators.
    currents : array_like
        DC current of each oscillator, shape (circuits, oscillators). [A]
    tones : array_like
        Frequencies of the tones, shape (circuits, tones). [Hz]
    circuit : Circuit
        The common current.
    duration, settling : float
        Time over which phases are counted, and before it. [s]
    time_step : float, optional
        Step of the stochastic Heun scheme [s]; default: a tenth of the shortest of the times of growth and beats.
    temperature : float
        Temperature of the noise. [K]
    seed : int
        Its seed.

    Returns
    -------
    ndarray
        Frequencies, shape (circuits, oscillators). [Hz]

    Raises
    ------
    ParameterError
        If shapes do not fit, or an argument makes no sense.
    SimulationError
        If an amplitude leaves the range in which the model is one.
    """
    instance("device", device, AutoOscillator)
    dc, outside = reals("currents", currents, "A", dimensions=2), reals("tones", tones, "Hz", dimensions=2)
    if len(dc) != len(outside):
        raise ParameterError(f"there must be tones for each of {len(dc)} circuits, not for {len(outside)}")
    if np.any(dc <= device.threshold_current):
        raise ParameterError(f"currents must be above the threshold, {device.threshold_current:g} A")
    kelvin = real("temperature", temperature, "K")
    free = 2 * np.pi * free_frequency(device, dc)
    middle = float(free.mean())
    beats = 2 * np.pi * outside - middle
    pace = max(float(np.abs(beats).max(initial=0.0)), float(np.abs(free - middle).max()), device.damping_rate)
    step = positive("time_step", 0.2 / pace if time_step is None else time_step, "s")
    before, number = math.ceil(settling / step), math.ceil(positive("duration", duration, "s") / step)
    kappa = 0.5 * device.injection_efficiency
    feed = kappa * np.exp(1j * circuit.phase) * device.resistance_swing / circuit.load * dc
    generator = np.random.default_rng(whole("seed", seed, 0))

    def force(time: float) -> FloatArray:
        return np.asarray(kappa * circuit.tone * np.exp(-1j * beats * time).sum(axis=1, keepdims=True))

    turned, last = np.zeros(dc.shape), None
    for k, a in enumerate(amplitudes(device, dc, feed, middle, force, step, before + number, kelvin, generator)):
        if last is not None and k > before:
            turned -= np.angle(a * last.conj())
        last = a
    return np.asarray((turned / (number * step) + middle) / (2 * np.pi))


def amplitudes(
    device: AutoOscillator,
    currents: FloatArray,
    feed: ComplexArray,
    frame: float | FloatArray,
    force: Callable[[float], FloatArray],
    step: float,
    number: int,
    temperature: float,
    generator: np.random.Generator,
) -> Iterator[ComplexArray]:
    """Slow amplitudes at the beginning and after each of some steps of the stochastic Heun scheme.

    Parameters
    ----------
    device : AutoOscillator
        The oscillators.
    currents, feed : ndarray
        DC current of each oscillator [A], and what its amplitude adds to the rates of all in its circuit [1/s]; shape
        (circuits, oscillators).
    frame : float or ndarray
        Angular frequency of the frame, less what that of each oscillator is more than its model's. [rad/s]
    force : callable
        What comes from outside at a time [s], shape (circuits, 1). [1/s]
    step, number : float, int
        Length of a step [s], and how many.
    temperature : float
        Temperature of the noise. [K]
    generator : numpy.random.Generator
        Source of the random numbers, for the phases at first and the noise.

    Raises
    ------
    SimulationError
        If an amplitude leaves the range in which the model is one.
    """
    slow = slow_equations(device, temperature)
    growth = slow.growth[:, np.newaxis, np.newaxis] + slow.growth_per_current[:, np.newaxis, np.newaxis] * currents
    # One polynomial of both: growth, and the turning against the frame.
    rate = growth - 1j * slow.frequency[:, np.newaxis, np.newaxis]
    rate[-1] += 1j * frame

    def slope(a: FloatArray, pushed: FloatArray) -> FloatArray:
        power = a.real**2 + a.imag**2
        turning = rate[0]
        for part in rate[1:]:
            turning = turning * power + part
        return np.asarray(turning * a + ((feed * a).sum(axis=1, keepdims=True) + pushed))

    power = np.vectorize(device.stationary_power, otypes=[float])(currents)
    a = np.sqrt(power) * np.exp(2j * np.pi * generator.random(currents.shape))
    size = np.sqrt(np.interp(power, slow.powers, slow.diffusion) * step) if temperature > 0 else None
    pushed = force(0.0)
    yield a
    for k in range(number):
        noise: FloatArray | float = 0.0
        if size is not None:
            noise = size * (generator.standard_normal(currents.shape) + 1j * generator.standard_normal(currents.shape))
        first = slope(a, pushed)
        pushed = force((k + 1) * step)
        a = a + 0.5 * step * (first + slope(a + step * first + noise, pushed)) + noise
        yield a
    if not np.all(np.abs(a) < 1.5):
        raise SimulationError(
            "an amplitude grew beyond the model's range: a weaker tone or coupling, or a shorter step"
        )
