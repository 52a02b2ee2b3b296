"""Standard bench of the synapse with spike-timing-dependent plasticity."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.synapses.synapses import STDPSynapse
from ....circuits.engine.analyses import Transient
from ....devices.language.errors import ParameterError
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, told
from ..memories.writing import plasticity_reliability
from ..point import Point
from ..standard import cell_table, energies, half_way, run_bench, why_not
from ..waveforms import keep


@dataclass(frozen=True)
class _Pair:
    """Two spikes with tails on both sides of a synapse, the presynaptic one at a time."""

    cell: STDPSynapse
    time_constant: float
    height: float
    width: float
    longest: float

    @property
    def origin(self) -> float:
        """Time of the presynaptic spike [s]."""
        return self.longest + 2 * self.width

    def spike(self, delay: float) -> tuple[str, str]:
        """A pulse, and after it a fall that comes back exponentially: sources in series."""
        edge, at = self.width / 50, self.origin + delay
        pulse = f"0 {self.cell.height!r} {at:.9g} {edge!r} {edge!r} {self.width!r} 1"
        begin = at + self.width + 2 * edge
        return pulse, f"0 {-self.height!r} {begin:.9g} {edge / 5!r} {begin + edge:.9g} {self.time_constant!r}"

    def lines(self, delay: float) -> list[str]:
        """The sources, the postsynaptic spike after a delay."""
        lines = [f"Venable enable 0 {self.cell.supply_voltage!r}"]
        for side, after in (("pre", 0.0), ("post", delay)):
            pulse, tail = self.spike(after)
            lines += [f"V{side} {side} {side}_tail pulse({pulse})", f"V{side}_tail {side}_tail 0 exp({tail})"]
        return lines

    def alterations(self, delay: float) -> list[str]:
        """Commands that move the postsynaptic spike."""
        pulse, tail = self.spike(delay)
        return [f"alter @vpost[pulse] = [ {pulse} ]", f"alter @vpost_tail[exp] = [ {tail} ]"]

    def analysis(self) -> Transient:
        """The transient."""
        duration = self.origin + self.longest + 6 * self.time_constant
        return Transient(self.width / 20, duration, max_step=self.width / 10)


#: Time constant of a spike's tail, and width of its pulse. [s]
TAIL, PULSE = 100e-9, 5e-9


def _potentiated(cell: STDPSynapse) -> Point:
    """Change of the state by a pair of spikes a third of a time constant apart."""
    delay = 0.3 * TAIL
    pair = _Pair(cell, TAIL, 0.5 * cell.height, PULSE, delay)
    return Point(
        pair.lines(delay),
        pair.analysis(),
        {
            "before": f"find v(x1.cell_x) at={pair.origin / 2!r}",
            "after": f"find v(x1.cell_x) at={pair.analysis().duration * 0.999!r}",
            "change": "param='before - after'",
        },
        "1",
        {"delays": [delay]},
        lambda table: float(table["change"].iloc[0]),
    )


@cell_bench(STDPSynapse, point=_potentiated, reliability=plasticity_reliability)
def bench_stdp_synapse(
    cell: STDPSynapse,
    delays: Annotated[
        Sequence[float] | None, Range("s", "postsynaptic less presynaptic time; default: both signs")
    ] = None,
    time_constant: Annotated[float, Quantity("s", "time constant of a spike's tail", positive=True)] = TAIL,
    tail: Annotated[float | None, Quantity("V", "height of the tail; default: half the threshold")] = None,
    width: Annotated[float, Quantity("s", "width of a spike's pulse", positive=True)] = PULSE,
) -> pd.DataFrame:
    """Change of the state by one pair of spikes over the time between them, with exponentials through it."""
    height = 0.5 * cell.height if tail is None else tail
    if not width <= time_constant / 2:
        raise ParameterError(
            f"width = {width:g} s must be at most half of the time constant of the tail, {time_constant:g} s: a pulse "
            "that lasts as long as its tail leaves nothing to tell by it"
        )
    half = np.array([0.15, 0.3, 0.6, 1.0, 1.5, 2.0, 3.0]) * time_constant
    values = np.concatenate([-half[::-1], half]) if delays is None else np.asarray(delays, float)
    pair = _Pair(cell, time_constant, height, width, float(np.max(np.abs(values))))
    circuit, analysis = cell.subcircuit(meters=True, for_bench=True), pair.analysis()
    runs = run_bench(
        cell,
        pair.lines(0.0),
        [(pair.alterations(value), analysis) for value in values.tolist()],
        circuit=circuit,
    )
    # x counts from on to off: conductance grows as it falls.
    changes = np.array([run["v(x1.cell_x)"].iloc[0] - run["v(x1.cell_x)"].iloc[-1] for run in runs])
    after = _exponential(values[values > 0], changes[values > 0])
    before = _exponential(values[values < 0], changes[values < 0])
    fitted = np.where(
        values > 0,
        after[0] * np.exp(-np.abs(values) / after[1]),
        before[0] * np.exp(-np.abs(values) / before[1]),
    )
    fitted = np.where(values == 0, math.nan, fitted)
    asked = values != 0
    residual = (
        float(np.max(np.abs(fitted - changes)[asked]) / np.max(np.abs(changes[asked]))) if asked.any() else math.nan
    )
    costs = []
    for value, run in zip(values.tolist(), runs, strict=True):
        spent = energies(run, circuit, {"vpre": "pre", "vpost": "post", "venable": "enable"})
        later = pair.origin + max(value, 0.0) + width / 100
        delay = half_way(run["time"].to_numpy(), run["v(x1.cell_x)"].to_numpy()) - later
        at, around = told("post − pre", value, "s"), {"driver": 2}
        costs.append(Cost.of("pair of spikes", at, spent, delay=delay, duration=analysis.duration, periphery=around))
    shown = int(np.argmin(np.abs(values - 0.3 * time_constant)))
    reason = why_not(
        {
            "a spike before that of the neuron does not potentiate": not np.all(changes[values > 0] > 0),
            "a spike after that of the neuron does not depress": not np.all(changes[values < 0] < 0),
            "there are too few different delays of either sign for an exponential": math.isnan(residual),
            f"the changes are {residual:.2g} of the largest off an exponential": residual >= 0.1,
        }
    )
    return cell_table(
        cell,
        {
            "delay": (values, "s", "postsynaptic less presynaptic time"),
            "change": (changes, "1", "change of the state towards the on state"),
            "fitted": (fitted, "1", "exponential through the changes of this sign of the delay"),
        },
        costs=costs,
        waveforms=keep(
            runs[shown],
            costs[shown].at,
            {
                ("Spikes", "V"): {"pre": "v(pre)", "post": "v(post)"},
                ("Across the synapse", "V"): {"": runs[shown]["v(pre)"] - runs[shown]["v(post)"]},
                ("Memristor's $x$", "1"): {"": "v(x1.cell_x)"},
            },
        ),
        time_constant=time_constant,
        fitted_time_constants=[before[1], after[1]],
        residual=residual,
        reason=reason,
        criterion="potentiation for positive, depression for negative delays, exponential to a tenth of the largest",
    )


def _exponential(delays: np.ndarray, changes: np.ndarray) -> tuple[float, float]:
    """Height and time constant of an exponential fall of the changes with the size of the delay; NaN for too few."""
    from scipy.optimize import OptimizeWarning, curve_fit

    size = np.abs(delays)
    if len(np.unique(size)) < 2:
        return math.nan, math.nan
    scale = float(np.median(size))
    start = (changes[np.argmin(size)] * 1.2, 1.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", OptimizeWarning)  # of the errors of a curve through two points
        found, _ = curve_fit(lambda t, height, tau: height * np.exp(-t / tau), size / scale, changes, p0=start)
    return float(found[0]), float(found[1]) * scale
