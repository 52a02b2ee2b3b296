"""Every device with every preset: the numeric engine against the generated netlist in ngspice."""

from __future__ import annotations

import pytest

from synaspice.characterization import agreement
from synaspice.devices.catalog import models

# The devices of the package: other tests define some of their own.
EVERYTHING = [
    (name, preset)
    for name, model in models().items()
    if model.__module__.startswith("synaspice.")
    for preset in [None, *model.presets()]
]


def _first_of_its_structure():
    """Presets that differ in values alone have the same equations and the same netlist, but for its parameters."""
    seen = set()
    for name, preset in EVERYTHING:
        model = models()[name]
        structure = (model.preset(preset) if preset else model()).structure
        yield structure not in seen
        seen.add(structure)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "preset", "tight"),
    [(*case, first) for case, first in zip(EVERYTHING, _first_of_its_structure(), strict=True)],
)
def test_both_engines_give_the_same(name, preset, tight):
    """Static curves to 1e-6; states to 1e-2 at ngspice's default tolerances (reltol 1e-3) and to 1e-3 at tight ones."""
    model = models()[name]
    row = agreement(model.preset(preset) if preset else model(), native=False, tight=tight).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference"] < 1e-2
    assert row["instant_difference"] < 5e-3
    if tight:
        assert row["state_difference_tight"] < 1e-3
