"""Registries: one thing for each name, and other people's packages, good and bad."""

from __future__ import annotations

import importlib
import importlib.metadata
import subprocess
import sys
from pathlib import Path

import pytest

from synaspice.characterization.bench import BENCHES
from synaspice.characterization.cells.bench import CELL_BENCHES
from synaspice.circuits import PBit
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.cmos import TECHNOLOGIES
from synaspice.devices import (
    MTJ,
    VTEAM,
    DuplicateNameError,
    ParameterError,
    PlugInWarning,
    SynaspiceError,
    UnknownNameError,
)
from synaspice.devices.core.base import MODELS
from synaspice.devices.language.declarations.declaration import Branch
from synaspice.devices.language.errors import with_article
from synaspice.devices.language.presets.preset_folders import PRESETS, PresetFolder
from synaspice.devices.language.registry import Registry, Selection, summary
from synaspice.devices.model import CompactModel
from synaspice.devices.targets.formats import FORMATS
from synaspice.devices.targets.spice.dialects import DIALECTS, LTSPICE

PRESET = """
model = "vteam"
title = "somebody's"
reference = "nobody"
doi = ""
[parameters]
resistance_on = { value = 123.0, provenance = "assumed", source = "a number" }
"""


def test_a_second_class_of_the_same_name_is_refused_and_breaks_nothing():
    code = """
import sys
from synaspice.devices.language.errors import DuplicateNameError
from synaspice.devices.model import CompactModel
try:
    class VTEAM(CompactModel):
        "Somebody's."
except DuplicateNameError as error:
    print(error)
from synaspice.devices import VTEAM
print(VTEAM.preset("talati2016"))
"""
    # Nothing of this package's models has been imported when the class is made.
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [
        "there is a device 'vteam' already, synaspice.devices.models.memristors.vteam.VTEAM: "
        "give __main__.VTEAM another name",
        "VTEAM.preset('talati2016')",
    ]


def test_the_same_cell_of_a_notebook_may_run_again():
    scope = {"__name__": "notebook", "CompactModel": CompactModel, "Branch": Branch}
    code = "class OfANotebook(CompactModel):\n    voltage = Branch('p', 'n', 'voltage')"
    try:
        exec(code, scope)
        first = scope["OfANotebook"]
        exec(code, scope)
        assert MODELS["of-a-notebook"] is scope["OfANotebook"] is not first
        with pytest.raises(DuplicateNameError, match=r"notebook.OfANotebook: give another.OfANotebook another name"):
            exec(code, {**scope, "__name__": "another"})
        assert MODELS["of-a-notebook"] is scope["OfANotebook"]
    finally:
        MODELS._items.pop("of-a-notebook")


def test_things_without_a_name_of_their_own_are_of_the_module_that_registers_them():
    registry: Registry[object] = Registry("number", (), "nobody.numbers")
    registry.register("one", 1)
    registry.register("one", 1)
    code = compile("registry.register('one', 1)", "elsewhere", "exec")
    with pytest.raises(DuplicateNameError, match=r"give elsewhere.int another name"):
        exec(code, {"__name__": "elsewhere", "registry": registry})


def test_only_things_of_the_kind_are_taken():
    with pytest.raises(ParameterError, match="3 is not a thing of the kind 'device'"):
        MODELS.register("number", 3)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="kind 'export format'"):
        FORMATS.register("number", 3)  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="kind 'preset folder'"):
        PRESETS.register("a-text", "presets")  # type: ignore[arg-type]
    assert "number" not in MODELS


@pytest.mark.parametrize("name", ["", " ", "two words", " padded", 3, None])
def test_a_name_is_one_word(name):
    with pytest.raises(ParameterError, match="a name of the kind 'export format' is one word, not"):
        FORMATS.register(name, LTSPICE)


def test_what_is_not_there_is_told_with_the_nearest_name():
    for registry, wrong in ((MODELS, "vtaem"), (FORMATS, "verilog"), (DIALECTS, "ngspise"), (MODELS, 3), (MODELS, [])):
        with pytest.raises(UnknownNameError, match=f"unknown {registry.kind}.*known: "):
            registry.find(wrong)


def test_a_selection_is_what_is_of_a_type():
    assert set(DIALECTS) == {"ngspice", "xyce", "ltspice", "hspice", "spectre"} < set(FORMATS)
    assert DIALECTS["ltspice"] is LTSPICE
    with pytest.raises(KeyError, match="verilog-a"):
        DIALECTS["verilog-a"]
    numbers: Registry[object] = Registry("thing", (), "nobody.things")
    numbers.register("one", 1)
    numbers.register("word", "word")
    assert dict(Selection("number", numbers, int)) == {"one": 1}


def test_an_article_goes_with_its_noun():
    with pytest.raises(DuplicateNameError, match="there is an export format 'ngspice' already"):
        exec("FORMATS.register('ngspice', LTSPICE)", {"__name__": "x", "FORMATS": FORMATS, "LTSPICE": LTSPICE})
    assert with_article("device") == "a device"


def test_case_alone_makes_no_other_name():
    things: Registry[object] = Registry("thing", (), "nobody.things")
    things.register("In-House", 1)
    with pytest.raises(UnknownNameError, match="unknown thing 'IN-HOUSE'; did you mean 'In-House'"):
        things.find("IN-HOUSE")
    with pytest.raises(UnknownNameError, match="unknown export format 'NGSPICE'; did you mean 'ngspice'"):
        FORMATS.find("NGSPICE")
    with pytest.raises(DuplicateNameError, match="there is a thing 'In-House' already"):
        things.register("in-house", 1)
    assert dict(things) == {"In-House": 1}


@pytest.mark.parametrize(
    ("registry", "thing", "name"),
    [
        (MODELS, VTEAM, "vteam"),
        (CELLS, PBit, "p-bit"),
        (BENCHES, BENCHES["iv"], "iv"),
        (CELL_BENCHES, CELL_BENCHES["p-bit"], "p-bit"),
        (TECHNOLOGIES, TECHNOLOGIES["generic"], "generic"),
    ],
)
def test_what_has_a_name_is_registered_under_no_other(registry, thing, name):
    with pytest.raises(ParameterError, match=f"the {registry.kind} '{name}' cannot be registered under another name"):
        registry.register("another", thing)
    assert "another" not in registry and registry[name] is thing


# --- other people's packages ----------------------------------------------------------------


@pytest.fixture
def package(tmp_path, monkeypatch):
    """Make a module and an entry point for it, as an installed package would have them."""

    def make(group: str, value: str, source: str = "") -> None:
        (tmp_path / "somebodys.py").write_text(source)
        info = tmp_path / "somebodys-1.0.dist-info"
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: somebodys\nVersion: 1.0\n")
        (info / "entry_points.txt").write_text(f"[{group}]\nthing = {value}\n")
        monkeypatch.syspath_prepend(tmp_path)
        importlib.invalidate_caches()
        monkeypatch.delitem(sys.modules, "somebodys", raising=False)

    return make


def test_an_entry_point_is_a_thing_or_a_module_that_registers(package):
    package("nobody.things", "somebodys:thing", "thing = 5")
    registry: Registry[object] = Registry("thing", (), "nobody.things")
    assert dict(registry) == {"thing": 5} and registry.own() == {}
    package("nobody.things", "somebodys", "def thing(): ...")
    assert not Registry("thing", (), "nobody.things"), "a module is not a thing"


@pytest.mark.parametrize(
    ("value", "source", "said"),
    [
        ("nowhere", "", "the module 'nowhere' of the package 'somebodys' is left out: ModuleNotFoundError"),
        ("somebodys", "1/0", "the module 'somebodys' of the package 'somebodys' is left out: ZeroDivisionError"),
        (
            "somebodys:thing",
            "thing = 'text'",
            "the number 'thing' of .* out: 'text' is not a thing of the kind 'number'",
        ),
        ("somebodys:another", "", "the module 'somebodys' of .* is left out: AttributeError"),
    ],
)
def test_a_package_with_a_fault_is_left_out_with_a_warning(package, value, source, said):
    package("nobody.things", value, source)
    registry: Registry[int] = Registry("number", (), "nobody.things", lambda item: isinstance(item, int))
    registry.register("one", 1)
    with pytest.warns(PlugInWarning, match=said):
        assert dict(registry) == {"one": 1}


def test_a_function_that_a_decorator_registers_is_a_thing_itself(package):
    package(
        "synaspice.benches",
        "somebodys:forgetting",
        "from synaspice.characterization.bench import bench\n@bench()\ndef forgetting(device):\n    'Watch.'",
    )
    benches = Registry("bench", (), "synaspice.benches", BENCHES.accepts, BENCHES.name_of)
    try:
        with pytest.warns(PlugInWarning, match="is not a thing of the kind 'bench'"):
            assert not benches, "it registers in another registry"
        (entry,) = importlib.metadata.entry_points(group="synaspice.benches", name="thing")
        BENCHES._take_in(entry)
        assert BENCHES["forgetting"].summary == "Watch"
    finally:
        BENCHES._items.pop("forgetting", None)


def test_a_package_cannot_take_a_name(package):
    package("nobody.things", "somebodys:thing", "thing = 5")
    registry: Registry[object] = Registry("number", (), "nobody.things")
    registry.register("thing", 1)
    with pytest.warns(PlugInWarning, match="is left out: there is a number 'thing' already"):
        assert dict(registry) == {"thing": 1}


# --- presets ---------------------------------------------------------------------------------


def test_a_users_own_file_is_a_preset(tmp_path, monkeypatch):
    (tmp_path / "mine.toml").write_text(PRESET)
    monkeypatch.chdir(tmp_path)
    for file in ("mine.toml", tmp_path / "mine.toml"):
        device = VTEAM.preset(file, resistance_off=456.0)
        assert (device.resistance_on, device.resistance_off) == (123.0, 456.0)
        assert device.source_of("resistance_on") == "a number"
        assert eval(repr(device), {"VTEAM": VTEAM}) == device
    assert device.provenance.title == "somebody's"


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        (None, ParameterError, "cannot be read"),
        ("model = ", ParameterError, "cannot be read"),
        ("model = " + 5000 * "9", ParameterError, "cannot be read"),  # more digits than Python takes
        ("model = 'vteam'", ParameterError, "lacks"),
        (PRESET.replace("vteam", "mtj"), ParameterError, "is for the model 'mtj', not for 'vteam'"),
        (PRESET.replace("resistance_on", "resistance_in"), UnknownNameError, "did you mean 'resistance_on'"),
        (PRESET.replace("123.0", "-1.0"), ParameterError, "outside its bounds"),
        (PRESET.replace("resistance_on", "position_on").replace("123.0", "3e-9"), ParameterError, "position_off"),
    ],
)
def test_a_file_that_is_no_preset_is_refused_by_its_path(tmp_path, text, error, said):
    file = tmp_path / "mine.toml"
    if text is not None:
        file.write_text(text)
    with pytest.raises(error, match=f"^preset file '{file}'.*{said}"):
        VTEAM.preset(file)


def test_a_path_of_a_preset_knows_the_users_home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.toml").write_text(PRESET)
    for file in ("~/mine.toml", Path("~/mine.toml")):
        assert VTEAM.preset(file).resistance_on == 123.0
    with pytest.raises(ParameterError, match="cannot be read"):
        VTEAM.preset("~nobody-of-that-name/mine.toml")


@pytest.mark.parametrize("name", ["./mine", "mine.tml", "mine.TOML", "~/mine", Path("mine")])
def test_what_looks_like_a_path_is_told_how_a_path_looks(name):
    with pytest.raises((ParameterError, UnknownNameError), match=r"a preset of your own is a path that ends in \.toml"):
        VTEAM.preset(name)
    with pytest.raises(UnknownNameError, match=r"unknown preset of vteam 'Talati2016'; did you mean 'talati2016'\? \("):
        VTEAM.preset("Talati2016")


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "vteam").mkdir()
    (tmp_path / "vteam" / "nested.toml").write_text(PRESET)
    (tmp_path / "loose.toml").write_text(PRESET)
    yield tmp_path
    PRESETS._items.pop("ours", None)


def test_a_folder_of_presets_registers(folder):
    before = VTEAM.presets()
    PRESETS.register("ours", PresetFolder(folder))
    assert set(VTEAM.presets()) == {*before, "nested", "loose"}
    assert list(VTEAM.presets())[: len(before)] == list(before)
    assert VTEAM.preset("nested") == VTEAM.preset("loose") == VTEAM(resistance_on=123.0)
    assert "nested" not in MTJ.presets()


def test_a_preset_of_a_name_that_is_taken_is_refused(folder):
    (folder / "vteam" / "talati2016.toml").write_text(PRESET)
    with pytest.raises(DuplicateNameError, match="a preset of vteam 'talati2016' already"):
        PRESETS.register("ours", PresetFolder(folder))
    assert VTEAM.preset("talati2016").provenance.title != "somebody's"
    with pytest.raises(ParameterError, match="is not a folder"):
        PresetFolder(folder / "nowhere")


def test_a_faulty_preset_of_somebody_takes_no_other_away(folder):
    (folder / "vteam" / "bad.toml").write_text(PRESET.replace("resistance_on", "resistance_in"))
    (folder / "vteam" / "low.toml").write_text(PRESET.replace("123.0", "-123.0"))
    (folder / "unreadable.toml").write_text("model = ")
    (folder / "nested.toml").write_text(PRESET)
    before = VTEAM.presets()
    with pytest.warns(PlugInWarning) as told:  # noqa: PT031 (either of both warns of some)
        PRESETS.register("ours", PresetFolder(folder))
        found = VTEAM.presets()
    assert set(found) == {*before, "nested", "loose"}
    said = sorted(str(warning.message) for warning in told)
    assert len(said) == 4
    for message, file, reason in zip(
        said,
        ("unreadable", "vteam/bad", "vteam/low", "nested"),
        ("cannot be read", "'resistance_in'; did you mean 'resistance_on'?", "bounds", "already"),
        strict=True,
    ):
        assert message.startswith("a preset is left out: ") and f"{folder / file}.toml" in message and reason in message
        assert "known:" not in message
    # Everything else goes on, silently; who asks for one by name is told why it is not there.
    assert VTEAM.preset("talati2016").provenance is before["talati2016"] and "low" not in VTEAM.presets()
    for name, reason in (("bad", "resistance_in"), ("low", "bounds"), ("unreadable", "cannot be read")):
        with pytest.raises(SynaspiceError, match=reason):
            VTEAM.preset(name)


def test_a_package_with_a_preset_whose_name_is_taken_keeps_its_others(package, folder, monkeypatch):
    package("synaspice.presets", "somebodyspresets")
    (folder / "somebodyspresets" / "vteam").mkdir(parents=True)
    (folder / "somebodyspresets" / "__init__.py").touch()
    for name in ("Talati2016", "theirs"):
        (folder / "somebodyspresets" / "vteam" / f"{name}.toml").write_text(PRESET)
    (entry,) = importlib.metadata.entry_points(group="synaspice.presets", name="thing")
    try:
        with pytest.warns(
            PlugInWarning, match=r"a preset of vteam 'talati2016' already.*Talati2016\.toml another name"
        ):
            PRESETS._take_in(entry)
        assert {"talati2016", "theirs"} <= set(VTEAM.presets())
        assert "Talati2016" not in VTEAM.presets()
    finally:
        PRESETS._items.pop("thing", None)


def test_the_summary_of_what_has_none_is_empty():
    assert summary(lambda: None) == ""
    assert summary(VTEAM) == "Memristor that moves only beyond voltage thresholds (VTEAM)."
