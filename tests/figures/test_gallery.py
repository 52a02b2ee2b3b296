"""The main job on a few devices, the page, and which tables are told in words."""

from __future__ import annotations

import itertools
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import numpy as np
import pandas as pd
import pytest
from shell import synaspice

from synaspice.characterization import iv
from synaspice.devices import MTJ, VTEAM
from synaspice.devices.core.metadata import described_table
from synaspice.devices.language.errors import UnknownNameError, ValidityWarning, warn_user
from synaspice.figures import gallery
from synaspice.figures.drawing import drawing_of
from synaspice.figures.gallery import Outcome, _do, _netlist_part, _picture_part, _table_part, alike, make_gallery
from synaspice.figures.gallery_entries import CellEntry, CrossbarEntry, DeviceEntry, entries
from synaspice.figures.gallery_page import Section, Shown, conditions_of, write_page
from synaspice.figures.gallery_record import settings_of

VOID = {"meta", "img", "br", "link", "hr", "input"}


class Page(HTMLParser):
    """Reads a page strictly: every element is closed, in order; and collects links, pictures and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.pictures: list[dict[str, str]] = []
        self.tags: set[str] = set()
        self.feed(text)
        self.close()
        assert not self.open, f"not closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        if tag == "img":
            self.pictures.append(found)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gallery")
    names = ["linear-ion-drift:prodromakis2011", "linear-ion-drift:strukov2008", "crossbar"]
    return folder, make_gallery(folder, only=names, processes=1)


@pytest.mark.ngspice
def test_a_gallery_has_tables_figures_netlists_and_a_page(made):
    folder, summary = made
    assert list(summary["preset"]) == ["prodromakis2011", "strukov2008"]
    # ngspice's last state is the numeric engine's, at the accuracy of its default tolerances
    assert summary["difference"].max() < 2e-2
    assert len(pd.read_csv(folder / "summary.csv")) == 2
    for name in ("figures/{}-hysteresis.png", "tables/{}-iv.csv", "tables/{}-iv.parquet", "netlists/{}.sub"):
        assert (folder / name.format("linear-ion-drift-strukov2008")).stat().st_size > 100
    assert (folder / "figures" / "crossbar-wire-resistance.png").is_file()


@pytest.mark.ngspice
def test_the_page_is_whole_and_takes_nothing_from_elsewhere(made):
    folder, _ = made
    text = (folder / "index.html").read_text(encoding="utf-8")
    page = Page(text)
    assert text.startswith("<!DOCTYPE html>") and not page.tags & {"script", "link", "iframe", "object"}
    assert len(page.ids) == len(set(page.ids))
    assert page.pictures and all(picture["alt"] for picture in page.pictures)
    for address in [*page.links, *(picture["src"] for picture in page.pictures)]:
        if address.startswith("https://doi.org/"):
            continue
        assert "://" not in address
        there = address[1:] in page.ids if address.startswith("#") else (folder / unquote(address)).is_file()
        assert there, address
    assert "url(" not in text and "@import" not in text


@pytest.mark.ngspice
def test_what_a_picture_would_not_say_is_told_in_words(made):
    folder, _ = made
    text = (folder / "index.html").read_text(encoding="utf-8")
    assert "Ohmic within 1 % up to 1 V: on 100 Ω, off 16 kΩ." in text
    assert not list((folder / "figures").glob("*-iv.png"))
    # Both windows are one at the bounds' resistances: one spectrum.
    assert not (folder / "figures" / "linear-ion-drift-strukov2008-noise.png").exists()
    assert re.search(r'within 1 % that of <a href="figures/linear-ion-drift-prodromakis2011-noise.png">', text)


def test_the_page_escapes_what_it_is_told(tmp_path):
    rude = '<script>alert("&")</script>'

    class Rude(CrossbarEntry):
        title = description = rude
        source = rude, '10.1/"><b>'

    shown = [Shown("a", "a b", rude, rude, rude), Shown("b", "b", rude, rude, rude, words=rude)]
    (tmp_path / "figures").mkdir()
    text = write_page(tmp_path, [Section(Rude(), shown)], [rude], []).read_text(encoding="utf-8")
    assert "script" not in Page(text).tags and "figures/a%20b.png" in text


def test_a_gallery_goes_on_where_it_was_interrupted(tmp_path, monkeypatch, capsys):
    """What is finished is not made again, unless it has changed or is asked for."""
    made = []
    whole = DeviceEntry.measure

    def measure(entry, name):
        if len(made) == 2 and not done:
            raise KeyboardInterrupt
        made.append(name)
        return whole(entry, name)

    monkeypatch.setattr(DeviceEntry, "measure", measure)
    monkeypatch.setattr("synaspice.figures.gallery.write_page", lambda *arguments: None)
    monkeypatch.setattr("synaspice.figures.gallery._make_netlist", lambda entry, folder: Outcome(entry, "netlist"))
    how = {"only": ["linear-ion-drift:strukov2008"], "processes": 1}
    done = []
    with pytest.raises(KeyboardInterrupt):
        make_gallery(tmp_path, **how)
    assert len(made) == 2
    done.append(True)
    summary = make_gallery(tmp_path, **how)
    runs = entries(how["only"])[0].runs()
    assert sorted(made) == sorted(runs), "each was measured once"
    assert "2 of " in capsys.readouterr().err
    before = (tmp_path / "finished.json").read_text()
    assert make_gallery(tmp_path, **how).equals(summary)
    assert len(made) == len(runs) and (tmp_path / "finished.json").read_text() == before
    (tmp_path / "tables" / "linear-ion-drift-strukov2008-iv.parquet").write_bytes(b"nothing")
    make_gallery(tmp_path, **how)
    assert made[len(runs) :] == ["iv"]
    (tmp_path / "finished.json").write_text("[")
    make_gallery(tmp_path, **how)
    assert len(made) == 2 * len(runs) + 1
    make_gallery(tmp_path, **how, force=True)
    assert len(made) == 3 * len(runs) + 1


def test_a_warning_says_of_which_preset_it_is(tmp_path, monkeypatch):
    def measure(entry, name):
        warn_user("too hot", ValidityWarning)
        return iv(entry.device, [0.0, 0.1])

    monkeypatch.setattr(DeviceEntry, "measure", measure)
    entry = DeviceEntry("linear-ion-drift", "strukov2008")
    with pytest.warns(ValidityWarning, match="^linear-ion-drift-strukov2008, iv: too hot$"):
        _, found = _do(0, *_called(_table_part(entry, "iv", None)))
    monkeypatch.setattr(gallery, "_make_netlist", lambda *_: warn_user("too steep", ValidityWarning))
    with pytest.warns(ValidityWarning, match="^linear-ion-drift-strukov2008, netlist: too steep$"):
        _do(1, *_called(_netlist_part(entry, tmp_path)))
    monkeypatch.setattr(gallery, "_draw", lambda *_: warn_user("too wide", ValidityWarning))
    with pytest.warns(ValidityWarning, match="^linear-ion-drift-strukov2008, iv: too wide$"):
        _do(2, *_called(_picture_part(found, tmp_path / "iv.png")))


def _called(part):
    """What a process is given of a part."""
    return part.what, part.function, *part.arguments


def test_only_figures_go_straight_into_the_folder(tmp_path):
    make_gallery(tmp_path, only=["linear-ion-drift:strukov2008"], tables=False, netlists=False, processes=1)
    assert {path.suffix for path in tmp_path.iterdir()} == {".png"}


def test_names_choose_what_is_shown():
    assert [entry.stem for entry in entries(["crossbar", "mtj:ikeda2010"])] == ["mtj-ikeda2010", "crossbar"]
    everything, quick = entries(all_cells=True), entries()
    assert {entry.stem for entry in everything} - {entry.stem for entry in quick} >= {"spin-neuron"}
    assert {"axon-hillock", "inverter"} <= {entry.stem for entry in quick}
    assert entries(["spin-neuron"]) == [CellEntry("spin-neuron")], "what is asked for is not too long"
    with pytest.raises(UnknownNameError, match="ikeda2010"):
        entries(["ikeda2010"])
    assert DeviceEntry("mtj", "ikeda2010").family == "Magnetic tunnel junctions"


def test_a_seed_is_that_of_all_that_is_random():
    (seeded,), (own,) = entries(["mtj:ikeda2010"], seed=7), entries(["mtj:ikeda2010"])
    assert {given["seed"] for given in seeded.runs().values() if "seed" in given} == {7}
    assert "seed" not in seeded.runs()["iv"] and seeded.runs()["iv"] == own.runs()["iv"]
    assert own.runs()["switching"]["seed"] == 1 and seeded.runs()["switching"]["seed"] == 7
    assert entries(["p-bit"], seed=7)[0].runs() == {"bench": {"seed": 7}}
    assert entries(["inverter"], seed=7)[0].runs() == {"bench": {}}
    assert settings_of(seeded, "switching") != settings_of(own, "switching")


def in_words(bench: str, columns: dict, **attributes) -> str | None:
    table = described_table(
        {name: (values, unit, "") for name, (values, unit) in columns.items()}, bench=bench, **attributes
    )
    return drawing_of(table).in_words(table)


@pytest.mark.parametrize(("slope", "told"), [(0.0, True), (0.009, True), (0.011, False)])
def test_a_spectrum_that_is_white_within_a_hundredth_is_a_number(slope, told):
    frequency = np.geomspace(1e3, 1e9, 7)
    columns = {
        "state": (["on"] * 7, ""),
        "frequency": (frequency, "Hz"),
        "current_noise": (1e-24 * (1 + slope * np.linspace(0, 1, 7)), "A^2/Hz"),
    }
    found = in_words("noise", columns, voltage=0.1, method="small-signal")
    assert (found is not None) == told
    assert not told or ("on 1" in found and "e-24 A²/Hz" in found)


def test_a_resistance_that_does_not_bend_is_a_number():
    assert drawing_of(table := iv(VTEAM())).in_words(table).startswith("Ohmic within 1 % up to")
    assert drawing_of(table := iv(MTJ(), np.linspace(-1, 1, 11))).in_words(table) is None


@pytest.mark.parametrize(
    ("thresholds", "expected"),
    [
        ((2, 2, 2), "between 100 mV and 200 mV"),
        ((2, 2, 3), None),
        ((0, 0, 0), "Every pulse"),
        ((9, 9, 9), "No pulse"),
        ((2, 2, 9), None),
    ],
)
def test_a_threshold_that_does_not_depend_on_the_width_is_a_number(thresholds, expected):
    rows = [
        (w, 0.1 * k, k >= edge) for w, edge in zip((1e-9, 2e-9, 4e-9), thresholds, strict=True) for k in range(1, 5)
    ]
    width, voltage, switched = (list(column) for column in zip(*rows, strict=True))
    count = np.array(switched, dtype=int)
    columns = {"width": (width, "s"), "voltage": (voltage, "V"), "trajectories": ([1] * len(rows), "1")}
    columns |= {"switched": (count, "1"), "probability": (count.astype(float), "1")}
    found = in_words("switching", columns, swept="voltage", start="off")
    assert (found is None) if expected is None else (expected in found)


@pytest.mark.parametrize(("bend", "told"), [(0.0, True), (0.02, False)])
def test_a_velocity_that_follows_the_law_of_low_drive_is_a_number(bend, told):
    current = np.linspace(0, 1e-3, 5)
    columns = {
        "current": (current, "A"),
        "velocity": (1e5 * current * (1 - bend), "m/s"),
        "low_drive_velocity": (1e5 * current, "m/s"),
        "turns": (0 * current, "Hz"),
    }
    found = in_words("velocity", columns, driven="current")
    assert (found is not None and "100 m/s at 1 mA" in found) == told


def test_tables_are_alike_within_a_hundredth():
    table = pd.DataFrame({"state": ["a", "a"], "value": [1e-9, 1.0]})
    for factor, expected in ((1.0, True), (1.009, True), (1.02, False)):
        assert alike(table, table.assign(value=[1e-9, factor])) is expected
    assert not alike(table, table.assign(state=["a", "b"])) and not alike(table, table.iloc[:1])


def test_a_loop_names_its_sweep_rate_and_that_it_is_quiet():
    columns = {"voltage": ([0.0, 1.0], "V")}
    about = {"bench": "hysteresis", "device": "mtj", "swept": "voltage", "amplitude": 0.5, "engine": "numeric"}
    for waveform, rate in (("triangle", "at 20 mV/ns"), ("sine", "at most 31.4 mV/ns")):
        table = described_table(
            {n: (v, u, "") for n, (v, u) in columns.items()}, **about, waveform=waveform, period=1e-7
        )
        told = conditions_of(table)
        assert rate in told and "±500 mV and 100 ns" in told and "without thermal noise" in told
    assert all(told.count(word) == 1 for word in itertools.chain(("engine numeric",)))


def test_the_command_can_leave_out_all_but_the_figures(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr("synaspice.figures.gallery.make_gallery", lambda folder, **how: asked.append(how))
    for options in ((), ("--figures-only",)):
        assert synaspice("gallery", "-o", tmp_path, *options).returncode == 0
    assert [(how["tables"], how["netlists"]) for how in asked] == [(True, True), (False, False)]
