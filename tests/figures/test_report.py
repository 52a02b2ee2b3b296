"""A report is one page with everything in it, which a browser shows at any width."""

from __future__ import annotations

import html.parser
import re
import shutil
import subprocess

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization import fit, iv, write_table
from synaspice.devices import VTEAM, ParameterError, SpinMagnet
from synaspice.figures import make_report

NAMES = ("chromium", "chromium-browser", "google-chrome")
BROWSER = next((path for name in NAMES if (path := shutil.which(name))), None)
#: Writes into the title of the page what a browser made of it: pictures that are there, pictures, whether the page is
#: within the window, the width of the narrowest picture.
PROBE = """<script>addEventListener("load", () => {
  const pictures = [...document.images];
  document.title = [pictures.filter(one => one.complete && one.naturalWidth > 100).length, pictures.length,
    document.documentElement.scrollWidth <= innerWidth,
    Math.min(...pictures.map(one => one.getBoundingClientRect().width))].join(" ");
});</script></body>"""


class Loaded(html.parser.HTMLParser):
    """What a page would load, its links, and its headings."""

    def __init__(self, text):
        super().__init__()
        self.loads, self.links, self.headings, self._in_heading = [], [], [], False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.loads += [given[name] for name in ("src", "srcset", "data", "poster") if name in given]
        if tag in ("link", "script", "iframe", "object"):
            self.loads.append(given.get("href", tag))
        if tag == "a":
            self.links.append(given["href"])
        self._in_heading = tag in ("h2", "h3")

    def handle_data(self, data):
        if self._in_heading:
            self.headings.append(data)
            self._in_heading = False


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """A report of two memristors, one of them with values of a paper, and of a fit."""
    voltages = np.linspace(-0.05, 0.05, 11)
    measured = iv(VTEAM(resistance_on=80.0), voltages, states=["on"])
    fitted = fit(VTEAM(), measured, ["resistance_on"], bench="iv")
    path = tmp_path_factory.mktemp("report") / "two.html"
    assert (
        make_report([VTEAM.preset("talati2016"), VTEAM()], path, fits=[fitted.table], processes=1, progress=False)
        == path
    )
    return path


def test_the_page_has_everything_and_loads_nothing(page):
    text = page.read_text(encoding="utf-8")
    found = Loaded(text)
    for heading in (
        "Figures of merit",
        "Benches",
        "Fits",
        "Parameters",
        "Agreement of the engines",
        "Netlist",
        "To cite",
    ):
        assert heading in found.headings, heading
    assert len(found.loads) >= 4 and all(one.startswith("data:image/png;base64,") for one in found.loads)
    assert found.links and all(link.startswith("https://doi.org/") for link in found.links)
    assert "url(" not in text and "@import" not in text
    for said in (".subckt", "ratio of the resistances", "second-hand", VTEAM.preset("talati2016").provenance.doi):
        assert said in text, said
    assert re.search(r"resistance_on</td><td[^>]*>80 ohm", text)


@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
@pytest.mark.parametrize("width", [800, 1600])
def test_a_browser_shows_every_picture_without_scrolling_sideways(page, width, tmp_path):
    probed = tmp_path / "probed.html"
    probed.write_text(page.read_text(encoding="utf-8").replace("</body>", PROBE), encoding="utf-8")
    command = [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'browser'}"]
    command += [f"--window-size={width},2000", "--virtual-time-budget=5000", "--dump-dom", probed.as_uri()]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
    there, pictures, fits, narrowest = re.search(r"<title>(.*?)</title>", ended.stdout)[1].split()
    assert there == pictures == str(len(Loaded(page.read_text(encoding="utf-8")).loads))
    assert fits == "true" and float(narrowest) > 300


@pytest.mark.parametrize(
    ("devices", "name", "fits", "problem"),
    [
        ([], "a.html", (), "needs a device"),
        ("vteam", "a.html", (), "devices must be"),
        (VTEAM(), "a.pdf", (), "does not end in .html"),
        (VTEAM(), "a.html", (iv(VTEAM(), [0.0, 0.1]),), "tables of fits"),
    ],
)
def test_what_is_no_report_is_refused(devices, name, fits, problem, tmp_path):
    with pytest.raises(ParameterError, match=problem):
        make_report(devices, tmp_path / name, fits=fits)
    assert not list(tmp_path.iterdir())


def test_a_device_without_figures_of_merit_has_a_report_that_says_so(tmp_path):
    text = make_report(SpinMagnet(), tmp_path / "magnet.html", progress=False).read_text(encoding="utf-8")
    assert "offers nothing of which there are figures of merit" in text and "Netlist" in text


def test_the_command_names_devices_with_their_presets(tmp_path):
    ended = synaspice("report", "spin-magnet", "--jobs", "2", "-o", "one.html", cwd=tmp_path)
    assert ended.returncode == 0 and "wrote one.html" in ended.stderr, ended.stderr
    write_table(iv(VTEAM(), [0.0, 0.1]), tmp_path / "iv.csv")
    for arguments, problem in (
        (("nothing", "-o", "a.html"), "unknown device"),
        (("mtj-nothing", "-o", "a.html"), "unknown device"),
        (("mtj:nothing", "-o", "a.html"), "nothing"),
        (("mtj", "vteam", "--preset", "ikeda2010", "-o", "a.html"), "of one device"),
        (("vteam", "-o", "a.txt"), "'a.txt' does not end in .html"),
        (("vteam:talati2016", "--preset", "talati2016", "-o", "a.html"), "names a preset already"),
        (("vteam", "--fit", "iv.csv", "-o", "a.html"), "tables of fits"),
    ):
        ended = synaspice("report", *arguments, cwd=tmp_path)
        assert ended.returncode == 2 and problem in ended.stderr, ended.stderr
