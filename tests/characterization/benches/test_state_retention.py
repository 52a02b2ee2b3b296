"""Retention of states: the barrier of a filament, the exponent of a drift, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization import state_retention
from synaspice.devices import MTJ, VTEAM, ParameterError, PhaseChangeMemory, StanfordRRAM
from synaspice.figures import plot, save


def test_the_barrier_of_a_filament_is_found_and_its_ten_years(tmp_path):
    """x falls as exp(-t / tau), tau = exp(E / k_B T) / nu; the gap that doubles the resistance is g_0 ln 2 wider."""
    device = StanfordRRAM(retention="arrhenius", heating="none")
    table = state_retention(device, temperature=[350.0, 400.0, 450.0], time=np.geomspace(1e-3, 1e10, 400))
    attrs = table.attrs
    assert attrs["barrier"] == pytest.approx(device.retention_energy, rel=1e-3)
    share = -math.log(1 - device.gap_scale * math.log(2) / device.gap_range)
    for one in attrs["lost"]:
        tau = math.exp(device.retention_energy / (8.617333262e-5 * one["temperature"])) / device.retention_rate
        assert one["time"] == pytest.approx(share * tau, rel=5e-3)
    ten = 10 * 365.25 * 86400 * device.retention_rate / share
    assert attrs["ten_year_temperature"] == pytest.approx(
        device.retention_energy / 8.617333262e-5 / math.log(ten), rel=1e-3
    )
    assert save(plot(table), tmp_path / "t.png").stat().st_size > 10_000


def test_the_exponent_of_phase_change_memory_is_the_same_at_all_temperatures():
    """Its law of drift knows no temperature: what the model says, and what it cannot say."""
    device = PhaseChangeMemory(initial_state=0.0)
    attrs = state_retention(device, temperature=[300.0, 350.0]).attrs
    exponent = float(device.static(log_age=0.0)["drift_exponent"])
    assert [one["exponent"] for one in attrs["lost"]] == pytest.approx([exponent] * 2, rel=1e-3)
    assert attrs["ten_year_temperature"] is None


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (VTEAM(), {}, "does not forget"),
        (MTJ(), {}, "the bench retention|does not forget"),
        (PhaseChangeMemory(), {"factor": 1.0}, "above 1"),
        (PhaseChangeMemory(), {"temperature": [0.0]}, "positive"),
        (PhaseChangeMemory(), {"time": [-1.0]}, "positive"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        state_retention(device, **how)
