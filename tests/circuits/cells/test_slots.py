"""Devices in the slots of cells: what fits, what is refused and why, and what the benches say of another device."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.cells.bench import simulate
from synaspice.characterization.cells.memories.writing import Writing
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.memories.memories import at_conductance, conductance, setting_polarity, switching_time
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.circuits.cells.neurons.neurons import MemristorNeuron, MTJNeuron, PBit
from synaspice.circuits.cells.spin.spin_neuron import SpinNeuron
from synaspice.circuits.cells.synapses.synapses import DifferentialSynapse
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import OperatingPoint
from synaspice.devices import (
    MTJ,
    VTEAM,
    NeuronMagnet,
    ParameterError,
    StanfordRRAM,
    UnknownNameError,
    VolatileMemristor,
    Yakopcic,
)

#: A memristor that a supply of 1 V switches in some 10 ns: linear beyond thresholds of 0.3 V.
FAST = VTEAM(
    resistance_on=3e4,
    resistance_off=6e5,
    threshold_on=-0.3,
    threshold_off=0.3,
    rate_on=-0.3,
    rate_off=0.3,
    exponent_on=1.0,
    exponent_off=1.0,
)


def test_every_slot_takes_the_model_of_the_cells_own_device():
    for cell in CELLS.values():
        for name, slot in cell.slots().items():
            own = cell().device_in(name)
            assert slot.misfit(own) is None, (cell, name)
            assert own.model_name() in slot.fitting()


def test_a_device_by_itself_and_by_its_name_are_the_same():
    cell = PBit(junction=MTJ.preset("ikeda2010", tmr=0.9))
    assert cell == PBit(junction="mtj:ikeda2010", **{"junction.tmr": 0.9}) != PBit(junction="mtj:ikeda2010")
    assert hash(cell) == hash(PBit(junction="mtj:ikeda2010", **{"junction.tmr": "0.9"}))
    assert cell.replace(temperature=310.0).junction.tmr == 0.9
    assert "ikeda2010" in cell.netlist()
    assert set(cell.values).isdisjoint({"diameter", "tmr", "resistance_area_product"})
    with pytest.raises(AttributeError, match="of another device"):
        cell.diameter  # noqa: B018
    assert PBit(**{"junction.damping": 0.03}).junction.damping == 0.03


@pytest.mark.parametrize(
    ("cell", "values", "words"),
    [
        (PBit, {"junction": "vteam"}, "needs thermal noise of the states; these fit: .*electrothermal-mtj, .*mtj"),
        (PBit, {"junction": 3.0}, "is a device, as MTJ.preset"),
        (PBit, {"junction": "mtj", "diameter": 3e-8}, "diameter is of the own junction .* set junction.NAME"),
        (PBit, {"junction.tmr": 2.0}, "set by the parameter tmr of p-bit"),
        (MTJNeuron, {"junction.initial_polar_angle": 0.3}, "set by mtj-neuron itself"),
        (MTJNeuron, {"junction": "spin-orbit-torque-mtj"}, "needs a device of two terminals"),
        (MemristorBitCell, {"memristor": "volatile-memristor"}, "a state that stays without a voltage; these fit"),
        (MemristorNeuron, {"memristor": "volatile-memristor:maffezzoni2015"}, "memristor's threshold_voltage .* below"),
        (SpinNeuron, {"magnet": "mtj"}, "needs a neuron-magnet"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_reason(cell, values, words):
    with pytest.raises(ParameterError, match=words):
        cell(**values)


def test_misspelt_slots_and_devices_are_refused():
    with pytest.raises(UnknownNameError, match="did you mean 'junction'"):
        PBit(juntion="mtj")
    with pytest.raises(UnknownNameError, match="mtj"):
        PBit(junction="mtk")
    with pytest.raises(UnknownNameError, match="tmx"):
        PBit(**{"junction.tmx": 1.0})


def test_the_polarity_that_sets_a_memristor_is_that_of_its_equations():
    """VTEAM goes on below its negative threshold; filaments grow with a positive voltage."""
    assert [setting_polarity(device) for device in (VTEAM(), StanfordRRAM(), Yakopcic())] == [-1, 1, 1]


def test_switching_times_and_conductances_against_the_linear_law():
    # dx/dt = rate (v / threshold - 1) / 3 nm, through 0.9 of the way.
    expected = 0.9 * FAST.position_off / (0.3 * (1.0 / 0.3 - 1))
    assert switching_time(FAST, 1.0) == pytest.approx(expected, rel=0.02)
    assert switching_time(FAST, 0.2) == np.inf
    for wanted in (1 / 5e5, 1 / 1e5, 1 / 4e4):
        assert conductance(at_conductance(FAST, wanted, 0.1), 0.1) == pytest.approx(wanted, rel=1e-9)


@pytest.mark.ngspice
def test_the_bit_cell_works_with_another_memristor():
    cell = MemristorBitCell(memristor=FAST)
    table = simulate(cell)
    assert table.attrs["works"] and table.attrs["reason"] is None
    access = table["resistance"].iloc[1] - 3e4
    # The transistor in series is the same in all states.
    assert table["resistance"].to_numpy() == pytest.approx([6e5 + access, 3e4 + access, 6e5 + access], rel=2e-3)
    assert 0 < access < 5e3
    assert table.attrs["devices"]["memristor"]["model"] == "vteam"


@pytest.mark.ngspice
def test_a_supply_too_small_is_told():
    cell = MemristorBitCell(memristor="vteam:talati2016")
    assert Writing(cell).needed == np.inf
    attrs = simulate(cell).attrs
    assert not attrs["works"] and "a supply of 1 V, less what the transistor takes, does not switch" in attrs["reason"]


@pytest.mark.ngspice
def test_a_p_bits_transistor_takes_half_of_the_supply_off_another_junction():
    for junction in ("mtj:ikeda2010", "mtj:hayakawa2021-like"):
        cell = PBit(junction=junction)
        deck = f"* p-bit\n{cell.netlist()}\nVs supply 0 1\nX1 input output supply 0 p_bit\nVi input 0 "
        middle = [ngspice.run(f"{deck}{level}", OperatingPoint())["v(x1.middle)"].iloc[0] for level in (0.38, 0.68)]
        assert middle[1] < 0.45 and middle[0] > 0.55, "the bench's inputs take it across the inverter's threshold"


def test_a_differential_synapse_scales_its_weight_by_the_device():
    cell = DifferentialSynapse(memristor=FAST, weight=0.25)
    on, off = 1 / 3e4, 1 / 6e5
    plus, minus = cell.conductances()
    assert plus - minus == pytest.approx(0.25 * (on - off)) and plus + minus == pytest.approx(on + off)


def test_a_spin_neurons_valve_has_the_devices_of_its_slots():
    magnet = NeuronMagnet.preset("sharad2012-like", tmr=1.7)
    cell = SpinNeuron(magnet=magnet)
    assert cell.valve.magnet == magnet and cell.reference_ratio == pytest.approx(np.sqrt(1 + 1.7 / 2))


def test_a_volatile_memristor_takes_its_numbers_into_the_neuron():
    switch = VolatileMemristor(resistance_off=2e6, threshold_voltage=0.5, hold_voltage=0.1)
    cell = MemristorNeuron(memristor=switch)
    assert cell.threshold_current == pytest.approx(0.5 / (2e6 + cell.load_resistance))
