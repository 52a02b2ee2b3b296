"""Half-select disturbance: closed forms of two models, a crossbar pulsed by hand, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization import half_select, read_table, write_table
from synaspice.circuits.crossbars.crossbar import Crossbar
from synaspice.circuits.crossbars.crosspoints.crossings import DeviceCells
from synaspice.circuits.crossbars.crosspoints.stepping import Pulses
from synaspice.devices import VTEAM, DomainWallMagnet, LinearIonDrift, ParameterError, StanfordRRAM
from synaspice.figures import plot, save

#: Thresholds below half of the writes, and linear rates.
SOFT = VTEAM(threshold_on=-0.1, threshold_off=0.1, rate_on=-1e-3, rate_off=1e-3, exponent_on=1.0, exponent_off=1.0)
WRITE = {"amplitude": -0.4, "width": 1e-8}


def disturbed(table, scheme, state):
    return next(one for one in table.attrs["disturbed"] if (one["scheme"], one["state"]) == (scheme, state))


def test_below_the_threshold_nothing_moves_however_many_pulses():
    """The default VTEAM: half of 0.39 V is below its threshold of 0.2 V; at the threshold itself rounding decides."""
    table = half_select(VTEAM(), amplitude=-0.39, width=1e-9)
    assert table["moved"].max() == 0.0
    assert all(math.isinf(one["pulses"]) and math.isinf(one["array_writes"]) for one in table.attrs["disturbed"])
    assert plot(table)


def test_pulses_until_a_share_are_those_of_the_linear_rate():
    """From off: dx/dt = -(k / D)(v / v_on - 1), and R = R_on + x (R_off - R_on)."""
    table = half_select(SOFT, share=0.1, **WRITE)
    found = disturbed(table, "half", "low")
    on, off, travel = SOFT.resistance_on, SOFT.resistance_off, SOFT.travel
    wanted = 1 / off + 0.1 * (1 / on - 1 / off)
    x = (1 / wanted - on) / (off - on)
    rate = 1e-3 / travel * (0.2 / 0.1 - 1)
    assert found["voltage"] == pytest.approx(-0.2)
    assert found["pulses"] == pytest.approx((1 - x) / (rate * 1e-8), rel=1e-3)
    assert found["array_writes"] == pytest.approx(found["pulses"] / 254, rel=1e-12)
    third = disturbed(table, "third", "low")
    assert third["pulses"] == pytest.approx((1 - x) / (rate / 3 * 1e-8), rel=1e-3)
    # At the largest voltage a million pulses just do it.
    largest = 0.1 * (1 + (1 - x) * travel / (1e-3 * 1e-8 * 1e6))
    assert third["largest_voltage"] == pytest.approx(-largest, rel=1e-5)
    assert third["margin"] == pytest.approx(largest / 0.4 - 1 / 3, rel=1e-4)
    assert third["margin"] < 0 and found["margin"] < third["margin"]


def test_a_memristor_without_a_threshold_is_disturbed_by_every_pulse():
    """Linear drift: R^2 falls by 2 mu R_on (R_off - R_on) V t / D^2."""
    device = LinearIonDrift()
    table = half_select(device, amplitude=1.0, width=1e-3, pulses=[1.0, 10.0, 100.0])
    on, off = device.resistance_on, device.resistance_off
    slope = 2 * device.mobility * on * (off - on) / device.thickness**2
    part = table[(table["scheme"] == "half") & (table["state"] == "low")]
    resistance = np.sqrt(off**2 - slope * 0.5 * 1e-3 * part["pulses"])
    np.testing.assert_allclose(1 / part["conductance"], resistance, rtol=1e-5)
    found = disturbed(table, "half", "low")
    wanted = 1 / (1 / off + 0.1 * (1 / on - 1 / off))
    assert found["pulses"] == pytest.approx((off**2 - wanted**2) / (slope * 0.5 * 1e-3), rel=1e-3)


def test_the_neighbours_in_a_crossbar_end_in_the_same_state():
    """Five writes of the other cell of a word line, and the state of the cell beside it."""
    pulses = Pulses(-0.4, 0.4, 1e-8, selection="half")
    crossbar = Crossbar(DeviceCells.of(SOFT.replace(initial_state=1.0), (2, 2)))
    for _ in range(5):
        words, bits = pulses.line_voltages(0, 0, (2, 2), -0.4)
        across = crossbar.solve(words, bit_voltages=bits).cell_voltage
        assert across[0, 1] == pytest.approx(-0.2) and across[1, 1] == pytest.approx(0.0, abs=1e-12)
        crossbar = crossbar.with_cells(crossbar.cells.pulse(across, 1e-8))
    x = float(crossbar.cells.state("x")[0, 1])
    table = half_select(SOFT, pulses=[5.0], scheme=["half"], **WRITE)
    found = table[table["state"] == "low"]["conductance"].iloc[0]
    resistance = SOFT.resistance_on + x * (SOFT.resistance_off - SOFT.resistance_on)
    assert found == pytest.approx(1 / resistance, rel=1e-6) and 1 - x > 0.01


def test_a_table_and_its_figure(tmp_path):
    table = half_select(SOFT, **WRITE)
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.equals(table) and again.attrs == table.attrs
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (SOFT, {"share": 1.0}, "between 0 and 1"),
        (SOFT, {"scheme": ["quarter"]}, "schemes are"),
        (SOFT, {"pulses": [0.0]}, "positive"),
        (SOFT, {"width": -1.0}, "width"),
        (SOFT, {"lines": 1}, "at least 2"),
        (SOFT, {"required": 0.0}, "required"),
        (StanfordRRAM(retention="arrhenius", retention_energy=0.5), {"width": 1e-9}, "forgets by itself"),
        (DomainWallMagnet(), {"width": 1e-9, "amplitude": float("nan")}, "amplitude"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        half_select(device, **how)
