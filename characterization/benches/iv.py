"""Static current-voltage curves at chosen states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import FROM_SOURCE, SOURCE_VOLTAGE, column_information, device_table
from ...devices.core.protocols import Statics
from ...devices.core.validity import warn_of_invalid_bias
from ...devices.language.array_checks import reals
from ...devices.language.checks import known, mapping
from ...devices.language.memory import require_memory, table_size
from ...devices.model import CompactModel
from ...devices.simulation.numerics.newton import voltage_at_current
from ..arguments import ComplianceCurrent, Engine, Native, Range, States
from ..bench import bench
from ..engines import engine_attributes, static_currents, uses_native

#: Columns of the table and of what it is made of.
COLUMNS = 16


@bench(needs=(Statics,))
def iv(
    device: CompactModel,
    voltage: Annotated[
        ArrayLike | None, Range("V", "voltages in any order; default: 201 between plus and minus the device's limits")
    ] = None,
    *,
    states: States = None,
    compliance: ComplianceCurrent = None,
    engine: Engine = "numeric",
    native: Native = None,
) -> pd.DataFrame:
    """Measure the static current over voltage in chosen states.

    The states are held fixed. Beside names of reference states (``parallel``, ``antiparallel``; ``on``, ``off``) a
    mapping from names of your own to values of initial-state parameters will do.

    Returns
    -------
    pandas.DataFrame
        One row per state and voltage: ``state``, ``voltage`` [V], ``current`` [A], ``conductance`` [S] and
        ``resistance`` [ohm] as current over voltage (their limit at zero), and ``resistance_change``: the relative
        change of the resistance with respect to the first state at the same voltage, which for the states of a junction
        is its bias-dependent tunnel magnetoresistance. Of devices whose cross-section is known also
        ``current_density`` [A/m^2], the current over that. Where a source would let more current through than its
        compliance, voltage and current are those with which the device takes the compliance current, and the column
        ``source_voltage`` [V] has the voltage that was asked for.

    Raises
    ------
    ParameterError
        If the voltages are not a list of finite numbers, or the compliance is not positive.
    UnknownNameError
        If a state or the engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    own = uses_native(engine, native)
    suggested = device.protocol(Statics)
    limit = suggested.compliance.of(compliance)
    branch = next(iter(device.branches().values()))
    usual = np.linspace(-suggested.largest, suggested.largest, 201)
    swept = usual if voltage is None else reals("voltage", voltage, "V")
    chosen = chosen_states(device, states)
    require_memory(len(swept), "voltages", COLUMNS * len(chosen) * table_size(1))
    # At zero volt the ratio is a limit: probe it beside zero, closer than a static curve bends.
    probe = 1e-6 * (np.max(np.abs(swept)) or 1.0)
    probed = np.where(swept == 0, probe, swept)
    # ngspice counts through the voltages one by one: two at least, and the zeros together with their probes.
    everything = np.concatenate([swept, probed])
    currents = static_currents(device, everything, chosen, engine, own)
    first: np.ndarray | None = None
    parts = []
    for name, values in currents.items():
        held = device.replace(**chosen[name])
        current, across = values[: len(swept)].copy(), swept.copy()
        conductance = values[len(swept) :] / probed
        for bound, beyond in zip(limit.limits, (np.less, np.greater), strict=True):
            excess = beyond(current, bound)
            if np.any(excess):
                across[excess] = voltage_at_current(held, bound)
                # Two of one voltage: ngspice counts through several.
                current[excess] = static_currents(device, across[excess][[0, 0]], {name: chosen[name]}, engine, own)[
                    name
                ][0]
                conductance[excess] = current[excess] / across[excess]
        warn_of_invalid_bias(held, held.static(**{branch.name: across}), across)
        with np.errstate(divide="ignore"):
            resistance = 1 / conductance
        first = resistance if first is None else first
        part = pd.DataFrame({"state": name, "voltage": across, "current": current, SOURCE_VOLTAGE: swept})
        part["conductance"], part["resistance"] = conductance, resistance
        part["resistance_change"] = resistance / first - 1
        parts.append(part)
    found = pd.concat(parts, ignore_index=True)
    known = column_information(device)
    change = f"relative change of the resistance with respect to the state {next(iter(chosen))!r}"
    columns = {
        "state": (found["state"], "", "state in which the device is held"),
        "voltage": (found["voltage"], *known[branch.name]),
        "current": (found["current"], *known[branch.current]),
        "conductance": (found["conductance"], "S", "current over voltage"),
        "resistance": (found["resistance"], "ohm", "voltage over current"),
        "resistance_change": (found["resistance_change"], "1", change),
    }
    if (area := device.derived.get("area")) is not None:
        columns["current_density"] = found["current"] / float(area), "A/m^2", "current over the cross-section"
    attributes = engine_attributes(engine, own) | {"bench": "iv"}
    if limit.is_limit:
        columns[SOURCE_VOLTAGE] = found[SOURCE_VOLTAGE], "V", FROM_SOURCE
        attributes["compliance"] = list(limit.limits)
    return device_table(device, columns, **attributes)


def chosen_states(
    device: CompactModel, states: Sequence[str] | Mapping[str, Mapping[str, float]] | None
) -> dict[str, dict[str, float]]:
    """The states to measure in, by name, as overrides of the device's parameters; all of its reference states if None.

    Raises
    ------
    UnknownNameError
        If the device has no reference state of a given name.
    """
    if isinstance(states, Mapping):
        return {name: mapping(f"the state {name!r}", overrides) for name, overrides in states.items()}
    choices = device.protocol(Statics).states
    names = list(choices) if states is None else [states] if isinstance(states, str) else list(states)
    for name in names:
        known(f"state of {device.model_name()}", name, choices)
    return {name: dict(choices[name]) for name in names}
