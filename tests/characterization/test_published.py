"""The presets' devices give what was published of them, and their notes say nothing else."""

from __future__ import annotations

import re
import tomllib
from importlib import resources

import pytest

from synaspice.characterization.published import MEASURES, deviation, published_results, reproduce
from synaspice.devices import ParameterError, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.language.presets.preset_file import Result

PRESETS = [(model, preset) for model in models().values() for preset in model.presets().values()]
RESULTS = [
    pytest.param(model, preset, key, id=f"{preset.model}/{preset.name}/{key}")
    for model, preset in PRESETS
    for key in preset.reproduces
]
each_preset = pytest.mark.parametrize(
    ("model", "preset"), PRESETS, ids=[f"{preset.model}/{preset.name}" for _, preset in PRESETS]
)
#: What has digits in notes and is not a number: placeholders, formulas, citations, figures, and names such as mumax3.
NAMES = [
    r"\{[^{}]*\}",
    r"`[^`]*`",
    r"arXiv:\S+",
    r"\([A-Z][A-Za-z. ]+ \d+, \d+, (19|20)\d\d\)|Nano Lett\. \d+, \d+ \((19|20)\d\d\)",
    r"\b(19|20)\d\d\b",
    r"\b(Fig\.|eq\.|version Beta) \(?\d+[a-z]?\)?(-\(\d+\))?",
    r"[A-Za-z_]\w*\d[\w-]*",
]


@pytest.mark.parametrize(("model", "preset", "key"), RESULTS)
def test_a_published_result_is_found_again(model, preset, key):
    result = preset.reproduces[key]
    off = deviation(result, reproduce(model.preset(preset.name), result))
    # What is said to differ must: a result that has come to agree is to be told so.
    assert (off > result.tolerance) == bool(result.differs), f"off by {off:.3g}, tolerance {result.tolerance:g}"


@each_preset
def test_a_preset_that_bears_a_papers_name_has_its_values_and_its_results(model, preset):
    found = preset.counts["read"] + preset.counts["second-hand"]
    if preset.name.endswith("-like"):
        assert preset.share_read < 0.5
    else:
        assert found
        assert preset.reproduces


@each_preset
def test_the_notes_have_no_number_that_is_not_a_value_or_a_result(model, preset):
    folder = resources.files("synaspice.devices") / "presets" / preset.model
    notes = tomllib.loads((folder / f"{preset.name}.toml").read_text(encoding="utf-8")).get("notes", "")
    rest = " ".join(notes.split())
    for name in NAMES:
        rest = re.sub(name, "", rest)
    assert not re.findall(r"[^ ]*\d[^ ]*", rest)
    assert "{" not in preset.notes


def test_a_result_of_unknown_measure_or_of_another_unit_is_refused():
    device = models()["mtj"].preset("garciaredondo2021")
    good = device.provenance.reproduces["resistance_parallel"]
    assert deviation(good, reproduce(device, good)) < 1e-3

    def other(**changes):
        return Result(**{**vars(good), **changes})

    with pytest.raises(UnknownNameError, match="did you mean 'thermal_stability'"):
        reproduce(device, other(measure="thermal_stabilty"))
    with pytest.raises(ParameterError, match="measured in 'ohm'"):
        reproduce(device, other(unit="V"))
    with pytest.raises(ParameterError, match="cannot be measured"):
        reproduce(device, other(at={"voltag": 1.0}))
    with pytest.raises(ParameterError, match="cannot be measured"):
        reproduce(device, other(measure="threshold_set", unit="V"))


def test_a_result_that_the_parameters_move_is_not_found_again():
    device = models()["mtj"].preset("zhang2012", saturation_magnetization=456e3)
    result = device.provenance.reproduces["thermal_stability"]
    assert deviation(result, reproduce(device.replace(uniaxial_anisotropy=32376.0), result)) > 0.5


def test_the_table_has_a_row_for_every_result():
    table = published_results()
    assert len(table) == len(RESULTS)
    assert set(table["measure"]) <= set(MEASURES)
    assert table["agrees"].eq(table["differs"] == "").all()
