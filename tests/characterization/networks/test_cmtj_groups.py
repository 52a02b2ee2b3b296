"""Magnets that are dipoles to each other against cmtj's group of junctions, with its function named after Nomura.

The other function for dipoles of cmtj 1.15.0, named after Kanao, takes another field, and is not compared.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.constants as codata
from peers import peer

from synaspice.characterization import Network
from synaspice.characterization.networks.couplings import dipoles
from synaspice.devices import MTJ

cmtj = peer("cmtj")
reservoir = peer("cmtj.reservoir")
PhysicalConstants = peer("_cmtj.constants").PhysicalConstants

WIDTH, THICKNESS, MAGNETISATION, DURATION = 60e-9, 2e-9, 9e5, 1e-10


@pytest.fixture(autouse=True)
def _constants():
    """The constants that both codes share; cmtj's own come back afterwards, whatever happens."""
    PhysicalConstants.set_magnetic_permeability(codata.mu_0)
    PhysicalConstants.set_gyromagnetic_ratio(MTJ(gyromagnetic_ratio=1.76e11).gamma_0)
    yield
    PhysicalConstants.resetToDefaults()


def in_cmtj(places, azimuths, step):
    """Directions at the end, shape (magnets, 3)."""
    junctions = []
    for azimuth in azimuths:
        direction = math.sin(1.3) * math.cos(azimuth), math.sin(1.3) * math.sin(azimuth), math.cos(1.3)
        layer = cmtj.Layer(
            id="free", mag=cmtj.CVector(*direction), anis=cmtj.CVector(1, 0, 0), Ms=codata.mu_0 * MAGNETISATION,
            thickness=THICKNESS, cellSurface=math.pi / 4 * WIDTH**2, damping=0.02,
            demagTensor=[cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 0), cmtj.CVector(0, 0, 1)],
        )  # fmt: skip
        junction = cmtj.Junction([layer])
        junction.setLayerAnisotropyDriver("all", cmtj.constantDriver(5e3))
        junction.setLayerExternalFieldDriver("all", cmtj.AxialDriver(3e4, 0.0, 0.0))
        junctions.append(junction)
    group = reservoir.GroupInteraction([cmtj.CVector(*place) for place in places], junctions, "free")
    group.setInteractionFunction(reservoir.computeDipoleInteractionNoumra)
    steps = round(DURATION / step)
    group.runSimulation((steps + 0.5) * step, step, step)
    # A row of cmtj's tells the step before.
    return np.array([[group.getLog(k)[f"free_m{a}"][steps - 1] for a in "xyz"] for k in range(len(places))])


def test_magnets_in_a_plane_are_those_of_a_group_of_junctions():
    places = np.array([[0, 0, 0], [80e-9, 0, 0], [20e-9, 90e-9, 0]])
    azimuths = np.array([0.2, -0.5, 1.0])
    magnet = MTJ(
        diameter=WIDTH, width=WIDTH, free_layer_thickness=THICKNESS, saturation_magnetization=MAGNETISATION,
        damping=0.02, uniaxial_anisotropy=5e3, anisotropy_polar_angle=math.pi / 2, anisotropy_azimuth=0.0,
        interfacial_anisotropy=0.0, vcma_coefficient=0.0, gyromagnetic_ratio=1.76e11, field_x=3e4,
        demagnetizing_factor_x=0.0, demagnetizing_factor_y=0.0, demagnetizing_factor_z=1.0, initial_polar_angle=1.3,
    )  # fmt: skip
    moment = MAGNETISATION * math.pi / 4 * WIDTH**2 * THICKNESS
    network = Network(magnet, 3, dipoles(places, moment), source="voltage", parameters={"initial_azimuth": azimuths})
    run = network.run(DURATION, points=2, time_step=2e-13)
    errors = []
    for step in (1e-13, 5e-14):
        found = in_cmtj(places, azimuths, step)
        errors.append(np.abs(found - run.final.T).max())
    # It holds the others during a step: its error is of first order.
    assert errors[0] < 2e-4 and errors[1] == pytest.approx(errors[0] / 2, rel=0.1)
    alone = Network(magnet, 3, source="voltage", parameters={"initial_azimuth": azimuths})
    assert np.abs(alone.run(DURATION, points=2, time_step=2e-13).final - run.final).max() > 0.05
