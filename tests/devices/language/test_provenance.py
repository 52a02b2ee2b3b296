"""What a preset file may say, how sure its values are, and where that is shown."""

from __future__ import annotations

import pytest

from synaspice.characterization import iv
from synaspice.devices import MTJ, CompactModel, ParameterError, UnknownNameError
from synaspice.devices.catalog import models
from synaspice.devices.language.presets.preset import Preset
from synaspice.devices.language.presets.provenance import GRADES
from synaspice.devices.models.spin.spin_channel import channel_materials
from synaspice.figures import plot

VTEAM = models()["vteam"]
EVERYTHING = [preset for model in models().values() for preset in model.presets().values()]
HEAD = {key: f'{key} = "x"' for key in ("title", "reference", "doi")} | {"model": 'model = "vteam"'}
ENTRY = {"value": "value = 100.0", "provenance": 'provenance = "read"', "source": 'source = "Table 1"'}
DRIVE = '[drive]\nkind = "sine"\namplitude = 1.0\nfrequency = 50.0\nprovenance = "read"\nsource = "Fig. 1"\n'
RESULT = '{ measure = "tmr", value = 1.0, unit = "1", tolerance = 0.1, provenance = "read", source = "abstract" }'


def file_of(head=HEAD, entry=ENTRY, name="resistance_on", rest=""):
    return "\n".join(head.values()) + f"\n[parameters]\n{name} = {{ {', '.join(entry.values())} }}\n{rest}"


def without(table, key):
    return {name: text for name, text in table.items() if name != key}


def read(text, model: type[CompactModel] | None = VTEAM):
    return Preset.from_toml("some2000", text, model)


def test_a_file_with_every_entry_is_read():
    rest = f"{DRIVE}[reproduces]\nratio = {RESULT}\n"
    head = HEAD | {"notes": 'notes = "{resistance_on}, {amplitude}, {ratio}"', "benches": 'benches = ["drift"]'}
    preset = read(file_of(head, rest=rest))
    assert preset.notes == "100 ohm, 1 V, 1"
    assert preset.values == {"resistance_on": 100.0}
    assert preset.grades == {"resistance_on": "read"}
    assert preset.drive["frequency"] == 50.0
    assert preset.benches == ("drift",)
    assert preset.reproduces["ratio"].measure == "tmr"
    assert preset.share_read == 1
    assert preset.counts == {"read": 1, "second-hand": 0, "derived": 0, "assumed": 0}


@pytest.mark.parametrize("missing", [*HEAD, "parameters", *ENTRY])
def test_a_file_that_lacks_an_entry_is_refused_by_name(missing):
    text = file_of(without(HEAD, missing), without(ENTRY, missing))
    if missing == "parameters":
        text = "\n".join(HEAD.values())
    with pytest.raises(ParameterError, match=f"preset file 'some2000' lacks the entry '{missing}'"):
        read(text)


@pytest.mark.parametrize("missing", ["kind", "amplitude", "frequency", "provenance", "source"])
def test_a_drive_that_lacks_an_entry_is_refused_by_name(missing):
    drive = "\n".join(line for line in DRIVE.splitlines() if not line.startswith(missing))
    with pytest.raises(ParameterError, match=f"lacks the entry '{missing}'"):
        read(file_of(rest=drive))


@pytest.mark.parametrize("missing", ["measure", "value", "unit", "tolerance", "provenance", "source"])
def test_a_result_that_lacks_an_entry_is_refused_by_name(missing):
    result = ", ".join(part for part in RESULT.strip("{} ").split(", ") if not part.startswith(missing))
    with pytest.raises(ParameterError, match=f"lacks the entry '{missing}'"):
        read(file_of(rest=f"[reproduces]\nratio = {{ {result} }}"))


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        (file_of(rest=DRIVE.replace("drive", "dirve")), "drive"),
        (file_of(rest=DRIVE.replace('"sine"', '"sinus"')), "sine"),
        (file_of(rest=DRIVE.replace("amplitude", "amplitud")), "amplitude"),
        (file_of(HEAD | {"note": 'note = "x"'}), "notes"),
        (file_of(name="resistance_onn"), "resistance_on"),
        (file_of(entry=ENTRY | {"provenance": 'provenance = "secondhand"'}), "second-hand"),
        (file_of(entry=ENTRY | {"sourc": 'sourc = "x"'}), "source"),
        (file_of(name="window", entry=ENTRY | {"value": 'value = "biolec"'}), "biolek"),
        (file_of(HEAD | {"notes": 'notes = "{resistance_o}"'}), "resistance_on"),
        (file_of(rest=f"[reproduces]\nratio = {RESULT.replace('tolerance', 'tolerence')}"), "tolerance"),
    ],
)
def test_a_misspelt_name_is_refused_with_the_nearest_one(text, suggestion):
    with pytest.raises(UnknownNameError, match=f"did you mean '{suggestion}'"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "model = ",
        file_of(HEAD | {"title": "title = 3"}),
        file_of(HEAD | {"model": 'model = "mtj"'}),
        file_of(HEAD | {"benches": 'benches = "drift"'}),
        file_of(entry=ENTRY | {"value": 'value = "100"'}),
        file_of(entry=ENTRY | {"value": "value = true"}),
        file_of(entry=ENTRY | {"value": "value = nan"}),
        file_of(entry=ENTRY | {"value": f"value = {'9' * 400}"}),
        file_of(name="window", entry=ENTRY),
        file_of(entry=ENTRY | {"source": 'source = " "'}),
        file_of(entry=ENTRY | {"provenance": 'provenance = "second-hand"', "source": 'source = ""'}),
        file_of(rest=DRIVE.replace("1.0", '"1"')),
        file_of(rest=DRIVE.replace("50.0", "-50.0")),
        file_of(rest=DRIVE.replace("50.0", "9" * 400)),
        file_of(rest='[drive]\ncurrents = [1.0]\nprovenance = "read"\nsource = "Fig. 1"'),
        file_of(rest=f"[reproduces]\nratio = {RESULT.replace('0.1', '0.0')}"),
        "\n".join(HEAD.values()) + "\nparameters = 3",
    ],
)
def test_an_entry_of_the_wrong_kind_is_refused(text):
    with pytest.raises(ParameterError, match="some2000"):
        read(text)


def test_without_a_model_any_parameter_name_will_do():
    assert read(file_of(name="conductivity"), None).values == {"conductivity": 100.0}


@pytest.mark.parametrize("preset", EVERYTHING, ids=lambda preset: f"{preset.model}/{preset.name}")
def test_the_counts_of_a_preset_are_those_of_its_values(preset):
    assert sum(preset.counts.values()) == len(preset.values) == len(preset.grades)
    assert preset.share_read == pytest.approx(preset.counts["read"] / len(preset.values))
    assert set(preset.grades.values()) <= set(GRADES)


def test_channel_materials_are_graded_too():
    assert all(set(material.grades.values()) <= set(GRADES) for material in channel_materials().values())


def test_a_devices_summary_follows_its_values():
    preset = VTEAM.presets()["taherinejad2019"]
    read_now = preset.counts["read"]
    assert VTEAM.preset("taherinejad2019").provenance_summary == preset.summary
    assert f"({read_now} of {len(preset.values)} values" in preset.summary
    changed = VTEAM.preset("taherinejad2019", resistance_on=123.0).provenance_summary
    assert f"({read_now - 1} of {len(preset.values)} values" in changed
    assert "1 given" in changed
    assert VTEAM().provenance_summary.startswith("0 % read")


def test_the_table_of_parameters_has_the_grades():
    device = MTJ.preset("garciaredondo2021", damping=0.5)
    table = device.parameters().set_index("name")
    assert table.loc["damping", "provenance"] == "given"
    assert table.loc["diameter", "provenance"] == "read"
    assert table.loc["tmr", "provenance"] == "derived"
    assert table.loc["tmr_half_voltage", "provenance"] == "assumed"
    assert table.loc["uniaxial_anisotropy", "provenance"] == "default"
    assert table.loc["width", "provenance"] == "computed"
    assert table.loc["parallel_resistance", "provenance"] == "computed"


@pytest.mark.parametrize("dialect", ["ngspice", "verilog-a", "spectre"])
def test_a_netlists_header_tells_the_share_that_was_read(dialect):
    device = MTJ.preset("garciaredondo2021")
    text = device.netlist(dialect)
    head = " ".join(line.lstrip("*/+ ") for line in text.splitlines()[:60])
    assert f"Values: {device.provenance_summary}" in head


def test_tables_and_figures_tell_the_share_that_was_read():
    device = MTJ.preset("garciaredondo2021")
    table = iv(device)
    assert table.attrs["provenance"] == device.provenance_summary
    assert f"values: {device.provenance_summary}" in plot(table).get_suptitle()
