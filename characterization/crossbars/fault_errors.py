r"""Errors of products in a crossbar of which some cells are stuck, over their share.

Where a share p of independent cells is open and wires are ideal, the error of a bit line's current has the mean square

.. math:: \left\langle \Delta I^2 \right\rangle = p (1 - p) \sum_i (G_i V_i)^2 + p^2 \left(\sum_i G_i V_i\right)^2

over the maps of faults.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.crossbars.crossbar import Crossbar
from ...circuits.crossbars.crosspoints.faults import KINDS, FaultMap, with_faults
from ...devices.core.metadata import described_table
from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, whole
from ...devices.language.errors import ParameterError

#: Shares of stuck cells by default.
RATES = (0.001, 0.003, 0.01, 0.03, 0.1)


def fault_errors(
    crossbar: Crossbar,
    voltages: ArrayLike,
    rate: ArrayLike = RATES,
    *,
    on_conductance: float,
    open_conductance: float = 0.0,
    maps: int = 50,
    method: str = "linear",
    seed: int = 0,
) -> pd.DataFrame:
    """Errors of a crossbar's currents over the share of its cells that are stuck, open and on.

    Parameters
    ----------
    crossbar : Crossbar
        The crossbar without faults.
    voltages : array_like
        Voltages of the word lines' sources, shape (N,) or (K, N). [V]
    rate : array_like
        Shares of stuck cells, from above 0 to 1. [1]
    on_conductance, open_conductance : float
        Of stuck cells, as of :func:`~synaspice.circuits.crossbars.crosspoints.faults.with_faults`. [S]
    maps : int
        Maps of faults that are drawn at each share.
    method : str
        As of :meth:`Crossbar.output`.
    seed : int
        Seed of the maps.

    Returns
    -------
    pandas.DataFrame
        One row per kind of fault and share: ``kind``, ``rate``, ``error``, the root mean square of the difference to
        the currents without faults over that of these, over maps, lines and vectors; and ``deviation``, the standard
        deviation of it from map to map.

    Raises
    ------
    ParameterError
        If a share is not above 0 and at most 1, or all currents are 0.
    """
    instance("the crossbar", crossbar, Crossbar)
    rates = reals("rate", rate)
    if np.any((rates <= 0) | (rates > 1)):
        raise ParameterError(f"rate must be above 0 and at most 1, not {rates[(rates <= 0) | (rates > 1)][0]:g}")
    count, first = whole("maps", maps, 2), whole("seed", seed, 0)
    exact = np.atleast_2d(crossbar.output(voltages, method=method))
    if not len(exact):
        raise ParameterError("voltages must be at least one vector, and there is none")
    size = float(np.sqrt(np.mean(exact**2)))
    if not size:
        raise ParameterError("all currents without faults are 0: give other voltages")
    rows = []
    for kind in KINDS:
        for k, share in enumerate(rates.tolist()):
            errors = []
            for number in range(count):
                own = int(np.random.SeedSequence([first, k, number]).generate_state(1)[0])
                faults = FaultMap.random(crossbar.shape, **{kind: share}, seed=own)
                cells = with_faults(
                    crossbar.cells, faults, on_conductance=on_conductance, open_conductance=open_conductance
                )
                found = np.atleast_2d(crossbar.with_cells(cells).output(voltages, method=method))
                errors.append(np.mean((found - exact) ** 2))
            roots = np.sqrt(errors) / size
            rows.append([kind, share, float(np.sqrt(np.mean(errors)) / size), float(roots.std(ddof=1))])
    table = pd.DataFrame(rows, columns=["kind", "rate", "error", "deviation"])
    return described_table(
        {
            "kind": (table["kind"], "", "how cells are stuck"),
            "rate": (table["rate"], "1", "share of stuck cells"),
            "error": (table["error"], "1", "root mean square error of the currents over their root mean square"),
            "deviation": (table["deviation"], "1", "its standard deviation from map to map"),
        },
        bench="fault-errors",
        engine="ngspice" if method == "netlist" else "numeric",
        maps=count,
        on_conductance=on_conductance,
        open_conductance=open_conductance,
        word_lines=crossbar.shape[0],
        bit_lines=crossbar.shape[1],
    )
