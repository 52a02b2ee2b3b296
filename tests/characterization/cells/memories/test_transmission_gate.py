"""The 2T1R cell: what its transistors take from the memristor, against square-law transistors in closed form."""

from __future__ import annotations

import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.circuits.cells.building.cmos import KINDS, TECHNOLOGIES, Technology
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell, TransmissionGateBitCell
from synaspice.devices import ParameterError

N, P = (120e-6, 0.7), (40e-6, 0.8)  # transconductance per square [A/V^2] and threshold [V]
SQUARE = Technology(
    name="square-law",
    title="Transistors without body effect and without channel-length modulation",
    reference="assumed: round numbers",
    supply_voltage=3.3,
    minimum_length=0.5e-6,
    minimum_width=0.5e-6,
    maximum_length=10e-6,
    maximum_width=100e-6,
    junction_length=0.8e-6,
    mismatch=dict.fromkeys(KINDS, 8e-9),
    model_names={kind: f"square_{kind}" for kind in KINDS},
    cards=lambda corner: (
        f".model square_nmos nmos level=1 vto={N[1]} kp={N[0]}\n.model square_pmos pmos level=1 vto=-{P[1]} kp={P[0]}"
    ),
)


@pytest.fixture
def square_law():
    TECHNOLOGIES.register(SQUARE.name, SQUARE)
    yield SQUARE.name
    del TECHNOLOGIES._items[SQUARE.name]


@pytest.mark.ngspice
def test_the_lost_voltages_are_those_of_square_law_transistors(square_law):
    """Set: both in the linear region or off. Reset: a source follower alone, the p-channel in its linear region."""
    cell = TransmissionGateBitCell(technology=square_law)
    table, supply, resistance = simulate(cell).set_index("step"), SQUARE.supply_voltage, cell.resistance_on
    n, p = N[0] * cell.access_width, P[0] * cell.complement_width

    def linear(strength, threshold):
        """Drop u with strength [(V - V_t) u - u^2 / 2] = (V - u) / R, the smaller root."""
        b = strength * (supply - threshold) + 1 / resistance
        return (b - (b**2 - 2 * strength * supply / resistance) ** 0.5) / strength

    # Alone, in a reset: n / 2 (V - V_t - v)^2 = v / R.
    b = supply - N[1] + 1 / (n * resistance)
    left = b - (b**2 - (supply - N[1]) ** 2) ** 0.5
    assert table["lost_to_one"]["reset"] == pytest.approx(supply - left, rel=1e-4)
    assert table["lost_to_one"]["set"] == pytest.approx(linear(n, N[1]), rel=1e-4)
    # The drops are below the thresholds, so that the other transistor of the gate is off.
    assert table["lost_voltage"]["reset"] == pytest.approx(linear(p, P[1]), rel=1e-4)
    assert table["lost_voltage"]["set"] == pytest.approx(linear(n, N[1]), rel=1e-4)


@pytest.mark.ngspice
def test_a_gate_resets_a_memristor_whose_threshold_one_transistor_does_not_reach():
    cell = TransmissionGateBitCell(threshold=0.6)
    both, one = simulate(cell).attrs, simulate(cell.one_transistor()).attrs
    assert both["works"] and both["thermal_noise"] and both["error_rate"] < 1e-3
    assert not one["works"] and "it does not come back" in one["reason"]


def test_the_twin_has_the_same_memristor_and_transistor():
    cell = TransmissionGateBitCell(resistance_on=3e4, complement_width=3, access_width=5, corner="slow")
    assert cell.one_transistor() == MemristorBitCell(resistance_on=3e4, access_width=5, corner="slow")
    assert "supply" in cell.ports() and list(cell.ports())[:3] == ["bit", "word", "word_bar"]
    assert cell.selecting == {"word": (0.0, 1.0), "word_bar": (1.0, 0.0)}


@pytest.mark.parametrize(
    ("values", "words"),
    [({"complement_width": 0.5}, "outside its bounds"), ({"resistance_on": 4e5}, "at least 10 % below")],
)
def test_gates_that_cannot_be_are_refused(values, words):
    with pytest.raises(ParameterError, match=words):
        TransmissionGateBitCell(**values)
