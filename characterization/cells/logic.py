"""Standard bench of the inverter."""

from __future__ import annotations

from typing import Annotated

import numpy as np
import pandas as pd

from ...circuits.cells.building.declared import DESIGN_ERROR_RATE
from ...circuits.cells.logic.logic import Inverter
from ...circuits.engine.analyses import DCSweep, Transient
from ..arguments import MOST_POINTS, Quantity, Whole
from .bench import cell_bench
from .cost import Cost, told
from .errors.thermal_margins import logic_error, noise_margins
from .point import Point
from .reliable import STATELESS, Reliability
from .standard import cell_table, energies, first_crossing, run_bench, why_not
from .waveforms import keep

#: Load of the default, and the length of both levels of the input. [F, s]
LOAD, HALF = 1e-15, 2e-9
#: Points of a transfer curve from which its gain and its noise margins can be told.
FEWEST_POINTS = 11
SWITCHED = Transient(2e-12, 0.5e-9 + 2 * HALF, max_step=5e-12)


def _driven(cell: Inverter, load: float) -> list[str]:
    edge = 20e-12
    pulse = f"pulse(0 {cell.supply_voltage!r} 0.5n {edge!r} {edge!r} {HALF - edge!r} 1)"
    return [f"Vinput input 0 dc 0 {pulse}", f"Cload output 0 {load!r}"]


def _switched(cell: Inverter) -> Point:
    """Delay of both transitions."""
    half = cell.supply_voltage / 2
    return Point(
        _driven(cell, LOAD),
        SWITCHED,
        {
            "fall": f"trig v(input) val={half!r} rise=1 targ v(output) val={half!r} fall=1",
            "rise": f"trig v(input) val={half!r} fall=1 targ v(output) val={half!r} rise=1",
            "delay": "param='fall + rise'",
        },
        "s",
        {},
        lambda table: float(table.attrs["fall_delay"] + table.attrs["rise_delay"]),
    )


def _reliability(cell: Inverter) -> Reliability:
    return Reliability("logic level", bench_inverter(cell).attrs["error_rate"], without=STATELESS)


@cell_bench(Inverter, point=_switched, reliability=_reliability)
def bench_inverter(
    cell: Inverter,
    load: Annotated[float, Quantity("F", "capacitor at the output", positive=True)] = LOAD,
    points: Annotated[int, Whole("points of the transfer curve", FEWEST_POINTS, MOST_POINTS)] = 51,
) -> pd.DataFrame:
    """Static transfer curve with its noise margins; delay and energy of a transition with a load."""
    circuit, supply = cell.subcircuit(meters=True, for_bench=True), cell.supply_voltage
    static, run = run_bench(
        cell,
        _driven(cell, load),
        [((), DCSweep("vinput", 0.0, supply, supply / (points - 1))), ((), SWITCHED)],
        circuit=circuit,
    )
    time, output = run["time"].to_numpy(), run["v(output)"].to_numpy()
    driven = run["v(input)"].to_numpy()
    # A load that is too large is not discharged in time: no crossing, no delay.
    fall = first_crossing(time, output, supply / 2, rising=False) - first_crossing(time, driven, supply / 2)
    back = time >= HALF
    rise = first_crossing(time[back], output[back], supply / 2)
    rise -= first_crossing(time, driven, supply / 2, rising=False)
    spent = energies(run, circuit, {"vinput": "input"})
    transfer = static["v(output)"].to_numpy()
    swept = static["sweep"].to_numpy()
    gain = -np.gradient(transfer, swept)
    threshold = first_crossing(swept, -transfer + swept, 0.0)
    margins = noise_margins(transfer, swept, gain)
    error = logic_error(cell, min(margins), load)
    at = told("load", load, "F")
    reason = why_not(
        {
            f"its levels are {transfer[0]:.3g} V and {transfer[-1]:.3g} V": not (
                transfer[0] > 0.95 * supply and transfer[-1] < 0.05 * supply
            ),
            f"its largest gain is {np.max(gain):.2g}": not np.max(gain) > 3,
            "it does not go from one level to the other with the load": not np.isfinite(fall + rise),
            f"noise and mismatch take {error:.2g} of the levels": not error <= DESIGN_ERROR_RATE,
        }
    )
    return cell_table(
        cell,
        {
            "input": (swept, "V", "input voltage"),
            "output": (transfer, "V", "output voltage"),
            "gain": (gain, "1", "small-signal gain, its sign turned"),
        },
        # The delay is the mean of both transitions', as usual; the energy that of both.
        costs=[Cost.of("pair of transitions", at, spent, delay=float(fall + rise) / 2, duration=2 * HALF)],
        waveforms=keep(run, at, {("Input", "V"): {"": "v(input)"}, ("Output", "V"): {"": "v(output)"}}),
        attribute_units={"threshold": "V"},
        threshold=threshold,
        fall_delay=float(fall),
        rise_delay=float(rise),
        thermal_noise=True,
        noise_margins=list(margins),
        error_rate=error,
        reason=reason,
        criterion="full levels at both ends, a gain above 3 between, and transitions with the load; noise and mismatch "
        f"take at most {DESIGN_ERROR_RATE:g} of the levels across the noise margins",
    )
