"""``synaspice export``: libraries, decks, and files that are never half written or lost."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from shell import synaspice

from synaspice.circuits.engine.batch import run_deck, transient_deck
from synaspice.devices import MTJ, VTEAM, CompactModel, ParameterError, UnknownNameError
from synaspice.devices.language.declarations.declaration import Branch, Parameter
from synaspice.devices.library import every_device, write_library
from synaspice.devices.targets.spice.dialects import DIALECTS
from synaspice.devices.targets.spice.statements import check_file_name, one_line
from synaspice.figures.command_line.exports import exporting


def export(folder, *arguments):
    return synaspice("export", *arguments, cwd=folder)


@pytest.mark.ngspice
def test_a_deck_beside_the_file_runs_as_it_is(tmp_path):
    command = [sys.executable, "-m", "synaspice", "export", "vteam", "--preset", "talati2016"]
    command += ["--set", "initial_state=0.3", "-o", "mem.sub"]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert ended.returncode == 0 and "wrote mem.sub" in ended.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mem-test.cir", "mem.sub"]
    assert "final_x" in run_deck(tmp_path / "mem-test.cir")


@pytest.mark.ngspice
def test_a_deck_for_long_steps_asks_for_the_method_that_they_need(tmp_path):
    """The trapezoidal rule never gets past the first steps of this drive."""
    ended = export(tmp_path, "yakopcic", "--long-steps", "-o", "mem.sub")
    assert ended.returncode == 0, ended.stderr
    assert "Give your netlist '.options method=gear'" in (tmp_path / "mem.sub").read_text()
    assert "\n.options method=gear\n" in (tmp_path / "mem-test.cir").read_text()
    assert "final_x" in run_deck(tmp_path / "mem-test.cir")
    export(tmp_path, "yakopcic", "-o", "short.sub")
    assert "method" not in (tmp_path / "short-test.cir").read_text()


def test_nothing_is_overwritten_unless_forced(tmp_path):
    order, output, deck = (
        exporting.Order(VTEAM(), "ngspice", None, (), {}, None),
        tmp_path / "mem.sub",
        tmp_path / "mem-test.cir",
    )
    deck.write_text("mine")
    with pytest.raises(ParameterError, match="mem-test.cir exists: --force replaces"):
        exporting.deliver(order, output, deck=True, force=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mem-test.cir"], "not even the other file is written"
    assert deck.read_text() == "mine"
    assert exporting.deliver(order, output, deck=False, force=False) == [output]
    with pytest.raises(ParameterError, match="mem.sub exists"):
        exporting.deliver(order, output, deck=False, force=False)
    assert exporting.deliver(order, output, deck=True, force=True) == [output, deck]
    assert deck.read_text() != "mine"
    refused = export(tmp_path, "vteam", "-o", "mem.sub")
    assert refused.returncode == 2 and "exist: --force replaces" in refused.stderr


def test_a_write_that_fails_leaves_nothing(tmp_path, monkeypatch):
    order = exporting.Order(VTEAM(), "ngspice", None, (), {}, None)

    def fail(*arguments, **more):
        raise OSError("disk full")

    monkeypatch.setattr("pathlib.Path.write_bytes", fail)
    with pytest.raises(OSError, match="disk full"):
        exporting.deliver(order, tmp_path / "mem.sub", deck=False, force=False)
    assert not list(tmp_path.iterdir())


EVERY_DIALECT = """
import pathlib, sys
from synaspice.devices import MTJ
from synaspice.devices.targets.spice.dialects import DIALECTS
from synaspice.figures.command_line.exports.exporting import Order, deliver
for dialect in [*DIALECTS, "verilog-a"]:
    order = Order(MTJ.preset("ikeda2010"), dialect, None, ("field_z",), {"noise": True, "observables": True}, None)
    deliver(order, pathlib.Path(sys.argv[1]) / f"{dialect}.lib", deck=True, force=False)
"""


def test_exports_are_the_same_byte_for_byte(tmp_path):
    for seed in ("1", "2"):  # in processes whose sets are in different order
        (tmp_path / seed).mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run([sys.executable, "-c", EVERY_DIALECT, tmp_path / seed], env=environment, check=True)
    names = sorted(path.name for path in (tmp_path / "1").iterdir())
    assert len(names) == 2 * len(DIALECTS) + 1, "a Verilog-A module has no deck"
    for name in names:
        assert (tmp_path / "1" / name).read_bytes() == (tmp_path / "2" / name).read_bytes()


def test_a_library_has_every_device_and_preset():
    devices = every_device()
    assert devices["mtj_ikeda2010"] == MTJ.preset("ikeda2010") and devices["mtj"] == MTJ()
    assert "linear_ion_drift_biolek2009_joglekar" in devices
    few = {name: devices[name] for name in ("mtj_ikeda2010", "vteam_talati2016")}
    for dialect, start in (("ngspice", ".subckt {}"), ("spectre", "subckt {}"), ("verilog-a", "module {}")):
        text = write_library(few, dialect)
        assert text == write_library(few, dialect)
        assert all(text.count("\n" + start.format(name)) == 1 for name in few)
        assert "preset ikeda2010: 40 nm" in text.splitlines()[1]


HOSTILE = ("a\n.shell rm", 'a"b', "a;b", "a b", "a'b", "", "1a", "ä", "a\u2028b", "a{b}")


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("dialect", [*DIALECTS, "verilog-a"])
def test_names_that_could_leave_their_line_are_refused(name, dialect):
    if name:
        with pytest.raises(ParameterError, match="cannot be the name of a (module|subcircuit)"):
            VTEAM().netlist(dialect, name=name)
    with pytest.raises(ParameterError, match="cannot be the name of a subcircuit"):
        write_library({name: VTEAM()}, dialect)


def test_other_names_that_could_leave_their_line_are_refused(tmp_path):
    device = VTEAM()
    with pytest.raises(UnknownNameError, match="unknown input of vteam"):
        device.netlist(inputs=("x\n.end",))
    for include in ("a\nb.sub", 'a".sub', "a;b.sub", "a'b.sub", ""):
        with pytest.raises(ParameterError, match="cannot be included by a netlist"):
            transient_deck(device, include, device.subcircuit(), device.suggested_stimulus())
    assert check_file_name("my models.lib") == "my models.lib"
    with pytest.raises(ParameterError, match="same name"):
        write_library({"a": device, "A": device})
    ended = export(tmp_path, "vteam", "--name", "a\n.end", "-o", "mem.sub")
    assert ended.returncode == 2 and not list(tmp_path.iterdir())
    with pytest.raises(ParameterError, match="cannot be included"):
        exporting.deliver(
            exporting.Order(device, "ngspice", None, (), {}, None), tmp_path / 'a";b.sub', deck=True, force=False
        )
    assert not list(tmp_path.iterdir())
    assert export(tmp_path, "vteam", "--all").returncode == 2


class _Hostile(CompactModel):
    """A title
    .end
    """

    reference = "someone\n.shell rm"
    doi = "x\r.end\\"
    voltage = Branch("p", "n", "voltage\n.end")
    resistance = Parameter(1.0, "ohm", "resistance\n.end \u2028.end", bounds=(0.0, 9.0))

    @classmethod
    def equations(cls, s):
        return {"current": s.voltage / s.resistance}


@pytest.mark.parametrize("dialect", list(DIALECTS))
def test_texts_of_comments_stay_comments(dialect):
    mark = DIALECTS[dialect].comment.strip()
    lines = _Hostile().netlist(dialect, name="hostile").splitlines()
    assert not [line for line in lines if ".end" in line and not line.startswith((mark, ".ends", ".ENDS", ".endif"))]
    assert not [line for line in lines if line.startswith(mark) and line.endswith("\\")]
    assert one_line("a\n b\\") == "a  b/"


def test_a_parameter_may_not_hide_a_word_of_the_simulator():
    class _Warm(_Hostile):
        temp = Parameter(1.0, "K", "a temperature", bounds=(0.0, 9.0))

        @classmethod
        def equations(cls, s):
            return {"current": s.voltage / s.resistance * s.temp}

    for dialect in DIALECTS:
        with pytest.raises(ParameterError, match="temp: a parameter of that name"):
            _Warm().netlist(dialect, name="warm")
