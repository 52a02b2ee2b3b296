"""What ngspice would carry out as commands: start-up files, sections of netlists, names that are more than a name."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from synaspice.characterization.benches.iv import iv
from synaspice.circuits.cells.building.assembly import Assembly
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.engine.batch import run_deck
from synaspice.circuits.engine.native import NativeDevice, why_not_native
from synaspice.circuits.engine.netlist_text import prepared
from synaspice.circuits.engine.ngspice import DCSweep, NgspiceError, Noise, OperatingPoint, run, run_series
from synaspice.devices import VTEAM, ParameterError
from synaspice.devices.core.cache import cache_root
from synaspice.devices.targets.spice.dialects import NGSPICE
from synaspice.devices.targets.spice.statements import Statements, check_vector

ngspice = pytest.mark.ngspice

GOOD = "* divider\nV1 in 0 2\nR1 in out 1k\nR2 out 0 3k\n"
SECTION = ".control\nshell touch pwned\n.endc\n"
MEASURED = "* deck\nV1 a 0 1\nR1 a 0 1k\n.tran 1u 10u\n.meas tran last find v(a) at=9u\n.end\n"


@pytest.fixture(params=[".spiceinit", "spice.rc"])
def mined(request, tmp_path, monkeypatch):
    """A current folder and a home with start-up files; the file that must not appear, in any folder."""
    mark = tmp_path / "pwned"
    for folder in (tmp_path / "here", tmp_path / "home"):
        folder.mkdir()
        (folder / request.param).write_text(f"shell touch {mark}\n")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("SYNASPICE_CACHE", str(cache_root()))  # that of the real home
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SPICE_USERINIT_DIR", str(tmp_path / "home"))
    return mark


@ngspice
def test_start_up_files_are_not_run_by_the_library(mined):
    run(GOOD, OperatingPoint())
    assert not mined.exists()


@ngspice
@pytest.mark.native
def test_start_up_files_are_not_run_with_native_devices(mined):
    if why_not_native():
        pytest.skip(why_not_native())
    assert iv(VTEAM(), [0.1], engine="ngspice").attrs["native"] is True
    assert not mined.exists()


@ngspice
def test_start_up_files_are_not_run_by_the_program(mined, tmp_path):
    deck = tmp_path / "here" / "deck.cir"
    deck.write_text(MEASURED)
    assert run_deck(deck)["last"] == pytest.approx(1.0)
    assert not mined.exists()


@ngspice
def test_start_up_files_are_not_run_within_this_process(mined):
    text = (
        "import os; from synaspice.circuits.engine.pyspice_engine import pyspice_engine; home = os.environ['HOME'];"
        "here = os.getcwd(); pyspice_engine(); assert (os.environ['HOME'], os.getcwd()) == (home, here)"
    )
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert not mined.exists()


@ngspice
def test_paths_of_a_netlist_start_from_the_callers_folder(tmp_path, monkeypatch):
    """A file in a folder with a blank, one that it includes, a library's section, one of the home."""
    models = tmp_path / "my models"
    models.mkdir()
    (models / "load.cir").write_text("R1 a b 1k\n.include deeper.cir\n")
    (models / "deeper.cir").write_text("R2 b c 1k\n")
    (tmp_path / "corners.lib").write_text(".lib tt\nR3 c d 1k\n.endl\n.lib ss\nR3 c d 2k\n.endl\n")
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "last.cir").write_text("R4 d 0 1k\n")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    lines = '.include "my models/load.cir"\n.lib corners.lib tt\n.inc ~/last.cir\n'
    assert run(f"* t\nV1 a 0 4\n{lines}", OperatingPoint())["v(d)"].item() == pytest.approx(1.0)
    deck = tmp_path / "deck.cir"
    deck.write_text(f"* t\nV1 a 0 4\n{lines}.tran 1u 10u\n.meas tran last find v(d) at=9u\n.end\n")
    monkeypatch.chdir("/")
    assert run_deck(deck)["last"] == pytest.approx(1.0)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["corners.lib", "deck.cir", "home", "my models"]


@ngspice
def test_a_folder_of_models_that_the_user_named_is_still_looked_in(tmp_path, monkeypatch):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "load.cir").write_text("R1 a 0 1k\n")
    monkeypatch.setenv("NGSPICE_INPUT_DIR", str(tmp_path / "models"))
    assert run("* t\nV1 a 0 1\n.include load.cir\n", OperatingPoint())["i(v1)"].item() == pytest.approx(-1e-3)


COMMANDS = {
    "section": f"* t\nV1 a 0 1\n{SECTION}",
    "indented, in capitals": "* t\nV1 a 0 1\n  .CONTROL\nshell touch pwned\n.endc\n",
    "comment that is none": "* t\nV1 a 0 1\n*# shell touch pwned\n",
    "comment that is none, without a blank": "* t\nV1 a 0 1\n*#shell touch pwned\n",
    "comment behind an ornament": "* t\nV1 a 0 1\n*##== shell touch pwned\n",
    "script": "*ng_script\nshell touch pwned\n",
    "other line ends": "* t\rV1 a 0 1\r.control\rshell touch pwned\r.endc\r",
    "program": '* t\nV1 a 0 1\n.model p d_process(process_file="./p")\n',
    "program, continued": '* t\nV1 a 0 1\n.model p\n* comment\n+ d_cosim(simulation="./p.so")\n',
    "included": "* t\nV1 a 0 1\n.include part.cir\n",
    "included by what is included": "* t\nV1 a 0 1\n.lib 'outer.lib' tt\n",
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_commands_of_a_netlist_are_refused(kind, tmp_path):
    (tmp_path / "part.cir").write_text(f"R1 a 0 1k\n{SECTION}")
    (tmp_path / "outer.lib").write_text(".lib tt\n.include part.cir\n.endl\n")
    with pytest.raises(ParameterError, match=r"commands for ngspice.*\n?.*control=True"):
        prepared(COMMANDS[kind].splitlines(), tmp_path, control=False)


def test_the_message_names_the_line_and_the_file(tmp_path):
    with pytest.raises(ParameterError, match=r"the netlist has commands .* in line 3: '\.control'"):
        prepared(COMMANDS["section"].splitlines(), tmp_path, control=False)
    (tmp_path / "part.cir").write_text(f"R1 a 0 1k\n{SECTION}")
    with pytest.raises(ParameterError, match=r"part\.cir, which the netlist includes, .* in line 2: '\.control'"):
        prepared(COMMANDS["included"].splitlines(), tmp_path, control=False)


def test_comments_and_ornaments_are_no_commands(tmp_path):
    lines = ["* title", "*####", "*#-----#", "* .control", "* # note", "R1 a 0 1k ; .control"]
    assert prepared(lines, tmp_path, control=False) == lines


def test_commands_are_found_where_ngspice_would_find_the_file(tmp_path, monkeypatch):
    models, other = tmp_path / "models", tmp_path / "other"
    for folder in (models, other):
        folder.mkdir()
    (models / "part.cir").write_text(SECTION)
    monkeypatch.setenv("NGSPICE_INPUT_DIR", str(models))
    with pytest.raises(ParameterError, match="control=True"):
        prepared(COMMANDS["included"].splitlines(), other, control=False)
    monkeypatch.delenv("NGSPICE_INPUT_DIR")
    (tmp_path / "home").symlink_to(models)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(ParameterError, match="control=True"):
        prepared(["* t", ".inc ~/part.cir"], other, control=False)
    os.mkfifo(other / "part.cir")
    with pytest.raises(ParameterError, match="is a pipe"):
        prepared(COMMANDS["included"].splitlines(), other, control=False)


def test_files_that_include_each_other_come_to_an_end(tmp_path):
    (tmp_path / "a.cir").write_text(".include b.cir\n")
    (tmp_path / "b.cir").write_text(".include a.cir\n")
    prepared(["* t", ".include a.cir"], tmp_path, control=False)


@ngspice
def test_every_door_refuses_commands_and_runs_them_when_asked(tmp_path, monkeypatch):
    mark = tmp_path / "pwned"
    section = f".control\nshell touch {mark}\n.endc\n"
    deck = tmp_path / "deck.cir"
    deck.write_text(MEASURED.replace(".end\n", f"{section}.end\n"))
    doors = [
        lambda **c: run(GOOD + section, OperatingPoint(), **c),
        lambda **c: run_series(GOOD + section, [((), OperatingPoint())], **c),
        lambda **c: run_deck(deck, **c),
    ]
    for door in doors:
        with pytest.raises(ParameterError, match="control=True"):
            door()
        assert not mark.exists()
    doors[0](control=True)
    assert mark.exists()


@ngspice
def test_a_circuit_of_pyspice_is_a_netlist_as_any(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = """
from PySpice.Spice.Netlist import Circuit
from synaspice.circuits.engine.ngspice import OperatingPoint, run
from synaspice.circuits.engine.pyspice_engine import pyspice_engine
from synaspice.devices import ParameterError
SECTION = "\\n.control\\nshell touch pwned\\n.endc\\n"
def made(title="t", node="a", raw=""):
    circuit = Circuit(title)
    circuit.V("1", "a", circuit.gnd, 1)
    circuit.R("1", node, circuit.gnd, 1000)
    circuit.raw_spice += raw
    return circuit
for odd in (made(title="t" + SECTION), made(node="a 0 1" + SECTION), made(raw=SECTION)):
    for act in (lambda: run(odd, OperatingPoint()),
                lambda: odd.simulator(ngspice_shared=pyspice_engine()).operating_point()):
        try:
            act()
        except ParameterError as error:
            assert "control=True" in str(error)
        else:
            raise SystemExit("not refused")
made().simulator(ngspice_shared=pyspice_engine()).operating_point()
made(raw=SECTION).simulator(ngspice_shared=pyspice_engine(control=True)).operating_point()
"""
    ended = subprocess.run([sys.executable, "-c", text], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "pwned").exists()  # by the last line alone: the others were refused before ngspice saw them


ODD = ["a; shell touch pwned", "a`touch pwned`", "a\nshell touch pwned", "$(x)", "a b", "", "a>b", "a|b", "!x", "'a'"]


@pytest.mark.parametrize("name", ODD)
def test_names_are_one_word_without_separators(name):
    doors = [
        lambda: run(GOOD, OperatingPoint(), save=[name]),
        lambda: run(GOOD, OperatingPoint(), save=[f"v({name})"]),
        lambda: run(GOOD, OperatingPoint(), options={name: 1}),
        lambda: run(GOOD, OperatingPoint(), options={"reltol": name}),
        lambda: run_series(GOOD, [([f"alter v1 {name};"], OperatingPoint())]),
        lambda: run_series(GOOD, [([f"{name} v1"], OperatingPoint())]),
        lambda: DCSweep(name, 0.0, 1.0, 0.5),
        lambda: Noise(1.0, 2.0, output=name, source="v1"),
        lambda: Noise(1.0, 2.0, output="v(a)", source=name),
    ]
    for door in doors:
        with pytest.raises(ParameterError):
            door()


@pytest.mark.parametrize(
    "name", ["all", "a", "v(out)", "v(a,b)", "i(v1)", "v(x1.m_z)", "@m.x1.mn[id]", "@n1[tmr]", "v1#branch", "v(in[3])"]
)
def test_names_of_vectors_in_use_are_taken(name):
    assert check_vector(name) == name


@ngspice
def test_an_option_that_is_no_name_is_ngspices_to_judge_and_a_good_one_counts():
    assert run(GOOD, OperatingPoint(), options={"temp": 50, "method": "gear"})["v(out)"].item() == pytest.approx(1.5)
    with pytest.raises(NgspiceError, match="could not carry out 'dc nothere"):
        run(GOOD, DCSweep("nothere", 0.0, 1.0, 0.5))


@pytest.mark.parametrize("name", ODD)
def test_names_of_elements_and_nodes_are_checked_where_they_enter(name, tmp_path):
    subcircuit = VTEAM().subcircuit()
    inverter = CELLS["inverter"]().subcircuit()
    assembly = Assembly(CELLS["inverter"](), "cell", False, None)
    card = NativeDevice("card", "vteam", ("p", "n"), tmp_path / "vteam.osdi", {})
    nodes = ["a"] * len(inverter.pins)
    doors = [
        lambda: inverter.instance(name, nodes),
        lambda: inverter.instance("1", [name, *nodes[1:]]),
        lambda: assembly.resistor("1", name, "0", 1e3),
        lambda: assembly.capacitor(name, "a", "0", 1e-15),
        lambda: assembly.nmos("1", "a", name, "0"),
        lambda: assembly.device(name, VTEAM(), {"p": "a", "n": "0"}),
        lambda: assembly.device("1", VTEAM(), {"p": name, "n": "0"}),
        lambda: card.instance(name, "a 0"),
        lambda: card.instance("1", ["a", name]),
        lambda: Statements(NGSPICE).instance(name, ["a", "0"], subcircuit.name, {}),
        lambda: Statements(NGSPICE).instance("1", ["a", name], subcircuit.name, {}),
    ]
    for door in doors:
        with pytest.raises(ParameterError, match="cannot be the name of"):
            door()
