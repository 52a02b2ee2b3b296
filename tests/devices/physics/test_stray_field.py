"""Stray fields between the layers of a pillar: against integrals over charges, the point dipole, and what must hold."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from synaspice.devices import ParameterError, UnknownNameError
from synaspice.devices.physics.macrospin import SHAPES
from synaspice.devices.physics.stray_field import dipole_factors, mutual_factors

SIZE = (100e-9, 60e-9)
every_shape = pytest.mark.parametrize("shape", SHAPES)


@every_shape
@pytest.mark.parametrize(("own", "gap", "other"), [(2e-9, 1e-9, 5e-9), (2e-9, 0.0, 2e-9), (30e-9, 10e-9, 1e-9)])
def test_trace_and_reciprocity(shape, own, gap, other):
    there = mutual_factors(shape, *SIZE, own, gap, other)
    back = mutual_factors(shape, *SIZE, other, gap, own)
    assert sum(there) == pytest.approx(0.0, abs=1e-12)
    np.testing.assert_allclose(own * np.array(there), other * np.array(back), rtol=1e-9)
    assert there[0] > 0 and there[1] > there[0] and there[2] < 0


@every_shape
def test_two_halves_are_one_body(shape):
    """The field in a half is its own and that of the other one: together that of the whole."""
    half = np.array(SHAPES[shape](*SIZE, 5e-9)) + np.array(mutual_factors(shape, *SIZE, 5e-9, 0.0, 5e-9))
    np.testing.assert_allclose(half, SHAPES[shape](*SIZE, 10e-9), rtol=1e-10)


@every_shape
def test_far_away_a_layer_is_a_dipole(shape):
    length = width = thickness = 20e-9
    distance = 2e-6
    found = mutual_factors(shape, length, width, thickness, distance - thickness, thickness)
    volume = length * width * thickness * (math.pi / 4 if shape == "ellipse" else 1)
    # The next term is (size / distance)^2, some 1e-4; of the differences eight digits are lost.
    np.testing.assert_allclose(found, dipole_factors(volume, distance), rtol=2e-3)


def _mean_field_of_charges(inside, own, gap, other, count):
    """N_z from the charges on the faces of the other layer, their potential averaged over the faces of the own one.

    The energy of charged discs: N_z t = mean over the cross-section of the sum of +-1 / 4 pi r, integrated over it. By
    the midpoints of a grid, of which each layer has its own, half a cell aside.
    """
    x, y = (size * ((np.arange(count) + 0.5) / count - 0.5) for size in SIZE)
    cell = SIZE[0] * SIZE[1] / count**2
    # The overlap of the cross-section with itself, displaced, replaces one of the two integrals.
    one = inside(*np.meshgrid(x, y, indexing="ij")).astype(float)
    padded = np.fft.rfft2(one, s=(2 * count, 2 * count))
    overlap = np.fft.irfft2(np.abs(padded) ** 2, s=(2 * count, 2 * count)) * cell
    shift = np.fft.fftfreq(2 * count, 1 / (2 * count))
    dx, dy = np.meshgrid(shift * SIZE[0] / count, shift * SIZE[1] / count, indexing="ij")
    total = 0.0
    for (low, a), (high, b) in itertools.product([(0.0, -1), (own, 1)], [(own + gap, -1), (own + gap + other, 1)]):
        total += a * b * np.sum(overlap / np.sqrt(dx**2 + dy**2 + (high - low) ** 2)) * cell
    area = np.sum(one) * cell
    return total / (4 * math.pi * area * own)


@pytest.mark.parametrize(
    ("shape", "inside"),
    [
        ("prism", lambda x, y: np.abs(x) + np.abs(y) >= 0),
        ("ellipse", lambda x, y: (2 * x / SIZE[0]) ** 2 + (2 * y / SIZE[1]) ** 2 <= 1),
    ],
)
def test_factors_are_those_of_the_charges_on_the_faces(shape, inside):
    own, gap, other = 4e-9, 6e-9, 8e-9
    found = mutual_factors(shape, *SIZE, own, gap, other)[2]
    assert found == pytest.approx(_mean_field_of_charges(inside, own, gap, other, 400), rel=3e-3)


def test_bad_sizes_are_refused():
    with pytest.raises(ParameterError, match="gap"):
        mutual_factors("prism", *SIZE, 1e-9, -1e-9, 1e-9)
    with pytest.raises(ParameterError, match="own thickness"):
        mutual_factors("prism", *SIZE, 0.0, 1e-9, 1e-9)
    with pytest.raises(UnknownNameError, match="cross-section"):
        mutual_factors("triangle", *SIZE, 1e-9, 1e-9, 1e-9)
    with pytest.raises(ParameterError, match="distance"):
        dipole_factors(1e-24, 0.0)
