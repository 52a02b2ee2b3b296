"""The devices of a spin neuron: a contact whose polarisation a domain wall sets, and a magnet with a junction."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.constants import e, physical_constants

from synaspice.circuits.cells.wall_writing import WallWriter
from synaspice.devices import DomainWallInjector, NeuronMagnet, ParameterError
from synaspice.devices.models.spin.spin_channel import ferromagnet_normal_interface

INJECTOR = DomainWallInjector.preset("sharad2012-like")
MAGNET = NeuronMagnet.preset("sharad2012-like")
POTENTIALS = {"charge_voltage": 1e-3, "spin_voltage_x": 2e-4, "spin_voltage_y": -1e-4, "spin_voltage_z": 3e-4}
CURRENTS = ("charge_current", "spin_current_x", "spin_current_y", "spin_current_z")


@pytest.mark.parametrize("state", [0.0, 0.25, 0.5, 1.0])
def test_the_injector_is_two_interfaces_side_by_side(state):
    """Up on the wall's one side, down on the other, each with its share of the conductance."""
    found = INJECTOR.replace(initial_state=state).static(**POTENTIALS)
    g, p, mixing = INJECTOR.contact_conductance, INJECTOR.contact_polarization, INJECTOR.mixing_ratio
    total = np.zeros(4)
    for share, axis in ((state, 1), (1 - state, -1)):
        if share:
            part = ferromagnet_normal_interface(share * g, p, (0, 0, axis), share * g * mixing / 2)
            total += part.admittance[4:, 4:] @ list(POTENTIALS.values())
    assert np.allclose([found[name] for name in CURRENTS], total, rtol=1e-12, atol=0)


def test_a_pulse_moves_a_free_wall_by_the_charge_that_passes():
    """At beta = alpha a wall moves rigidly with u = mu_B P j / (e M_s), whatever its angle does not do."""
    free = INJECTOR.replace(pinning_energy=0.0, end_field=0.0, initial_state=0.2)
    writer = WallWriter.suited(INJECTOR)
    bohr = physical_constants["Bohr magneton"][0]
    per_charge = bohr * 0.6 / (e * 6e5 * 20e-9 * 1e-9)
    moved = free.simulate(writer.waveform(3), 3 * writer.slot, source="current")["wall_position"]
    # g = 2.0023 in the gyromagnetic ratio makes 0.1 %
    assert moved.iloc[-1] - moved.iloc[0] == pytest.approx(3 * per_charge * 20e-6 * writer.width, rel=2e-3)


@pytest.mark.parametrize("strength", [0.9, 1.1])
def test_every_pulse_moves_the_wall_by_one_site_and_pulses_back_undo_it(strength):
    """Also if the pulses are 10 % weaker or stronger: the sites make the steps equal."""
    writer = WallWriter.suited(INJECTOR)
    for count in (1, 4, 7):
        there = INJECTOR.simulate(_scaled(writer.waveform(count), strength), count * writer.slot, source="current")
        position = float(there["x"].iloc[-1]) * writer.sites
        assert position == pytest.approx(count, abs=0.05)
        back = INJECTOR.replace(initial_state=position / writer.sites)
        undone = back.simulate(_scaled(writer.waveform(-count), strength), count * writer.slot, source="current")
        assert float(undone["x"].iloc[-1]) * writer.sites == pytest.approx(0, abs=0.2)


def _scaled(waveform, factor):
    return type(waveform)(waveform.times, tuple(factor * level for level in waveform.levels))


def test_the_junction_reads_the_magnet():
    """Parallel along -z, and the mean of both conductances across."""
    for polar, conductance in ((np.pi, 1.0), (0.0, 0.5), (np.pi / 2, 0.75)):
        read = MAGNET.replace(initial_polar_angle=polar).static(read_voltage=1e-6)
        assert read["read_current"] / 1e-6 * MAGNET.parallel_resistance == pytest.approx(conductance, rel=1e-9)


def test_the_magnet_has_the_barrier_of_its_preset():
    assert MAGNET.thermal_stability == pytest.approx(20.0, rel=1e-3)


def test_what_cannot_be_written_is_refused():
    with pytest.raises(ParameterError, match="pinning_energy"):
        WallWriter.suited(INJECTOR.replace(pinning_energy=0.0))
    with pytest.raises(ParameterError, match="whole number from -8 to 8"):
        WallWriter.suited(INJECTOR).waveform(9)
