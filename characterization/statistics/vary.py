"""Any bench on many samples of a device or cell whose parameters are scattered, as one table."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.special import ndtr

from ...circuits.cells.building.cell import Cell
from ...devices.core.metadata import Column, described_table, device_attributes
from ...devices.core.variability import Distribution, correlation_factor
from ...devices.language.checks import flag, instance, known, positive, whole
from ...devices.language.errors import ParameterError, SimulationError
from ...devices.language.memory import NUMBER, require_memory
from ...devices.language.version import __version__
from ...devices.model import CompactModel
from ..resumable import check_seed, compute_pieces
from .measuring import Measured, Measurement, differing, measure, measurement_of
from .merit import ATTRIBUTE, SAMPLE, Merit
from .samplers import RANDOM, SAMPLERS, USUAL, corner_numbers, normal_numbers
from .spreads import Spread, Thing, spreads_of, variables_of
from .summary import check_limits

#: Memory of the arguments of a sample. [byte]
PIECE = 2_000
#: What becomes of a sample that cannot be measured.
FAILURES = ("raise", "keep")


def vary(
    device: CompactModel | Cell,
    bench: str | Callable[..., pd.DataFrame] | None,
    distributions: Mapping[str, Distribution | str],
    *,
    samples: int | None = None,
    seed: int | None = None,
    sampler: str = "random",
    sigmas: float = 3.0,
    correlation: Mapping[tuple[str, str], float] | None = None,
    outside: str = "truncate",
    mismatch: bool = False,
    settings: Mapping[str, Any] | None = None,
    merit: str | None = None,
    least: float | None = None,
    most: float | None = None,
    failures: str = "raise",
    checkpoint: str | Path | None = None,
    progress: bool = False,
) -> pd.DataFrame:
    """Measure many samples of a device or cell whose parameters are scattered on a bench, as one table.

    Samples are measured in parallel under :func:`joblib.parallel_config`, on several processes or a Dask cluster. What
    a sample is depends on the seed and on its number alone: the table is the same on one process, on several, and
    after a run that was killed and resumed. A bench that takes a seed gets one of each sample's own, so that its noise
    is independent too, unless ``settings`` has one, which then holds for all.

    Parameters
    ----------
    device : CompactModel or Cell
        The nominal device or cell.
    bench : str or callable
        Name of a bench, or its function; a function of one's own that returns a table does as well. Of a cell None,
        for its standard bench.
    distributions : mapping
        A distribution for each parameter to scatter, by name: one of :mod:`synaspice.devices.core.variability`, or a
        text: ``"normal 5%"``, ``"normal 2n"``, ``"lognormal 0.1"``, ``"uniform 10%"`` (half of its width),
        ``"mismatch 1%*nm 40n*40n"`` (Pelgrom's coefficient, and an area or the name of one).
    samples : int, optional
        Number of samples; default: 100, or 128 of Sobol's sequence. Corners have their own.
    seed : int, optional
        Seed; default: a random one, which ``attrs`` names.
    sampler : str
        ``"random"``, ``"latin-hypercube"``, ``"sobol"``, ``"corners"`` or ``"one-at-a-time"``; see
        :mod:`synaspice.characterization.statistics.samplers`.
    sigmas : float
        How many standard deviations corners are away. [1]
    correlation : mapping, optional
        Correlation coefficients of pairs of parameters, ``{("resistance_on", "resistance_off"): 0.8}``: of the normal
        numbers behind them. Default: independent.
    outside : str
        ``"truncate"`` cuts distributions off at the parameters' bounds, ``"refuse"`` refuses those that reach beyond.
    mismatch : bool
        Whether every sample of a cell has transistors with random thresholds of its own.
    settings : mapping, optional
        Arguments of the bench, by name.
    merit : str, optional
        The figure of merit that the figure of the table shows and that ``sample_statistics`` takes; see
        :func:`~synaspice.characterization.statistics.merit.figures_of_merit`.
    least, most : float, optional
        Limits of that figure for a sample that passes, in its unit.
    failures : str
        ``"raise"`` ends at the first sample that cannot be measured, ``"keep"`` goes on: the sample has one row without
        numbers, counts as one that does not pass, and ``attrs["failed"]`` says why.
    checkpoint : str or Path, optional
        Folder in which finished samples are kept, to resume from; see
        :func:`~synaspice.characterization.resumable.compute_pieces`.
    progress : bool
        Whether to show a progress bar.

    Returns
    -------
    pandas.DataFrame
        Columns ``sample``, the scattered parameters (as ``parameter_NAME`` where the bench has a column of that name),
        ``attribute_NAME`` (numbers that the bench says of its table, such as the exponent of a drift or the sample's
        seed, where they differ), and those of the bench, for all samples. ``attrs`` are those of the bench's table, and
        ``measured`` (the bench), ``varied``, ``sampler``, ``seed``, ``cut_off`` (share of each distribution beyond the
        bounds), and ``failed``.

    Raises
    ------
    ParameterError
        If an argument makes no sense, a sample is no device that can be, or cannot be measured.
    UnknownNameError
        If there is no such bench, parameter or sampler.
    SimulationError
        If the simulation of a sample fails.
    """
    instance("the device", device, (CompactModel, Cell), "a device or a cell")
    known("sampler", sampler, SAMPLERS)
    known("treatment of failures", failures, FAILURES)
    flag("progress", progress), flag("mismatch", mismatch)
    limits = check_limits(least, most)
    if merit is not None:
        Merit.of(merit)
    elif limits != [None, None]:
        raise ParameterError("limits are of a figure of merit: name it")
    measurement = measurement_of(device, bench, settings, mismatch)
    spreads = spreads_of(device, distributions, outside)
    if not spreads and not (mismatch and sampler == "random"):
        raise ParameterError("nothing varies: give a distribution of at least one parameter")
    check_seed(seed, checkpoint)
    number = int(np.random.SeedSequence().generate_state(1)[0]) if seed is None else whole("seed", seed, 0, 2**64 - 1)
    values = _sampled(spreads, sampler, samples, number, sigmas, correlation)
    measured = measure_samples(device, spreads, values, measurement, number, failures == "keep", checkpoint, progress)
    about: dict[str, Any] = {
        "varied": {spread.name: str(spread.distribution) for spread in spreads},
        "cut_off": {spread.name: spread.cut_off for spread in spreads},
        "correlation": [[*pair, value] for pair, value in (correlation or {}).items()],
        "sampler": sampler,
        "sigmas": None if sampler in RANDOM else float(sigmas),
        "samples": len(values),
        "seed": number,
        "merit": merit,
        "limits": limits,
    }
    return table_of_samples(device, spreads, values, measured, measurement, about)


def _sampled(
    spreads: list[Spread],
    sampler: str,
    samples: int | None,
    seed: int,
    sigmas: float,
    correlation: Mapping[tuple[str, str], float] | None,
) -> np.ndarray:
    """Values of the parameters: a row for each sample."""
    names = [spread.name for spread in spreads]
    factor = correlation_factor(names, correlation)
    far = positive("the number of standard deviations of corners", sigmas)
    if sampler not in RANDOM:
        if samples is not None:
            raise ParameterError(f"{sampler} has as many samples as there are corners: leave their number out")
        if correlation:
            raise ParameterError("corners are of parameters that do not depend on each other")
        numbers = corner_numbers(sampler, len(names), far)
        return np.array(
            [[spread.corner(z) for spread, z in zip(spreads, row, strict=True)] for row in numbers.tolist()]
        )
    count = USUAL[sampler] if samples is None else whole("samples", samples, 2)
    require_memory(count, "samples", PIECE + NUMBER * len(names))
    drawn = normal_numbers(sampler, count, factor, seed)
    return values_of_shares(spreads, ndtr(drawn))


def values_of_shares(spreads: list[Spread], shares: np.ndarray) -> np.ndarray:
    """Values of parameters below which shares of their truncated distributions lie, a row for each sample."""
    found = [[spread.at(share) for spread, share in zip(spreads, row, strict=True)] for row in shares.tolist()]
    return np.array(found).reshape(len(shares), len(spreads))


def _devices(device: Thing, spreads: list[Spread], values: np.ndarray) -> list[Thing]:
    """The samples, of values of the parameters.

    Raises
    ------
    ParameterError
        If one is refused by the model's own check.
    """
    made = []
    for k, row in enumerate(values.tolist()):
        scattered = {spread.name: value for spread, value in zip(spreads, row, strict=True)}
        try:
            made.append(device.replace(**scattered))
        except ParameterError as error:
            told = ", ".join(f"{name} = {value:g}" for name, value in scattered.items())
            raise ParameterError(
                f"sample {k} with {told} is no {device.model_name()} that can be: {error}; give narrower "
                "distributions, or a correlation"
            ) from None
    return made


def measure_samples(
    device: Thing,
    spreads: list[Spread],
    values: np.ndarray,
    measurement: Measurement,
    seed: int,
    keep: bool,
    checkpoint: str | Path | None,
    progress: bool,
) -> list[Measured]:
    """Measure samples in parallel, each as a piece of its own.

    Parameters
    ----------
    device : CompactModel or Cell
        The nominal device or cell.
    spreads : list of Spread
        The scattered parameters.
    values : ndarray
        Their values, a row for each sample.
    measurement : Measurement
        What is measured.
    seed : int
        Seed of the samples' own seeds.
    keep : bool
        Whether to go on if a sample cannot be measured.
    checkpoint, progress
        As of :func:`vary`.

    Raises
    ------
    SimulationError
        If none of them can be measured.
    """
    made = _devices(device, spreads, values)
    pieces = [
        {
            "function": measurement.function,
            "thing": measurement.on_chip(each, k, seed),
            "arguments": measurement.of_sample(k, seed),
            "sample": k,
            "keep": keep,
        }
        for k, each in enumerate(made)
    ]
    described = {
        "bench": measurement.description,
        "nominal": device,
        "scattered": [spread.name for spread in spreads],
        "values": hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest(),
        "samples": len(values),
        "seed": seed if measurement.seeds else None,
        "failures": "keep" if keep else "raise",
        "version": __version__,
    }
    results = compute_pieces(
        measure, pieces, description=described, checkpoint=checkpoint, progress="samples" if progress else None
    )
    found: list[Measured] = []
    for result in results:
        found.append(Measured.of(result))
        if len(found) == 1:
            require_memory(len(made), "samples", NUMBER * found[0].rows * max(len(found[0].columns), 1))
    if all(each.failed is not None for each in found):
        raise SimulationError(f"no sample could be measured; the first: {found[0].failed}")
    return found


def table_of_samples(
    device: Thing,
    spreads: list[Spread],
    values: np.ndarray,
    measured: list[Measured],
    measurement: Measurement,
    about: Mapping[str, Any],
) -> pd.DataFrame:
    """One table of all samples."""
    whole_ones = [each for each in measured if each.failed is None]
    first = whole_ones[0]
    for k, each in enumerate(measured):
        if each.failed is None and list(each.columns) != list(first.columns):
            raise ParameterError(f"the table of sample {k} has other columns than that of the first one")
    units, descriptions = first.attrs.get("units", {}), first.attrs.get("descriptions", {})
    rows = [each.rows for each in measured]
    declared = variables_of(device)
    columns: dict[str, Column] = {SAMPLE: (np.repeat(np.arange(len(rows)), rows), "1", "number of the sample")}
    names = []
    for k, spread in enumerate(spreads):
        name = f"parameter_{spread.name}" if spread.name in (*first.columns, SAMPLE) else spread.name
        parameter, _ = declared[spread.name]
        columns[name] = (np.repeat(values[:, k], rows), parameter.unit, parameter.description)
        names.append(name)
    differ = {f"{ATTRIBUTE}{name}": np.array(told) for name, told in differing(measured).items()}
    for name, told in differ.items():
        said = f"what the bench says of the sample: {name.removeprefix(ATTRIBUTE)}"
        columns[name] = (np.repeat(told, rows), "1", said)
    for name in first.columns:
        if name in columns:
            raise ParameterError(f"a bench of samples cannot have a column {name!r} itself")
        parts = [each.columns.get(name, _missing(first.columns[name])) for each in measured]
        columns[name] = (np.concatenate(parts), units.get(name, "1"), descriptions.get(name, ""))
    failed = {str(k): each.failed for k, each in enumerate(measured) if each.failed is not None}
    own = {name: value for name, value in first.attrs.items() if name not in ("units", "descriptions", "version")}
    own = {name: value for name, value in own.items() if f"{ATTRIBUTE}{name}" not in differ}
    nominal = (
        device_attributes(device)
        if isinstance(device, CompactModel)
        else {"parameters": {**device.options, **device.values}}
    )
    attributes = {**own, **nominal, **about, "bench": "vary", "measured": measurement.name}
    attributes |= {"parameter_columns": names, "attribute_columns": list(differ), "failed": failed}
    return described_table(columns, **attributes)


def _missing(like: np.ndarray) -> np.ndarray:
    """The row of a sample that could not be measured, in a column."""
    return np.array([""]) if like.dtype.kind == "U" else np.array([np.nan])
