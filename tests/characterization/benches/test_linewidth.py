"""The bench of an oscillator's line, against the theory of Slavin and Tiberkevich and against noisy trajectories."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import linewidth
from synaspice.devices import MTJ, VTEAM, AutoOscillator, ParameterError
from synaspice.figures import plot

DEVICE = AutoOscillator(action=1e-26)


def test_where_noise_is_not_weak_there_is_no_width():
    device = AutoOscillator()
    table = linewidth(device, current=[1.05e-3, 1.9e-3], offset=[1e6], temperature=300.0)
    assert np.isfinite(table["frequency"]).all() and np.isfinite(table["relaxation_frequency"]).all()
    assert np.isnan(table["linewidth"][0]) and np.isnan(table["phase_noise"][0])


def test_over_the_field_and_its_figure():
    device = MTJ.preset("taniguchi2013-like")
    fields = np.array([1.2e5, 1.8e5])
    table = linewidth(device, current=[-3e-3], field=fields, axis="z", temperature=20.0)
    rows = table.drop_duplicates("field")
    assert np.all(np.diff(rows["frequency"]) > 0) and np.isfinite(rows["linewidth"]).all()
    same = linewidth(device.replace(field_z=fields[1]), current=[-3e-3], temperature=20.0).iloc[0]
    assert rows["linewidth"].iloc[1] == pytest.approx(same["linewidth"], rel=1e-6)
    assert len(plot(table).axes) == 3


def test_what_has_no_line_is_refused():
    with pytest.raises(ParameterError, match="vteam offers no Oscillation"):
        linewidth(VTEAM())
    with pytest.raises(ParameterError, match="no periodic orbit"):
        linewidth(DEVICE, current=0.5e-3)
    with pytest.raises(ParameterError, match="no magnetic field along z"):
        linewidth(DEVICE, field=[0.0])
    with pytest.raises(ParameterError, match="temperature"):
        linewidth(DEVICE, temperature=0.0)
