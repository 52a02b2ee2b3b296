"""Equal devices share the text of their subcircuit; what differs in anything that the text tells has its own."""

import decimal

import numpy as np
import pytest

from synaspice.devices import MTJ, VTEAM, DomainWallMagnet
from synaspice.devices.core import citing
from synaspice.devices.targets.spice import subcircuit


def test_equal_devices_are_written_once(monkeypatch):
    first = MTJ.preset("ikeda2010").subcircuit(name="one")
    monkeypatch.delattr(subcircuit, "_Writer")
    assert MTJ.preset("ikeda2010").subcircuit(name="one") is first


def test_a_text_of_its_own_for_whatever_it_tells():
    device = MTJ.preset("ikeda2010")
    same = device.netlist()
    values = dict(device.values)
    others = [
        device.netlist(name="other"),
        device.netlist(inputs=["field_x"]),
        device.netlist(noise=True),
        device.netlist("xyce"),
        device.replace(damping=1.01 * values["damping"]).netlist(),
        MTJ(**values).netlist(),  # the same values, given rather than read
    ]
    assert len({same, *others}) == 1 + len(others)
    assert DomainWallMagnet().netlist() != same


@pytest.mark.parametrize("given", [np.float64(1e-12), np.array(1e-12), decimal.Decimal("1e-12")])
def test_the_time_between_samples_of_any_type_is_written_as_a_number(given):
    device = MTJ.preset("ikeda2010")
    assert "noise_interval=1e-12" in device.netlist(transient_noise=given)
    assert device.netlist(transient_noise=given) == device.netlist(transient_noise=1e-12)


@pytest.mark.parametrize("given", [0, -0.0, np.float32(0), "0", "-0"])
def test_equal_values_of_any_type_have_one_text(given):
    assert MTJ(field_x=given).netlist() == MTJ(field_x=0.0).netlist()


def test_a_preset_file_that_changes_changes_the_text(tmp_path):
    file, texts = tmp_path / "own.toml", []
    for title, grade, source in (("One", "read", "p. 1"), ("Two", "read", "p. 1"), ("Two", "derived", "p. 2")):
        file.write_text(
            f'model = "vteam"\ntitle = "{title}"\nreference = "A. Uthor, J. 1, 1 (2020)"\ndoi = ""\n'
            f'[parameters.resistance_on]\nvalue = 1e3\nprovenance = "{grade}"\nsource = "{source}"\n'
        )
        texts.append(VTEAM.preset(file).netlist())
        assert title in texts[-1] and grade in texts[-1] and source in texts[-1]
    assert len(set(texts)) == 3


def test_a_text_that_is_there_already_is_cited_as_well(monkeypatch):
    device = MTJ.preset("ikeda2010")
    device.netlist()
    monkeypatch.setattr(citing, "_USED", {})
    device.netlist()
    assert set(citing.used()) == set(citing.citations_of(MTJ, device.provenance))
