"""Standard benches of the synapses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.building.subcircuits import definitions
from ....circuits.cells.synapses.synapses import DifferentialSynapse
from ....circuits.engine import ngspice
from ....circuits.engine.analyses import DCSweep, Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.errors import ParameterError
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, delivered, told
from ..memories.writing import (
    no_drift,
    product_noise,
    read_disturbance,
    setting,
)
from ..point import Point
from ..reliable import Reliability
from ..standard import cell_table, half_way
from ..waveforms import keep


def _multiplied(cell: DifferentialSynapse) -> Point:
    """Difference of the currents at the cell's own weight."""
    level = cell.read_voltage
    return Point(
        [f"Vword word 0 {cell.supply_voltage!r}", "Vinput input 0 0", "Vplus plus 0 0", "Vminus minus 0 0"],
        _input_sweep(level),
        {
            "plus": f"find i(vplus) at={level!r}",
            "minus": f"find i(vminus) at={level!r}",
            "difference": "param='plus - minus'",
        },
        "A",
        {"weights": [cell.weight]},
        lambda table: float(table["difference"].iloc[0]),
    )


#: Begin, edges and length of the input's pulse in a synaptic operation. [s]
BEGIN, RISE, OPERATION = 0.2e-9, 20e-12, 1e-9


def _input_sweep(level: float) -> DCSweep:
    return DCSweep("vinput", 0.0, level, level / 2)


#: Time of a synaptic operation [s], and the part of full scale by which its result may be off.
OPERATION, OFF = 1e-9, 0.1


def _why_no_product(error: float, difference: np.ndarray, rate: float) -> str | None:
    """Why a synapse does not multiply; None if it does."""
    if len(difference) < 2:
        return "one weight alone tells no product: two different ones or more are needed"
    if not error < OFF:
        return (
            f"the difference is up to {100 * error:.3g} % of full scale off: the transistors' resistance, and the "
            "memristor's dependence on the voltage"
        )
    if not np.all(np.diff(difference) > 0):
        return "the difference does not rise with the weight"
    return None if rate <= DESIGN_ERROR_RATE else f"with noise {rate:.2g} of the operations are too far off"


def _product_reliability(cell: DifferentialSynapse) -> Reliability:
    found = bench_differential_synapse(cell).attrs
    moved = read_disturbance(cell.memristor, setting(cell.memristor, cell.read_voltage), OPERATION)
    return Reliability("product within 10 %", found["error_rate"], disturb=moved, without=no_drift(cell.memristor))


@cell_bench(DifferentialSynapse, point=_multiplied, reliability=_product_reliability)
def bench_differential_synapse(
    cell: DifferentialSynapse,
    weights: Annotated[
        Sequence[float] | None, Range("1", "weights; default: from -1 to 1, the cell's own among them")
    ] = None,
    voltage: Annotated[float | None, Quantity("V", "input voltage; default: a tenth of the supply")] = None,
) -> pd.DataFrame:
    """Difference of the column currents over the weight, beside the ideal product, and its noise."""
    values = sorted({*(np.linspace(-1, 1, 9).tolist() if weights is None else weights), cell.weight})
    level = cell.read_voltage if voltage is None else voltage
    if level == 0:
        raise ParameterError("voltage must not be 0 V: without an input there is no product")
    if not any(values):
        raise ParameterError("weights must not all be 0, the cell's own neither: without one there is no product")
    cells = [cell.replace(weight=weight) for weight in values]
    circuits = [made.subcircuit(name=f"synapse{k}", for_bench=True) for k, made in enumerate(cells)]
    # The sweep is of the source's level at rest; the pulse is what the transient has.
    pulse = f"pulse(0 {level!r} {BEGIN!r} {RISE!r} {RISE!r} {OPERATION - RISE!r} 1)"
    lines = [f"* {cell!r}", definitions(circuits), f"Vword word 0 {cell.supply_voltage!r}"]
    lines.append(f"Vinput input 0 dc 0 {pulse}")
    for k, circuit in enumerate(circuits):
        lines += [f"Vplus{k} plus{k} 0 0", f"Vminus{k} minus{k} 0 0"]
        lines.append(circuit.instance(str(k), ["input", "word", f"plus{k}", f"minus{k}", "0"]))
    transient = Transient(RISE / 4, BEGIN + 1.5 * OPERATION, max_step=RISE / 4)
    files = dict.fromkeys(file for circuit in circuits for file in circuit.files)
    run, pulsed = ngspice.run_series("\n".join(lines), [((), _input_sweep(level)), ((), transient)], osdi=files)
    last, time = run.iloc[-1], pulsed["time"].to_numpy()
    # A column's source takes in the current that leaves the cell.
    difference = np.array([last[f"i(vplus{k})"] - last[f"i(vminus{k})"] for k in range(len(values))])
    on, off = cell.conductance_range
    span = on - off
    ideal = np.array(values) * span * level
    power = [level * (last[f"i(vplus{k})"] + last[f"i(vminus{k})"]) for k in range(len(values))]
    own, costs = values.index(cell.weight), []
    for k, weight in enumerate(values):
        into = pulsed["v(input)"].to_numpy() * (pulsed[f"i(vplus{k})"] + pulsed[f"i(vminus{k})"]).to_numpy()
        energy, back = delivered(time, into)
        # Of the larger of both currents: where they are equal, their difference has no edge.
        larger = f"i(v{'plus' if weight >= 0 else 'minus'}{k})"
        delay = half_way(time, np.abs(pulsed[larger].to_numpy()), 0.0, BEGIN + OPERATION / 2) - BEGIN - RISE / 2
        spent = {"supply": 0.0, "inputs": energy, "devices": energy - back, "cmos": 0.0, "returned": back}
        at = f"{told('weight', weight, '1')}, {told('input', level, 'V')}"
        around = {"DAC": 1, "driver": 1, "TIA": 2, "ADC": 1}
        costs.append(
            Cost.of("synaptic operation of 1 ns", at, spent, delay=delay, duration=OPERATION, periphery=around)
        )
    full = float(np.max(np.abs(ideal)))
    errors = np.abs(difference - ideal) / full
    noises = np.array([product_noise(made, level, OPERATION) for made in cells])
    rates = normal_sf((OFF - errors) / noises) + normal_sf((OFF + errors) / noises)
    error, rate = float(errors.max()), float(rates.max())
    return cell_table(
        cell,
        {
            "weight": (values, "1", "weight"),
            "difference": (difference, "A", "current of the positive less that of the negative column"),
            "ideal": (ideal, "A", "product of weight, input and range of conductance"),
            "power": (power, "W", "power from the input"),
            "noise": (noises * span * abs(level), "A", "standard deviation of the difference in an operation of 1 ns"),
            "error_rate": (
                rates,
                "1",
                "probability that noise takes it more than a tenth of full scale off the product",
            ),
        },
        costs=costs,
        waveforms=keep(
            pulsed,
            costs[own].at,
            {
                ("Input", "V"): {"": "v(input)"},
                ("Column currents", "A"): {"plus": f"i(vplus{own})", "minus": f"i(vminus{own})"},
            },
        ),
        voltage=level,
        error=error,
        thermal_noise=True,
        error_rate=rate,
        reason=_why_no_product(error, np.copysign(1.0, level) * difference, rate),
        criterion="the difference rises with the weight, within 10 % of full scale of the ideal product; with noise at "
        f"most {DESIGN_ERROR_RATE:g} of the operations are further off",
    )
