"""Bench of the association network: how it names the drawings that it is shown, and the cost of that."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...circuits.cells.association import AssociationNetwork
from ...circuits.cells.lateral_spin_valve import LateralSpinValve
from ...circuits.cells.wall_writing import WallWriter
from ...circuits.engine.ngspice import Transient, run
from ...devices.core.metadata import described_table

#: Largest step of the transients. [s]
LARGEST_STEP = 1e-11
#: Units and descriptions of the table's columns.
COLUMNS = {
    "drawing": ("", "pixels of the drawing, row by row"),
    "named": ("", "letters whose neurons fired"),
    "hidden": ("", "spikes of the first layer"),
    "least_m_z": ("1", "least magnitude of a magnet's m_z when it is read"),
    "preset_energy": ("J", "energy from the presets"),
    "signal_energy": ("J", "energy from the input signals"),
    "supply_energy": ("J", "energy from the supply"),
}


def classify(
    network: AssociationNetwork, drawings: Sequence[Sequence[int]], *, time_limit: float = 600.0
) -> pd.DataFrame:
    """Write the network's walls with current pulses, show it drawings, and read its names for them, in one transient.

    Parameters
    ----------
    network : AssociationNetwork
        The network.
    drawings : sequence of sequences of int
        Pixels, row by row.
    time_limit : float
        Wall-clock seconds for the simulator. [s]

    Returns
    -------
    pandas.DataFrame
        A row per drawing: ``drawing``, ``named`` (the letters whose neurons fired, together), ``hidden`` (spikes of the
        first layer), ``least_m_z`` (least magnitude of a magnet's m_z when it is read), ``preset_energy``,
        ``signal_energy`` and ``supply_energy`` [J]; ``attrs`` has the greatest error of a programmed weight.

    Raises
    ------
    ParameterError
        If a drawing has not as many pixels as the letters.
    NgspiceError
        If the simulation fails.
    """
    sizes = {1: len(network.hidden), 2: len(network.output)}
    neurons = [(layer, n) for layer, size in sizes.items() for n in range(1, size + 1)]
    walls = {
        f"x_{layer}_{n}_{k}": count
        for layer, pulses in ((1, network.hidden), (2, network.output))
        for n, counts in enumerate(pulses, 1)
        for k, count in enumerate(counts, 1)
    }
    sources = ("preset_1", "preset_2", "signal", "supply")
    begin, period = network.writing_time, network.period
    end = begin + period * len(drawings)
    kept = [
        *(f"v({what}_{layer}_{n})" for layer, n in neurons for what in ("m", "spike")),
        *(f"v({wall})" for wall in walls),
        *(f"{quantity}" for source in sources for quantity in (f"i(v_{source})", f"v({source})")),
    ]
    # In the netlist: a command of the simulator may not be that long.
    deck = network.deck(drawings) + "".join(f".save {vector}\n" for vector in kept)
    trace = run(
        deck, Transient(LARGEST_STEP, end, max_step=LARGEST_STEP), osdi=network.native_files, time_limit=time_limit
    )
    time, half = trace["time"].to_numpy(), network.neurons[0].supply_voltage / 2
    turn = network.read_time + network.hold_time

    def value(name: str, at: float) -> float:
        return float(np.interp(at, time, trace[f"v({name})"]))

    rows = []
    for k, drawing in enumerate(drawings):
        start = begin + k * period
        window = slice(*np.searchsorted(time, [start, start + period]))
        energy = {
            s: float(np.trapezoid((-trace[f"i(v_{s})"] * trace[f"v({s})"]).to_numpy()[window], time[window]))
            for s in sources
        }
        read = {layer: start + network.read_time + (layer - 1) * turn for layer in sizes}
        fired = [name for n, name in enumerate(network.names, 1) if value(f"spike_2_{n}", read[2] + turn / 9) > half]
        rows.append(
            {
                "drawing": "".join(str(bit) for bit in drawing),
                "named": "".join(fired),
                "hidden": "".join(str(int(value(f"spike_1_{n}", read[2]) > half)) for n in range(1, sizes[1] + 1)),
                "least_m_z": min(abs(value(f"m_{layer}_{n}", read[layer])) for layer, n in neurons),
                "preset_energy": energy["preset_1"] + energy["preset_2"],
                "signal_energy": energy["signal"],
                "supply_energy": energy["supply"],
            }
        )
    sites = WallWriter.suited(LateralSpinValve().synapse).sites
    return described_table(
        {name: ([row[name] for row in rows], *about) for name, about in COLUMNS.items()},
        bench="association",
        engine="ngspice",
        synapses=len(walls),
        neurons=len(neurons),
        period=period,
        writing_time=begin,
        weight_error=max(2 * abs(value(wall, begin) - count / sites) for wall, count in walls.items()),
    )
