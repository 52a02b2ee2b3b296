"""Random numbers of the ensembles: published words, exact normal tails, independent streams."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from scipy import stats

from synaspice.devices.simulation.machine.kinds import F32, F64, I64, U32, Array
from synaspice.devices.simulation.machine.program import compiled_function
from synaspice.devices.simulation.numerics.philox import NORMALS as SIX
from synaspice.devices.simulation.numerics.philox import philox, six_normals, two_normals, uniform


def fill_words(c0, c1, c2, c3, k0, k1, found):
    found[0], found[1], found[2], found[3] = philox(c0, c1, c2, c3, k0, k1)


def fill_normals(seed, found):
    for i in range(found.shape[0]):
        for k in range(found.shape[1]):
            a, b, c, d = philox(np.uint32(k), np.uint32(0), np.uint32(i), np.uint32(0), seed, np.uint32(0))
            x, y, z, u, v, w = six_normals(a, b, c, d)
            found[i, k, 0], found[i, k, 1], found[i, k, 2] = x, y, z
            found[i, k, 3], found[i, k, 4], found[i, k, 5] = u, v, w


def fill_pairs(a, b, direction, x, y):
    for i in range(len(a)):
        x[i], y[i] = two_normals(a[i], b[i], direction[i])


def add_beyond(levels, calls, seed, counts):
    for k in range(calls):
        a, b, c, d = philox(np.uint32(k), np.uint32(0), np.uint32(0), np.uint32(0), seed, np.uint32(0))
        x, y, z, u, v, w = six_normals(a, b, c, d)
        if max(max(abs(x), abs(y), abs(z)), max(abs(u), abs(v), abs(w))) > levels[0]:
            for j in range(len(levels)):
                level = levels[j]
                counts[j] += int(abs(x) > level) + int(abs(y) > level) + int(abs(z) > level)
                counts[j] += int(abs(u) > level) + int(abs(v) > level) + int(abs(w) > level)


def fill_uniform(words, found):
    for k in range(len(words)):
        found[k] = uniform(words[k])


#: Moments of the standard normal distribution.
MOMENTS = [0 if order % 2 else math.prod(range(1, order, 2)) for order in range(17)]
WORDS = compiled_function(fill_words, *[U32] * 6, Array(U32))
NORMALS = compiled_function(fill_normals, U32, Array(F32, 3))
PAIRS = compiled_function(fill_pairs, *[Array(U32)] * 3, *[Array(F32)] * 2)
BEYOND = compiled_function(add_beyond, Array(F32), I64, U32, Array(I64))
UNIFORM = compiled_function(fill_uniform, Array(U32), Array(F64))


def normals(trajectories, steps, seed):
    found = np.empty((trajectories, steps, SIX), dtype=np.float32)
    NORMALS(seed, found)
    return found


def count_beyond(levels, calls, seed):
    """How many of SIX * calls normals are beyond each level, on either side."""
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


def exact_pairs(a, b, direction):
    """The same transform in long double: -2 ln u, cosine and sine."""
    fine = ((b & 0x7FFFFF) + np.longdouble(0.5)) * np.longdouble(2) ** -23
    square = -2 * np.log((a + fine) * np.longdouble(2) ** -32)
    angle = (direction.astype(np.uint64) * 2 % 2**32).astype(np.uint32) | np.uint32(1 << 20)
    angle = angle.view(np.int32) * (np.longdouble(np.pi) * np.longdouble(2) ** -32)
    return square, np.where(direction >> 31, -1, 1) * np.cos(angle), np.sin(angle)


def pairs(a, b, direction):
    words = [np.ascontiguousarray(np.broadcast_to(word, np.shape(a)), dtype=np.uint32) for word in (a, b, direction)]
    x, y = np.empty((2, len(a)), dtype=np.float32)
    PAIRS(*words, x, y)
    return x, y, *exact_pairs(*words)


@pytest.mark.parametrize("first", ["anywhere", "small", "large", "smallest"])
def test_a_pair_is_the_exact_transform_of_its_words(first):
    generator, count = np.random.default_rng(1), 100_000
    a, b, direction = generator.integers(0, 2**32, (3, count), dtype=np.uint32)
    spread = (2.0 ** generator.uniform(0, 32, count) - 1).astype(np.uint32)
    a = {"anywhere": a, "small": spread, "large": ~spread, "smallest": 0 * a}[first]
    b = spread >> 9 if first == "smallest" else b
    x, y, square, cosine, sine = pairs(a, b, direction)
    radius = np.sqrt(square)
    error = np.hypot(x - radius * cosine, y - radius * sine)
    assert np.all(error[radius > 0.1] < 3.5e-6 * radius[radius > 0.1])
    assert np.all(error < 2.5e-4)  # where u rounds to one


def test_the_largest_deviate_and_the_smallest():
    x, y, *_ = pairs(np.array([0, 2**32 - 1]), np.array([0, 0x7FFFFF]), np.array([1 << 30, 1 << 30]))
    assert np.hypot(x, y)[0] == pytest.approx(np.sqrt(2 * 56 * np.log(2)), rel=1e-6)
    assert x[1] == y[1] == 0.0


def test_moments_of_all_words_to_the_eighth_order():
    # The radius in equal parts of the probability, and all directions that twelve bits make: none has fewer bits.
    parts = 2**20
    a = np.arange(parts, dtype=np.uint32) * np.uint32(2**12) + np.uint32(2**11)
    x, _, square, cosine, _ = pairs(a, 0, 0)
    twelve = np.arange(2**12, dtype=np.uint32) << 20
    along, across, _, _, _ = pairs(np.full(2**12, 2**31), 0, twelve)
    # Powers are products: a general power of extended precision takes a microsecond each.
    found_square, exact_square = x.astype(np.longdouble) ** 2, square * cosine**2
    found_power = exact_power = np.ones(len(x))
    for order in (2, 4, 6, 8):
        found_power, exact_power = found_power * found_square, exact_power * exact_square
        assert np.mean(found_power) == pytest.approx(float(np.mean(exact_power)), rel=1e-6)
        of_angles = MOMENTS[order] / 2 ** (order // 2) / math.factorial(order // 2)
        for values in (along, across):
            found = np.mean((values / np.sqrt(2 * math.log(2))) ** order)
            assert found == pytest.approx(of_angles, rel=1e-6)
    for order in (1, 3, 5, 7):
        assert abs(np.mean(along.astype(float) ** order)) < 1e-6
        assert abs(np.mean(across.astype(float) ** order)) < 1e-6


def test_the_deviates_are_normal():
    probabilities = [stats.kstest(normals(20, 1700, seed).ravel(), "norm").pvalue for seed in range(40)]
    # Of right deviates they are spread evenly.
    assert stats.kstest(probabilities, "uniform").pvalue > 0.01
    sample = normals(400, 2500, 5).reshape(-1, SIX).astype(float)
    for column in sample.T:
        power = np.ones_like(column)
        for order in range(1, 9):
            power *= column
            error = np.sqrt((MOMENTS[2 * order] - MOMENTS[order] ** 2) / column.size)
            assert abs(np.mean(power) - MOMENTS[order]) < 4 * error


def test_deviates_of_one_counter_are_independent():
    sample = normals(400, 2500, 6).reshape(-1, SIX).astype(float)
    powers = [sample, sample**2, sample**2 * sample, sample**2 * sample**2]
    # Their joint moments, 225 of them: 4.5 standard errors.
    for i, j in itertools.product((1, 2, 3, 4), repeat=2):
        expected = MOMENTS[i] * MOMENTS[j]
        found = powers[i - 1].T @ powers[j - 1] / len(sample)
        error = np.sqrt((MOMENTS[2 * i] * MOMENTS[2 * j] - expected**2) / len(sample))
        assert np.abs(found - expected)[~np.eye(SIX, dtype=bool)].max() < 4.5 * error
    # And whether directions and sizes of pairs fill their square evenly, 64 by 64.
    first, second, third = (np.arctan2(sample[:, k + 1], sample[:, k]) / (2 * np.pi) % 1 for k in (0, 2, 4))
    sizes = (np.exp(-0.5 * (sample[:, k] ** 2 + sample[:, k + 1] ** 2)) for k in (0, 2, 4))
    for one, other in itertools.combinations([first, second, third, *sizes], 2):
        counts = np.histogram2d(one, other, bins=64, range=[[0, 1], [0, 1]])[0]
        assert stats.chisquare(counts.ravel()).pvalue > 1e-4


def test_their_tails_are_exact():
    levels = np.array([3.0, 4.0, 5.0])
    draws = SIX * 33_000_000
    expected = draws * 2 * stats.norm.sf(levels)
    # 535 000, 12 500 and 114 expected: Poisson counts, four standard deviations.
    np.testing.assert_array_less(np.abs(count_beyond(levels, draws // SIX, 3) - expected), 4 * np.sqrt(expected))


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
