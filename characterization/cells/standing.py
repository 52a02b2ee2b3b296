"""What benches ask of the device that stands in a cell: which of its states is shown, and what that is called."""

from __future__ import annotations

from ...circuits.cells.memories.memories import initial_states
from ...devices.core.protocols import Statics
from ...devices.model import CompactModel


def shown_state(device: CompactModel) -> str:
    """Name of the state that tells the device's first reference state from the last: that which differs most."""
    states = [*device.protocol(Statics).states.values()]
    first, last = (initial_states(device.replace(**states[k])) for k in (0, -1))
    return max(first, key=lambda name: abs(first[name] - last[name]))


def told_state(device: CompactModel) -> tuple[str, str]:
    """What that state is called in figures, and its unit."""
    name = shown_state(device)
    unit = device.state_declarations()[name].unit
    letter, _, axis = name.partition("_")
    if axis in ("x", "y", "z"):
        return f"Junction's ${letter}_{axis}$", unit
    title = device.title
    return f"State of the {title if title[1:2].isupper() else title[0].lower() + title[1:]}", unit
