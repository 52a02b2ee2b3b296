"""How long domain walls hold: undriven, read, and against the leak of a neuron."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import scipy.constants as codata

from synaspice.characterization.cells.errors.arrhenius import TEN_YEARS
from synaspice.characterization.cells.errors.retention import retention
from synaspice.circuits.cells.spin.domain_wall_cells import DomainWallNeuron, DomainWallPair
from synaspice.devices import ParameterError, SimulationError

#: Voltage [V] and time [s] of a read of the pair, and the number of reads that a weight shall stand.
READ, READ_TIME, READS = 0.1, 2e-9, 10**6


@functools.cache
def held(read=0.0, current=0.0):
    """Escapes from the middle site to either neighbour, at barriers of 5 to 7 k_B T."""
    strip = DomainWallPair().strip
    site = strip.pinning_period / strip.length
    return retention(
        strip,
        [strip.pinning_energy / codata.k / times for times in (5, 6, 7)],
        quantity="x",
        above=0.5 + site,
        below=0.5 - site,
        drive=current,
        inputs={"read_voltage": read},
        trajectories=300,
        time_step=5e-12,
        duration=3e-8,
    )


def test_the_barrier_of_pinned_walls_is_that_of_the_notches():
    found = held()
    assert found.barrier == pytest.approx(DomainWallPair().strip.pinning_energy, abs=3 * found.barrier_error)
    assert found.barrier_error < 0.1 * found.barrier
    # An angle that turns freely: Kramers' overdamped rate with the friction (1 + 1 / alpha^2)-fold, to both sides.
    strip = DomainWallPair().strip
    friction = strip.energy_per_field / strip.field_mobility * (1 + 1 / strip.damping**2)
    curvature = 2 * np.pi**2 * strip.pinning_energy / strip.pinning_period**2
    kramers = np.pi * friction / curvature * np.exp(strip.pinning_energy / (codata.k * found.lifetimes["temperature"]))
    np.testing.assert_allclose(found.lifetimes["lifetime"], kramers, rtol=0.4)


@pytest.mark.parametrize("kelvin", [300.0, 358.0])
def test_weights_hold_for_ten_years(kelvin):
    assert held().lifetime(kelvin) > TEN_YEARS


def test_a_million_reads_disturb_a_weight_by_less_than_a_hundredth():
    read, strip = held(read=READ), DomainWallPair().strip
    assert read.lifetime(300.0) > TEN_YEARS
    hop = strip.pinning_period / strip.length
    assert read.escape(READS * READ_TIME, 300.0) * hop < 0.01
    # While it is read, the wall leans out of its site by far less; it returns.
    shifted = strip.simulate(0.0, READ_TIME, source="current", inputs={"read_voltage": READ})["x"]
    assert abs(shifted - 0.5).max() < 0.01
    # The current that passes the wall is a small part of what lowers the barrier: 10 uA would not let it hold.
    passing = float(strip.static(read_voltage=READ)["spin_drift_velocity"] / strip.drift_per_ampere)
    assert 0 < passing < 0.5e-6
    weak = held(current=1e-5)
    assert weak.barrier < 0.6 * read.barrier and weak.lifetime(300.0) < 1e-3 * TEN_YEARS


def test_the_leak_holds_a_silent_neuron():
    """A constant force F: (k_B T)^2 / (F^2 D) e^(F q / k_B T), longer where an angle that turns hinders the diffusion.

    At the raised temperatures it turns, at 300 K ten k_B T hold it; the friction is at most (1 + 1 / alpha^2)-fold. The
    reading lowers the barrier by less than a tenth.
    """
    cell = DomainWallNeuron()
    device, barrier = cell.junction, cell.silent_barrier
    kelvins = [barrier / codata.k / times for times in (4, 5)]
    found = retention(
        device,
        kelvins,
        quantity="x",
        above=cell.threshold,
        inputs={"read_voltage": cell.read_voltage(device.initial_state)},
        trajectories=100,
        time_step=1e-11,
        duration=1e-7,
    )
    force = device.energy_per_field * cell.leak_field
    thermal = codata.k * found.lifetimes["temperature"].to_numpy()
    diffusion = thermal * device.field_mobility / device.energy_per_field
    expected = thermal**2 / (force**2 * diffusion) * np.exp(barrier / thermal)
    ratio = found.lifetimes["lifetime"] / expected
    assert np.all(ratio > np.exp(-0.1 * barrier / thermal)) and np.all(ratio < 1 + 1 / device.damping**2)
    thermal = codata.k * 300
    at_room = thermal**2 / (force**2 * thermal * device.field_mobility / device.energy_per_field)
    assert at_room * np.exp(0.9 * barrier / thermal) > TEN_YEARS


def test_bad_input_is_refused():
    strip = DomainWallPair().strip
    with pytest.raises(ParameterError, match="two or more temperatures"):
        retention(strip, [3000.0], quantity="x", above=0.6)
    with pytest.raises(ParameterError, match="above, below, or both"):
        retention(strip, [3000.0, 4000.0], quantity="x")
    with pytest.raises(SimulationError, match="a higher temperature"):
        retention(strip, [30.0, 40.0], quantity="x", above=0.6, trajectories=2, duration=1e-14, time_step=1e-14)
