"""Devices show themselves in notebooks."""

from xml.etree import ElementTree

import pytest

from synaspice.devices import MTJ, VTEAM
from synaspice.devices.catalog import models


@pytest.mark.parametrize("name", list(models()))
def test_every_device_is_well_formed(name):
    model = models()[name]
    for device in (model(), *map(model.preset, model.presets())):
        page = ElementTree.fromstring(device._repr_html_().replace("<br>", "<br/>"))
        told = {row[0].text for row in page.iter("tr") if row[0].tag == "td"}
        assert told == set(device.parameters()["name"])


def test_what_was_chosen_stands_first():
    page = MTJ.preset("ikeda2010", damping=0.01)._repr_html_()
    chosen, _, folded = page.partition("<details>")
    assert "Ikeda 2010" in chosen
    assert "https://doi.org/10.1038/nmat2804" in chosen
    assert '<td style="text-align:left">damping</td><td style="text-align:left">0.01</td>' in chosen
    assert "gyromagnetic_ratio" in folded
    assert "<table>" not in VTEAM()._repr_html_().partition("<details>")[0]


def test_texts_are_escaped(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_text(
        'model = "vteam"\ntitle = "<b>"\nreference = "A & B <i>"\ndoi = ""\n[parameters]\n'
        'resistance_on = { value = 60, provenance = "assumed", source = "<script>" }\n'
    )
    page = VTEAM.preset(file)._repr_html_()
    assert "<script>" not in page
    assert "A &amp; B &lt;i&gt;" in page
