"""Random numbers of the ensembles: published words, exact normal tails, independent streams."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from synaspice.devices.simulation.ensembles.philox import philox, two_normals, uniform
from synaspice.devices.simulation.machine.kinds import F32, F64, I64, U32, Array
from synaspice.devices.simulation.machine.program import compiled_function


def fill_words(c0, c1, c2, c3, k0, k1, found):
    found[0], found[1], found[2], found[3] = philox(c0, c1, c2, c3, k0, k1)


def fill_normals(seed, found):
    for i in range(found.shape[0]):
        for k in range(found.shape[1]):
            a, b, c, d = philox(np.uint32(k), np.uint32(0), np.uint32(i), np.uint32(0), seed, np.uint32(0))
            found[i, k, 0], found[i, k, 1] = two_normals(a, b)
            found[i, k, 2], found[i, k, 3] = two_normals(c, d)


def add_beyond(levels, calls, seed, counts):
    for k in range(calls):
        a, b, c, d = philox(np.uint32(k), np.uint32(0), np.uint32(0), np.uint32(0), seed, np.uint32(0))
        x, y = two_normals(a, b)
        z, w = two_normals(c, d)
        if max(max(abs(x), abs(y)), max(abs(z), abs(w))) > levels[0]:
            for j in range(len(levels)):
                level = levels[j]
                counts[j] += int(abs(x) > level) + int(abs(y) > level) + int(abs(z) > level) + int(abs(w) > level)


def fill_uniform(words, found):
    for k in range(len(words)):
        found[k] = uniform(words[k])


WORDS = compiled_function(fill_words, *[U32] * 6, Array(U32))
NORMALS = compiled_function(fill_normals, U32, Array(F32, 3))
BEYOND = compiled_function(add_beyond, Array(F32), I64, U32, Array(I64))
UNIFORM = compiled_function(fill_uniform, Array(U32), Array(F64))


def normals(trajectories, steps, seed):
    found = np.empty((trajectories, steps, 4), dtype=np.float32)
    NORMALS(seed, found)
    return found


def count_beyond(levels, calls, seed):
    """How many of 4 * calls normals are beyond each level, on either side."""
    counts = np.zeros(len(levels), dtype=np.int64)
    BEYOND(levels.astype(np.float32), calls, seed, counts)
    return counts


@pytest.mark.parametrize(
    ("counter", "key", "expected"),
    [
        # The known answers that come with Random123 1.14, file tests/kat_vectors (philox4x32 7).
        ([0, 0, 0, 0], [0, 0], [0x5F6FB709, 0x0D893F64, 0x4F121F81, 0x4F730A48]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 2, [0x5207DDC2, 0x45165E59, 0x4D8EE751, 0x8C52F662]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0],
            [0x4DFCCABA, 0x190A87F0, 0xC47362BA, 0xB6B5242A],
        ),
    ],
)
def test_words_are_the_published_ones(counter, key, expected):
    found = np.empty(4, dtype=np.uint32)
    WORDS(*counter, *key, found)
    assert found.tolist() == expected


def test_the_deviates_are_normal():
    probabilities = [stats.kstest(normals(20, 2500, seed).ravel(), "norm").pvalue for seed in range(40)]
    # Of right deviates they are spread evenly.
    assert stats.kstest(probabilities, "uniform").pvalue > 0.01
    sample = normals(200, 2500, 5).ravel().astype(float)
    assert abs(sample.mean()) < 4 / np.sqrt(sample.size)
    # Of a normal sample, Var(x^2) = 2 and Var(x^4) = 96; four standard errors.
    assert (sample**2).mean() == pytest.approx(1, abs=4 * np.sqrt(2 / sample.size))
    assert (sample**4).mean() == pytest.approx(3, abs=4 * np.sqrt(96 / sample.size))


def test_their_tails_are_exact():
    levels = np.array([3.0, 4.0, 5.0])
    draws = 4 * 50_000_000
    expected = draws * 2 * stats.norm.sf(levels)
    # 540 000, 12 700 and 115 expected: Poisson counts, four standard deviations.
    np.testing.assert_array_less(np.abs(count_beyond(levels, draws // 4, 3) - expected), 4 * np.sqrt(expected))


def test_streams_are_not_correlated():
    found = normals(64, 4096, 9).astype(float)
    size = found[0].size
    series = found.reshape(64, size)
    matrix = np.corrcoef(series)[np.triu_indices(64, 1)]
    # 2016 coefficients of standard deviation 1/sqrt(size): the largest stays below 4.5 of them in 99 % of cases.
    assert np.abs(matrix).max() < 4.5 / np.sqrt(size)
    assert matrix.std() == pytest.approx(1 / np.sqrt(size), rel=0.1)
    for lag in (1, 2, 3, 4, 8):  # within a stream, from channel to channel and from step to step
        products = series[:, lag:] * series[:, :-lag]
        assert abs(products.mean()) < 4 / np.sqrt(products.size)


def test_seeds_differ_and_uniforms_stay_inside():
    assert not np.array_equal(normals(1, 10, 1), normals(1, 10, 2))
    limits = np.empty(2)
    UNIFORM(np.array([0, 2**32 - 1], dtype=np.uint32), limits)
    assert 0 < limits[0] < 1e-9 and 1 - 1e-9 < limits[1] < 1
