r"""Throughput of a reservoir and of a crossbar layer on one core, on two, and on a Dask cluster of local processes.

Work is timed by the wall clock, the least of some repetitions, with the load of the machine beside it; and by what the
processors that did it took, which other work on the machine changes little. Growth is the exponent of

.. math:: t = c\,n^p

of the processors' time, by least squares of the logarithms, with its standard error. What follows for a billion
devices is arithmetic.
"""

from __future__ import annotations

import math
import os
import platform
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.crossbars.crossbar import Crossbar
from ...circuits.crossbars.crosspoints.crossings import Conductances
from ...devices.core.metadata import device_table
from ...devices.core.oscillator_protocols import Oscillation
from ...devices.language.array_checks import reals
from ...devices.language.checks import positive, whole
from ...devices.language.errors import MissingDependencyError, ParameterError
from ...devices.language.optional import require
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.simulation.reservoirs import random_mask, reservoir_states, usual_step
from ..processes import end_processes, in_processes
from .keeping import check_study

#: Virtual nodes of a reservoir, and steps of its input; steps of the integration in a node.
NODES, STEPS, STEPS_IN_NODE = 24, 64, 40
#: Temperature of the reservoir's noise [K], current of its input over its bias.
TEMPERATURE, SWING = 300.0, 0.2
#: Resistance of a segment of a crossbar's wires [ohm], conductances of its cells [S], and voltage of a read. [V]
WIRE, CELLS, READ_VOLTAGE = 2.0, (2e-6, 5e-5), 0.1
#: Vectors that a crossbar layer multiplies.
VECTORS = 32
#: Where work is done.
PLACES = {"one core": 1, "two cores": 2, "Dask, two processes": 2}
#: Devices that the article asks for.
BILLION = 1e9


@dataclass(frozen=True)
class Size:
    """How much is measured.

    Attributes
    ----------
    sequences : tuple of int
        Reservoirs that run at once.
    crossings : tuple of int
        Sides of square crossbars.
    repeats : int
        Repetitions, of which the fastest counts.
    """

    sequences: tuple[int, ...] = (64, 128, 256, 512, 1024)
    crossings: tuple[int, ...] = (64, 128, 256, 512)
    repeats: int = 3


FULL = Size()
QUICK = Size((8, 16, 32), (16, 32, 64), 1)


@dataclass(frozen=True)
class Growth:
    """How a time grows with a size.

    Attributes
    ----------
    exponent, error : float
        Power of the size, and its standard error; the latter NaN with fewer than three sizes.
    factor : float
        Time at a size of 1. [s]
    """

    exponent: float
    error: float
    factor: float

    def at(self, size: float) -> float:
        """Time at a size [s]."""
        return float(self.factor * size**self.exponent)


def growth(sizes: ArrayLike, seconds: ArrayLike) -> Growth:
    """Fit the exponent of a growth.

    Parameters
    ----------
    sizes, seconds : array_like
        Sizes, and the time that each takes. [s]

    Raises
    ------
    ParameterError
        If they are not positive, not as many, or of fewer than two sizes.
    """
    n, t = reals("sizes", sizes), reals("seconds", seconds, "s")
    if n.shape != t.shape or len(np.unique(n)) < 2 or n.min() <= 0 or t.min() <= 0:
        raise ParameterError("a growth needs positive times of at least two positive sizes")
    x, y = np.log(n), np.log(t)
    centred = x - x.mean()
    exponent = float(centred @ y / (centred @ centred))
    start = float(y.mean() - exponent * x.mean())
    rest = y - start - exponent * x
    error = math.sqrt(float(rest @ rest) / (len(x) - 2) / float(centred @ centred)) if len(x) > 2 else math.nan
    return Growth(exponent, error, math.exp(start))


def reservoirs(device: CompactModel, bias: float, sequences: int, threads: int, seed: int) -> FloatArray:
    """States of some reservoirs that run at once: :data:`NODES` nodes each, :data:`STEPS` steps of noise."""
    inputs = np.random.default_rng(seed).uniform(-1, 1, (sequences, STEPS, 1))
    return reservoir_states(
        device,
        inputs,
        random_mask(NODES, seed=seed),
        bias=bias,
        amplitude=SWING * bias,
        node_time=STEPS_IN_NODE * usual_step(device),
        temperature=TEMPERATURE,
        seed=seed,
        threads=threads,
    )


def layers(side: int, vectors: int, seed: int) -> FloatArray:
    """Currents of a square crossbar with wires for some vectors of voltages, each solved for."""
    random = np.random.default_rng(seed)
    crossbar = Crossbar(Conductances(random.uniform(*CELLS, (side, side))), WIRE, WIRE)
    volts = READ_VOLTAGE * random.random((vectors, side))
    return np.array([crossbar.output(row) for row in volts])


def _reservoir_part(device: CompactModel, bias: float, sequences: int, seed: int) -> float:
    """A part of the work in a process of its own; what comes back is the processor's time for it [s]."""
    start = time.process_time()
    reservoirs(device, bias, sequences, 1, seed)
    return time.process_time() - start


def _layer_part(side: int, vectors: int, seed: int) -> float:
    start = time.process_time()
    layers(side, vectors, seed)
    return time.process_time() - start


@contextmanager
def place(name: str) -> Iterator[None]:
    """Processes of a place of :data:`PLACES`, begun before and ended after.

    Raises
    ------
    MissingDependencyError
        If it is a Dask cluster, and Dask is not installed.
    """
    if name.startswith("Dask"):
        distributed = require("distributed", "a cluster of local processes", "dask")
        how = {"n_workers": PLACES[name], "threads_per_worker": 1, "dashboard_address": None, "processes": True}
        with (
            distributed.LocalCluster(**how) as cluster,
            distributed.Client(cluster),
            joblib.parallel_config("dask"),
        ):
            yield
    else:
        with joblib.parallel_config("loky", n_jobs=PLACES[name]):
            yield
        end_processes()


def timed(function: Callable[..., float], parts: Sequence[Sequence[Any]], repeats: int) -> tuple[float, float]:
    """Work in parts, each in a process if there are several; the least times of some repetitions, after one more.

    Parameters
    ----------
    function : callable
        Does a part and returns the processor's time for it. [s]
    parts : sequence of sequences
        Its arguments, part by part.
    repeats : int
        Repetitions.

    Returns
    -------
    tuple of float
        Least wall-clock time of all parts together, and least sum of the processors' times. [s]
    """
    walls, processors = [], []
    for _ in range(1 + whole("repeats", repeats, 1)):
        start = time.perf_counter()
        processors.append(sum(in_processes(function, parts)))
        walls.append(time.perf_counter() - start)
    return min(walls[1:]), min(processors[1:])


def study_scaling(device: CompactModel, *, size: Size = FULL, seed: int = 0) -> dict[str, pd.DataFrame]:
    """Time reservoirs and crossbar layers of several sizes, wherever they run, and tell how that grows.

    Parameters
    ----------
    device : CompactModel
        The reservoirs' oscillator.
    size : Size
        How much is measured.
    seed : int
        Seed of inputs, weights and noise.

    Returns
    -------
    dict of pandas.DataFrame
        ``times``: ``work``, ``place``, ``size``, ``units`` of work (virtual-neuron steps, or products of a weight and
        an input), ``seconds`` by the clock, ``processor_seconds``, and the ``rate`` by either; ``growth``: exponents
        with their errors.

    Raises
    ------
    ParameterError
        If the device does not oscillate.
    """
    check_study(device, size=size, sizes=Size)
    if not device.suits(Oscillation):
        raise ParameterError(f"reservoirs are made of a device that oscillates, not of {device.model_name()}")
    offered = device.protocol(Oscillation)
    started = device.replace(**offered.overrides)
    bias = float(sorted(offered.currents, key=abs)[-1])
    rows: list[tuple[str, str, int, float, float, float]] = []
    left_out: dict[str, str] = {}
    before = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    for name, processes in PLACES.items():
        try:
            with place(name):
                for number in size.sequences:
                    parts = [(started, bias, number // processes, seed + k) for k in range(processes)]
                    both = timed(_reservoir_part, parts, size.repeats)
                    rows.append(("reservoir", name, number, float(number * NODES * STEPS), *both))
                for side in size.crossings:
                    halves = [(side, VECTORS // processes, seed + k) for k in range(processes)]
                    both = timed(_layer_part, halves, size.repeats)
                    rows.append(("crossbar", name, side * side, float(VECTORS * side * side), *both))
        except MissingDependencyError as error:
            left_out[name] = str(error)
    after = os.getloadavg()[0] if hasattr(os, "getloadavg") else math.nan
    about: dict[str, Any] = {
        "system": "scale",
        "machine": f"{platform.machine()}, {os.cpu_count()} processors, {platform.system()}",
        "processor": processor(),
        "load": [before, after],
        "seed": seed,
        "temperature": TEMPERATURE,
        "left_out": left_out,
    }
    return {"times": _times(device, rows, about), "growth": _growths(device, rows, about)}


def processor() -> str:
    """The processor by its name, where the system tells it."""
    try:
        with Path("/proc/cpuinfo").open(encoding="utf-8") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _times(device: CompactModel, rows: list[Any], about: dict[str, Any]) -> pd.DataFrame:
    work, where, sizes, units, seconds, processors = (list(column) for column in zip(*rows, strict=True))
    columns = {
        "work": (work, "", "what was done"),
        "place": (where, "", "where it was done"),
        "size": (sizes, "1", "reservoirs at once, or cells of a crossbar"),
        "units": (units, "1", "virtual-neuron steps, or products of a weight and an input"),
        "seconds": (seconds, "s", "least wall-clock time of the repetitions"),
        "processor_seconds": (processors, "s", "least sum of the processors' times"),
        "rate": (np.array(units) / np.array(seconds), "Hz", "units of work per second by the clock"),
        "processor_rate": (np.array(units) / np.array(processors), "Hz", "units of work per second of a processor"),
    }
    return device_table(device, columns, **about)


def _growths(device: CompactModel, rows: list[Any], about: dict[str, Any]) -> pd.DataFrame:
    kinds = list(dict.fromkeys((row[0], row[1]) for row in rows))
    found = []
    for work, where in kinds:
        own = [row for row in rows if row[:2] == (work, where)]
        fit = growth([row[2] for row in own], [row[5] for row in own])
        rates = (max(row[3] / row[4] for row in own), max(row[3] / row[5] for row in own))
        found.append((fit.exponent, fit.error, fit.factor, *rates))
    exponent, error, factor, rate, processor_rate = (list(column) for column in zip(*found, strict=True))
    columns = {
        "work": ([work for work, _ in kinds], "", "what was done"),
        "place": ([where for _, where in kinds], "", "where it was done"),
        "exponent": (exponent, "1", "power of the size with which the time grows"),
        "error": (error, "1", "its standard error"),
        "factor": (factor, "s", "time at a size of 1, by the fit"),
        "rate": (rate, "Hz", "best rate by the clock, units of work per second"),
        "processor_rate": (processor_rate, "Hz", "best rate, units of work per second of a processor"),
    }
    return device_table(device, columns, **about)


def billion(rate: float, cores: int, watts_per_core: float, device_power: float) -> dict[str, float]:
    """What one step of a billion devices takes in simulation, and what they would take as hardware.

    Parameters
    ----------
    rate : float
        Device steps per second. [Hz]
    cores : int
        Cores on which that was measured.
    watts_per_core : float
        Power of a core. [W]
    device_power : float
        Power of a device. [W]

    Returns
    -------
    dict
        ``seconds`` for a step of each, ``joules`` for it, and ``watts`` of the devices themselves.
    """
    seconds = BILLION / positive("rate", rate, "Hz")
    joules = seconds * whole("cores", cores, 1) * positive("watts_per_core", watts_per_core, "W")
    return {"seconds": seconds, "joules": joules, "watts": BILLION * positive("device_power", device_power, "W")}
