"""Waveforms of one representative point of a cell's bench, few enough points to travel with the bench's table."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import described_table
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray

#: Most points of a waveform that is kept, deviation over the range below which none is added, digits of a value.
MOST_POINTS, FINE, DIGITS = 600, 2e-3, 5
#: A waveform: the name of a vector of the run, or its values; alone, or with the values' own times.
Wave = str | ArrayLike
#: What stands in one panel of a figure: its quantity and unit, and the waveforms in it by their labels.
Panels = Mapping[tuple[str, str], Mapping[str, Wave]]


def thinned(time: FloatArray, values: FloatArray, most: int = MOST_POINTS) -> np.ndarray:
    """Indices of the samples that draw a waveform: straight lines between them miss the others by little.

    The sample farthest from the lines is added again and again (the algorithm of Ramer, Douglas and Peucker, with
    distances in the values alone), so that spikes of any width and the extremes of noise stay, until there are enough
    points or all others lie within 0.2 % of the range.
    """
    count = len(time)
    if count <= 2:
        return np.arange(count)
    close = FINE * float(np.ptp(values))
    kept = {0, count - 1}
    pending: list[tuple[float, int, int, int]] = []

    def consider(low: int, high: int) -> None:
        if high - low < 2:
            return
        inner = slice(low + 1, high)
        line = np.interp(time[inner], [time[low], time[high]], [values[low], values[high]])
        off = np.abs(values[inner] - line)
        farthest = int(np.argmax(off))
        heapq.heappush(pending, (-float(off[farthest]), low, low + 1 + farthest, high))

    consider(0, count - 1)
    while pending and len(kept) < most and -pending[0][0] > close:
        _, low, middle, high = heapq.heappop(pending)
        kept.add(middle)
        consider(low, middle)
        consider(middle, high)
    return np.array(sorted(kept))


def keep(
    run: pd.DataFrame, at: str, panels: Panels, *, start: float | None = None, end: float | None = None
) -> dict[str, Any]:
    """Waveforms of a run, as plain values that JSON can hold: the argument ``waveforms`` of ``cell_table``.

    Parameters
    ----------
    run : pandas.DataFrame
        A transient.
    at : str
        The point of the bench, for people to read.
    panels : Mapping
        By quantity and unit, from the input to the output, the waveforms by their labels: names of vectors of the run,
        or values at its times. The label of one that is alone in its panel may be empty.
    start, end : float, optional
        The part of the run to keep, with times from its beginning. [s]
    """
    time = run["time"].to_numpy()
    part = slice(*np.searchsorted(time, [-np.inf if start is None else start, np.inf if end is None else end]))
    traces = []
    for (quantity, unit), waves in panels.items():
        for name, wave in waves.items():
            values = np.asarray(run[wave] if isinstance(wave, str) else wave, dtype=float)[part]
            chosen = thinned(time[part], values)
            traces.append(
                {
                    "quantity": quantity,
                    "unit": unit,
                    "name": name,
                    "time": _rounded(time[part][chosen] - time[part][0], 9),
                    "values": _rounded(values[chosen], DIGITS),
                }
            )
    return {"at": at, "traces": traces}


def _rounded(values: FloatArray, digits: int) -> list[float]:
    return [float(f"{value:.{digits}g}") for value in values.tolist()]


def waveforms(table: pd.DataFrame) -> pd.DataFrame:
    """The waveforms that a cell's bench has kept of one of its points.

    Parameters
    ----------
    table : pandas.DataFrame
        A table of :func:`~synaspice.characterization.cells.bench.simulate`, or one that was read from a file.

    Returns
    -------
    pandas.DataFrame
        Columns ``quantity``, ``unit``, ``name``, ``time`` [s] and ``value``, every waveform at times of its own, up to
        600; ``attrs["at"]`` tells the point.

    Raises
    ------
    ParameterError
        If there are none in the table.
    """
    found = table.attrs.get("waveforms")
    if not found:
        raise ParameterError("the table has no waveforms: they are in tables of cells' benches, see simulate")
    traces: Sequence[Mapping[str, Any]] = found["traces"]
    lengths = [len(trace["time"]) for trace in traces]

    def repeated(key: str) -> list[str]:
        return [trace[key] for trace, length in zip(traces, lengths, strict=True) for _ in range(length)]

    columns = {
        "quantity": (repeated("quantity"), "1", "quantity"),
        "unit": (repeated("unit"), "1", "unit of the value"),
        "name": (repeated("name"), "1", "waveform, where a quantity has several"),
        "time": ([time for trace in traces for time in trace["time"]], "s", "time"),
        "value": ([value for trace in traces for value in trace["values"]], "1", "value, in its unit"),
    }
    return described_table(columns, at=found["at"], cell=table.attrs.get("cell"))
