"""Maps of where a magnet switches, against Stoner's and Wohlfarth's astroid and the macrospin's critical currents."""

from __future__ import annotations

import math

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy.optimize import fsolve

from synaspice.characterization import astroid, switching_map
from synaspice.characterization.checks.maps import FLAT, ROUND
from synaspice.devices import VTEAM, DomainWallMagnet, ParameterError, UnknownNameError
from synaspice.figures import plot


@pytest.fixture(autouse=True)
def closed():
    yield
    plt.close("all")


@pytest.mark.parametrize("device", [ROUND, FLAT])
def test_states_are_lost_on_the_astroid_of_stoner_and_wohlfarth(device):
    oblique = [-179.9, -120.0, -85.0, -30.0, 10.0, 45.0, 89.9, 91.0, 150.0]
    table = astroid(device, angle=[*oblique, -90.0, 0.0, 90.0, 180.0])
    hold = device.anisotropy_field
    parts = np.abs(table["field_easy"] / hold) ** (2 / 3) + np.abs(table["field_hard"] / hold) ** (2 / 3)
    np.testing.assert_allclose(parts[: len(oblique)], 1.0, rtol=1e-7)
    # where curves of equilibria cross
    np.testing.assert_allclose(table["field"][len(oblique) :], hold, rtol=1e-3)
    np.testing.assert_allclose(table["field"], table["stoner_wohlfarth"], rtol=1e-3)
    assert plot(table)


def test_towards_the_hardest_axis_the_magnetisation_leaves_the_plane_first():
    """The stiffness towards y vanishes before that in the plane of x and z does."""
    pull = {axis: FLAT.derived[f"pull_{axis}"] for axis in "xyz"}
    angles = np.array([100.0, 120.0, 135.0, 170.0])
    table = astroid(FLAT, angle=angles, axis="z")
    for degrees, field in zip(angles, table["field"], strict=True):
        along, across = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))

        def stiffness(values, along=along, across=across):
            turned, size = values[0], values[1] * FLAT.anisotropy_field
            x, z = math.cos(turned), math.sin(turned)
            torque = size * (across * x - along * z) - (pull["x"] - pull["z"]) * x * z
            held = size * (along * x + across * z) + pull["x"] * x**2 + pull["z"] * z**2 - pull["y"]
            return [torque / FLAT.hard_axis_field, held / FLAT.anisotropy_field]

        expected = fsolve(stiffness, [0.1, 1.0], xtol=1e-13)[1] * FLAT.anisotropy_field
        assert field == pytest.approx(expected, rel=1e-6)
    assert (table["field"] < 0.6 * table["stoner_wohlfarth"]).all()
    assert astroid(FLAT, angle=180.0, axis="z")["field"][0] == pytest.approx(FLAT.anisotropy_field, rel=1e-3)


def test_an_astroid_is_refused_to_what_has_none():
    for device in (VTEAM(), DomainWallMagnet()):
        with pytest.raises(ParameterError, match="no magnetisation that turns as a whole"):
            astroid(device)
    with pytest.raises(ParameterError, match="z is the easy axis"):
        astroid(ROUND, axis="z")
    with pytest.raises(ParameterError, match="angle must be finite"):
        astroid(ROUND, angle=[0.0, math.nan])
    with pytest.raises(ParameterError, match="no states to leave"):
        astroid(ROUND.replace(interfacial_anisotropy=0.0), angle=30.0)  # a round film in its plane


def test_the_phase_diagram_has_the_critical_currents_and_fields():
    """In pulses of the default width, within the grid and the two percent by which that moves the threshold."""
    critical, hold = abs(ROUND.critical_current_to_antiparallel), ROUND.anisotropy_field
    # Half as many currents as by default.
    largest = 1.5 * abs(ROUND.critical_current_to_antiparallel)
    table = switching_map(ROUND, current=np.linspace(-largest, largest, 21))
    assert table.attrs["map"] == ["current", "field"] and not table["undecided"].any()
    step = {name: np.diff(np.unique(table[name])).min() for name in table.attrs["map"]}
    for state, side in (("parallel", 1.0), ("antiparallel", -1.0)):
        part = table[table["start"] == state]
        still = part[np.isclose(part["current"], 0.0, atol=1e-9)]
        lost = still[still["switched"] == 1]["field"]
        assert 0.98 * hold <= np.min(-side * lost) <= 1.03 * hold + step["field"]
        assert (still["switched"] == (-side * still["field"] > np.min(-side * lost) - 1e-6)).all()
        plain = part[np.isclose(part["field"], 0.0, atol=1e-6)]
        own = abs(table.attrs["critical_currents"][state])
        first = np.min(-side * plain[plain["switched"] == 1]["current"])
        assert 0.98 * own <= first <= 1.03 * own + step["current"]
        # the line between
        linear = own * (1 + side * part["field"] / hold)
        over = -side * part["current"] - linear
        # a magnet tilted by theta_0 = 0.15 is held by cos(theta_0) less, and its torque depends on the angle
        assert not part["switched"][over < -0.03 * critical].any()
        # Where i P^2 / (1 - P^2) < 1, with i = 1 + h, the antiparallel magnet does not precess before it is reversed.
        square = ROUND.polarization_reference**2
        at_once = side * part["field"] / hold < 0.9 * ((1 - square) / square - 1)
        assert part["switched"][at_once & (over > 0.03 * critical)].all()
    assert plot(table)


def test_noisy_trajectories_tell_how_probably():
    options = {"field": 0.0, "width": [5e-9, 3e-8], "states": ["antiparallel"], "temperature": 300.0, "seed": 3}
    critical = ROUND.critical_current_to_parallel
    table = switching_map(ROUND, current=[-critical, 1.2 * critical, 4 * critical], trajectories=32, **options)
    share = table.pivot_table(index="current", columns="width", values="probability").to_numpy()
    assert (share[0] == 0).all() and (share[2] == 1).all()
    assert 0 < share[1, 0] < 1 and share[1, 0] < share[1, 1]
    assert (table["lower"] <= table["probability"]).all() and (table["probability"] <= table["upper"]).all()
    assert plot(table)


def test_a_map_is_kept_and_resumed(tmp_path):
    options = {"current": [0.0, 2e-4], "width": [5e-9, 1e-8], "states": ["antiparallel"]}
    table = switching_map(ROUND, checkpoint=tmp_path / "map", **options)
    assert table["field"].eq(0.0).all() and table["switched"].tolist() == [0, 0, 1, 1]
    assert switching_map(ROUND, checkpoint=tmp_path / "map", **options).equals(table)


def test_a_map_by_voltage_has_no_line():
    table = switching_map(ROUND, voltage=[-3.0, 0.0, 3.0], width=[5e-9, 1e-8], states=["parallel"])
    assert "critical_currents" not in table.attrs and table["switched"].tolist() == [1, 1, 0, 0, 0, 0]
    assert plot(table)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"current": 0.0, "field": 0.0}, "two quantities"),
        ({"current": [0.0, 1e-5], "field": [0.0, 1e4], "width": [1e-9, 2e-9]}, "two quantities"),
        ({"current": [0.0, 1e-5], "voltage": [0.0, 0.1]}, "not both"),
        ({"tilt": 1.0}, "no start in a state"),
        ({"temperature": 300.0, "checkpoint": "nowhere"}, "give a seed"),
        ({"width": [-1e-9, 1e-9]}, "positive"),
    ],
)
def test_what_makes_no_map_is_refused(given, says):
    with pytest.raises(ParameterError, match=says):
        switching_map(ROUND, **given)


def test_devices_and_states_that_make_no_map_are_refused():
    with pytest.raises(ParameterError, match="no magnetisation that turns as a whole"):
        switching_map(VTEAM())
    with pytest.raises(UnknownNameError, match="unknown state of mtj 'sideways'"):
        switching_map(ROUND, states=["sideways"])
    with pytest.raises(ParameterError, match="no states to start from"):
        switching_map(ROUND.replace(diameter=4e-9))
