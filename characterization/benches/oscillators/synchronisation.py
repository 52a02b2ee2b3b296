"""Mutual synchronisation of oscillators that share a current: order parameter over the coupling."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import Column, device_table
from ....devices.core.oscillator_protocols import Coupling
from ....devices.language.array_checks import reals
from ....devices.language.checks import instance, positive, real
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.memory import require_memory
from ....devices.model import CompactModel
from ....devices.models.oscillators.auto_oscillator import AutoOscillator
from ....devices.simulation.ensembles.noisy_trajectories import checked_temperature
from ....devices.simulation.orbits.search import periodic_orbit
from ...arguments import Quantity, Range, Seed, Whole
from ...bench import bench
from ...systems.vowels.coupled_oscillators import amplitudes, free_frequency

#: Suggested strengths of the coupling over the critical one.
STRENGTHS = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0)
#: Time of settling and of the measurement, over the spread and noise of the frequencies.
SETTLING, DURATION = 15.0, 30.0
#: Step over the damping, largest turn of an oscillator in it [rad], and most steps.
STEP, TURN, MOST_STEPS = 0.4, 0.3, 1e7
#: Growth by the coupling over the rate of relaxation from which amplitudes take part.
WEAK = 0.1


@bench(needs=(Coupling,), gallery=lambda device: {"synchronisation": {"seed": 1}})
def synchronisation(
    device: CompactModel,
    *,
    strength: Annotated[
        ArrayLike, Range("1", "strengths of the coupling, over the critical one of Kuramoto's model", positive=True)
    ] = STRENGTHS,
    oscillators: Annotated[int, Whole("how many oscillators", 2, 100_000)] = 100,
    current: Annotated[float | None, Quantity("A", "dc current of each; default: the suggestion")] = None,
    spread: Annotated[
        float | None,
        Quantity("Hz", "half width of the distribution of frequencies; default: the suggestion", positive=True),
    ] = None,
    lag: Annotated[float, Quantity("rad", "phase by which the common current is off the one that locks best")] = 0.0,
    temperature: Annotated[float, Quantity("K", "temperature of the noise")] = 0.0,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Measure how far oscillators that share a current synchronise, over the strength of their coupling.

    Each feeds the common current by its oscillating resistance, which acts on all of them
    (:mod:`synaspice.characterization.systems.vowels.coupled_oscillators`): the slow amplitudes are integrated, of
    oscillators alike but for their frequencies, at even quantiles of a Lorentzian of half width :math:`\gamma`. Where
    the coupling is weak against the relaxation of the amplitudes, the phases follow the model of Kuramoto and Sakaguchi
    with

    .. math:: K = N\,\frac{\kappa\, \Delta R\, I}{2 R}\,\sqrt{1 + \nu^2}, \qquad
        r = \sqrt{1 - K_c / K}, \qquad K_c = \frac{2\,(\gamma + \pi\,\Delta f)}{\cos \lambda}

    and the order parameter :math:`r = |\langle e^{i \phi} \rangle|` of very many of them; the linewidth
    :math:`\Delta f` is that of each by its noise, :math:`\lambda` the lag.

    Returns
    -------
    pandas.DataFrame
        Columns ``strength``, ``coupling`` K / 2 pi [Hz], ``load``, the resistance R that makes it [ohm],
        ``order_parameter``, the mean over the time, ``deviation``, its standard deviation over the time, and
        ``kuramoto``, that of infinitely many. ``attrs`` has ``critical_coupling`` [Hz].

    Warns
    -----
    ValidityWarning
        If the coupling is not weak against the relaxation of the amplitudes.

    Raises
    ------
    ParameterError
        If the device is no auto-oscillator, does not oscillate, or an argument makes no sense.

    References
    ----------
    J. A. Acebron et al., "The Kuramoto model: A simple paradigm for synchronization phenomena", Rev. Mod. Phys. 77, 137
    (2005), doi:10.1103/RevModPhys.77.137; H. Sakaguchi, Y. Kuramoto, Prog. Theor. Phys. 76, 576 (1986),
    doi:10.1143/PTP.76.576.
    """
    suggested = device.protocol(Coupling)
    oscillator = instance("device", device, AutoOscillator)
    middle = suggested.current if current is None else current
    if not middle > oscillator.threshold_current:
        raise ParameterError(f"the current must be above the threshold, {oscillator.threshold_current:g} A")
    kelvin = checked_temperature(temperature)
    gamma = 2 * np.pi * positive("the spread", suggested.spread if spread is None else spread, "Hz")
    strengths = reals("strengths", strength)
    require_memory(len(strengths) * oscillators, "oscillators", 200)
    detuning = gamma * np.tan(np.pi * ((np.arange(oscillators) + 0.5) / oscillators - 0.5))
    nu = oscillator.nonlinearity(middle)
    aligned = math.cos(real("lag", lag, "rad"))
    if aligned <= 0:
        raise ParameterError("a lag of a quarter of a turn or more lets no oscillators synchronise")
    critical = 2 * (gamma + _diffusion(oscillator, middle, kelvin)) / aligned
    each = strengths * critical / oscillators / math.hypot(1.0, nu)
    relaxation = oscillator.damping_rate * (middle / oscillator.threshold_current - 1)
    if oscillators * float(each.max()) > WEAK * relaxation:
        warn_user(
            "the coupling is not weak against the relaxation of the amplitudes: take a smaller spread", ValidityWarning
        )
    feed = (each[:, None] * np.exp(1j * (lag + math.atan(nu)))) * np.ones((1, oscillators))
    step = min(STEP / oscillator.damping_rate, TURN / float(np.abs(detuning).max()))
    if 2 * (SETTLING + DURATION) / (critical * step) > MOST_STEPS:
        raise ParameterError(
            f"this takes more than {MOST_STEPS:g} steps: take a wider spread, or fewer oscillators, the outer ones "
            "of which are the fastest"
        )
    before, number = (math.ceil(2 * periods / (critical * step)) for periods in (SETTLING, DURATION))
    currents = np.full((len(strengths), oscillators), middle)
    frame = 2 * np.pi * float(free_frequency(oscillator, middle)) - detuning
    none = np.zeros((len(strengths), 1))
    total, squares = np.zeros(len(strengths)), np.zeros(len(strengths))
    march = amplitudes(
        oscillator, currents, feed, frame, lambda time: none, step, before + number, kelvin,
        np.random.default_rng(seed),
    )  # fmt: skip
    for k, a in enumerate(march):
        if k > before:
            order = np.abs(np.mean(a / np.abs(a), axis=1))
            total += order
            squares += order**2
    mean = total / number
    columns: dict[str, Column] = {
        "strength": (strengths, "1", "coupling over the critical one"),
        "coupling": (strengths * critical / (2 * np.pi), "Hz", "coupling of the phases over 2 pi"),
        "load": (0.5 * oscillator.injection_efficiency * oscillator.resistance_swing * middle / each, "ohm", "load"),
        "order_parameter": (mean, "1", "order parameter, mean over the time"),
        "deviation": (np.sqrt(np.maximum(squares / number - mean**2, 0)), "1", "its deviation over the time"),
        "kuramoto": (np.sqrt(np.maximum(0.0, 1 - 1 / strengths)), "1", "order parameter of infinitely many"),
    }
    about: dict[str, Any] = {
        "bench": "synchronisation",
        "engine": "numeric",
        "temperature": kelvin,
        "seed": seed,
        "current": middle,
    }
    about |= {"spread": gamma / (2 * np.pi), "lag": lag, "oscillators": oscillators}
    return device_table(device, columns, **about, critical_coupling=critical / (2 * np.pi))


def _diffusion(device: AutoOscillator, current: float, temperature: float) -> float:
    """Half the rate at which the variance of the phase grows [1/s]: pi times the linewidth."""
    if temperature == 0:
        return 0.0
    return float(np.pi * periodic_orbit(device, current).linewidth(temperature))
