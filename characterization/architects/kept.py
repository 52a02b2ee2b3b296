"""Whether a device keeps what is written into it, as programs of architects take for granted."""

from __future__ import annotations

from ...circuits.crossbars.weights.weight_cells import DISTINCT
from ...devices.language.errors import ParameterError
from ...devices.language.quantities.quantity import format_si
from ...devices.model import CompactModel
from ..benches.memristors.reader import Reader

#: Time without a voltage after which half of the way between the states must be left [s].
KEPT = 1.0


def require_kept(device: CompactModel, program: str, read_voltage: float) -> None:
    """Refuse a device that is no memory: of one conductance, or that loses its high one without a voltage.

    Raises
    ------
    ParameterError
        If all reference states have the same conductance within 0.1 %, or less than half of the way from the lowest to
        the highest conductance is left after 1 s.
    """
    if len(device.branches()) != 1 or len(device.reference_states()) < 2 or not device.state_declarations():
        return
    reader = Reader(device, read_voltage)
    high = reader.highest()
    lowest = min(float(reader.at(state).conductance()) for state in device.reference_states().values())
    if not float(high.conductance()) > (1 + DISTINCT) * lowest:
        raise ParameterError(
            f"{device.model_name()} has no two states of different conductance at {read_voltage:g} V, so that it is no "
            f"weight or memory for {program}"
        )
    first, last = high.of(high.device.simulate(0.0, KEPT, points=2))[[0, -1]]
    if first > lowest and not (last - lowest) / (first - lowest) > 0.5:
        raise ParameterError(
            f"{device.model_name()} is volatile: within {format_si(KEPT, 's')} without a voltage it loses its high "
            f"conductance, so that it is no weight or memory for {program}"
        )
