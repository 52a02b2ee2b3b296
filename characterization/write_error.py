"""Write error rate: the probability that a device has not switched by the end of a pulse, however small it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import binomtest

from ..devices.errors import ParameterError, UnknownNameError
from ..devices.junction_pulses import precession_decay
from ..devices.macrospin import ROOM_TEMPERATURE
from ..devices.metadata import table_attributes
from ..devices.model import CompactModel
from ..devices.mtj import MTJ
from ..devices.suggestions import Switching
from ..devices.targets.noisy_trajectories import checked_seed
from ..devices.targets.numeric import initial_state
from ..devices.waveforms import FloatArray, Pulse
from .fokker_planck import AxialMagnet, butler_write_error_rate, unswitched
from .splitting import Side, mean_and_interval, staying_probabilities

#: Amplitudes by default, over the critical one; and widths, over the shortest that the device suggests.
OVERDRIVES, WIDTHS = (1.2, 1.5, 2.0, 3.0), np.linspace(0.8, 16.0, 20)
#: Time for thermal equilibrium before the pulse, over the shortest suggested width.
REST = 8.0
#: Looks at the population of a splitting between two widths, at least, in the time of the shortest suggested width.
LOOKS = 8
#: Time that the edge of a pulse takes. [s]
EDGE = 1e-15
#: Trajectories of a splitting's population.
POPULATION = 2048


@dataclass(frozen=True)
class _Task:
    """What every method is given: a device at its start, one amplitude, and when to look."""

    device: CompactModel
    suggested: Switching
    source: str
    amplitude: float
    widths: FloatArray
    side: Side
    rest: float
    trajectories: int
    temperature: float
    seed: int
    time_step: float | None

    def staying(self, times: FloatArray, population: int, populations: int, replace: bool) -> FloatArray:
        """Probabilities from populations that come to equilibrium first."""
        return staying_probabilities(
            self.device,
            Pulse(0.0, self.amplitude, delay=self.rest, rise=EDGE),
            self.rest + times,
            self.side,
            source=self.source,
            inputs=self.suggested.inputs,
            temperature=self.temperature,
            population=population,
            populations=populations,
            replace=replace,
            seed=self.seed,
            time_step=self.time_step,
        )


Bounds = tuple[FloatArray, FloatArray, FloatArray]


def _by_ensemble(task: _Task) -> Bounds:
    shares = task.staying(task.widths, task.trajectories, 1, False)[0]
    counts = np.rint(shares * task.trajectories).astype(int)
    intervals = [binomtest(int(k), task.trajectories).proportion_ci(0.95, "wilson") for k in counts]
    return shares, np.array([i.low for i in intervals]), np.array([i.high for i in intervals])


def _by_splitting(task: _Task) -> Bounds:
    spacing = min(task.suggested.widths) / LOOKS
    between = [np.linspace(a, b, max(2, 1 + int(np.ceil((b - a) / spacing)))) for a, b in _intervals(task.widths)]
    times = np.unique(np.concatenate([part[1:] for part in between]))
    populations = max(2, round(task.trajectories / POPULATION))
    probabilities = task.staying(times, POPULATION, populations, True)
    wanted = np.searchsorted(times, task.widths * (1 - 1e-12))
    return mean_and_interval(probabilities[:, wanted])


def _by_fokker_planck(task: _Task) -> Bounds:
    side = 1 if initial_state(task.device)[2] > 0 else -1
    options = {"source": task.source, "start": side, "temperature": task.temperature}
    probability, error = unswitched(task.device, task.amplitude, task.widths, **options)  # type: ignore[arg-type]
    return probability, np.maximum(probability - error, 0.0), probability + error


def _by_butler(task: _Task) -> Bounds:
    device, critical = task.device, task.suggested.critical
    if critical is None or not isinstance(device, MTJ):
        raise ParameterError(f"the closed form is for tunnel junctions that a current switches: not {device}")
    # At the temperature of the noise, and not at that of the figure of merit.
    barrier = device.thermal_stability * ROOM_TEMPERATURE / task.temperature
    reduced = task.widths / precession_decay(device) / (1 + device.damping**2)
    rate = butler_write_error_rate(task.amplitude / critical, barrier, reduced)
    return rate, np.full_like(rate, np.nan), np.full_like(rate, np.nan)


def _intervals(widths: FloatArray) -> list[tuple[float, float]]:
    return list(zip([0.0, *widths[:-1].tolist()], widths.tolist(), strict=True))


METHODS: dict[str, Callable[[_Task], Bounds]] = {
    "fokker-planck": _by_fokker_planck,
    "splitting": _by_splitting,
    "ensemble": _by_ensemble,
    "butler": _by_butler,
}


def write_error(
    device: CompactModel,
    *,
    quantity: str | None = None,
    amplitude: ArrayLike | None = None,
    width: ArrayLike | None = None,
    methods: Sequence[str] | None = None,
    coordinate: str | None = None,
    start: str | None = None,
    end: str | None = None,
    relaxation: float | None = None,
    trajectories: int = 16_384,
    temperature: float = 300.0,
    seed: int | None = None,
    time_step: float | None = None,
) -> pd.DataFrame:
    """Measure how often a pulse fails to switch a device.

    A device in thermal equilibrium in one reference state takes a pulse with sharp edges; at its end it has failed if
    its coordinate is still on that state's side of the middle between the two.

    Parameters
    ----------
    device : CompactModel
        The device.
    quantity : str, optional
        What the pulse imposes: ``"voltage"``, ``"current"``, or a branch's voltage or current by name.
    amplitude : array_like, optional
        Amplitudes of the pulses, in the quantity's SI unit; default: 1.2, 1.5, 2 and 3 times the critical one.
    width : array_like, optional
        Widths of the pulses. [s]
    methods : sequence of str, optional
        ``"fokker-planck"`` (:mod:`~synaspice.characterization.fokker_planck`; a macrospin that is symmetric about z),
        ``"splitting"`` (:mod:`~synaspice.characterization.splitting`; any device with noise), ``"ensemble"``
        (independent trajectories: down to about one over their number) and ``"butler"`` (the closed form of
        :func:`~synaspice.characterization.fokker_planck.butler_write_error_rate`, without bounds). Default: all that
        suit the device.
    coordinate : str, optional
        State or observable that tells the reference states apart.
    start, end : str, optional
        Names of the reference states before the pulse and of a switched device.
    relaxation : float, optional
        Time to come to equilibrium before the pulse. [s]
    trajectories : int
        Trajectories per amplitude of an ensemble, and of all populations of a splitting together.
    temperature : float
        Temperature of the noise. [K]
    seed : int, optional
        Seed; amplitudes and methods have their own, derived from it.
    time_step : float, optional
        Step of the noisy trajectories. [s]

    Returns
    -------
    pandas.DataFrame
        Columns ``method``, the quantity, ``width`` [s], ``probability`` of an error, and ``lower`` and ``upper``: the
        bounds of its 95 % confidence interval, or of the error of discretisation of the Fokker-Planck equation.

    Raises
    ------
    ParameterError
        If a number makes no sense, or a method does not suit the device.
    UnknownNameError
        If a name is not known.
    """
    suggested = device.suggested_switching()
    source = quantity or suggested.quantity
    if amplitude is None:
        if suggested.critical is None or source != suggested.quantity:
            raise ParameterError("give the amplitudes: the device knows no critical one of what the pulse imposes")
        amplitude = suggested.critical * np.array(OVERDRIVES)
    amplitudes = np.atleast_1d(np.asarray(amplitude, dtype=float))
    widths = np.sort(np.atleast_1d(np.asarray(min(suggested.widths) * WIDTHS if width is None else width, dtype=float)))
    if not np.all(np.isfinite(amplitudes)) or not np.all((widths > 0) & np.isfinite(widths)):
        raise ParameterError("amplitudes must be finite, and widths positive and finite")
    if np.any(np.diff(widths) <= 0):
        raise ParameterError("give each width once")
    known = device.reference_states()
    first, last = start or suggested.start, end or suggested.end
    for name in (first, last):
        if name not in known:
            raise UnknownNameError(f"state of {device.model_name()}", name, known)
    begin = device.replace(**known[first])
    rest = REST * min(suggested.widths) if relaxation is None else relaxation
    side = _side(device, coordinate or suggested.coordinate, first, last)
    root = checked_seed(seed)
    rows = []
    for name in methods or ():
        if name not in METHODS:
            raise UnknownNameError("method", name, METHODS)
    for k, method in enumerate(suitable_methods(begin, temperature) if methods is None else methods):
        for j, value in enumerate(amplitudes.tolist()):
            own = int(np.random.SeedSequence([root, k, j]).generate_state(1)[0])
            settings = (widths, side, rest, trajectories, temperature, own, time_step)
            bounds = METHODS[method](_Task(begin, suggested, source, value, *settings))
            rows += [[method, value, *row] for row in zip(widths.tolist(), *(b.tolist() for b in bounds), strict=True)]
    columns = ["method", source, "width", "probability", "lower", "upper"]
    table = pd.DataFrame(rows, columns=columns)
    own_attributes = {"bench": "write-error", "temperature": temperature, "seed": root, "trajectories": trajectories}
    table.attrs |= table_attributes(device, columns, "numeric", **own_attributes)
    table.attrs |= {"swept": source, "start": first, "end": last, "critical": suggested.critical}
    by_current = source == "current" or source in {branch.current for branch in device.branches().values()}
    table.attrs["units"] |= {"method": "1", source: "A" if by_current else "V", "width": "s"}
    table.attrs["units"] |= dict.fromkeys(["probability", "lower", "upper"], "1")
    table.attrs["descriptions"] |= {
        "method": "how the probability was found",
        source: "amplitude of the pulse",
        "width": "width of the pulse",
        "probability": "probability that the pulse has not switched the device",
        "lower": "lower bound of the probability",
        "upper": "upper bound of the probability",
    }
    return table


def suitable_methods(device: CompactModel, temperature: float = 300.0) -> list[str]:
    """The methods of :func:`write_error` that suit a device."""
    try:
        AxialMagnet(device, 0.0, temperature=temperature)
    except ParameterError:
        return ["splitting", "ensemble"]
    closed = isinstance(device, MTJ) and device.suggested_switching().critical is not None
    return [name for name in METHODS if closed or name != "butler"]


def _side(device: CompactModel, coordinate: str | None, first: str, last: str) -> Side:
    """The first state's side of the middle; gone for good is half-way from there to the other state."""
    if coordinate is None:
        raise ParameterError(f"name a coordinate: {device.model_name()} suggests none that tells {first} from {last}")
    values = []
    for name in (first, last):
        overrides = device.reference_states()[name]
        table = device.replace(**overrides).static()
        if coordinate not in table:
            raise UnknownNameError(f"quantity of {device.model_name()}", coordinate, table)
        values.append(float(table[coordinate]))
    if np.isclose(values[0], values[1]):
        raise ParameterError(f"{coordinate} does not tell {first} from {last}")
    border = sum(values) / 2
    return Side(coordinate, border, (border + values[1]) / 2)
