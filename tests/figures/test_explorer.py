"""The explorer: sliders, views, downloads; the page itself in a browser without a screen."""

import contextlib
import shutil
import socket
import time
import tomllib
import urllib.request

import numpy as np
import pytest

from synaspice.characterization import iv, write_table
from synaspice.devices import MTJ, VTEAM
from synaspice.devices.catalog import models
from synaspice.devices.language.errors import ParameterError, UnknownNameError
from synaspice.devices.language.presets.preset import Preset
from synaspice.figures.explorer.controls import values_of
from synaspice.figures.explorer.exploration import Exploration, parsed_columns
from synaspice.figures.explorer.page import LOOPBACK, explore
from synaspice.figures.explorer.views import views_of

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next(filter(None, map(shutil.which, NAMES)), None)


@pytest.mark.parametrize("name", list(models()))
def test_sliders_offer_values_within_the_bounds(name):
    model = models()[name]
    for device in (model(), *map(model.preset, model.presets())):
        for parameter, declared in device.parameter_declarations().items():
            values = list(values_of(device, parameter).values())
            low, high = declared.bounds
            assert getattr(device, parameter) in values
            assert all(low <= value <= high for value in values)
            assert len(values) > 5 or high == low, (parameter, values)


@pytest.mark.parametrize("name", list(models()))
def test_every_view_of_every_device(name):
    exploration = Exploration(name)
    assert views_of(exploration.device)
    for view in views_of(exploration.device):
        if view == "loop":  # the gallery draws all of them
            continue
        shown = exploration.show(view)
        assert shown.figure is not None or shown.said
        if shown.figure is not None:
            assert len(shown.table) > 10
            assert shown.figure.axes


def test_what_is_set_is_shown_and_exported():
    exploration = Exploration("vteam", "talati2016")
    before = exploration.show("iv").table["current"].abs().max()
    exploration.set("resistance_on", "500 ohm")
    after = exploration.show("iv").table["current"].abs().max()
    assert after != pytest.approx(before)
    assert exploration.changed == {"resistance_on": "500 ohm"}
    assert "resistance_on=500" in exploration.netlist()
    preset = Preset.from_toml("mine", exploration.preset_file(), VTEAM)
    assert (preset.values["resistance_on"], preset.grades["resistance_on"]) == (500.0, "assumed")
    assert tomllib.loads(exploration.preset_file())["model"] == "vteam"
    assert "# synaspice table" in exploration.table_file(exploration.show("iv").table)


def test_an_orbit_has_the_lines_of_its_spectrum():
    table = Exploration("vortex-oscillator").show("orbit", 1.0).table
    assert table.attrs["carrier"] > 0
    peak = table["frequency"][table["noise"].idxmax()]
    assert peak == pytest.approx(table.attrs["carrier"], rel=1e-2)


def test_what_cannot_be_drawn_is_told():
    exploration = Exploration("mtj", "taniguchi2013-like")
    shown = exploration.show("orbit", 0.0)
    assert shown.figure is not None or "A" in shown.said
    with pytest.raises(UnknownNameError, match="unknown view 'photograph'"):
        exploration.show("photograph")


def test_what_makes_no_sense_leaves_all_as_it_was():
    exploration = Exploration("mtj")
    with pytest.raises(ParameterError, match="is outside its bounds"):
        exploration.set("diameter", "-3n")
    with pytest.raises(UnknownNameError, match="unknown parameter of mtj 'radius'"):
        exploration.set("radius", 1.0)
    assert exploration.changed == {}
    assert exploration.device == MTJ()


def test_measured_data_are_drawn_over_it(tmp_path):
    device = MTJ(resistance_area_product=6e-12)
    measured = write_table(iv(device, np.linspace(-0.5, 0.5, 21)), tmp_path / "measured.csv")
    exploration = Exploration("mtj")
    lines = len(exploration.show("iv").figure.axes[0].lines)
    assert exploration.read("measured.csv", measured.read_bytes()).startswith("42 rows")
    assert len(exploration.show("iv").figure.axes[0].lines) > lines
    exploration.forget()
    assert len(exploration.show("iv").figure.axes[0].lines) == lines
    with pytest.raises(ParameterError, match="no row of numbers"):
        exploration.read("photograph.csv", b"\x00\x01")


def test_columns_as_they_are_typed():
    assert parsed_columns("voltage=V1 [mV], current=3 [uA]") == {"voltage": "V1 [mV]", "current": "3 [uA]"}
    assert parsed_columns(" ") == {}
    with pytest.raises(ParameterError, match="quantity=head"):
        parsed_columns("voltage")


def test_what_cannot_be_served():
    with pytest.raises(UnknownNameError, match="unknown device 'mjt'"):
        explore("mjt")
    with pytest.raises(UnknownNameError, match="unknown preset of mtj 'nobody1999'"):
        explore("mtj", "nobody1999")


@contextlib.contextmanager
def served(*arguments):
    """The address of an explorer in a thread, and the port that it listens at."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = probe.getsockname()[1]
    thread = explore(*arguments, port=port, browser=False, threaded=True)
    address = f"http://{LOOPBACK}:{port}"
    for _ in range(100):
        with contextlib.suppress(OSError):
            urllib.request.urlopen(address).close()
            break
        time.sleep(0.1)
    try:
        yield address, port
    finally:
        thread.stop()


def test_it_listens_to_this_machine_alone():
    with served("vteam") as (_, port), socket.socket() as other:
        # Another address of this machine is free: nobody from outside is heard.
        other.bind(("127.0.0.2", port))


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="there is no Chromium")
def test_the_page_in_a_browser(tmp_path):
    sync = pytest.importorskip("playwright.sync_api")
    with served("mtj", "taniguchi2013-like") as (address, _), sync.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1320, "height": 1000})
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(address)
        picture = page.get_by_alt_text("I-V")
        picture.wait_for(timeout=60_000)
        first = picture.get_attribute("src")
        page.get_by_role("textbox", name="Set").fill("tmr=1.4")
        page.get_by_role("textbox", name="Set").press("Enter")
        sync.expect(picture).not_to_have_attribute("src", first, timeout=60_000)
        page.get_by_role("textbox", name="Set").fill("diameter=-3n")
        page.get_by_role("textbox", name="Set").press("Enter")
        page.get_by_text("diameter").filter(has_text="-3").first.wait_for(timeout=60_000)
        for tab in ("Motion", "Orbit and spectrum"):
            page.get_by_text(tab, exact=True).click()
            drawn = page.get_by_alt_text(tab)
            drawn.wait_for(timeout=60_000)
            assert drawn.evaluate("image => image.naturalWidth") > 500
            page.screenshot(path=tmp_path / f"{tab}.png")
        with page.expect_download() as download:
            page.get_by_text("Netlist", exact=True).click()
        download.value.save_as(tmp_path / "device.sub")
        browser.close()
    assert ".subckt mtj" in (tmp_path / "device.sub").read_text().lower()
    assert not [url for url in asked if url.startswith(("http", "ws")) and f"//{LOOPBACK}:" not in url]
