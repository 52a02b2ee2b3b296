"""Potentiation and depression: NeuroSim's table, devices whose curve is its formula, and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from synaspice.characterization import potentiation, read_table, write_table
from synaspice.characterization.benches.memristors.neurosim_curve import curve, fitted_curvature, nonlinearity
from synaspice.characterization.checks.memristor_benches import Synapse
from synaspice.devices import MTJ, VTEAM, ParameterError, VolatileMemristor
from synaspice.devices.language.errors import ValidityWarning
from synaspice.figures import plot

#: Labels and normalised constants A / P_1 of the table in the authors' program MLP+NeuroSim V3.0.
TABLE = {0.01: 126.268958, 1.51: 0.819477, 3.01: 0.385310, 4.51: 0.226626, 6.01: 0.135117, 7.51: 0.070151}


@pytest.mark.parametrize(("label", "constant"), TABLE.items())
def test_the_label_is_that_of_neurosim_s_table(label, constant):
    assert nonlinearity(1 / constant) == pytest.approx(label, rel=1e-4)
    assert nonlinearity(-1 / constant) == pytest.approx(-label, rel=1e-4)


@pytest.mark.parametrize("curvature", [-40.0, -3.0, -1e-3, 0.0, 0.1, 2.0, 25.0, 300.0])
def test_the_constant_of_a_synthetic_curve_is_found(curvature):
    shares = np.linspace(0, 1, 65)
    assert fitted_curvature(shares, curve(shares, curvature)) == pytest.approx(curvature, rel=1e-5, abs=1e-6)
    assert curve(shares, curvature)[-1] == pytest.approx(1.0)


def test_the_constant_of_a_noisy_curve_is_found_within_its_error():
    """Of 200 readings with 1 % noise; 4 standard errors, from the curve's derivative to the curvature."""
    shares, noise = np.linspace(0, 1, 200), 0.01
    read = curve(shares, 3.0) + noise * np.random.default_rng(1).standard_normal(200)
    slope = (curve(shares, 3.001) - curve(shares, 2.999)) / 0.002
    assert fitted_curvature(shares, read) == pytest.approx(3.0, abs=4 * noise / np.sqrt(np.sum(slope**2)))


def test_soft_bounds_are_neurosim_s_formula():
    """dx/dt = k v (1 - x): 1 - x falls by exp(-k v w) at each pulse, so that A = 1 / (k v w) pulses."""
    device = Synapse()
    table = potentiation(device, width=2e-6, pulses=50)
    attrs = table.attrs
    assert attrs["a_potentiation"] == pytest.approx(50.0, rel=1e-4)
    assert attrs["a_depression"] == pytest.approx(50.0, rel=1e-4)
    assert attrs["nonlinearity_potentiation"] == pytest.approx(-attrs["nonlinearity_depression"], rel=1e-3)
    assert attrs["misfit_potentiation"] < 1e-6 and attrs["misfit_depression"] < 1e-6
    found = table[table["direction"] == "potentiation"]["conductance"].to_numpy()
    np.testing.assert_allclose(found, 1e-6 + 9e-6 * (1 - np.exp(-np.arange(51) / 50)), rtol=1e-6)
    assert attrs["levels"] == 51, "without noise every pulse makes a level"


def test_a_linear_synapse_has_no_nonlinearity():
    table = potentiation(Synapse(bounds_kind="hard", initial_state=0.1), width=1e-6, pulses=20, amplitude=2.0)
    attrs = table.attrs
    assert math.isinf(attrs["a_potentiation"]) and attrs["nonlinearity_potentiation"] == 0.0
    assert math.isinf(attrs["a_depression"]) and attrs["nonlinearity_depression"] == 0.0
    assert attrs["asymmetry"] == pytest.approx(0.0, abs=1e-6)


def test_levels_are_those_that_reads_tell_apart():
    """Of a linear synapse from 1.9 to 9.1 uS: neighbours at G, G' are apart by z s (G + G'), a geometric sequence."""
    device = Synapse(bounds_kind="hard", initial_state=0.1)
    how = {"width": 1e-6, "pulses": 1000, "amplitude": 0.08}
    z = 2.3263478740408408  # of 1 %
    ratio = (1 + 0.02 * z) / (1 - 0.02 * z)
    levels = potentiation(device, **how, read_noise=0.02).attrs["levels"]
    expected = 1 + math.floor(math.log(9.1 / 1.9) / math.log(ratio))
    assert expected - 1 <= levels <= expected, "steps of 1/1000 of the range lose one at most"
    assert potentiation(device, **how, read_noise=0.2).attrs["levels"] < levels


def test_default_pulses_cover_most_of_the_way_and_back(tmp_path):
    """Of soft bounds: 1 - x falls to a tenth in ln 10 / (k v), and x to a tenth likewise."""
    table = potentiation(Synapse(), pulses=16)
    np.testing.assert_allclose(table.attrs["widths"], math.log(10) / 1e4 / 16, rtol=0.02)
    up = table[table["direction"] == "potentiation"]["conductance"].to_numpy()
    down = table[table["direction"] == "depression"]["conductance"].to_numpy()
    np.testing.assert_allclose((up[-1] - up[0]) / 9e-6, 0.9, atol=0.01)
    np.testing.assert_allclose((down[0] - down[-1]) / (down[0] - up[0]), 0.9, atol=0.01)
    assert table.attrs["nonlinearity_potentiation"] > 0 > table.attrs["nonlinearity_depression"]
    again = read_table(write_table(table, tmp_path / "t.csv"))
    assert again.equals(table) and again.attrs == table.attrs
    left, right = plot(table).axes
    assert "Conductance" in left.get_ylabel() and "ΔG per pulse" in right.get_ylabel()


def test_the_spread_over_cycles_costs_levels():
    how = {"rate_on": -1.0, "rate_off": 1.0, "exponent_on": 1.0, "exponent_off": 1.0}
    pulses = {"amplitude": -0.4, "width": 5e-11, "pulses": 32, "cycles": 10}
    device = VTEAM(initial_state=1.0, cycle_to_cycle=0.02, **how)
    noisy, again = (potentiation(device, **pulses, temperature=300.0, seed=1) for _ in range(2))
    assert again.equals(noisy) and noisy["cycle"].nunique() == 10
    quiet = potentiation(device, **pulses)
    assert 1 < noisy.attrs["levels"] < quiet.attrs["levels"] == 33


def test_what_is_forgotten_between_pulses_is_told():
    with pytest.warns(ValidityWarning, match="forgets up to"):
        potentiation(Synapse(forgetting=1e5), width=2e-6, pulses=10, amplitude=5.0)


def test_cycles_that_drift_apart_are_told():
    device = Synapse(bounds_kind="hard", initial_state=0.1)
    with pytest.warns(ValidityWarning, match="outdo"):
        potentiation(device, width=1e-6, depression_width=0.2e-6, pulses=10, cycles=2)


@pytest.mark.parametrize(
    ("device", "how", "complaint"),
    [
        (Synapse(), {"amplitude": -1.0, "width": 1e-6}, "do not raise"),
        (Synapse(), {"depression": 1.0, "width": 1e-6}, "do not lower"),
        (Synapse(), {"depression": 1.0}, "does not move the conductance"),
        (Synapse(), {"amplitude": float("nan")}, "amplitude"),
        (Synapse(), {"width": 0.0}, "width"),
        (Synapse(), {"pulses": 3}, "at least 4"),
        (Synapse(), {"read_noise": -0.1}, "must not be negative"),
        (Synapse(), {"error_rate": 0.5}, "below a half"),
        (Synapse(), {"seed": 1}, "give a temperature"),
        (MTJ(), {}, "give the amplitude"),
        (VTEAM(), {"amplitude": 1e-3, "width": 1e-9}, "do not raise"),
        (VolatileMemristor(), {}, "does not move|raises the conductance|no two reference states"),
    ],
)
def test_what_makes_no_sense_is_refused(device, how, complaint):
    with pytest.raises(ParameterError, match=complaint):
        potentiation(device, **how)
