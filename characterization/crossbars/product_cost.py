r"""Energy, time and area of a product of a vector with the matrix of a crossbar, by part.

The array dissipates :math:`\sum_i V_i I_i` while it settles and its outputs are converted one after the other; lines
are charged by :math:`\mathbf v^\mathsf{T} \mathsf C\, \mathbf v` of all nodes with the crossbar's own capacitances,
or by :math:`C V^2` of the word lines; amplifiers draw their power all the time; converters spend so much at every
conversion.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...circuits.crossbars.crossbar import Crossbar
from ...circuits.periphery.chain import Periphery
from ...circuits.periphery.converters import not_negative
from ...circuits.periphery.costs import FIGURES, Figure
from ...devices.core.metadata import described_table
from ...devices.language.checks import instance
from ...devices.language.errors import ParameterError

#: Provenance of what follows from the crossbar's own solution.
SOLVED = Figure(0.0, "", "derived", "operating point of the crossbar")
CHARGED = Figure(0.0, "", "derived", "capacitances of the crossbar, charged to its operating point")


def product_cost(
    periphery: Periphery,
    crossbar: Crossbar,
    codes: ArrayLike,
    *,
    method: str = "linear",
    cell_capacitance: float | None = None,
) -> pd.DataFrame:
    """Energy and area of one product, by part.

    Parameters
    ----------
    periphery : Periphery
        Converters and amplifiers.
    crossbar : Crossbar
        The crossbar.
    codes : array_like of int
        Codes of the inputs, shape (N,), or (K, N) for the mean over K products.
    method : str
        As of :meth:`Crossbar.solve`.
    cell_capacitance : float, optional
        Capacitance of a word line for each of its cells [F]; default: the crossbar's own capacitances, of word lines,
        bit lines and cells, or where it has none 0.4 fF.

    Returns
    -------
    pandas.DataFrame
        One row per part, and one of all: ``part``, ``number`` of it, ``energy`` of all of one product [J],
        ``share`` of the whole, ``area`` [m^2] (of the array: 0, for no model tells it), ``provenance`` and ``source``
        of the figure. ``attrs`` has the ``time`` of a product [s], its ``operations`` (a multiplication and an addition
        for each cell), and the ``energy_per_operation`` [J].

    Raises
    ------
    ParameterError
        If codes are not those of the converter, or not as many as word lines, a capacitance is negative, or it is given
        beside those of the crossbar.
    """
    instance("periphery", periphery, Periphery)
    n, m = instance("the crossbar", crossbar, Crossbar).shape
    own = crossbar.word_line_capacitance + crossbar.bit_line_capacitance + crossbar.cell_capacitance > 0
    figure = FIGURES["cell capacitance"]
    farad = figure.value if cell_capacitance is None else not_negative("cell_capacitance", cell_capacitance, "F")
    if own and cell_capacitance is not None:
        raise ParameterError("cell_capacitance is for a crossbar without capacitances, and this one has its own")
    volts = np.atleast_2d(periphery.dac.voltages(codes))
    if volts.ndim != 2 or not len(volts) or volts.shape[1] != n:
        raise ParameterError(
            f"codes must have the shape ({n},), or (K, {n}) for the mean over K products, not {np.shape(codes)}"
        )
    loaded = periphery.loaded(crossbar)
    found = [loaded.solve(vector, method=method) for vector in volts]
    power = float(np.mean([one.word_current @ vector for one, vector in zip(found, volts, strict=True)]))
    time = periphery.product_time
    converters = -(-m // periphery.shared)
    if own:
        charged = float(np.mean([loaded.step(vector).charging_energy for vector in volts]))
    else:
        charged = float(np.mean(np.sum(volts**2, axis=1))) * m * farad
    dac, tia, adc = periphery.dac, periphery.tia, periphery.adc
    assert dac.energy is not None and dac.area is not None
    parts: list[tuple[str, int, float, float, Figure]] = [
        ("array", n * m, power * time, 0.0, SOLVED),
        ("lines", n + m, charged, 0.0, CHARGED) if own else ("word lines", n, charged, 0.0, figure),
        ("DAC", n, n * dac.energy, n * dac.area, FIGURES["dac energy"]),
        ("TIA", m, m * tia.power * time, m * tia.area, FIGURES["tia power"]),
        ("ADC", converters, m * adc.energy, converters * adc.area, FIGURES["adc energy"]),
    ]
    whole_energy = sum(energy for _, _, energy, _, _ in parts)
    rows = [
        (name, number, energy, energy / whole_energy, area, *_told(figure, *given))
        for (name, number, energy, area, figure), given in zip(
            parts, _given(periphery, None if own else farad), strict=True
        )
    ]
    rows.append(("all", 1, whole_energy, 1.0, sum(area for *_, area, _ in parts), "", ""))
    table = pd.DataFrame(rows, columns=["part", "number", "energy", "share", "area", "provenance", "source"])
    return described_table(
        {
            "part": (table["part"], "", "part of crossbar and periphery"),
            "number": (table["number"], "1", "how many there are"),
            "energy": (table["energy"], "J", "energy of all of them in one product"),
            "share": (table["share"], "1", "share of the whole energy"),
            "area": (table["area"], "m^2", "area of all of them; the array's is not known"),
            "provenance": (table["provenance"], "", "where the figure was found"),
            "source": (table["source"], "", "what it is"),
        },
        bench="product-cost",
        engine="numeric",
        time=time,
        operations=2 * n * m,
        energy_per_operation=whole_energy / (2 * n * m),
    )


def _given(periphery: Periphery, cell_capacitance: float | None) -> list[tuple[float, float]]:
    """Values of the parts, and those that the figures say; without a capacitance the crossbar's own are counted."""
    dac, tia, adc = periphery.dac, periphery.tia, periphery.adc
    assert dac.energy is not None
    usual = {name: figure.value for name, figure in FIGURES.items()}
    return [
        (0.0, 0.0),
        (0.0, 0.0) if cell_capacitance is None else (cell_capacitance, usual["cell capacitance"]),
        (dac.energy, usual["dac energy"] * dac.bits),
        (tia.power, usual["tia power"]),
        (adc.figure_of_merit, usual["adc energy"]),
    ]


def _told(figure: Figure, value: float, usual: float) -> tuple[str, str]:
    return (figure.provenance, figure.source) if value == usual else ("given", "argument of the caller")
