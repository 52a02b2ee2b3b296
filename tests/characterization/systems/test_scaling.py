"""Scale: exponents of growth, what a billion devices cost, and the structure of what is measured; nothing is timed."""

from __future__ import annotations

import numpy as np
import pytest

from synaspice.characterization import read_table
from synaspice.characterization.systems import scaling
from synaspice.devices import AutoOscillator, ParameterError, Sky130RERAM
from synaspice.figures import make_systems

SMALL = scaling.Size((2, 4), (4, 6), 1)


def test_a_power_law_gives_its_exponent_and_noise_its_error():
    sizes = np.array([10.0, 20.0, 40.0, 80.0])
    exact = scaling.growth(sizes, 3e-6 * sizes**1.5)
    assert exact.exponent == pytest.approx(1.5) and exact.error < 1e-9
    assert exact.at(160.0) == pytest.approx(3e-6 * 160**1.5)
    pulls = []
    for seed in range(200):
        noise = np.exp(0.1 * np.random.default_rng(seed).standard_normal(8))
        many = np.geomspace(10, 1000, 8)
        found = scaling.growth(many, many**2 * noise)
        pulls.append((found.exponent - 2) / found.error)
    assert np.mean(np.abs(pulls) < 2.45) == pytest.approx(0.95, abs=0.05)  # Student's t of 6 degrees of freedom
    assert np.isnan(scaling.growth([1, 2], [1, 2]).error)


def test_a_billion_devices_by_arithmetic():
    found = scaling.billion(2e6, 2, 5.0, 1e-3)
    assert found == {"seconds": 500.0, "joules": 5000.0, "watts": 1e6}


@pytest.mark.parametrize(
    "make",
    [
        lambda: scaling.growth([1, 2], [1.0]),
        lambda: scaling.growth([1, 1], [1.0, 2.0]),
        lambda: scaling.growth([1, 2], [0.0, 2.0]),
        lambda: scaling.billion(0.0, 1, 1.0, 1.0),
        lambda: scaling.study_scaling(Sky130RERAM(), size=SMALL),
        lambda: scaling.study_scaling("oscillator", size=SMALL),
    ],
)
def test_what_cannot_be_is_refused(make):
    with pytest.raises(ParameterError):
        make()


def test_the_work_is_what_it_is_said_to_be():
    """Reservoirs are those of one call, and layers those of the crossbar's products without wires."""
    device = AutoOscillator(initial_power=0.2)
    states = scaling.reservoirs(device, 1.4e-3, 3, 1, 5)
    assert states.shape == (3, scaling.STEPS, scaling.NODES) and np.ptp(states) > 0
    currents = scaling.layers(6, 4, 5)
    random = np.random.default_rng(5)
    weights = random.uniform(*scaling.CELLS, (6, 6))
    ideal = scaling.READ_VOLTAGE * random.random((4, 6)) @ weights
    np.testing.assert_allclose(currents, ideal, rtol=5e-3)
    assert np.all(currents < ideal)  # the wires take their part


def check_structure(times, size, places):
    """A row for every place and size, of positive times."""
    assert len(times) == len(places) * (len(size.sequences) + len(size.crossings))
    assert set(times["place"]) == set(places) and (times[["seconds", "processor_seconds"]] > 0).all().all()
    own = times[times["work"] == "crossbar"]
    assert own["units"].tolist() == [scaling.VECTORS * n for n in own["size"]]


def test_times_have_their_structure(monkeypatch):
    """On one core; places with processes are in test_the_system_says_the_machine_and_its_load."""
    monkeypatch.setattr(scaling, "PLACES", {"one core": 1})
    tables = scaling.study_scaling(AutoOscillator(), size=SMALL, seed=1)
    times = tables["times"]
    check_structure(times, SMALL, ["one core"])
    assert set(tables["growth"]["place"]) == {"one core"}
    assert times.attrs["processor"] and len(times.attrs["load"]) == 2


@pytest.mark.slow
def test_the_system_says_the_machine_and_its_load(tmp_path):
    pytest.importorskip("distributed")
    told: list[str] = []
    make_systems(tmp_path, ["scale"], quick=True, tell=told.append)
    assert "load before and after" in "".join(told) and any("1e9 oscillators" in line for line in told)
    check_structure(read_table(tmp_path / "scale-times.csv"), scaling.QUICK, scaling.PLACES)
    assert (tmp_path / "scale.pdf").stat().st_size > 5_000
