"""The published parameter sets that come with the package."""

from __future__ import annotations

import math
import re
from importlib import resources

import pytest

from synaspice.characterization.bench import suitable_benches
from synaspice.devices import MTJ
from synaspice.devices.catalog import models
from synaspice.devices.core.oscillator_protocols import Oscillation
from synaspice.devices.core.protocols import Drift, Stimulus, Sweep, Switching

FOLDER = resources.files("synaspice.devices") / "presets"
FILES = sorted(
    ((folder.name, file) for folder in FOLDER.iterdir() if folder.is_dir() for file in folder.iterdir()),
    key=lambda pair: (pair[0], pair[1].name),
)
every_preset = pytest.mark.parametrize(
    ("model", "name"),
    [(model, file.name.removesuffix(".toml")) for model, file in FILES],
    ids=[f"{model}/{file.name}" for model, file in FILES],
)


def device_of(model, name):
    return models()[model].preset(name)


def test_there_are_presets_and_every_folder_is_a_models():
    assert FILES
    assert {model for model, _ in FILES} <= set(models())
    assert all(re.fullmatch(r"[a-z]+(19|20)\d\d(-[a-z0-9-]+)?\.toml", file.name) for _, file in FILES)


@every_preset
def test_a_preset_is_found_under_its_files_name(model, name):
    preset = models()[model].presets()[name]
    assert preset.name == name
    assert preset.model == model
    assert preset.title
    assert preset.reference
    assert re.search(r"\((19|20)\d\d\)", preset.reference), "the reference has no year"
    assert re.search(r"(19|20)\d\d", name).group() in preset.reference


@every_preset
def test_a_doi_looks_like_one(model, name):
    doi = models()[model].presets()[name].doi
    if doi:
        # Prefix 10.NNNN, a slash, a suffix without blanks (doi.org, DOI Handbook, 2.2); no "https://doi.org/".
        assert re.fullmatch(r"10\.\d{4,9}/\S+", doi)


def test_only_publications_without_a_doi_lack_one():
    without = {preset.reference for model in models().values() for preset in model.presets().values() if not preset.doi}
    # Radioengineering gave no DOIs in 2009.
    assert all("Radioengineering" in reference for reference in without)


@every_preset
def test_a_table_names_the_publication(model, name):
    reference = device_of(model, name).simulate(0.0, 1e-12, points=2).attrs["reference"]
    preset = models()[model].presets()[name]
    assert reference.startswith(preset.reference)
    assert reference.endswith(f"doi:{preset.doi}" if preset.doi else preset.reference)


@every_preset
def test_every_value_is_a_parameter_within_its_bounds(model, name):
    # Making the device checks names, choices and bounds.
    device = device_of(model, name)
    preset = device.provenance
    for key, value in preset.values.items():
        assert {**device.values, **device.options}[key] == value


@every_preset
def test_derived_quantities_are_finite(model, name):
    assert all(math.isfinite(value) for value in device_of(model, name).derived.values())


@every_preset
def test_what_its_benches_need_can_be_suggested(model, name):
    device = device_of(model, name)
    benches = suitable_benches(device)
    assert set(device.provenance.benches) <= set(benches)
    for quantity in device.loops if "hysteresis" in benches else ():
        sweep = device.protocol(Sweep, quantity)
        assert sweep.amplitude > 0
        assert sweep.period > 0
    if "amplitude" in benches:
        suggested = device.protocol(Oscillation)
        assert len(suggested.currents) > 3
        assert 1e6 < suggested.frequency < 1e12
    if "switching" in benches:
        pulses = device.protocol(Switching)
        assert {pulses.start, pulses.end} <= set(device.reference_states())
    if "drift" in benches:
        assert min(device.protocol(Drift).times) > 0
    assert device.protocol(Stimulus).duration > 0


mtj_presets = pytest.mark.parametrize("name", sorted(MTJ.presets()))


@mtj_presets
def test_a_junction_is_as_stable_as_it_should_be(name):
    device = MTJ.preset(name)
    # A p-bit forgets within a second, tau_0 exp(20) with tau_0 = 1 ns. Retention of a memory needs about 40 k_B T, and
    # more than 200 is not built: a device far off has a wrong unit somewhere.
    if device.provenance.title.startswith("p-bit"):
        assert 0 <= device.thermal_stability < 20
    else:
        assert 20 < device.thermal_stability < 200
        assert device.anisotropy_field > 0
    # Equal for a round pillar, but for rounding.
    assert device.hard_axis_field >= device.anisotropy_field * (1 - 1e-12)


@mtj_presets
def test_the_reference_layer_lies_on_the_easy_axis_or_the_title_says_otherwise(name):
    device = MTJ.preset(name)
    pull = dict(zip("xyz", device.pull, strict=True))
    # Of directions that are alike, as in the plane of a round pillar, the first.
    easy = next(axis for axis in "xyz" if pull[axis] >= max(pull.values()) - 1e-9 * device.hard_axis_field)
    title = device.provenance.title
    if "in-plane reference layer" in title:
        assert device.reference_layer["xyz".index(easy)] == pytest.approx(0, abs=1e-15)
        return
    assert ("in-plane" in title or "inplane" in name) == (easy != "z")
    assert abs(device.reference_layer["xyz".index(easy)]) == pytest.approx(1)


@mtj_presets
def test_a_junctions_resistances_and_currents_are_those_of_real_ones(name):
    device = MTJ.preset(name)
    assert 0 < device.parallel_resistance < device.antiparallel_resistance
    assert device.critical_current_to_antiparallel < 0 < device.critical_current_to_parallel
    factors = [getattr(device, f"demagnetizing_factor_{axis}") for axis in "xyz"]
    # One by theory; garciaredondo2021 quotes three rounded factors that sum to 0.999.
    assert sum(factors) == pytest.approx(1, abs=1.01e-3)
