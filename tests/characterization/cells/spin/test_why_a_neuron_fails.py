"""What a bench of spin neurons says of a cell that does not work."""

from __future__ import annotations

import pandas as pd
import pytest

from synaspice.characterization.cells.spin.spin_neuron import _why_not

PATTERNS = [(0, 0), (0, 1), (1, 0), (1, 1)]
SUMS = [-2e-6, -1e-6, -1e-6, 1e-6]


@pytest.mark.parametrize(
    ("fired", "worst", "change", "told"),
    [
        ([0, 0, 0, 1], 1e-6, 1e-3, None),
        ([1, 1, 1, 1], 1e-6, 1e-3, "fires for 00, 01, 10, whose sum is below the threshold"),
        ([0, 0, 0, 0], 1e-6, 1e-3, "does not fire for 11, whose sum is above it"),
        ([0, 0, 0, 1], 2e-2, 1e-3, "errs in 0.02 of the decisions"),
        ([0, 0, 0, 1], float("nan"), 0.05, "errs in nan of the decisions; a weight moves by 5.0% of its range"),
    ],
)
def test_every_fault_is_told(fired, worst, change, told):
    measured = pd.DataFrame({"weighted_sum": SUMS, "fired": fired})
    assert _why_not(measured, PATTERNS, worst, change) == told
