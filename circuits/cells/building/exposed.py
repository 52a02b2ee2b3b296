"""Which parameters of a cell its netlist can have as parameters of its own: those on which it depends by formulas.

A cell's circuit is Python: a size may go through any computation before it stands in the netlist. So the circuit is put
together from numbers that carry their formulas (:class:`~synaspice.circuits.cells.building.traced.Traced`), and once
more for another value of each parameter. A parameter is exposed if the formulas say all that changed.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ....devices.language.errors import SynaspiceError
from .traced import Traced

if TYPE_CHECKING:
    from .declared import DeclaredCell

#: Relative change of a parameter by which its part in the netlist is looked at, and agreement of two numbers.
CHANGE, CLOSE = 1e-3, 1e-9
#: What surrounds a cell is not a size of it.
AROUND = frozenset(["temperature", "supply_voltage", "noise_step"])


def traced_copy(cell: DeclaredCell, names: frozenset[str] | None = None) -> DeclaredCell:
    """The cell with numbers that know their formulas in place of parameters, all or those of some names.

    The parameters of the device in a slot are called ``SLOT_NAME``.
    """
    other = object.__new__(type(cell))
    kept = ("_given", "_options", "_placed", "_changes", "_unused")
    other.__dict__.update({name: value for name, value in vars(cell).items() if name in kept})

    def wanted(name: str) -> bool:
        return name not in AROUND if names is None else name in names

    values = {name: Traced(value, name) if wanted(name) else value for name, value in cell.values.items()}
    other.__dict__.update({"_values": values, "_standing": {}})
    for slot in cell.slots():
        device = other.device_in(slot)
        own = {
            name: Traced(value, f"{slot}_{name}")
            for name, value in device.values.items()
            if not isinstance(device.given.get(name), Traced) and wanted(f"{slot}_{name}")
        }
        vars(other)["_standing"][slot] = device.replace(**own) if own else device
    return other


def plain(cell: DeclaredCell) -> DeclaredCell:
    """The cell with plain numbers in place of those that a cell around it gave with their formulas."""
    return cell.replace(**{name: float(value) for name, value in cell.given.items() if isinstance(value, Traced)})


@functools.lru_cache(maxsize=256)
def exposed_parameters(cell: DeclaredCell) -> frozenset[str]:
    """Names of the parameters that the netlist of a cell has; those of the device in a slot as ``SLOT_NAME``."""
    template = traced_copy(cell).recorded()
    now = {**cell.values}
    for slot in cell.slots():
        now |= {f"{slot}_{name}": value for name, value in cell.device_in(slot).values.items()}
    changes: dict[str, tuple[str, float]] = {}
    for key, (parameter, value) in cell.variables().items():
        name = key.replace(".", "_")
        low, high = parameter.bounds
        step = CHANGE * (abs(value) or min(1.0, high - low))
        other = value + step if value + step <= high else value - step
        if low <= other <= high and name not in AROUND:
            changes[name] = key, other
    mentioned = _names(template)
    found = set()
    for name, (key, value) in changes.items():
        if name not in mentioned:
            continue
        try:
            changed = cell.replace(**{**cell.values, key: value}).recorded()
        except SynaspiceError:
            continue
        if _same(template, changed, {**now, name: value}):
            found.add(name)
    return frozenset(found)


def _names(record: Any) -> set[str]:
    if isinstance(record, Traced):
        return set(compile(record.formula, "formula", "eval").co_names)
    if isinstance(record, Mapping):
        return set().union(*map(_names, record.values()))
    if isinstance(record, list | tuple):
        return set().union(*map(_names, record))
    return set()


def _same(template: Any, other: Any, values: Mapping[str, float]) -> bool:
    """Whether a record of a circuit is that which another's formulas give for some values."""
    if isinstance(template, list | tuple):
        return len(template) == len(other) and all(_same(a, b, values) for a, b in zip(template, other, strict=True))
    if isinstance(template, Mapping):
        return template.keys() == other.keys() and all(_same(template[k], other[k], values) for k in template)
    if isinstance(template, float) and isinstance(other, float):
        number = template.at(values) if isinstance(template, Traced) else template
        return math.isclose(number, other, rel_tol=CLOSE, abs_tol=0.0)
    return bool(template == other)
