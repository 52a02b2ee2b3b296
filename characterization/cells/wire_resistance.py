"""Effect of the resistance of a crossbar's wires on its currents."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.crossbars.crossbar import Crossbar
from ...devices.core.metadata import described_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance

#: Segments of a nanometre wire, and of better ones. [ohm]
RESISTANCES = (0.1, 0.3, 1.0, 3.0, 10.0)


def wire_resistance(
    crossbar: Crossbar,
    voltages: ArrayLike,
    resistance: ArrayLike = RESISTANCES,
    *,
    method: str = "nonlinear",
) -> pd.DataFrame:
    """Currents of a crossbar over the resistance of a segment of its wires.

    Parameters
    ----------
    crossbar : Crossbar
        The crossbar; its own wires are replaced, word and bit lines alike.
    voltages : array_like
        Voltages of the word lines' sources, shape (N,). [V]
    resistance : array_like
        Resistances of a segment, not negative. [ohm]
    method : str
        As of :meth:`Crossbar.solve`.

    Returns
    -------
    pandas.DataFrame
        One row per resistance and bit line: ``segment_resistance`` [ohm], ``bit_line``, ``current`` [A],
        ``ideal_current`` [A] of a crossbar without any resistance but the cells', and ``relative_error`` of the one
        against the other.

    Raises
    ------
    ParameterError
        If a resistance is not finite and not negative.
    """
    instance("the crossbar", crossbar, Crossbar)
    values = reals("resistance", resistance, "ohm")
    ideal = crossbar.solve(voltages, method="ideal").current
    parts = []
    for value in values.tolist():
        wired = dataclasses.replace(crossbar, word_line_resistance=value, bit_line_resistance=value)
        current = wired.solve(voltages, method=method).current
        part = pd.DataFrame({"segment_resistance": value, "bit_line": np.arange(len(current)), "current": current})
        part["ideal_current"] = ideal
        with np.errstate(divide="ignore", invalid="ignore"):
            part["relative_error"] = current / ideal - 1
        parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    columns = {
        "segment_resistance": (found["segment_resistance"], "ohm", "resistance of a segment of wire between two cells"),
        "bit_line": (found["bit_line"], "1", "number of the bit line"),
        "current": (found["current"], "A", "current of the bit line"),
        "ideal_current": (found["ideal_current"], "A", "current without any resistance but the cells'"),
        "relative_error": (found["relative_error"], "1", "relative difference of the current to the ideal one"),
    }
    return described_table(
        columns,
        bench="wire-resistance",
        engine="ngspice" if method == "netlist" else "numeric",
        method=method,
        word_lines=crossbar.shape[0],
        bit_lines=crossbar.shape[1],
    )
