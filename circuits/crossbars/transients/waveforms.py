"""Currents of a crossbar over time after its sources were switched on: exact for ohmic cells, by simulators for all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ....devices.core.metadata import described_table
from ....devices.language.checks import known, positive, whole
from ....devices.language.errors import ParameterError, ValidityWarning, warn_user
from ....devices.language.waveforms.shapes import FloatArray
from ...engine.analyses import Transient
from ..netlists.elements import SIMULATORS, chosen_simulator
from ..netlists.netlist import compiled_files, devices_of, write_netlist
from ..wires.wired import WiredCells
from .response import StepResponse

if TYPE_CHECKING:
    import pandas as pd

#: The ways to get there.
METHODS = ("linear", *SIMULATORS)
#: Rise of the sources over the duration, by default.
RISE = 1e-3
#: Share of the energy that may hang on what the power does within one step, untold.
UNTOLD = 0.05


@dataclass(frozen=True)
class Waveforms:
    """Currents of a crossbar over time.

    Attributes
    ----------
    time : ndarray
        Times from the beginning of the rise, shape (T,). [s]
    current : ndarray
        Currents out of the bit lines, shape (T, M). [A]
    word_current : ndarray
        Currents into the word lines, shape (T, N). [A]
    word_voltages, bit_voltages : ndarray
        Voltages of the sources when they have risen, shapes (N,) and (M,). [V]
    rise_time : float
        Time in which they rise. [s]
    exact_energy : float, optional
        Energy that the sources delivered, where it is known beside the currents, as of ohmic cells. [J]
    """

    time: FloatArray
    current: FloatArray
    word_current: FloatArray
    word_voltages: FloatArray
    bit_voltages: FloatArray
    rise_time: float
    exact_energy: float | None = None

    @property
    def energy(self) -> float:
        """Energy that the sources delivered: the exact one, or by the trapezoidal rule from a simulator's steps [J].

        Warns
        -----
        ValidityWarning
            If the power changes so much in one of these steps that more than 5 % of the energy hang on how it does.
        """
        if self.exact_energy is not None:
            return self.exact_energy
        power = self.word_current @ self.word_voltages - self.current @ self.bit_voltages
        power, steps = power * np.minimum(self.time / self.rise_time, 1.0), np.diff(self.time)
        found = float(np.trapezoid(power, self.time))
        # Between the two ends of a step a power that only rises or falls is at most that far from its mean.
        # While the sources rise it rises with them, as the rule has it.
        unknown = np.where(self.time[:-1] >= self.rise_time * (1 - 1e-9), np.abs(np.diff(power)) * steps / 2, 0.0)
        worst = int(np.argmax(unknown))
        if unknown[worst] > UNTOLD * abs(found):
            warn_user(
                f"the energy may be wrong by {100 * unknown[worst] / abs(found):.2g} %: the power jumps within the "
                f"simulator's step of {steps[worst]:.3g} s from {self.time[worst]:.3g} s on; ask for more points, or a "
                "longer rise",
                ValidityWarning,
            )
        return found

    def table(self) -> pd.DataFrame:
        """One row per time and bit line: ``time`` [s], ``bit_line``, ``current`` [A]."""
        count, lines = self.current.shape
        return described_table(
            {
                "time": (np.repeat(self.time, lines), "s", "time from the beginning of the rise"),
                "bit_line": (np.tile(np.arange(lines), count), "1", "number of the bit line"),
                "current": (self.current.ravel(), "A", "current out of the bit line"),
            }
        )


def transient(
    crossbar: WiredCells,
    word_voltages: FloatArray,
    bit_voltages: FloatArray,
    duration: float,
    *,
    points: int,
    rise_time: float | None,
    method: str,
    time_limit: float,
) -> Waveforms:
    """Currents after a step; see :meth:`~synaspice.circuits.crossbars.crossbar.Crossbar.transient`."""
    length, count = positive("duration", duration, "s"), whole("points", points, 2)
    rise = length * RISE if rise_time is None else positive("rise_time", rise_time, "s")
    if rise >= length:
        raise ParameterError(f"the sources rise in {rise:g} s: the duration must be longer, not {length:g} s")
    if known("method", method, METHODS) == "linear":
        times = np.linspace(0.0, length, count)
        response = StepResponse(crossbar, word_voltages, bit_voltages)
        found = (response.current(times, rise_time=rise), response.word_current(times, rise_time=rise))
        return Waveforms(times, *found, word_voltages, bit_voltages, rise, response.energy(length, rise_time=rise))
    simulator = chosen_simulator(method, bool(devices_of(crossbar.cells)))
    netlist = write_netlist(crossbar, word_voltages, bit_voltages, simulator=simulator, rise_time=rise)
    step = length / (count - 1)
    ends = {
        kind: [f"i(V_{kind}_{k})" for k, end in enumerate(lines.ends) if np.isfinite(end)]
        for kind, lines in zip(("word", "bit"), crossbar.lines, strict=True)
    }
    analysis = Transient(min(step, rise), length, max_step=step)
    files, seen = compiled_files(crossbar, simulator), [*ends["word"], *ends["bit"]]
    table = simulator.run(netlist, analysis, files, seen, time_limit)
    time = table["time"].to_numpy()

    def currents(kind: str, lines: int) -> FloatArray:
        names = (f"i(v_{kind}_{k})" for k in range(lines))
        return np.stack([table[name] if name in table else np.zeros(len(time)) for name in names], axis=1)

    n, m = crossbar.shape
    current, word_current = currents("bit", m), -currents("word", n)
    return Waveforms(time, current, word_current, word_voltages, bit_voltages, rise)
