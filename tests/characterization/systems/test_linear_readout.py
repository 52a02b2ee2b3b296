"""The linear readout: its leave-one-out error is that of leaving one out, and it finds what is there."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import train_readout
from synaspice.characterization.systems import linear_readout
from synaspice.devices import ParameterError


def data(samples, noise, generator):
    x = generator.standard_normal((samples, 5)) * [1, 10, 0.1, 1, 1] + [0, 3, 0, 1, 0]
    return x, x @ [1.0, -0.2, 3.0, 0.0, 0.5] + 2.0 + noise * generator.standard_normal(samples)


def test_exact_targets_are_found():
    x, y = data(40, 0.0, np.random.default_rng(1))
    readout = train_readout(x, y)
    np.testing.assert_allclose(readout.weights, [1.0, -0.2, 3.0, 0.0, 0.5], atol=1e-7)
    np.testing.assert_allclose(readout(x), y, atol=1e-7)


def test_the_penalty_has_the_smallest_error_of_samples_that_are_left_out(monkeypatch):
    """Each sample left out in truth, with the centre and the scale of all as the formula has them."""
    x, y = data(15, 3.0, np.random.default_rng(2))
    scaled = np.column_stack([np.ones(15), (x - x.mean(axis=0)) / x.std(axis=0)])

    def left_out(penalty):
        ridge = np.diag([0.0, *[penalty * 15] * 5])
        errors = []
        for k in range(15):
            others = np.delete(np.arange(15), k)
            a = scaled[others]
            w = np.linalg.solve(a.T @ a + ridge, a.T @ y[others])
            errors.append(y[k] - scaled[k] @ w)
        return np.mean(np.square(errors))

    penalties = (1e-3, 1e-2, 1e-1, 1.0, 10.0)
    monkeypatch.setattr(linear_readout, "PENALTIES", penalties)
    assert train_readout(x, y).penalty == min(penalties, key=left_out)


def test_features_that_never_change_or_repeat_do_no_harm():
    x, y = data(40, 0.0, np.random.default_rng(3))
    readout = train_readout(np.column_stack([x, x[:, 0], np.ones(40)]), np.column_stack([y, -y]))
    outputs = readout(np.column_stack([x, x[:, 0], np.ones(40)]))
    np.testing.assert_allclose(outputs, np.column_stack([y, -y]), atol=1e-6)
    assert train_readout(np.ones((4, 2)), [0, 1, 1, 0])(np.ones((1, 2)))[0] == pytest.approx(0.5)


def test_targets_that_do_not_fit_are_refused():
    with pytest.raises(ParameterError, match="target"):
        train_readout(np.ones((4, 2)), np.ones(3))
    with pytest.raises(ParameterError, match="features"):
        train_readout(np.ones(4), np.ones(4))
