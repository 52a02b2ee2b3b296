"""The output of a spin-torque oscillator: its noisy voltage in time, and the voltage's amplitude over the current."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from ...devices.core.metadata import device_table
from ...devices.core.oscillator_protocols import Oscillation
from ...devices.language.array_checks import reals
from ...devices.language.checks import whole
from ...devices.model import CompactModel
from ...devices.simulation.ensembles.noisy_trajectories import in_surroundings
from ...devices.simulation.orbits.search import periodic_orbit
from ..benches.oscillators.amplitude import amplitude
from .waveforms.task import SETTLING, working_range

#: Lowest current of the sweep over the one at which the oscillation begins; and the part of the working range that is
#: swept: beyond, noise takes the device out of its model's range.
BELOW, PART = 0.6, 0.85
#: Currents beside the lowest of the range, over it: around the threshold.
AROUND = (0.9, 0.95, 1.0, 1.05, 1.1, 1.2)
#: Periods of the trace, samples in each of them, and steps per period.
PERIODS, SAMPLES, STEPS = 30, 32, 128


def output_over_current(
    device: CompactModel,
    *,
    points: int = 16,
    trajectories: int = 4,
    temperature: float | None = None,
    seed: int = 0,
    checkpoint: Path | None = None,
) -> pd.DataFrame:
    """Amplitude of the voltage over the dc current, from below the threshold to the end of the working range.

    Parameters
    ----------
    device : CompactModel
        A device that oscillates.
    points : int
        Currents.
    trajectories : int
        Noisy trajectories per current.
    temperature : float, optional
        Temperature of the noise [K]; default: the device's.
    seed : int
        Seed of the noise.
    checkpoint : Path, optional
        Folder in which finished currents are kept.

    Returns
    -------
    pandas.DataFrame
        Columns ``current`` [A], ``amplitude`` [V] and ``frequency`` [Hz] without noise and ``noisy_amplitude``,
        ``noisy_frequency`` and ``linewidth`` with it, by the bench ``amplitude``. ``attrs`` has the ``threshold`` [A].
    """
    device, kelvin = in_surroundings(device, temperature)
    lowest, highest = working_range(device)
    last = lowest + PART * (highest - lowest)
    currents = np.union1d(np.linspace(BELOW * lowest, last, whole("points", points, 2)), lowest * np.array(AROUND))
    quiet = amplitude(device, current=currents)
    noisy = amplitude(
        device, current=currents, temperature=kelvin, trajectories=trajectories, seed=seed, checkpoint=checkpoint
    )
    return device_table(
        device,
        {
            "current": (currents, "A", "dc current"),
            "amplitude": (quiet["amplitude"].to_numpy(), "V", "amplitude of the voltage, without noise"),
            "frequency": (quiet["frequency"].to_numpy(), "Hz", "frequency, without noise"),
            "noisy_amplitude": (noisy["amplitude"].to_numpy(), "V", "amplitude of the voltage about its mean"),
            "noisy_frequency": (noisy["frequency"].to_numpy(), "Hz", "mean frequency with noise"),
            "linewidth": (noisy["linewidth"].to_numpy(), "Hz", "full width at half maximum of the line"),
        },
        system="oscillator",
        engine="numeric",
        temperature=kelvin,
        seed=seed,
        threshold=quiet.attrs["threshold"],
    )


def output_in_time(
    device: CompactModel, current: float, *, temperature: float | None = None, seed: int = 0
) -> pd.DataFrame:
    """The voltage of an oscillator at a dc current over some periods, settled, with thermal noise of its states.

    Parameters
    ----------
    device : CompactModel
        A device that oscillates at the current.
    current : float
        DC current. [A]
    temperature : float, optional
        Temperature of the noise [K]; default: the device's.
    seed : int
        Seed of the noise.

    Returns
    -------
    pandas.DataFrame
        Columns ``time`` [s], ``voltage`` about its mean [V], and ``amplitude``, that of the orbit without noise [V].

    Raises
    ------
    SimulationError
        If it does not oscillate.
    """
    device, kelvin = in_surroundings(device, temperature)
    (level,) = reals("current", current, "A").tolist()
    started = device.replace(**device.protocol(Oscillation).overrides)
    orbit = periodic_orbit(started, level)
    length = PERIODS * orbit.period
    settling = orbit.period * np.ceil(SETTLING / orbit.relaxation_rate / orbit.period)
    points = round((settling + length) / orbit.period) * SAMPLES + 1
    table = started.simulate(
        level,
        settling + length,
        source="current",
        points=points,
        time_step=orbit.period / STEPS,
        temperature=kelvin,
        seed=seed,
    )
    name = next(iter(device.branches()))
    shown = table.iloc[-(PERIODS * SAMPLES + 1) :]
    voltage = shown[name].to_numpy()
    time = shown["time"].to_numpy()
    quiet = float(np.sqrt(2) * np.std(orbit.values()))
    return device_table(
        device,
        {
            "time": (time - time[0], "s", "time"),
            "voltage": (voltage - float(orbit.harmonics(count=1)[0]), "V", "voltage about its mean"),
            "amplitude": (np.full(len(time), quiet), "V", "amplitude without noise"),
        },
        system="oscillator",
        engine="numeric",
        temperature=kelvin,
        seed=seed,
        current=level,
        frequency=orbit.frequency,
    )
