"""Symbols for editors of schematics: readers of others find the pins, their order, and the attributes."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from peers import peer

from synaspice.circuits import Inverter, MTJNeuron, PBit, symbol_file
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.devices import MTJ, VTEAM, DomainWallSynapse
from synaspice.devices.catalog import models
from synaspice.devices.language.errors import ParameterError, UnknownNameError
from synaspice.devices.targets.symbols.files import EDITORS
from synaspice.devices.targets.symbols.symbols import box_symbol

ITEMS = [*models(), *CELLS]


def made(name):
    return models()[name]() if name in models() else CELLS[name]()


@pytest.fixture(scope="module")
def circuits():
    """Subcircuits by name: the cells' take a while."""
    found = {}

    def of(name):
        if name not in found:
            found[name] = made(name).subcircuit()
        return found[name]

    return of


@pytest.mark.parametrize("name", ITEMS)
def test_every_device_and_cell_has_a_symbol_that_ltspice_s_reader_reads(name, circuits, tmp_path):
    reader = peer("spicelib.editor.asy_reader").AsyReader
    path = tmp_path / "x.asy"
    path.write_text(symbol_file(made(name), "ltspice", "x.sub"), encoding="utf-8")
    read = reader(path)
    circuit = circuits(name)
    assert len(read.pins) == len(circuit.pins)
    text = path.read_text()
    assert re.findall(r"PINATTR PinName (\S+)\nPINATTR SpiceOrder (\d+)", text) == [
        (pin, str(k)) for k, pin in enumerate(circuit.pins, 1)
    ]
    assert read.attributes["Value"] == circuit.name and read.attributes["Prefix"] == "X"
    assert read.attributes["ModelFile"] == "x.sub"
    line = read.attributes.get("SpiceLine", "")
    assert tuple(re.findall(r"(\w+)=", line)) == tuple(circuit.parameters)


@pytest.mark.parametrize("name", ITEMS)
def test_every_device_and_cell_has_a_symbol_that_kicad_s_reader_reads(name, circuits, tmp_path):
    library = peer("kiutils.symbol").SymbolLib
    path = tmp_path / "x.kicad_sym"
    path.write_text(symbol_file(made(name), "kicad", "x.sub"), encoding="utf-8")
    (symbol,) = library.from_file(str(path)).symbols
    circuit = circuits(name)
    pins = [pin for unit in symbol.units for pin in unit.pins]
    assert [(pin.number, pin.name) for pin in pins] == [(str(k), pin) for k, pin in enumerate(circuit.pins, 1)]
    assert len({(pin.position.X, pin.position.Y) for pin in pins}) == len(pins)
    # KiCad connects on a grid of 1.27 mm.
    assert all((pin.position.X / 1.27) % 1 < 1e-3 or (pin.position.X / 1.27) % 1 > 0.999 for pin in pins)
    values = {each.key: each.value for each in symbol.properties}
    assert values["Sim.Name"] == values["Value"] == circuit.name and values["Sim.Library"] == "x.sub"
    assert values["Sim.Pins"] == " ".join(f"{k}={pin}" for k, pin in enumerate(circuit.pins, 1))
    assert tuple(re.findall(r"(\w+)=", values["Sim.Params"])) == tuple(circuit.parameters)


def xschem(folder, instances):
    """The netlist that xschem makes of a schematic with instances of symbols, without a screen."""
    program = shutil.which("xschem") or pytest.skip("xschem is not installed (apt-get install xschem)")
    pin = "/usr/share/xschem/xschem_library/devices/lab_pin.sym"
    lines = ["G {}", "V {}", "S {}", "E {}"]
    for file, name, at, labels in instances:
        lines.append(f"C {{{file}}} {at} 0 0 0 {{name={name}}}")
        lines += [
            f"C {{{pin}}} {x + at} {y} 0 0 {{name=l{k}_{name} lab={node}}}" for k, (x, y, node) in enumerate(labels)
        ]
    (folder / "all.sch").write_text("\n".join(lines) + "\n")
    rc = folder / "xschemrc"
    rc.write_text(Path("/usr/share/xschem/xschemrc").read_text() + f"\nset netlist_dir {folder}\n")
    words = f"xschem load {folder}/all.sch\nxschem netlist\nexit\n"
    command = [program, "--rcfile", str(rc), "-r", "-x", "-s"]
    ended = subprocess.run(
        command,
        input=words,
        cwd=folder,
        env={"HOME": str(folder), "PATH": "/usr/bin:/bin", "PWD": str(folder)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (folder / "all.spice").exists(), ended.stdout + ended.stderr
    return re.sub(r"\n\+", " ", (folder / "all.spice").read_text())


def test_xschem_makes_the_instances_that_the_subcircuits_have(tmp_path):
    items = {"vteam": VTEAM(), "inverter": Inverter(), "p_bit": PBit(), "wall": DomainWallSynapse()}
    instances = []
    for k, (name, item) in enumerate(items.items()):
        text = symbol_file(item, "xschem", f"{name}.sub", name=name)
        (tmp_path / f"{name}.sym").write_text(text)
        boxes = re.findall(r"^B 5 (\S+) (\S+) \S+ \S+ \{name=(\w+)", text, re.M)
        labels = [(float(x) + 2.5, float(y) + 2.5, f"N{k}_{pin}") for x, y, pin in boxes]
        instances.append((f"{name}.sym", f"x{k}", 400 * k, labels))
    found = xschem(tmp_path, instances)
    for k, (name, item) in enumerate(items.items()):
        circuit = item.subcircuit(name=name)
        (line,) = re.findall(rf"^x{k} .*$", found, re.M)
        words = line.split()
        assert words[1 : 1 + len(circuit.pins)] == [f"N{k}_{pin}" for pin in circuit.pins]
        assert words[1 + len(circuit.pins)] == name
        given = dict(word.split("=") for word in words[2 + len(circuit.pins) :])
        assert tuple(given) == tuple(circuit.parameters)


@pytest.mark.ngspice
def test_what_xschem_writes_runs(tmp_path):
    device = VTEAM(initial_state=0.25)
    text = symbol_file(device, "xschem", "vteam.sub")
    (tmp_path / "vteam.sym").write_text(text)
    (tmp_path / "vteam.sub").write_text(device.netlist())
    line = re.search(
        r"^x0 .*$", xschem(tmp_path, [("vteam.sym", "x0", 0, [(0, -20, "A"), (0, 20, "0"), (30, 0, "S")])]), re.M
    )
    deck = f"a memristor\n.include vteam.sub\nV1 A 0 0.01\n{line[0]}\n.op\n.print op i(v1)\n.end\n"
    (tmp_path / "deck.cir").write_text(deck)
    ended = subprocess.run(["ngspice", "-b", "deck.cir"], cwd=tmp_path, capture_output=True, text=True, check=False)
    current = re.findall(r"v1#branch\s+(-?\d\S*)", ended.stdout)[-1]
    assert -float(current) == pytest.approx(0.01 / float(device.static(voltage=0.01)["resistance"]), rel=1e-4)


@pytest.mark.parametrize("editor", list(EDITORS))
def test_values_are_those_of_the_device(editor):
    text = symbol_file(MTJ(diameter="50n"), editor, "mtj.sub", name="big", inputs=["field_z"])
    assert "diameter=5e-08" in text and "big" in text and "field_z" in text
    text = symbol_file(PBit(tmr=1.5, **{"junction.damping": 0.02}), editor, "p.sub")
    assert "tmr=1.5" in text and "junction_damping=0.02" in text
    assert text == symbol_file(PBit(tmr=1.5, **{"junction.damping": 0.02}), editor, "p.sub")


def test_pins_of_a_box_do_not_meet():
    for ports in ({"a": "input"}, dict.fromkeys("abcdefg", "input"), {"a": "input", "supply": "supply", "x": "supply"}):
        symbol = box_symbol(ports | {"out": "output", "ground": "supply"}, "name\nof it")
        left, bottom, right, top = symbol.extent()
        assert len({pin.at for pin in symbol.pins}) == len(symbol.pins)
        assert all(left <= pin.at[0] <= right and bottom <= pin.at[1] <= top for pin in symbol.pins)
        assert [pin.name for pin in symbol.pins] == [*ports, "out", "ground"]


def test_what_is_none_is_refused():
    with pytest.raises(UnknownNameError, match="eagle"):
        symbol_file(MTJ(), "eagle", "x.sub")
    with pytest.raises(ParameterError, match="a device or a cell"):
        symbol_file(MTJ, "kicad", "x.sub")
    with pytest.raises(ParameterError, match="the name of a file"):
        symbol_file(MTJ(), "kicad", None)
    with pytest.raises(UnknownNameError, match="field_q"):
        symbol_file(MTJ(), "kicad", "x.sub", inputs=["field_q"])
    with pytest.raises(ParameterError, match="subcircuit"):
        symbol_file(MTJNeuron(), "kicad", "x.sub", name="two words")


def command(*words, folder):
    run = [sys.executable, "-m", "synaspice", *words]
    return subprocess.run(run, cwd=folder, capture_output=True, text=True, check=False)


def test_export_writes_a_symbol_beside_the_netlist(tmp_path):
    ended = command("export", "vteam", "--symbol", "ltspice", "-o", "models.lib", folder=tmp_path)
    assert ended.returncode == 0 and ended.stderr.count("wrote") == 3
    assert "SYMATTR ModelFile models.lib" in (tmp_path / "vteam.asy").read_text()
    assert "LTspice" in (tmp_path / "models.lib").read_text()
    ended = command("export", "inverter", "vteam", "--symbol", "kicad", "-o", "both.sub", "--no-deck", folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "inverter.kicad_sym").exists() and (tmp_path / "vteam.kicad_sym").exists()
    for words, said in (
        (("mtj", "--symbol", "xschem"), "give its name with -o"),
        (("--all", "--symbol", "xschem", "-o", "all.lib"), "not for --all"),
    ):
        ended = command("export", *words, folder=tmp_path)
        assert ended.returncode == 2 and said in " ".join(ended.stderr.split())
