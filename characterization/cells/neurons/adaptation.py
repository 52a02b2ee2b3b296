"""Standard bench of the neuron that adapts: its intervals and its refractory period beside the design equations."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.logic.logic import Inverter
from ....circuits.cells.neurons.adapting_neuron import AdaptingNeuron
from ....circuits.engine import ngspice
from ....circuits.engine.analyses import OperatingPoint, Transient
from ....devices.core.distributions import normal_sf
from ....devices.language.equations.constants import CONSTANTS, q_e
from ...arguments import Quantity, Range
from ..bench import cell_bench
from ..cost import Cost, told
from ..errors.arrhenius import BOLTZMANN
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import cell_table, crossings, energies, run_bench
from ..waveforms import keep

ELECTRON = CONSTANTS[q_e][0]
#: Input currents [A], and for how many time constants of the adaptation they are on.
CURRENTS, WATCHED = (25e-9, 35e-9, 50e-9), 6.0
#: Bias currents of the bench: refractory, leak, gain, weight. [A]
REFRACTORY, LEAK, GAIN, WEIGHT = 20e-9, 1.5e-9, 2e-9, 60e-9
#: Slope factor of transistors in weak inversion, by which the time of the adaptation is told.
SLOPE_FACTOR = 1.5
#: Share by which intervals may be off their design; by which they must grow; and by which noise may change one.
OFF, GROWTH, JITTER = 0.2, 1.2, 0.1
#: Rise of the input current over the length of the transient, and a thousand times that of the bias currents [s]: from
#: nothing, for ngspice to find the state at the beginning.
RISE, BIAS_RISE = 1e-3, 1e-6


@dataclass(frozen=True)
class AdaptationDesign:
    """The design equations of an adapting neuron, with its bias currents.

    Attributes
    ----------
    cell : AdaptingNeuron
        The neuron.
    refractory, leak, gain, weight : float
        Its bias currents. [A]
    switching_point : float
        Voltage at which its inverters switch. [V]
    """

    cell: AdaptingNeuron
    refractory: float
    leak: float
    gain: float
    weight: float
    switching_point: float

    @property
    def charge(self) -> float:
        """Charge that takes the membrane from rest to a spike [C]."""
        return (self.cell.membrane_capacitance + self.cell.feedback_capacitance) * self.switching_point

    @property
    def refractory_time(self) -> float:
        """Time for which it is deaf after a spike [s]."""
        swing = self.cell.supply_voltage - self.switching_point
        return self.cell.refractory_capacitance * swing / self.refractory

    @property
    def time_constant(self) -> float:
        """Time constant of the adaptation [s]."""
        thermal = BOLTZMANN * self.cell.temperature / ELECTRON
        return SLOPE_FACTOR * self.cell.adaptation_capacitance * thermal / self.leak

    def first(self, current: float) -> float:
        """Interval before there is any adaptation [s]."""
        return self.refractory_time + self.charge / current

    def last(self, current: float) -> float:
        """Interval with all of the adaptation [s]."""
        return self.refractory_time + self.charge / self.charging_current(current)

    def held_back(self, current: float) -> float:
        """Current that the adaptation takes from the input in the end [A]."""
        return current - self.charging_current(current)

    def charging_current(self, current: float) -> float:
        r"""What the adaptation leaves of an input current in the end, :math:`n = I - I_a` [A].

        With the charge Q and :math:`\hat I = I_g I_w / I_\tau` it is the positive root of

        .. math:: t_r n^2 + [Q + (\hat I - I_g - I)\,t_r]\,n - Q\,(I_g + I) = 0
        """
        constant = self.charge * (self.gain + current)
        largest = self.gain * self.weight / self.leak
        linear = self.charge + (largest - self.gain - current) * self.refractory_time
        root = math.sqrt(linear**2 + 4 * self.refractory_time * constant)
        # Of both forms of the root the one without a difference of nearly equal numbers.
        left = 2 * constant / (linear + root) if linear > 0 else (root - linear) / (2 * self.refractory_time)
        return min(left, current)

    def jitter(self, current: float) -> float:
        r"""Standard deviation of an interval by thermal and shot noise, with all of the adaptation [s].

        .. math::

            \sigma_T^2 = \frac{k_B T\,(C_m + C_f) + e\,(I + I_a)\,(T - t_r)}{(I - I_a)^2}
                + \frac{k_B T\,C_r + e\,I_r t_r}{I_r^2}
        """
        cell, thermal, left = self.cell, BOLTZMANN * self.cell.temperature, self.charging_current(current)
        membrane = thermal * (cell.membrane_capacitance + cell.feedback_capacitance)
        membrane += ELECTRON * (2 * current - left) * self.charge / left
        deaf = thermal * cell.refractory_capacitance + ELECTRON * self.refractory * self.refractory_time
        return math.sqrt(membrane / left**2 + deaf / self.refractory**2)


def switching_point(cell: AdaptingNeuron) -> float:
    """Voltage at which the neuron's inverters switch: that of one whose output is its input [V]."""
    circuit = Inverter(**cell.surroundings, length=cell.amplifier_length).subcircuit(for_bench=True)
    deck = ["* an inverter on itself", circuit.text, f"Vsupply supply 0 {cell.supply_voltage!r}"]
    deck.append(circuit.instance("1", ["middle", "middle", "supply", "0"]))
    at = ngspice.run("\n".join(deck), OperatingPoint(), options=cell.simulator_options).iloc[0]
    return float(at["v(middle)"])


def _lines(design: AdaptationDesign, current: float, duration: float) -> list[str]:
    return [
        f"Iinput 0 input pwl({_rise(current, duration)})",
        f"Irefractory 0 refractory pwl({_rise(design.refractory, BIAS_RISE)})",
        f"Ileak 0 leak pwl({_rise(design.leak, BIAS_RISE)})",
        f"Igain 0 gain pwl({_rise(design.gain, BIAS_RISE)})",
        f"Iweight weight 0 pwl({_rise(design.weight, BIAS_RISE)})",
    ]


def _rise(current: float, duration: float) -> str:
    return f"0 0 {RISE * duration!r} {current!r}"


def _watched(design: AdaptationDesign, current: float) -> Transient:
    """Time constants of the adaptation, and a few intervals."""
    duration = WATCHED * design.time_constant + 4 * design.last(current)
    return Transient(duration / 200, duration, max_step=duration / 500)


def _design(cell: AdaptingNeuron) -> AdaptationDesign:
    return AdaptationDesign(cell, REFRACTORY, LEAK, GAIN, WEIGHT, switching_point(cell))


def _early(cell: AdaptingNeuron) -> Point:
    """The second interval."""
    design, current = _design(cell), CURRENTS[1]
    duration = 5 * design.first(current)
    half = f"v(output) val={cell.supply_voltage / 2!r}"
    return Point(
        _lines(design, current, duration),
        Transient(duration / 200, duration, max_step=duration / 500),
        {"interval": f"trig {half} rise=2 targ {half} rise=3"},
        "s",
        {"currents": [current]},
        lambda table: float(table["interval"].iloc[1]),
    )


def _regular(cell: AdaptingNeuron) -> Reliability:
    design = _design(cell)
    rate = max(_irregular(design, current) for current in CURRENTS)
    return Reliability("interval within 10 %", rate, without=STATELESS)


def _irregular(design: AdaptationDesign, current: float) -> float:
    """Probability that noise changes an interval by more than a tenth."""
    return 2 * float(normal_sf(JITTER * design.last(current) / design.jitter(current)))


@cell_bench(AdaptingNeuron, point=_early, reliability=_regular)
def bench_adapting_neuron(
    cell: AdaptingNeuron,
    currents: Annotated[Sequence[float], Range("A", "input currents", positive=True)] = CURRENTS,
    refractory_current: Annotated[float, Quantity("A", "empties the refractory capacitor", positive=True)] = REFRACTORY,
    leak_current: Annotated[float, Quantity("A", "by which adaptation is forgotten", positive=True)] = LEAK,
    gain_current: Annotated[float, Quantity("A", "by which adaptation is scaled", positive=True)] = GAIN,
    weight_current: Annotated[float, Quantity("A", "that adaptation takes in after a spike", positive=True)] = WEIGHT,
) -> pd.DataFrame:
    """Intervals between the spikes as they grow, and refractory period, beside their design equations."""
    point = switching_point(cell)
    design = AdaptationDesign(cell, refractory_current, leak_current, gain_current, weight_current, point)
    values = np.asarray(currents, float).tolist()
    circuit = cell.subcircuit(meters=True, for_bench=True)
    watched = [_watched(design, current) for current in values]
    runs = run_bench(
        cell,
        _lines(design, 0.0, 1.0),
        [
            ([f"alter @iinput[pwl] = [ {_rise(current, analysis.duration)} ]"], analysis)
            for current, analysis in zip(values, watched, strict=True)
        ],
        circuit=circuit,
    )
    rows: list[dict[str, float]] = []
    costs, half = [], cell.supply_voltage / 2
    for current, run in zip(values, runs, strict=True):
        time, output, held = (run[name].to_numpy() for name in ("time", "v(output)", "v(x1.held)"))
        spikes, ends = crossings(time, output, half), crossings(time, output, half, rising=False)
        heard = crossings(time, held, half, rising=False)
        designed = {
            "designed_first": design.first(current),
            "designed_last": design.last(current),
            "designed_refractory": design.refractory_time,
        }
        for k, (start, end) in enumerate(itertools.pairwise(spikes)):
            over, awake = ends[ends > start], heard[heard > start]
            deaf = float(awake[0] - over[0]) if len(over) and len(awake) else math.nan
            measured = {"current": current, "number": k + 1, "interval": float(end - start), "refractory": deaf}
            rows.append(measured | designed)
        if len(spikes) > 2:
            injected = {
                "input": current,
                "refractory": design.refractory,
                "leak": design.leak,
                "gain": design.gain,
                "weight": -design.weight,
            }
            start, end = float(spikes[-2]), float(spikes[-1])
            spent = energies(run, circuit, {}, start, end, injected=injected)
            at = told("input current", current, "A")
            costs.append(Cost.of("spike", at, spent, duration=end - start, periphery={"DAC": 1}))
    return _table(cell, design, values, rows, costs, runs[len(runs) // 2])


def _table(
    cell: AdaptingNeuron,
    design: AdaptationDesign,
    currents: Sequence[float],
    rows: Sequence[dict[str, float]],
    costs: Sequence[Cost],
    shown: pd.DataFrame,
) -> pd.DataFrame:
    """The intervals, and whether they are those of the design."""
    columns = {name: np.array([row[name] for row in rows]) for name in _COLUMNS}
    error = max(_irregular(design, current) for current in currents)
    wrong = [_wrong(design, current, [row for row in rows if row["current"] == current]) for current in currents]
    reasons = [reason for reason in wrong if reason]
    if error > DESIGN_ERROR_RATE:
        reasons.append(f"noise changes {error:.2g} of the intervals by more than a tenth")
    middle = currents[len(currents) // 2]
    panels = {
        ("Membrane", "V"): {"": "v(input)"},
        ("Refractory capacitor", "V"): {"": "v(x1.deaf)"},
        ("Adaptation capacitor", "V"): {"": "v(x1.tired)"},
        ("Output", "V"): {"": "v(output)"},
    }
    return cell_table(
        cell,
        {name: (columns[name], *about) for name, about in _COLUMNS.items()},
        costs=costs,
        waveforms=keep(shown, told("input current", middle, "A"), panels),
        switching_point=design.switching_point,
        time_constant=design.time_constant,
        jitter=[design.jitter(current) for current in currents],
        bias_currents={name: getattr(design, name) for name in ("refractory", "leak", "gain", "weight")},
        thermal_noise=True,
        error_rate=error,
        reason="; ".join(reasons) or None,
        criterion=f"the first interval, the last and the refractory period are within {100 * OFF:.0f} % of the design "
        f"equations; the last is at least {GROWTH:g} times the first; noise changes at most {DESIGN_ERROR_RATE:g} of "
        "the intervals by more than a tenth",
    )


_COLUMNS = {
    "current": ("A", "input current"),
    "number": ("1", "number of the interval"),
    "interval": ("s", "from a spike to the next"),
    "refractory": ("s", "time after the first of them in which the membrane is held at ground"),
    "designed_first": ("s", "interval without adaptation, by the design equation"),
    "designed_last": ("s", "interval with all of the adaptation, by the design equation"),
    "designed_refractory": ("s", "refractory period, by the design equation"),
}


def _wrong(design: AdaptationDesign, current: float, rows: Sequence[dict[str, float]]) -> str | None:
    """What is wrong with the intervals at a current; None if nothing is."""
    at = told("with", current, "A")
    if len(rows) < 3:
        return f"{at} it fires {len(rows) + 1 if rows else 'at most once'} times: there are no intervals to compare"
    first, last = rows[0], rows[-1]
    for what, found, wanted in (
        ("first interval", first["interval"], design.first(current)),
        ("last interval", last["interval"], design.last(current)),
        ("refractory period", last["refractory"], design.refractory_time),
    ):
        if not abs(found / wanted - 1) <= OFF:
            return f"{at} the {what} is {found / wanted:.3g} times that of the design"
    growth = last["interval"] / first["interval"]
    return None if growth >= GROWTH else f"{at} the intervals grow {growth:.3g} times only"
