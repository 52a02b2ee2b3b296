"""The neuron of a Mott switch: its period against the static curve, the equations and ngspice."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from synaspice.characterization.cells.bench import simulate
from synaspice.circuits.cells.neurons.mott_neuron import MottNeuron
from synaspice.devices import ParameterError
from synaspice.devices.core.vectors import compiled, parameter_vector

CURRENT = 3e-4


def period_of_the_equations(cell, current):
    """The last of some periods of membrane, temperature and phase, by SciPy from the generated functions."""
    functions, parameters, load = compiled(cell.switch), parameter_vector(cell.switch), cell.load_resistance

    def drawn(y):
        if y[0] <= 0:
            return 0.0, 0.0
        across = brentq(lambda v: v + load * functions.currents([v], y[1:], parameters)[0] - y[0], 0.0, y[0], rtol=1e-9)
        return across, functions.currents([across], y[1:], parameters)[0]

    def rhs(_, y):
        across, through = drawn(y)
        return [(current - through) / cell.capacitance, *functions.rates([across], y[1:], parameters)]

    def falls(_, y):
        return y[0] - 0.5

    falls.direction = -1
    slow = cell.period(current)
    options = {"method": "LSODA", "rtol": 1e-6, "atol": 1e-6, "max_step": slow / 50, "events": falls}
    solution = solve_ivp(rhs, (0, 6 * slow), [0.25, 0.0, 0.0], **options)
    return np.diff(solution.t_events[0])[-1]


def test_the_period_tends_to_that_of_the_static_curve_as_the_membrane_slows_down():
    """The excess is the delay at two folds, which grows as the rate of the ramp to the power -1/3: C^-2/3 of T."""
    excess = []
    for capacitance in (1e-10, 1e-9, 1e-8):
        cell = MottNeuron(capacitance=capacitance)
        excess.append(period_of_the_equations(cell, CURRENT) / cell.period(CURRENT) - 1)
    assert 0 < excess[2] < 0.005
    ratios = np.array(excess[:-1]) / excess[1:]
    np.testing.assert_allclose(ratios, 10 ** (2 / 3), rtol=0.25)


@pytest.mark.ngspice
def test_the_neuron_fires_as_its_equations_and_only_between_the_turning_points():
    cell = MottNeuron()
    low, high = cell.firing_currents
    table = simulate(cell, currents=[0.7 * low, CURRENT, 1.3 * high])
    assert table.attrs["works"] and table["rate"].tolist()[::2] == [0, 0]
    assert 1 / table["rate"][1] == pytest.approx(period_of_the_equations(cell, CURRENT), rel=0.02)
    # What the input gives in a period goes into switch and load.
    given = table["energy_inputs"][1]
    assert table["energy_devices"][1] + table["energy_cmos"][1] == pytest.approx(given, rel=1e-6)
    assert table["energy_devices"][1] > 0 < table["energy_cmos"][1]


def test_without_negative_resistance_there_is_no_neuron():
    cell = MottNeuron()
    low, high = cell.firing_currents
    for current in (0.99 * low, 1.01 * high):
        with pytest.raises(ParameterError, match="no oscillation: the current must lie between"):
            cell.period(current)
    heavy = MottNeuron(load_resistance=1e5)
    with pytest.raises(ParameterError, match="no turning points"):
        heavy.period(CURRENT)
    with pytest.raises(ParameterError, match="must be smaller"):
        simulate(heavy)
    with pytest.raises(ParameterError, match="negative differential resistance"):
        MottNeuron(switch="vteam")
