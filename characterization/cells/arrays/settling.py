"""Settling of crossbars of growing size, and the energy of a product."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ....circuits.crossbars.crossbar import Crossbar
from ....circuits.crossbars.crosspoints.crossings import Conductances
from ....devices.core.metadata import described_table
from ....devices.language.array_checks import reals
from ....devices.language.checks import positive, real, whole
from ....devices.language.errors import ParameterError

#: Numbers of lines of square crossbars.
SIZES = (8, 16, 32, 64)
#: Columns of the table with their units.
COLUMNS = {
    "size": ("1", "number of word lines, and of bit lines"),
    "settling_time": ("s", "time until all currents stay within the tolerance"),
    "elmore_delay": ("s", "largest mean delay of a bit line's current"),
    "wire_delay": ("s", "Elmore delay of a word line by itself, drivers included"),
    "charging_energy": ("J", "energy of charging the wires and cells"),
    "conduction_energy": ("J", "energy by the final currents in the settling time"),
    "energy_per_cell": ("J", "both, over the number of cells"),
}


def crossbar_settling(
    sizes: Sequence[int] = SIZES,
    *,
    conductance: float = 1e-5,
    voltage: float = 0.2,
    segment_resistance: float = 2.0,
    segment_capacitance: float = 1e-16,
    cell_capacitance: float = 0.0,
    source_resistance: float = 1e3,
    sense_resistance: float = 1e3,
    tolerance: float = 0.01,
) -> pd.DataFrame:
    r"""Settling time and energy of a matrix-vector product in square crossbars, over their size.

    All cells alike, all inputs switched on together from 0 V, wires with resistance and capacitance in every segment;
    see :meth:`Crossbar.step`. A product takes the settling time. A word line of N segments by itself, behind a driver
    :math:`R_s`, has at its end the Elmore delay

    .. math:: \tau = R_s N C + \frac{N (N + 1)}{2} R C

    Parameters
    ----------
    sizes : sequence of int
        Numbers of word lines, and of bit lines.
    conductance : float
        Conductance of every cell. [S]
    voltage : float
        Voltage of all inputs. [V]
    segment_resistance, segment_capacitance : float
        Resistance [ohm], and capacitance to ground [F], of a segment of any wire.
    cell_capacitance : float
        Capacitance of a cell. [F]
    source_resistance, sense_resistance : float
        Resistances of drivers and at the ends of bit lines. [ohm]
    tolerance : float
        As of :meth:`~synaspice.circuits.crossbars.transients.response.StepResponse.settling_time`.

    Returns
    -------
    pandas.DataFrame
        One row per size: ``size``, ``settling_time``, ``elmore_delay``, ``wire_delay`` [s], ``charging_energy``,
        ``conduction_energy`` and ``energy_per_cell`` [J].

    Raises
    ------
    ParameterError
        If a number makes no sense, or nothing has a capacitance.
    """
    given = [whole("a size", int(size) if size == int(size) else size, 1) for size in reals("sizes", sizes).tolist()]
    volts, siemens = positive("voltage", voltage, "V"), positive("conductance", conductance, "S")
    if real("segment_capacitance", segment_capacitance) == real("cell_capacitance", cell_capacitance) == 0:
        raise ParameterError("without a capacitance every crossbar settles at once")
    rows = []
    for size in given:
        crossbar = Crossbar(
            Conductances(np.full((size, size), siemens)),
            segment_resistance,
            segment_resistance,
            source_resistance,
            sense_resistance,
            segment_capacitance,
            segment_capacitance,
            cell_capacitance,
        )
        response = crossbar.step(np.full(size, volts))
        time = response.settling_time(tolerance)
        wire = size * segment_capacitance * (source_resistance + (size + 1) / 2 * segment_resistance)
        charging, conduction = response.charging_energy, response.final_power * time
        delay = float(np.max(response.elmore_delay))
        rows.append([size, time, delay, wire, charging, conduction, (charging + conduction) / size**2])
    return described_table(
        {
            name: (values, *about)
            for (name, about), values in zip(COLUMNS.items(), zip(*rows, strict=True), strict=True)
        },
        bench="crossbar-settling",
        engine="numeric",
        tolerance=float(tolerance),
        conductance=siemens,
        voltage=volts,
        segment_resistance=float(segment_resistance),
        segment_capacitance=float(segment_capacitance),
        source_resistance=float(source_resistance),
        sense_resistance=float(sense_resistance),
    )
