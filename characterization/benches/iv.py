"""Static current-voltage curves at chosen states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ...devices.core.metadata import table_attributes
from ...devices.language.errors import ParameterError, UnknownNameError
from ...devices.model import CompactModel
from ..engines import engine_attributes, static_currents, uses_native


def iv(
    device: CompactModel,
    voltage: ArrayLike | None = None,
    *,
    states: Sequence[str] | Mapping[str, Mapping[str, float]] | None = None,
    engine: str = "numeric",
    native: bool | None = None,
) -> pd.DataFrame:
    """Measure the static current-voltage curve of a device, its state held fixed.

    Parameters
    ----------
    device : CompactModel
        The device.
    voltage : array_like, optional
        Voltages in any order [V]; default 201 from -1 to 1.
    states : sequence of str or mapping, optional
        Names of the device's reference states (``parallel``, ``antiparallel``; ``on``, ``off``), or a mapping from
        names of your own to values of its initial-state parameters. Default: all reference states.
    engine : str
        ``"numeric"`` or ``"ngspice"``.
    native : bool, optional
        Whether ngspice runs native devices instead of subcircuits; default: if it can.

    Returns
    -------
    pandas.DataFrame
        One row per state and voltage: ``state``, ``voltage`` [V], ``current`` [A], ``conductance`` [S] and
        ``resistance`` [ohm] as current over voltage (their limit at zero), and ``resistance_change``: the relative
        change of the resistance with respect to the first state at the same voltage, which for the states of a junction
        is its bias-dependent tunnel magnetoresistance.

    Raises
    ------
    ParameterError
        If the voltages are not a list of finite numbers.
    UnknownNameError
        If a state or the engine does not exist.
    MissingDependencyError
        If native devices are demanded and cannot be had.
    """
    own = uses_native(engine, native)
    swept = np.linspace(-1.0, 1.0, 201) if voltage is None else np.atleast_1d(np.asarray(voltage, dtype=float))
    if swept.ndim != 1 or not len(swept) or not np.all(np.isfinite(swept)):
        raise ParameterError("voltage must be a one-dimensional array of finite numbers")
    chosen = chosen_states(device, states)
    # At zero volt the ratio is a limit: probe it beside zero, closer than a static curve bends.
    probe = 1e-6 * (np.max(np.abs(swept)) or 1.0)
    probed = np.where(swept == 0, probe, swept)
    # ngspice counts through the voltages one by one: two at least, and the zeros together with their probes.
    everything = np.concatenate([swept, probed])
    currents = static_currents(device, everything, chosen, engine, own)
    first: np.ndarray | None = None
    parts = []
    for name, values in currents.items():
        conductance = values[len(swept) :] / probed
        with np.errstate(divide="ignore"):
            resistance = 1 / conductance
        first = resistance if first is None else first
        part = pd.DataFrame({"state": name, "voltage": swept, "current": values[: len(swept)]})
        part["conductance"], part["resistance"] = conductance, resistance
        part["resistance_change"] = resistance / first - 1
        parts.append(part)
    table = pd.concat(parts, ignore_index=True)
    table.attrs |= table_attributes(device, list(table.columns), **engine_attributes(engine, own), bench="iv")
    reference = next(iter(chosen))
    table.attrs["units"] |= {"state": "", "voltage": "V", "current": "A", "conductance": "S", "resistance": "ohm"}
    table.attrs["units"] |= {"resistance_change": "1"}
    table.attrs["descriptions"] |= {
        "state": "state in which the device is held",
        "conductance": "current over voltage",
        "resistance": "voltage over current",
        "resistance_change": f"relative change of the resistance with respect to the state {reference!r}",
    }
    return table


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
        return {name: dict(overrides) for name, overrides in states.items()}
    known = device.reference_states()
    names = list(known) if states is None else [states] if isinstance(states, str) else list(states)
    for name in names:
        if name not in known:
            raise UnknownNameError(f"state of {device.model_name()}", name, known)
    return {name: known[name] for name in names}
