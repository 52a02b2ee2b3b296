"""Every device with every preset: the numeric engine against the generated netlist in ngspice."""

from __future__ import annotations

import importlib

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


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "preset", "tight"),
    [(name, preset, preset is None) for name, preset in EVERYTHING],
)
def test_both_engines_give_the_same(name, preset, tight, monkeypatch):
    """Static curves to 1e-6; states to 1e-2 at ngspice's default tolerances (reltol 1e-3) and to 1e-3 at tight ones.

    At tight ones once for each model: that the rates of all options are the same to 1e-6 stands in test_forms.py.
    """
    # Half as many steps as a user's: differences of 3.5e-4 at most (StanfordRRAM) in place of 1.4e-4. A latch that
    # flips within one of them flips a step later in ngspice 47.
    if name != "volatile-memristor":
        module = importlib.import_module("synaspice.characterization.studies.agreement")
        monkeypatch.setattr(module, "TIGHTER_STEP", 0.4)
    model = models()[name]
    row = agreement(model.preset(preset) if preset else model(), native=False, tight=tight, vacask=False).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference"] < 1e-2
    assert row["instant_difference"] < 5e-3
    if tight:
        assert row["state_difference_tight"] < 1e-3
