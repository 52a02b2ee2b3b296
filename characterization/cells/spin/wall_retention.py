"""How long the strips of spin neurons keep their walls: at rest, and while signals pass them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ....devices.core.metadata import device_table
from ....devices.language.checks import whole
from ....devices.language.errors import ParameterError, SimulationError
from ....devices.language.waveforms.shapes import FloatArray, Pulse
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ..errors.arrhenius import BOLTZMANN, Arrhenius

#: Barriers over the thermal energy at which hops are counted: many, and few enough to be single.
RATIOS = (3.5, 4.5, 5.5, 6.5)
#: Share of the walls that is to have left its site, about; and how often it may be looked for.
LEFT, ATTEMPTS = 0.15, 6
#: Time of the first look [s], and the largest factor from one to the next.
FIRST_LOOK, LONGER = 4e-9, 8.0
#: Time step over the strip's time scale. At 5400 K as many walls leave as at a tenth of it, to 1 % of their number.
STEP = 4e-3
#: Edges of a signal. [s]
EDGE = 2e-11


@dataclass(frozen=True)
class WallLifetimes:
    """How walls leave their site at high temperatures.

    Attributes
    ----------
    temperatures : ndarray
        The temperatures. [K]
    durations : ndarray
        Times in which they may leave. [s]
    left : ndarray
        Share of the walls that have left. [1]
    rates : ndarray
        Rates at which they leave. [1/s]
    line : Arrhenius
        The law of Arrhenius through them.
    """

    temperatures: FloatArray
    durations: FloatArray
    left: FloatArray
    rates: FloatArray
    line: Arrhenius


#: What :func:`wall_lifetimes` has measured, by its arguments.
_MEASURED: dict[tuple[str, float, float, int, int], WallLifetimes] = {}


def wall_lifetimes(
    strip: DomainWallInjector, *, signal: float = 0.0, position: float = 0.5, trajectories: int = 4000, seed: int = 0
) -> WallLifetimes:
    """Let walls leave their site at high temperatures; arguments and errors as of :func:`wall_retention`.

    What was measured is kept for the process: a line through it holds for every temperature.
    """
    if not strip.values["pinning_energy"]:
        raise ParameterError("a wall that nothing pins stays nowhere: pinning_energy must be positive")
    whole("trajectories", trajectories, 100)
    key = (repr(strip), signal, position, trajectories, seed)
    if key not in _MEASURED:
        _MEASURED[key] = _measured(strip, signal, position, trajectories, seed)
    return _MEASURED[key]


def _measured(strip: DomainWallInjector, signal: float, position: float, trajectories: int, seed: int) -> WallLifetimes:
    kelvins = [float(strip.values["pinning_energy"] / BOLTZMANN / ratio) for ratio in RATIOS]
    looks = [_look(strip, signal, position, kelvin, trajectories, seed) for kelvin in kelvins]
    durations, left = np.array(looks).T
    rates = -np.log1p(-left) / durations
    # The relative error of a rate from the count of those that left, by the binomial law.
    errors = np.sqrt(left / (1 - left) / trajectories) / -np.log1p(-left)
    line = Arrhenius.through(kelvins, 1 / rates, errors)
    return WallLifetimes(np.array(kelvins), durations, left, rates, line)


def wall_retention(
    strip: DomainWallInjector,
    *,
    signal: float = 0.0,
    position: float = 0.5,
    temperature: float = 300.0,
    trajectories: int = 4000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Measure how fast walls leave their sites at high temperatures, and extrapolate it by Arrhenius' law.

    .. math:: \Gamma = f_0\, e^{-E / k_B T}

    An ensemble of walls starts at one site at each of several temperatures, at which the pinning energy is a few
    :math:`k_B T`; a wall that is more than half a site away in the end has left. The material stays that of the
    temperature of its parameters: in the model only :math:`E / k_B T` counts. A signal passes the wall all the time.

    Parameters
    ----------
    strip : DomainWallInjector
        The strip.
    signal : float
        Voltage at ``common`` against the channel. [V]
    position : float
        Of the walls at the beginning, over the length; a site. [-]
    temperature : float
        To which is extrapolated. [K]
    trajectories : int
        Number of walls at each temperature.
    seed : int
        Seed of the noise.

    Returns
    -------
    pandas.DataFrame
        A row per temperature: ``temperature`` [K], ``duration`` [s], ``left`` (share of the walls), ``rate`` and
        ``fit`` [1/s]. ``attrs`` has ``barrier`` [J], ``attempt_rate`` [1/s] and, at the temperature asked for,
        ``rate_at_temperature`` [1/s] and ``upper_rate_at_temperature`` [1/s], the upper bound of its one-sided 95 %
        confidence interval, from the counts and the line.

    Raises
    ------
    ParameterError
        If the strip pins no wall.
    SimulationError
        If the walls do not leave their sites, or leave them at once.
    """
    found = wall_lifetimes(strip, signal=signal, position=position, trajectories=trajectories, seed=seed)
    line = found.line
    return device_table(
        strip,
        {
            "temperature": (found.temperatures, "K", "temperature of the walls"),
            "duration": (found.durations, "s", "time in which they may leave"),
            "left": (found.left, "1", "share of the walls that have left their site"),
            "rate": (found.rates, "1/s", "rate at which a wall leaves its site"),
            "fit": ([1 / line.lifetime(kelvin) for kelvin in found.temperatures], "1/s", "Arrhenius' law"),
        },
        bench="wall_retention",
        engine="numeric",
        seed=seed,
        signal=signal,
        position=position,
        extrapolated_to=temperature,
        trajectories=trajectories,
        barrier=line.barrier,
        attempt_rate=1 / line.attempt_time,
        rate_at_temperature=1 / line.lifetime(temperature),
        upper_rate_at_temperature=1 / line.least_lifetime(temperature),
    )


def _look(
    strip: DomainWallInjector, signal: float, position: float, kelvin: float, walls: int, seed: int
) -> tuple[float, float]:
    """A time in which a fair share of the walls leaves, and that share."""
    duration, held = FIRST_LOOK, strip.replace(initial_state=position)
    for _ in range(ATTEMPTS):
        final = held.ensemble(
            -signal,
            duration,
            source="charge_voltage",
            temperature=kelvin,
            trajectories=walls,
            seed=seed,
            time_step=STEP * strip.settling_time,
        )
        away = np.abs(final.final()["x"].to_numpy() - position) * strip.values["length"]
        left = float(np.mean(away > strip.values["pinning_period"] / 2))
        if LEFT / 3 < left < 2.5 * LEFT:
            return duration, left
        factor = math.log1p(-LEFT) / math.log1p(-min(max(left, 0.5 / walls), 0.99))
        duration *= min(max(factor, 1 / LONGER), LONGER)
    raise SimulationError(f"{left:.2g} of the walls leave their site in {duration:.2g} s at {kelvin:.4g} K: no rate")


def read_disturb(
    strip: DomainWallInjector,
    *,
    voltage: float = 0.03,
    duration: float = 1e-8,
    reads: float = 1e6,
    temperature: float = 300.0,
    trajectories: int = 4000,
    seed: int = 0,
) -> pd.DataFrame:
    r"""Measure what many signals do to the walls of a strip, site by site, by :func:`wall_retention` under the signal.

    .. math:: \Delta w = (1 - e^{-\Gamma n t})\, w_\mathrm{step}

    A wall goes one site further towards ``common`` per hop, as the signal pushes it.

    Parameters
    ----------
    strip : DomainWallInjector
        The strip.
    voltage : float
        Of a signal, at ``common`` against the channel. [V]
    duration : float
        Of a signal. [s]
    reads : float
        Number of signals.
    temperature, trajectories, seed
        As of :func:`wall_retention`.

    Returns
    -------
    pandas.DataFrame
        A row per site: ``position`` (over the length), ``wall_current`` [A], ``barrier`` [J], ``rate`` [1/s],
        ``displaced`` (share of the walls after all reads) and ``weight_change`` (their mean, over the range of the
        weights).
    """
    sites = round(strip.values["length"] / strip.values["pinning_period"])
    rows, weights = [], [_weight(strip, k / sites) for k in range(sites)]
    for site in range(1, sites):
        place = site / sites
        found = wall_retention(
            strip, signal=voltage, position=place, temperature=temperature, trajectories=trajectories, seed=seed
        ).attrs
        current = float(strip.replace(initial_state=place).static(charge_voltage=-voltage)["wall_current"])
        displaced = -math.expm1(-found["upper_rate_at_temperature"] * reads * duration)
        step = (weights[site] - weights[site - 1]) / (weights[-1] - weights[0])
        rows.append((place, current, found["barrier"], found["rate_at_temperature"], displaced, displaced * step))
    columns: FloatArray = np.array(rows).T
    about = (
        ("position", "1", "site of the walls over the length"),
        ("wall_current", "A", "current along the strip at the wall"),
        ("barrier", "J", "barrier under the signal"),
        ("rate", "1/s", "rate at which a wall leaves its site under the signal"),
        ("displaced", "1", "share of the walls that all the reads displace, upper bound of 95 % confidence"),
        ("weight_change", "1", "mean change of the weight by that, over the range of the weights"),
    )
    return device_table(
        strip,
        {name: (column, unit, text) for column, (name, unit, text) in zip(columns, about, strict=True)},
        bench="read_disturb",
        engine="numeric",
        seed=seed,
        voltage=voltage,
        duration=duration,
        reads=reads,
        temperature=temperature,
    )


def _weight(strip: DomainWallInjector, position: float) -> float:
    return float(strip.replace(initial_state=position).static()["weight"])


def depinning_current(strip: DomainWallInjector, *, position: float = 0.5, duration: float = 8e-9) -> float:
    """Current along a strip that drives a wall from its site, without noise [A].

    Parameters
    ----------
    strip : DomainWallInjector
        The strip.
    position : float
        Of the wall, over the length; a site. [-]
    duration : float
        For which the current flows. [s]

    Raises
    ------
    SimulationError
        If no current of up to 1e14 A/m^2 does.
    """
    held, tried = strip.replace(initial_state=position), 0.0

    def moves(current: float) -> bool:
        pulse = Pulse(0.0, -current, 0.0, EDGE, EDGE, duration)
        final = held.simulate(pulse, duration + 2e-9, source="current", points=2)["wall_position"].iloc[-1]
        return abs(float(final) - position * strip.values["length"]) > strip.values["pinning_period"] / 2

    low, high = 0.0, 1e11 * float(strip.current_area)
    while not moves(high):
        low, high = high, 2 * high
        tried = high / float(strip.current_area)
        if tried > 1e14:
            raise SimulationError(f"{strip!r}: no current up to {tried:.2g} A/m^2 drives its wall from its site")
    while high - low > 0.01 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if moves(middle) else (middle, high)
    return high
