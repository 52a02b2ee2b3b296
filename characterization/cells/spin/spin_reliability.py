"""How surely spin neurons and domain-wall cells decide, and how long their walls hold."""

from __future__ import annotations

import functools
import itertools
import math

from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.domain_wall_cells import DomainWallNeuron, DomainWallPair
from ....circuits.cells.spin.spin_neuron import _SpinNeuron
from ....circuits.cells.spin.trained_weights import pulses_for_at_least
from ....devices.models.domain_walls.domain_wall import DomainWallSynapse
from ....devices.models.domain_walls.domain_wall_injector import DomainWallInjector
from ..errors.arrhenius import BOLTZMANN, Arrhenius
from ..errors.retention import retention
from ..reliable import READS, Reliability
from .wall_retention import wall_lifetimes
from .wall_statistics import ErrorRate, firing_errors, write_errors

#: Voltage of a signal [V], and length of an evaluation with the latch's hold. [s]
SIGNAL, EVALUATION = 0.03, 1.25 * READ_TIME
#: Voltage [V] and length [s] of a read of a pair, and deviations of the write current.
READ_VOLTAGE, READ, OFF_CURRENT = 0.1, 2e-9, (0.9, 1.0, 1.1)
#: Barriers over the thermal energy at which escapes from a pair's sites are seen, and walls that are followed.
RATIOS, WALLS = (5, 6, 7), 500
#: Walls of a strip at each temperature.
STRIP_WALLS = 1000
#: Standard deviations of the reading's noise by which a neuron's threshold is varied.
READING = 3.0


def _strip_line(strip: DomainWallInjector, signal: float) -> Arrhenius:
    """Lifetimes of a wall of the strip of a spin neuron: at rest, or under a signal at the site that it passes most."""
    site = strip.values["pinning_period"] / strip.values["length"] if signal else 0.5
    return wall_lifetimes(strip, signal=signal, position=site, trajectories=STRIP_WALLS).line


def spin_reliability(cell: _SpinNeuron) -> Reliability:
    """Errors of the patterns of "at least two"; lower bounds of the time that a weight holds, of 95 % confidence."""
    valve = cell.valve
    weights = [valve.written_weights[count] for count in pulses_for_at_least(2, valve)]
    decision = valve.decision(cell.temperature, SIGNAL, READ_TIME - PRESET_TIME)
    patterns = itertools.product((0.0, SIGNAL), repeat=valve.inputs - 1)
    error = max(decision.error_rate(float(valve.spin_current(weights, [*pattern, SIGNAL])[2])) for pattern in patterns)
    held, read = (_strip_line(valve.synapse, signal).least_lifetime(cell.temperature) for signal in (0.0, SIGNAL))
    return Reliability("evaluation", error, held, -math.expm1(-READS * EVALUATION / read))


def worst_count(
    cell: DomainWallNeuron,
    threshold: float,
    expected: int,
    interval: float,
    width: float,
    trials: int,
    seed: int,
    **drive: float,
) -> ErrorRate:
    """Errors of a neuron's count at its threshold less or more the noise of the reading, whichever is worse."""
    device = cell.junction
    noise = READING * cell.read_noise(cell.values["threshold"])
    leak = float(device.field_mobility) * cell.values["leak_field"] / device.values["length"]
    # A wall that stays beyond the threshold until the next pulse makes the circuit fire; one that noise of the reading
    # takes for beyond it may.
    thresholds = (threshold - noise, threshold + noise + leak * (interval - width))[: 2 if expected else 1]
    return max(
        (
            firing_errors(cell, interval, expected, width=width, trials=trials, seed=seed, threshold=at, **drive)
            for at in thresholds
        ),
        key=lambda found: found.rate,
    )


def silent_lifetime(cell: DomainWallNeuron) -> float:
    r"""Time that the leak holds a silent wall, at least [s].

    .. math:: \tau = \frac{(k_B T)^2}{F^2 D}\, e^{E / k_B T}, \qquad D = \frac{k_B T}{F}\, v_\mathrm{leak}

    with the leak's force F and its work E up to the threshold, both less by what the reading pushes at most; where the
    wall's angle is held, friction is what the velocity :math:`v_\mathrm{leak}` says, else it is more.
    """
    device = cell.junction
    left = 1 - max(cell.read_push(x) for x in (0.05, 0.4, cell.values["threshold"]))
    thermal = BOLTZMANN * cell.temperature
    force = float(device.energy_per_field) * cell.values["leak_field"] * left
    velocity = float(device.field_mobility) * cell.values["leak_field"] * left
    return thermal / (force * velocity) * math.exp(left * cell.silent_barrier / thermal)


@functools.lru_cache(maxsize=4)
def site_line(strip: DomainWallSynapse, read: float, ratios: tuple[int, ...] = RATIOS) -> Arrhenius:
    """Lifetimes of a wall at the site of its initial state, at rest or while it is read at a voltage [V].

    Parameters
    ----------
    strip : DomainWallSynapse
        The strip, its wall on a site.
    read : float
        Voltage of the read, 0 for none. [V]
    ratios : tuple of int
        Barriers over the thermal energy at which escapes are seen. [1]
    """
    site = strip.values["pinning_period"] / strip.values["length"]
    start = strip.values["initial_state"]
    return retention(
        strip,
        [strip.values["pinning_energy"] / BOLTZMANN / ratio for ratio in ratios],
        quantity="x",
        above=start + site,
        below=start - site,
        inputs={"read_voltage": read},
        trajectories=WALLS,
        time_step=5e-12,
        duration=3e-8,
    )


def pair_reliability(cell: DomainWallPair) -> Reliability:
    """Upper bound of the error rate of a write pulse, and lower ones of the time that a weight holds, all of 95 %."""
    strip, writer = cell.strip, cell.writer()
    errors = [
        write_errors(strip, writer, relative_current=part, temperature=cell.temperature, seed=1 + k)
        for k, part in enumerate(OFF_CURRENT)
    ]
    held, read = (site_line(strip, voltage).least_lifetime(cell.temperature) for voltage in (0.0, READ_VOLTAGE))
    disturbed = -math.expm1(-READS * READ / read)
    return Reliability("write pulse", max(error.bound for error in errors), held, disturbed)
