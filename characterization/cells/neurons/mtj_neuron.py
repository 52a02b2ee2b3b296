"""Standard bench of the neuron whose junction a current pulse switches by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.neurons.neurons import MTJNeuron
from ....circuits.engine.analyses import Transient
from ...arguments import MOST_SEED, MOST_SPIKES, Quantity, Range, Whole
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.input_referred import NOT_COUNTED
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, run_bench, why_not
from ..waveforms import keep
from .neuron_errors import evaluation_errors, switching_probability, threshold_and_spread

#: Current of the reset, and the largest of the writes, in units of the critical one of each direction.
RESET, MOST = 3.0, 5.0
#: The smallest, at which it shall not fire.
LEAST = 0.5


@dataclass(frozen=True)
class _Trials:
    """Rest, write, rest, read, rest, reset, rest, again and again; the reset is strong and takes twice as long."""

    cell: MTJNeuron
    width: float = 3e-9
    edge: float = 0.05e-9

    @property
    def critical(self) -> float:
        """Critical current of the junction [A]."""
        return float(abs(self.cell.junction.critical_current_to_antiparallel))

    @property
    def reset(self) -> float:
        """Current of the reset [A]."""
        return RESET * float(abs(self.cell.junction.critical_current_to_parallel))

    @property
    def marks(self) -> np.ndarray:
        """End of every part [s]."""
        rest, reading = 0.5e-9, 1e-9
        return np.cumsum([rest, self.width, rest, reading, rest, 2 * self.width, rest])

    @property
    def period(self) -> float:
        """Length of a trial [s]."""
        return float(self.marks[-1])

    @property
    def instant(self) -> float:
        """Time in a trial at which the output is looked at [s]."""
        return float(self.marks[3] - self.edge)

    def write(self, current: float) -> str:
        """The current of the input."""
        return self._pulses(current, 0)

    def current(self, time: np.ndarray, amplitude: float) -> np.ndarray:
        """Current into the cell over time, of writes of an amplitude and of resets [A]."""
        begins, ends = self.marks[[0, 4]], self.marks[[1, 5]]
        corners = np.stack([begins, begins + self.edge, ends, ends + self.edge], axis=1).ravel()
        heights = np.array([0.0, amplitude, amplitude, 0.0, 0.0, -self.reset, -self.reset, 0.0])
        return np.asarray(np.interp(time % self.period, corners, heights))

    def lines(self, current: float) -> list[str]:
        """The sources and the load."""
        return [
            f"Vread read 0 pulse({self._pulses(self.cell.supply_voltage, 2)})",
            f"Iwrite 0 input pulse({self.write(current)})",
            f"Ireset input 0 pulse({self._pulses(self.reset, 4)})",
            "Cload output 0 1f",
        ]

    def analysis(self, trials: int) -> Transient:
        """The transient."""
        return Transient(self.cell.noise_step, trials * self.period, max_step=self.cell.noise_step)

    def _pulses(self, level: float, part: int) -> str:
        begin, end = self.marks[part : part + 2]
        edge = f"{self.edge:.9g}"
        return f"0 {level:.9g} {begin:.9g} {edge} {edge} {end - begin - self.edge:.9g} {self.period:.9g}"


def _written(cell: MTJNeuron) -> Point:
    """Output after a strong write, over the supply: a spike in every trial."""
    trial = _Trials(cell)
    current = MOST * trial.critical
    return Point(
        trial.lines(current),
        trial.analysis(1),
        {
            "spike": f"find v(output) at={trial.instant!r}",
            "probability": f"param='spike/{cell.supply_voltage!r}'",
        },
        "1",
        {"currents": [current], "trials": 1},
        lambda table: float(table["probability"].iloc[0]),
    )


def _fires(cell: MTJNeuron) -> Reliability:
    trial = _Trials(cell)
    currents = LEAST * trial.critical, MOST * trial.critical
    found = evaluation_errors(cell, currents, trial.width, trial.reset, 2 * trial.width)
    return Reliability("evaluation", found.rate, without=STATELESS)


@cell_bench(MTJNeuron, point=_written, reliability=_fires, long=True)
def bench_mtj_neuron(
    cell: MTJNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "amplitudes of the input pulse; default: around the critical current")
    ] = None,
    trials: Annotated[int, Whole("number of trials at each", 1, MOST_SPIKES)] = 10,
    width: Annotated[float, Quantity("s", "width of the pulse", positive=True)] = 3e-9,
    seed: Annotated[int, Whole("seed of ngspice's random numbers", 1, MOST_SEED)] = 1,
) -> pd.DataFrame:
    """Probability of a spike over the amplitude of the input current, from repeated write, read and reset.

    Threshold, its spread and the error rate are those of the junction's Fokker-Planck equation, and of the mismatch and
    the noise of the sense amplifier.
    """
    trial, supply = _Trials(cell, width), cell.supply_voltage
    critical, period, marks, edge = trial.critical, trial.period, trial.marks, trial.edge
    values = critical * np.array([LEAST, 1.5, 2.0, 2.5, 3.0, 4.0, MOST]) if currents is None else np.asarray(currents)
    circuit, analysis = cell.subcircuit(meters=True, for_bench=True), trial.analysis(trials)
    runs = run_bench(
        cell,
        trial.lines(0.0),
        [
            ([f"setseed {seed + k}", f"alter @iwrite[pulse] = [ {trial.write(current)} ]"], analysis)
            for k, current in enumerate(values.tolist())
        ],
        circuit=circuit,
    )
    instants = np.arange(trials) * period + trial.instant
    fired = [int((np.interp(instants, run["time"], run["v(output)"]) > supply / 2).sum()) for run in runs]
    probability = np.array(fired) / trials
    points = [told("input current", current, "A") for current in np.asarray(values, float).tolist()]
    costs, currents_in = [], []
    for at, amplitude, run in zip(points, np.asarray(values, float).tolist(), runs, strict=True):
        time = run["time"].to_numpy()
        current = trial.current(time, amplitude)
        spent = energies(run, circuit, {"vread": "read"}, injected={"input": current})
        begun = marks[2] + period * np.arange(trials) + edge / 2
        spikes = crossings(time, run["v(output)"].to_numpy(), supply / 2)
        waits = [float(spikes[spikes > begin][0] - begin) for begin in begun.tolist() if (spikes > begin).any()]
        delay = float(np.median([wait for wait in waits if wait < period] or [math.nan]))
        costs.append(
            Cost.of(
                "evaluation",
                at,
                spent,
                delay=delay,
                duration=period,
                number=trials,
                periphery={"DAC": 1, "driver": 2},
            )
        )
        currents_in.append(current)
    shown = int(np.argmin(np.abs(probability - 0.5)))
    expected = [switching_probability(cell, float(value), width) for value in values]
    threshold, spread = threshold_and_spread(cell, width)
    currents_at_ends = float(values.min()), float(values.max())
    errors = evaluation_errors(cell, currents_at_ends, width, trial.reset, 2 * width)
    reason = why_not(
        {
            f"it spikes at the smallest current with a probability of {probability[0]:.3g}": probability[0] != 0,
            f"it spikes at the largest current with a probability of {probability[-1]:.3g} only": probability[-1] != 1,
            f"noise and mismatch take {errors.rate:.2g} of the evaluations at both": not errors.rate
            <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        {
            "current": (values, "A", "amplitude of the input current"),
            "probability": (probability, "1", "share of the trials with a spike"),
            "expected": (expected, "1", "probability that the pulse switches the junction, by its equation"),
            "fired": (fired, "1", "number of spikes"),
            "trials": (np.full(len(values), trials), "1", "number of trials"),
        },
        seed=seed,
        critical_current=critical,
        costs=costs,
        waveforms=keep(
            runs[shown],
            points[shown],
            {
                ("Input current", "A"): {"": currents_in[shown]},
                ("Read", "V"): {"": "v(read)"},
                ("Junction's $m_z$", "1"): {"": "v(x1.mtj_m_z)"},
                ("Output", "V"): {"": "v(output)"},
            },
            end=min(4, trials) * period,
        ),
        thermal_noise=True,
        threshold_current=threshold,
        threshold_spread=spread,
        attribute_units={"threshold_spread": "A"},
        reading_error=errors.reading,
        reset_error=errors.reset,
        error_rate=errors.rate,
        reason=reason,
        criterion="no spike at the smallest current, always one at the largest; at most "
        f"{DESIGN_ERROR_RATE:g} of these evaluations go wrong by noise and mismatch (in the sense amplifier "
        f"{NOT_COUNTED})",
    )
