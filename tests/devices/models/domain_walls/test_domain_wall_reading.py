"""Reading of domain walls: the strip's resistance, the junction on it, and what the read current does to the wall."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization.engines import trajectory
from synaspice.devices import DomainWallMagnet, DomainWallSynapse

#: A wall that the spin Hall torque of a heavy metal moves.
HALL = {"dmi": -1e-3, "spin_hall_angle": 0.1, "polarization": 0.0, "heavy_metal_thickness": 2e-9}


def test_the_resistance_of_the_strip_is_linear_in_the_position():
    device = DomainWallMagnet(magnetoresistance=0.2)
    resistance = device.static(voltage=0.1, x=np.array([0.0, 0.5, 1.0]))["resistance"]
    area = device.strip_width * device.thickness
    np.testing.assert_allclose(resistance, device.resistivity * device.length / area * np.array([1.2, 1.1, 1.0]))


def test_the_synapse_is_read_by_its_junction():
    """G = G_P [x + (1 - x) / (1 + TMR(V))], the TMR halved at tmr_half_voltage."""
    device = DomainWallSynapse(tmr=1.5, tmr_half_voltage=0.4)
    parallel = device.length * device.strip_width / device.resistance_area_product
    x = np.array([0.0, 0.25, 1.0])
    for voltage, tmr in ((1e-6, 1.5), (0.4, 0.75)):
        read = device.static(read_voltage=voltage, x=x)
        np.testing.assert_allclose(read["read_current"] / voltage, parallel * (x + (1 - x) / (1 + tmr)), rtol=1e-9)
        assert np.all(read["current"] == 0)
    np.testing.assert_array_equal(device.static(voltage=1.0, x=x)["read_current"], 0)


def share_beyond(device, x, voltage):
    """Part of a uniform junction's current that enters the strip beyond the wall."""
    bias = (voltage / device.tmr_half_voltage) ** 2
    antiparallel = (1 + bias) / (1 + bias + device.tmr)
    return (1 - x) * antiparallel / (x + (1 - x) * antiparallel)


@pytest.mark.parametrize("options", [{}, HALL])
@pytest.mark.parametrize("voltage", [0.1, -0.4])
def test_the_read_current_that_enters_beyond_the_wall_moves_it(options, voltage):
    """As a write current of that size does, to ``write`` if it is positive; at the far end nothing passes the wall."""
    device = DomainWallSynapse(**options)
    x, state = np.array([0.1, 0.4, 0.8, 1.0]), {"angle": device.initial_angle + 0.1}
    read = device.static(read_voltage=voltage, x=x, **state)
    passing = share_beyond(device, x, voltage) * read["read_current"]
    written = device.static(voltage=passing * device.strip_resistance, x=x, **state)
    still = device.static(x=x, **state)["dx/dt"]
    for rate in ("dx/dt", "dangle/dt"):
        np.testing.assert_allclose(read[rate], written[rate], rtol=1e-9)
    pushed = (read["dx/dt"] - still) * math.copysign(1.0, device.current_mobility * voltage)
    assert np.all(pushed[:3] > 0) and pushed[3] == 0
    # Both currents at once add up.
    both = device.static(voltage=0.01, read_voltage=voltage, x=x, **state)
    added = device.static(voltage=0.01 + passing * device.strip_resistance, x=x, **state)
    np.testing.assert_allclose(both["dx/dt"], added["dx/dt"], rtol=1e-9)


def test_the_current_of_a_junction_on_top_moves_the_wall_as_far_as_it_passes_it():
    device = DomainWallMagnet(readout="junction", tmr=1.5)
    x = np.array([0.1, 0.4, 0.8, 1.0])
    read = device.static(voltage=0.2, x=x)
    expected = device.drift_per_ampere * share_beyond(device, x, 0.2) * read["current"]
    np.testing.assert_allclose(read["spin_drift_velocity"], expected, rtol=1e-9, atol=1e-15)


@pytest.mark.ngspice
def test_a_read_current_moves_the_wall_in_ngspice_as_well():
    device = DomainWallSynapse(damping=0.1, resistance_area_product=1e-12, initial_state=0.2)
    common = {"source": "voltage", "inputs": {"read_voltage": 0.2}, "points": 101}
    numeric = trajectory(device, 0.0, 1e-8, engine="numeric", **common)
    spice = trajectory(device, 0.0, 1e-8, engine="ngspice", max_step=2e-12, **common)
    assert numeric["x"].iloc[-1] > 0.22
    np.testing.assert_allclose(spice["x"], numeric["x"], rtol=0, atol=1e-3)


def test_a_junction_on_top_reads_the_position_in_its_conductance():
    """G = G_P x + G_AP (1 - x), linear in the wall's position, and its current moves the wall."""
    device = DomainWallMagnet(readout="junction", tmr=1.5, tmr_half_voltage=100.0)
    x = np.array([0.0, 0.25, 0.5, 1.0])
    conductance = device.static(voltage=1e-3, x=x)["current"] / 1e-3
    area = device.length * device.strip_width
    parallel = area / device.resistance_area_product
    np.testing.assert_allclose(conductance, parallel * (x + (1 - x) / 2.5), rtol=1e-6)
    bias = device.suggested_stimulus()
    moved = device.replace(**bias.overrides).simulate(bias.drive, bias.duration, source="current", points=2)
    assert moved["x"].iloc[-1] > moved["x"].iloc[0] + 0.3
