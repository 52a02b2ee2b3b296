"""Standard bench of the inverter."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from ...circuits.cells.logic import Inverter
from ...circuits.engine import ngspice
from ...circuits.engine.analyses import DCSweep, Transient
from ..arguments import Quantity, Whole
from .bench import cell_bench
from .standard import SMALL, Cost, bench_deck, cell_table, crossings, energies


@cell_bench(Inverter)
def bench_inverter(
    cell: Inverter,
    load: Annotated[float, Quantity("F", "capacitor at the output", positive=True)] = 1e-15,
    points: Annotated[int, Whole("points of the transfer curve", 2)] = 51,
) -> pd.DataFrame:
    """Static transfer curve; delay and energy of a transition with a load."""
    circuit, supply, edge, half = cell.subcircuit(meters=True), cell.supply_voltage, 20e-12, 2e-9
    pulse = f"pulse(0 {supply!r} 0.5n {edge!r} {edge!r} {half - edge!r} 1)"
    deck = bench_deck(cell, circuit, [f"Vinput input 0 dc 0 {pulse}", f"Cload output 0 {load!r}"])
    static, run = ngspice.run_series(
        deck,
        [
            ((), DCSweep("vinput", 0.0, supply, supply / (points - 1))),
            ((), Transient(2e-12, 0.5e-9 + 2 * half, max_step=5e-12)),
        ],
        options={"temp": cell.celsius, **SMALL},
    )
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    driven = run["v(input)"].to_numpy()
    fall = crossings(time, output, supply / 2, rising=False)[0] - crossings(time, driven, supply / 2)[0]
    rise = crossings(time, output, supply / 2)[-1] - crossings(time, driven, supply / 2, rising=False)[-1]
    spent = energies(run, circuit, {"vinput": "input"})
    transfer = static["v(output)"].to_numpy()
    swept = static["sweep"].to_numpy()
    gain = -np.gradient(transfer, swept)
    threshold = float(crossings(swept, -transfer + swept, 0.0)[0])
    return cell_table(
        cell,
        {
            "input": (swept, "V", "input voltage"),
            "output": (transfer, "V", "output voltage"),
            "gain": (gain, "1", "small-signal gain, its sign turned"),
        },
        costs=[Cost.of("pair of transitions", float(fall + rise), spent)],
        threshold=threshold,
        fall_delay=float(fall),
        rise_delay=float(rise),
        works=bool(transfer[0] > 0.95 * supply and transfer[-1] < 0.05 * supply and np.max(gain) > 3),
        criterion="full levels at both ends, and a gain above 3 between",
    )
