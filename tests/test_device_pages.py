"""The documentation's pages of devices say what the declarations say."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from synaspice.devices.catalog import models

ROOT = Path(__file__).resolve().parent.parent
TOOL = ROOT / "tools" / "device_pages.py"
sys.path.append(str(ROOT / "tools"))

from pages import printed  # noqa: E402


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    figures = folder / "gallery" / "figures"
    figures.mkdir(parents=True)
    (figures / "vteam-kvatinsky2014-hysteresis.png").write_bytes(b"a picture")
    pd.DataFrame({"device": ["vteam", "vteam", "mtj"], "difference": [1e-5, None, 2e-5]}).to_csv(
        folder / "agreement.csv", index=False
    )
    options = ["--gallery", str(folder / "gallery"), "--agreement", str(folder / "agreement.csv")]
    subprocess.run([sys.executable, str(TOOL), str(folder / "devices"), *options], check=True)
    return folder / "devices"


@pytest.mark.parametrize("name", list(models()))
def test_a_page_has_all_of_a_device(pages, name):
    model, text = models()[name], (pages / f"{name}.md").read_text()
    assert text.startswith("# ")
    for kind in (model.parameter_declarations(), model.state_declarations(), model.presets(), model.branches()):
        assert not [each for each in kind if f"`{each}`" not in text]
    for preset in model.presets().values():
        assert not [source for source in preset.sources.values() if source.split("*")[0].split("|")[0] not in text]
    assert "```bibtex\n@misc{synaspice," in text
    assert text.count("```") % 2 == 0


def test_what_was_measured_is_on_the_page(pages):
    text = (pages / "vteam.md").read_text()
    assert "![vteam-kvatinsky2014-hysteresis](pictures/vteam-kvatinsky2014-hysteresis.png)" in text
    assert (pages / "pictures" / "vteam-kvatinsky2014-hysteresis.png").read_bytes() == b"a picture"
    assert "| vteam | 1e-05 |" in text
    assert "2e-05" not in text


def test_equations_are_those_of_the_declaration(pages):
    text = (pages / "linear-ion-drift.md").read_text()
    assert r"\frac{\mathrm d}{\mathrm dt}\,\mathrm{x} =" in text
    assert "Functions that are safe in every simulator" in text
    assert ":math:" not in text.partition("## Equations")[2]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("4e-12 ohm*m^2", "4 × 10⁻¹² Ω·m²"),
        ("1e+20", "10²⁰"),
        ("-10 mohm", "-10 mΩ"),
        ("1/(V*s)", "1/(V·s)"),
        ("2e-05 K^-1.5", "2 × 10⁻⁵ K^-1.5"),
        ("1", "1"),
        ("slonczewski", "slonczewski"),
    ],
)
def test_quantities_have_the_signs_of_print(text, shown):
    assert printed(text) == shown
