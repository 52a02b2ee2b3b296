"""Resonance in an oblique field against the Smit-Beljers solver of cmtj 1.15.0 (npj Comput. Mater. 9, 54 (2023)).

Its gamma is 1.76e11 rad/(s T), and its mu_0 1.2566e-6 H/m, three parts in 1e5 less than CODATA's. For a single layer it
multiplies the energy with the thickness: it is 1 here. It has no damping.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from peers import peer

from synaspice.characterization import fmr
from synaspice.devices import MTJ

models = peer("cmtj.models")

M_S, UNIAXIAL, SURFACE, AZIMUTH, THICKNESS = 8e5, 2e4, 2e5, 0.3, 2e-9
THETA, PHI = math.radians(70), math.radians(60)


@pytest.mark.parametrize("field", [5e4, 2e5, 6e5])
def test_the_resonance_in_an_oblique_field_is_that_of_cmtj(field):
    layer = models.LayerSB(_id=0, thickness=1.0, Kv=models.VectorObj(np.pi / 2, AZIMUTH, UNIAXIAL), Ks=SURFACE, Ms=M_S)
    solver = models.Solver([layer], J1=[], J2=[], H=models.VectorObj(THETA, PHI, field))
    (theta, phi), (frequency,) = solver.solve(init_position=[1.4, 0.9], perturbation=1e-6)
    junction = MTJ(
        gyromagnetic_ratio=1.76e11, saturation_magnetization=M_S, damping=1e-4, free_layer_thickness=THICKNESS,
        interfacial_anisotropy=SURFACE * THICKNESS, uniaxial_anisotropy=UNIAXIAL, anisotropy_polar_angle=math.pi / 2,
        anisotropy_azimuth=AZIMUTH, demagnetizing_factor_x=0.0, demagnetizing_factor_y=0.0, demagnetizing_factor_z=1.0,
        initial_polar_angle=1.4, initial_azimuth=0.9, field_x=field * math.sin(THETA) * math.cos(PHI),
        field_y=field * math.sin(THETA) * math.sin(PHI),
    )  # fmt: skip
    row = fmr(junction, field=field * math.cos(THETA), axis="z").iloc[0]
    assert math.acos(row["m_z"]) == pytest.approx(theta, abs=2e-4)
    assert math.atan2(row["m_y"], row["m_x"]) == pytest.approx(phi, abs=2e-4)
    assert row["frequency"] == pytest.approx(1e9 * float(frequency), rel=1e-4)
