"""Standard bench of the neuron of a Mott threshold switch, and how surely it is silent."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Annotated

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.neurons.mott_neuron import NOMINAL, MottNeuron
from ....devices.language.quantities.quantity import format_si
from ...arguments import MOST_SPIKES, Range, Whole
from ..bench import cell_bench
from ..errors.arrhenius import BOLTZMANN
from ..point import Point
from ..reliable import STATELESS, Reliability
from ..standard import judged
from .firing import SPIKES, firing, period_point

#: Shares of the threshold current up to which it must be silent, and from which on it must fire; currents of the bench,
#: and that of the deck, in units of it.
SILENT, FIRING, FACTORS, DECK = 0.85, 1.1, (0.5, 0.85, 1.1, 1.3, 1.7, 2.5, 3.5, 5.0), 2.5
#: Time of a discharge over the thermal time of the switch, for the length of a transient.
DISCHARGE = 30.0
#: Standard deviations by which noise may have lifted the membrane when the switch runs away.
LIFTED = 6.0
#: Current of a switch without a threshold at any temperature. [A]
LEAST = 1e-6
#: Points of the integral over the switch's temperature, and how far beyond the threshold it goes. [1], [K]
POINTS, BEYOND = 4001, 100.0


def _wait(cell: MottNeuron, current: float, spikes: int) -> float:
    """Time for some spikes, or for the membrane to come to rest [s]."""
    voltage, leaked = cell.insulating
    rest = 5 * cell.capacitance * float(voltage[0] / leaked[0])
    return (spikes + 2) * min(rest, 1.3 * cell.period(current, 0.0) + DISCHARGE * float(cell.switch.thermal_time))


def membrane_spread(cell: MottNeuron, share: float) -> tuple[float, float]:
    r"""Voltage across the switch of a membrane that a share of the threshold current holds, and its spread [V].

    .. math:: \sigma^2 = \frac{k_B T}{C} + \left(\frac{\partial i}{\partial T}\right)^2 \frac{k_B T^2}{C_\mathrm{th}}\,
        \tau_\mathrm{th}\, \frac{dV/dI}{C}

    of the film's resistance, and of its temperature, whose fluctuations are fast beside the membrane.
    """
    switch = cell.switch.replace(ambient_temperature=cell.temperature)
    voltage, leaked = cell.insulating
    current = share * cell.threshold_current
    across = float(np.interp(current, leaked, voltage)) - cell.load_resistance * current
    slope = float(np.interp(current, leaked, np.gradient(voltage, leaked)))
    rise = across * current * float(switch.thermal_resistance)
    film = cell.temperature + rise
    held = {"voltage": across, "remembered_rise": rise - float(switch.hysteresis_width) / 2}
    warmer, colder = (float(switch.static(temperature_rise=rise + step, **held)["current"]) for step in (0.01, -0.01))
    agitated = ((warmer - colder) / 0.02) ** 2 * BOLTZMANN * film**2 / float(switch.thermal_capacitance)
    squared = BOLTZMANN * film / cell.capacitance + agitated * float(switch.thermal_time) * slope / cell.capacitance
    return across, math.sqrt(squared)


def false_spikes(cell: MottNeuron, share: float = SILENT) -> float:
    r"""Probability that heat fluctuations fire a silent neuron in the time of an interval, an upper bound [1].

    The temperature of the film diffuses out of its well at the voltage of the membrane, lifted by six standard
    deviations of its noise, beyond the temperature at which it runs away:

    .. math:: \Gamma = \frac{\sqrt{|F'(T_1) F'(T_2)|}}{2\pi}\,
        \exp\left[\int_{T_1}^{T_2} \frac{F(T)}{D(T)}\,dT\right], \qquad
        D = \frac{k_B T^2}{R_\mathrm{th} C_\mathrm{th}^2}

    with the rate :math:`F = dT/dt`. Flicker noise is slow: it shifts the threshold current by half of its share of the
    resistance, far less than the margin.

    Parameters
    ----------
    cell : MottNeuron
        The neuron.
    share : float
        Input current over the threshold current. [-]

    Returns
    -------
    float
        The probability; 1 if the film has no well at that voltage, NaN if the switch has no threshold.
    """
    if cell.turns is None:
        return math.nan
    across, spread = membrane_spread(cell, share)
    switch = cell.switch.replace(ambient_temperature=cell.temperature)
    rise = across * share * cell.threshold_current * float(switch.thermal_resistance)
    grid = np.linspace(0.0, 2 * rise + BEYOND, POINTS)
    states = {"temperature_rise": grid, "remembered_rise": grid - float(switch.hysteresis_width) / 2}
    rate = np.asarray(switch.static(voltage=across + LIFTED * spread, **states)["dtemperature_rise/dt"])
    changes = np.flatnonzero(np.diff(np.sign(rate)))
    if len(changes) < 2:
        return 1.0
    well, top = int(changes[0]), int(changes[1])
    film = cell.temperature + grid
    diffusion = BOLTZMANN * film**2 / (float(switch.thermal_time) * float(switch.thermal_capacitance))
    barrier = float(np.trapezoid((-rate / diffusion)[well : top + 1], grid[well : top + 1]))
    slopes = np.gradient(rate, grid)
    escapes = math.sqrt(abs(slopes[well] * slopes[top])) / (2 * math.pi) * math.exp(-barrier)
    return -math.expm1(-escapes * cell.period(FIRING * cell.threshold_current, 0.0))


def _silence(cell: MottNeuron) -> Reliability:
    error = false_spikes(cell)
    if math.isnan(error):
        return Reliability("silence of a membrane", without={"error_rate": _no_threshold(cell), **STATELESS})
    return Reliability("silence of a membrane", error, without=STATELESS)


def _no_threshold(cell: MottNeuron) -> str:
    return f"the static curve of the switch and its load does not fall anywhere at {cell.temperature:g} K"


def _usual(cell: MottNeuron) -> float:
    """Threshold current, or where there is none that at the temperature for which the cell is made [A]."""
    made_for = cell if cell.turns else cell.replace(temperature=NOMINAL)
    return made_for.threshold_current if made_for.turns else LEAST


def _pace(cell: MottNeuron) -> Point:
    current = DECK * _usual(cell)
    return period_point(cell, current, _wait(cell, current, SPIKES), [], SPIKES)


@cell_bench(MottNeuron, point=_pace, reliability=_silence)
def bench_mott_neuron(
    cell: MottNeuron,
    currents: Annotated[
        Sequence[float] | None, Range("A", "input currents; default: from a half to five times the threshold")
    ] = None,
    spikes: Annotated[int, Whole("number of spikes to simulate at each", 1, MOST_SPIKES)] = SPIKES,
) -> pd.DataFrame:
    """Firing rate over input current, from below the threshold on, beside that of the static curve."""
    threshold, error = cell.threshold_current, false_spikes(cell)
    values = _usual(cell) * np.array(FACTORS) if currents is None else np.asarray(currents, float)
    durations = [_wait(cell, current, spikes) for current in values.tolist()]
    table = firing(cell, values, durations, [], {})
    rates = table["rate"].to_numpy()
    held = cell.turns[1].current if cell.turns else math.nan
    silent, fires = values <= SILENT * threshold, (values >= FIRING * threshold) & (values < held)
    reason = None
    if cell.turns is None:
        reason = _no_threshold(cell)
    elif cell.turns[0].voltage > cell.supply_voltage:
        reason = f"its threshold at {cell.temperature:g} K, {cell.turns[0].voltage:.3g} V, lies above the supply"
    elif np.any(rates[silent] > 0):
        reason = f"it fires below {SILENT:g} of its threshold current"
    elif not np.any(rates > 0):
        reason = f"it does not fire at any of the currents; its threshold is {format_si(threshold, 'A', 3)}"
    elif np.any(rates[fires] == 0):
        reason = f"it does not fire at all currents above {FIRING:g} times its threshold: {threshold:.3g} A"
    elif error > DESIGN_ERROR_RATE:
        reason = f"fluctuations of its heat fire it with a probability of {error:.2g}"
    table.attrs |= {
        **judged(_CRITERION, reason),
        "thermal_noise": True,
        "error_rate": error,
        "threshold_current": threshold,
        "holding_current": held,
    }
    return table


_CRITERION = (
    "its threshold lies below the supply; "
    f"silent up to {SILENT:g} of the threshold current of its static curve, firing from {FIRING:g} times it on up to "
    "the current that holds the switch on; fluctuations of its heat fire a silent one with a probability of at most "
    f"{DESIGN_ERROR_RATE:g} in the time of an interval"
)
