"""The volatile memristor behind the load of a neuron, against a comparator with hysteresis integrated step by step."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization.cells.standard import crossings, run_bench
from synaspice.circuits.cells.neurons.neurons import MemristorNeuron
from synaspice.circuits.engine.analyses import Transient

pytestmark = pytest.mark.ngspice

DURATION, RISE = 0.6e-6, 1e-11


def integrated(cell, current, step=5e-12):
    """Times of the spikes, and the largest state of a switch that goes on above one voltage and off below the other."""
    x, membrane, on, spikes, high, largest = 0.0, 0.0, False, [], False, 0.0
    level = cell.supply_voltage / 2
    for k in range(round(DURATION / step)):
        resistance = cell.resistance_off * (cell.resistance_on / cell.resistance_off) ** x
        through = membrane / (resistance + cell.load_resistance)
        across = through * resistance
        on = across > cell.threshold_voltage or (on and across >= cell.hold_voltage)
        x += step * (on - x) / cell.switching_time
        membrane += step * (current - through) / cell.capacitance
        largest, load = max(largest, x), through * cell.load_resistance
        if load > level and not high:
            spikes.append(k * step)
        high = load > level
    return spikes, largest


@pytest.mark.parametrize(
    ("off", "on", "current", "expected"),
    [(1e6, 5e3, 2e-6, 1), (1e5, 1e3, 20e-6, 28), (1e5, 2e3, 20e-6, 8), (3e5, 3e3, 10e-6, 6)],
)
def test_a_switch_behind_a_load_fires_as_the_comparator_with_hysteresis(off, on, current, expected):
    cell = MemristorNeuron(resistance_off=off, resistance_on=on)
    spikes, largest = integrated(cell, current)
    assert len(spikes) == expected and largest > 0.99
    source = f"Iinput 0 input pwl(0 0 {RISE!r} {current!r})"
    (run,) = run_bench(cell, [source], Transient(1e-9, DURATION, max_step=2e-10))  # a hundredth of a period
    time, load = run["time"].to_numpy(), run["v(x1.load)"].to_numpy()
    found = crossings(time, load, cell.supply_voltage / 2)
    assert abs(len(found) - expected) <= 1  # 0.6 us are no whole number of periods
    assert found[0] == pytest.approx(spikes[0], rel=0.01)
    if expected > 1:
        assert np.diff(found).mean() == pytest.approx(np.diff(spikes).mean(), rel=0.03)
    # It neither hesitates at its threshold nor parks half on.
    assert run["v(x1.switch_x)"].max() == pytest.approx(largest, abs=0.01)
    assert np.isfinite(load).all()
