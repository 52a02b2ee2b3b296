"""Every structure and preset: the numeric engine against the generated netlist in ngspice."""

from __future__ import annotations

import importlib
from dataclasses import replace

import pytest
from netlist_reference import expected_rates

from synaspice.characterization import agreement
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.decks import held_branches, instance, nodes_of
from synaspice.devices.catalog import models

# The devices of the package: other tests define some of their own.
MODELS = {name: model for name, model in models().items() if model.__module__.startswith("synaspice.")}


def device_of(name, preset):
    return MODELS[name].preset(preset) if preset else MODELS[name]()


def by_structure():
    """The default device of each structure of a model, or the first preset that has it, and the other presets."""
    found = {}
    for name, model in MODELS.items():
        for preset in [None, *model.presets()]:
            found.setdefault(device_of(name, preset).structure, []).append((name, preset))
    return list(found.values())


#: Steps at tight tolerances, over the suggested one: four times as long as a user's, which makes differences of 3e-4 at
#: most (ElectrothermalMTJ); half of that where they were larger (MTJ: 8e-4). A latch that flips within a step flips a
#: step later in ngspice 47.
STEPS = {"mtj": 0.4, "stanford-rram": 0.4, "volatile-memristor": 0.2}
#: Part of the suggested stimulus: a film that oscillates as the current rises does so as it falls.
PARTS = {"kumar2017-like": 0.5}
STRUCTURES = by_structure()
OTHERS = [other for _, *others in STRUCTURES for other in others]
#: Below and beyond the thresholds of most devices. [V]
VOLTAGES = (0.1, -0.8)


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize(("name", "preset"), [first for first, *_ in STRUCTURES])
def test_both_engines_give_the_same(name, preset, monkeypatch):
    """Static curves to 1e-6; states to 1e-2 at ngspice's default tolerances (reltol 1e-3) and to 1e-3 at tight ones.

    Once for each structure, and at tight ones once for each model: that the rates of all options are the same to 1e-6,
    with values drawn from the whole of their bounds, stands in test_forms.py. The page docs/accuracy/agreement.md has
    the transients of all presets.
    """
    module = importlib.import_module("synaspice.characterization.studies.agreement")
    monkeypatch.setattr(module, "TIGHTER_STEP", STEPS.get(name, 0.8))
    tight, device = preset is None, device_of(name, preset)
    stimulus = device.suggested_stimulus()
    part = replace(stimulus, duration=PARTS.get(preset, 1.0) * stimulus.duration)
    monkeypatch.setattr(type(device), "suggested_stimulus", lambda device: part)
    row = agreement(device, native=False, tight=tight, vacask=False).iloc[0]
    assert row["static_difference"] < 1e-6
    assert row["state_difference"] < 1e-2
    assert row["instant_difference"] < 5e-3
    if tight:
        assert row["state_difference_tight"] < 1e-3


@pytest.mark.ngspice
@pytest.mark.parametrize("name", dict.fromkeys(name for name, _ in OTHERS))
def test_every_preset_conducts_and_moves_the_same_in_a_netlist(name):
    """The presets that are not compared in transients: currents and rates at the start to 1e-6, all in one netlist."""
    cases = [(device_of(name, preset), volts) for other, preset in OTHERS if other == name for volts in VOLTAGES]
    lines = [f"* {name}"]
    for k, (device, volts) in enumerate(cases):
        subcircuit, own = device.subcircuit(name=f"dut_{k}"), f"_{k}"
        nodes, branch = nodes_of(device, own), next(iter(device.branches().values()))
        lines += [str(subcircuit), f"V{own} {nodes[branch.positive]} {nodes[branch.negative]} DC {volts!r}"]
        lines += [*held_branches(device, subcircuit, own), instance(device, subcircuit, {}, own)]
    table = ngspice.run("\n".join(lines), ngspice.OperatingPoint(), options={"reltol": 1e-6, "abstol": 1e-15})
    for k, (device, volts) in enumerate(cases):
        branch, rates = next(iter(device.branches().values())), expected_rates(device, volts)
        current = device.static(**{branch.name: volts})[branch.current].item()
        assert abs(current) > 1e-15
        assert -table[f"i(v_{k})"].item() == pytest.approx(current, rel=1e-6), f"{device!r} at {volts} V"
        found = {state: table[f"v(x{k}.rate_{state})"].item() for state in rates}
        fastest = max([*map(abs, rates.values()), 1e-3])
        assert found == pytest.approx(rates, rel=0, abs=1e-6 * fastest), f"{device!r} at {volts} V"
