"""Mutual locking of two oscillators that share a current: their frequencies over the detuning."""

from __future__ import annotations

import math
from typing import Annotated, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ....devices.core.metadata import Column, device_table
from ....devices.core.oscillator_protocols import Coupling as Coupled
from ....devices.language.array_checks import reals
from ....devices.language.checks import instance, positive, real
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.memory import require_memory
from ....devices.model import CompactModel
from ....devices.models.oscillators.auto_oscillator import AutoOscillator
from ....devices.simulation.ensembles.noisy_trajectories import checked_temperature
from ...arguments import Quantity, Range, Seed
from ...bench import bench
from ...networks.couplings import Coupling, Shared
from ...networks.network import Network
from ...systems.vowels.coupled_oscillators import Circuit, mutual_range

#: Suggested detunings over the half width of the range.
DETUNINGS = tuple(np.linspace(0.0, 2.4, 25)[1:].tolist())
#: Strength of the coupling over the rate of relaxation: by default, and from which amplitudes take part.
STRENGTH, WEAK = 0.02, 0.1
#: Beats at the edge of the range, over 2 pi, of settling and of the measurement.
SETTLING, DURATION = 10.0, 20.0
#: Most periods of a delay.
LONGEST_DELAY = 10_000
#: Least range that is looked for, over that of the delay with the largest one.
LEAST = 0.05
#: Samples of a period, and most steps.
SAMPLES, MOST_STEPS = 3.0, 3e7
#: Steps of a period.
STEPS = 40
#: Difference of the frequencies over the range below which two are locked.
LOCKED = 0.02


@bench(needs=(Coupled,), gallery=lambda device: {"mutual-locking": {}})
def mutual_locking(
    device: CompactModel,
    *,
    detuning: Annotated[
        ArrayLike | None,
        Range("Hz", "differences of the free frequencies; default: up to 2.4 times the range", positive=True),
    ] = None,
    current: Annotated[float | None, Quantity("A", "dc current of each; default: the suggestion")] = None,
    load: Annotated[
        float | None,
        Quantity("ohm", "resistance through which they drive the common current; default: weak", positive=True),
    ] = None,
    delay: Annotated[float, Quantity("s", "delay of the common current")] = 0.0,
    temperature: Annotated[float, Quantity("K", "temperature of the noise")] = 0.0,
    seed: Seed = None,
) -> pd.DataFrame:
    r"""Measure at which frequencies two oscillators run that share a current, over the difference of their own.

    Each feeds the common current by its oscillating resistance, :math:`J = \sum_j \Delta R\, I\, \mathrm{Re}\,c_j / R`,
    which acts on both after a delay :math:`\tau`. The whole equations of all pairs are integrated, with their carrier,
    as a :class:`~synaspice.characterization.Network`. Of a coupling that is weak against the relaxation the phases lock
    within

    .. math::

        2\pi\,\Delta f = 2\,\Omega\,\sqrt{1 + \nu^2}\;|\cos(\omega \tau - \arctan \nu)|, \qquad
        \Omega = \frac{\kappa\, \Delta R\, I}{2 R}, \qquad
        \delta f = \sqrt{(f_2 - f_1)^2 - \Delta f^2}

    (Slavin and Tiberkevich), and beat with :math:`\delta f` beyond.

    Returns
    -------
    pandas.DataFrame
        Columns ``detuning`` [Hz], ``frequency_1``, ``frequency_2``, ``beat``, their difference [Hz], ``expected``, that
        of the closed form [Hz], and ``locked``, 1 where there is none. ``attrs`` has ``range`` [Hz] and ``load`` [ohm].

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
    A. Slavin, V. Tiberkevich, IEEE Trans. Magn. 45, 1875 (2009), doi:10.1109/TMAG.2008.2009935.
    """
    suggested = device.protocol(Coupled)
    oscillator = instance("device", device, AutoOscillator)
    middle = suggested.current if current is None else real("the current", current, "A")
    if not middle > oscillator.threshold_current:
        raise ParameterError(f"the current must be above the threshold, {oscillator.threshold_current:g} A")
    late = real("the delay", delay, "s")
    if late < 0:
        raise ParameterError(f"the delay must not be negative, not {late:g} s")
    if late * oscillator.frequency > LONGEST_DELAY:
        raise ParameterError(f"the delay must not be above {LONGEST_DELAY:,} periods, not {late:g} s")
    kelvin = checked_temperature(temperature)
    swing = oscillator.injection_efficiency * oscillator.resistance_swing * middle
    if swing == 0:
        raise ParameterError("the oscillator has no resistance_swing or no injection_efficiency: nothing couples two")
    stretch = math.hypot(1.0, oscillator.nonlinearity(middle))
    relaxation = oscillator.damping_rate * (middle / oscillator.threshold_current - 1)
    ohm = swing * stretch / (2 * STRENGTH * relaxation) if load is None else positive("the load", load, "ohm")
    if swing * stretch / (2 * ohm) > WEAK * relaxation:
        warn_user(
            "the coupling is not weak against the relaxation of the amplitudes: take a larger load", ValidityWarning
        )
    power = oscillator.stationary_power(middle)
    carrier = oscillator.angular_frequency + oscillator.nonlinear_frequency_shift * power
    width = mutual_range(oscillator, middle, Circuit(ohm, carrier * late))
    # Where a delay leaves next to nothing of the range, that of another delay.
    scale = max(width, LEAST * swing * stretch / (2 * math.pi * ohm))
    between = np.array(DETUNINGS) * scale if detuning is None else reals("detuning", detuning, "Hz")
    if np.any(between <= 0):
        raise ParameterError("detunings must be positive")
    duration = DURATION / (2 * math.pi * scale / 2) + 10 / relaxation
    settling = SETTLING / (2 * math.pi * scale / 2) + 10 / relaxation
    fastest = max(float(carrier / (2 * math.pi)), oscillator.frequency) + float(between.max()) / 2
    step = 1 / (STEPS * fastest)
    total = settling + duration
    if total / step > MOST_STEPS:
        raise ParameterError(f"this takes more than {MOST_STEPS:g} steps: take a smaller load, which couples more")
    require_memory(len(between), "detunings", 2000)
    number = 2 * len(between)
    frequencies = oscillator.frequency + np.stack([-between, between], axis=1).ravel() / 2
    pair = Network(
        oscillator.replace(initial_power=power),
        2,
        [Coupling("c_re", "injection", Shared(oscillator.resistance_swing * middle / ohm), delay=late)],
    )
    network = pair.copies(
        len(between), parameters={"frequency": frequencies, "initial_phase": np.tile([0.0, 0.5], len(between))}
    )
    run = network.run(
        total, drive=middle, points=math.ceil(total * fastest * SAMPLES) + 1, settling=settling, temperature=kelvin,
        time_step=step, seed=seed,
    )  # fmt: skip
    first, second = run.frequencies.reshape(number // 2, 2).T
    beat = second - first
    columns: dict[str, Column] = {
        "detuning": (between, "Hz", "difference of the free frequencies"),
        "frequency_1": (first, "Hz", "frequency of the slower oscillator"),
        "frequency_2": (second, "Hz", "frequency of the faster oscillator"),
        "beat": (beat, "Hz", "their difference"),
        "expected": (np.sqrt(np.maximum(between**2 - width**2, 0.0)), "Hz", "difference by the closed form"),
        "locked": ((np.abs(beat) < LOCKED * scale).astype(float), "1", "1 where they run at one frequency"),
    }
    drawn = run.seed if kelvin > 0 else seed
    about: dict[str, Any] = {"engine": "numeric", "temperature": kelvin, "seed": drawn, "current": middle}
    about |= {"load": ohm, "delay": late, "range": width, "time_step": run.time_step}
    return device_table(device, columns, bench="mutual-locking", **about)
