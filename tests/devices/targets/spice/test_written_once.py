"""Equal devices share the text of their subcircuit; what differs in anything that the text tells has its own."""

from synaspice.devices import MTJ, DomainWallMagnet
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


def test_a_text_that_is_there_already_is_cited_as_well(monkeypatch):
    device = MTJ.preset("ikeda2010")
    device.netlist()
    monkeypatch.setattr(citing, "_USED", {})
    device.netlist()
    assert set(citing.used()) == set(citing.citations_of(MTJ, device.provenance))
