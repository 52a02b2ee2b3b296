"""Cells in VACASK: the same transistors as in ngspice, the figures of benches from decks, and what is refused."""

from __future__ import annotations

import re
import subprocess

import numpy as np
import pytest
from shell import synaspice

from synaspice.characterization.cells import vacask_decks
from synaspice.characterization.cells.decks import cell_deck, point_of
from synaspice.characterization.cells.raw_figure import measured
from synaspice.characterization.cells.standard import crossings
from synaspice.circuits.cells.building.cell import CELLS
from synaspice.circuits.cells.building.cmos import TECHNOLOGIES
from synaspice.circuits.cells.building.netlists import one_netlist
from synaspice.circuits.cells.logic.logic import Inverter
from synaspice.circuits.cells.memories.memristor_cells import MemristorBitCell
from synaspice.circuits.cells.neurons.neurons import PBit
from synaspice.circuits.cells.spin.spin_neuron import SpinNeuron
from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.analyses import DCSweep, OperatingPoint, Transient
from synaspice.circuits.engine.vacask import programs
from synaspice.circuits.engine.vacask.devices import vacask_device
from synaspice.circuits.engine.vacask.from_spice import element, number
from synaspice.circuits.engine.vacask.simulator import VacaskError, run
from synaspice.devices import MTJ, VTEAM, ParameterError

vacask = pytest.mark.vacask
TIGHT = {"reltol": 1e-6, "abstol": 1e-15, "gmin": 1e-15}
TRANSISTOR = "w=180n l=45n ad=2e-14 as=2e-14 pd=4e-7 ps=4e-7"
#: Drain voltages, low and high, of the curves over the gate voltage.
DRAINS = (0.05, 1.0)


def figure_of_deck(folder, cell, **settings):
    """The figure that a cell's deck prints."""
    (folder / "settings.toml").touch()
    (folder / "cell.inc").write_text(cell.netlist("vacask"), encoding="utf-8")
    (folder / "deck.sim").write_text(cell_deck(cell, "cell.inc", dialect="vacask", **settings), encoding="utf-8")
    return printed(folder, "deck.sim", point_of(cell).name)


def printed(folder, deck, name):
    command = [programs.find_vacask(), "-qp", "--tomlfile", "settings.toml", deck]
    (folder / "settings.toml").touch()
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    found = re.findall(rf"^{name} = (\S+)$", ended.stdout, re.M)
    assert ended.returncode == 0 and found, (ended.stdout + ended.stderr)[-2000:]
    return float(found[-1])


def curve(simulator, kind, drain, version, temperature):
    """Currents of drain and gate of a transistor over its gate voltage."""
    sign, process = (1 if kind == "nmos" else -1), TECHNOLOGIES["generic"]
    low, high = sorted((-0.2 * sign, 1.0 * sign))
    options = {**TIGHT, "temp": temperature}
    if simulator == "vacask":
        lines = f"vd (d 0) vsource dc={sign * drain}\nvg (g 0) vsource dc=0\nm1 (d g 0 0) generic_{kind} {TRANSISTOR}"
        cards = process.models("typical", Inverter().subcircuit(dialect="vacask").dialect)
        table = run(f"curve\n{cards}\n{lines}\n", DCSweep("vg", low, high, 0.03), options=options)
    else:
        cards = process.models("typical").replace("version=4.5", f"version={version}")
        lines = f"vd d 0 {sign * drain}\nvg g 0 0\nm1 d g 0 0 generic_{kind} {TRANSISTOR}"
        words = " ".join(f"{name}={value}" for name, value in options.items())
        table = ngspice.run(f"* curve\n{cards}\n{lines}\n.options {words}\n", DCSweep("vg", low, high, 0.03))
    return table["i(vd)"].to_numpy(), table["i(vg)"].to_numpy()


@vacask
@pytest.mark.ngspice
@pytest.mark.parametrize("drain", DRAINS)
@pytest.mark.parametrize("kind", ["nmos", "pmos"])
def test_a_transistor_is_that_of_ngspice(kind, drain):
    """Drain currents: of BSIM4 4.8 to eight digits; of 4.5, which the cards name, to 2e-5, as 4.8 in ngspice itself."""
    found = curve("vacask", kind, drain, "", 85.0)
    same = curve("ngspice", kind, drain, "4.8", 85.0)
    np.testing.assert_allclose(found[0], same[0], rtol=1e-8, atol=1e-13)
    # 4.8.3 in VACASK, 4.8.2 in ngspice: 4e-14 A of some 1e-10
    np.testing.assert_allclose(found[1], same[1], rtol=2e-4, atol=1e-9 * np.abs(same[1]).max())
    other = curve("ngspice", kind, drain, "4.5", 85.0)
    np.testing.assert_allclose(found[0], other[0], rtol=3e-5)


@vacask
@pytest.mark.ngspice
def test_an_inverter_switches_as_fast_as_in_ngspice():
    """To some millionths, with steps of 0.1 ps."""

    def delay(table):
        time, gate, output = (table[name].to_numpy() for name in ("time", "v(input)", "v(output)"))
        return crossings(time, output, 0.5, rising=False)[0] - crossings(time, gate, 0.5)[0]

    lines = ["Vs supply 0 1", "Vi input 0 pulse(0 1 0.1n 20p 20p 2n 10n)", "C1 output 0 1f"]
    analysis, save = Transient(1e-13, 4e-10, 1e-13), ["v(input)", "v(output)"]
    deck = [Inverter().netlist(), *lines, "X1 input output supply 0 inverter", ".options reltol=1e-6"]
    theirs = delay(ngspice.run("\n".join(["* delay", *deck, ""]), analysis, save=save))
    deck = [
        Inverter().netlist("vacask"),
        'load "spice/capacitor.osdi"\nmodel bench_capacitor sp_capacitor',
        *map(element, lines),
        "x1 (input output supply 0) inverter",
    ]
    ours = delay(run("\n".join(["delay", *deck, ""]), analysis, options=TIGHT, save=save))
    assert 5e-12 < theirs < 2e-11 and ours == pytest.approx(theirs, rel=1e-4)


@vacask
def test_an_unknown_parameter_of_a_card_is_an_error():
    text = (
        Inverter().netlist("vacask").replace("model generic_nmos sp_bsim4v8 ", "model generic_nmos sp_bsim4v8 vthx=1 ")
    )
    with pytest.raises(VacaskError, match="'vthx' not found"):
        run(f"card\n{text}vs (a 0) vsource dc=1\nx1 (a b a 0) inverter\n", OperatingPoint())


@vacask
@pytest.mark.ngspice
def test_instances_have_parameters_of_their_own():
    """Sizes by formulas, and random thresholds of a chip."""
    lines = ["Vs supply 0 1", "Vi input 0 0.45"]
    for mismatch in (None, 3):
        deck = [Inverter().netlist(mismatch=mismatch), *lines, "X1 input output supply 0 inverter pmos_width=5"]
        theirs = ngspice.run("\n".join(["* sizes", *deck, ""]), OperatingPoint())["v(output)"].item()
        text = Inverter().netlist("vacask", mismatch=mismatch)
        deck = [text, *map(element, lines), "x1 (input output supply 0) inverter pmos_width=5"]
        ours = run("\n".join(["sizes", *deck, ""]), OperatingPoint(), options=TIGHT)["v(output)"].item()
        assert ours == pytest.approx(theirs, rel=1e-3), mismatch


@vacask
@pytest.mark.parametrize("devices", ["subcircuit", "native"])
def test_a_bit_cells_deck_reads_its_memristor(devices, tmp_path):
    """The same in a module that the netlist brings along, and in native code: 20 kohm and the transistor."""
    value = figure_of_deck(tmp_path, MemristorBitCell(devices=devices), expected=20646.2)
    assert value == pytest.approx(20646.2, rel=1e-4)
    assert "// Expected: resistance = 20650.0 ohm (20.65 kohm), in ngspice" in (tmp_path / "deck.sim").read_text()


@vacask
def test_thermal_noise_is_in_native_devices(tmp_path):
    """A module has none in VACASK's transients, and says so; a p-bit without it rests where it began."""
    assert "// No thermal noise in transients: devices='native' has it in VACASK." in PBit().netlist("vacask")
    cell = PBit(devices="native")
    assert "No thermal noise" not in cell.netlist("vacask")
    assert figure_of_deck(tmp_path, cell) == pytest.approx(0.49, abs=0.15)
    with pytest.raises(ParameterError, match="transient_noise is for native devices"):
        vacask_device(MTJ(), transient_noise=1e-11)


@vacask
@pytest.mark.ngspice
def test_the_command_line_writes_a_netlist_and_a_deck_that_runs(tmp_path):
    ended = synaspice("export", "inverter", "--format", "vacask", "-o", tmp_path / "inverter.inc")
    assert ended.returncode == 0, ended.stderr
    told = float(re.search(r"// Expected: delay = (\S+) s", (tmp_path / "inverter-test.sim").read_text())[1])
    assert printed(tmp_path, "inverter-test.sim", "delay") == pytest.approx(told, rel=2e-3)


@vacask
def test_several_things_in_one_netlist():
    """Modules and cards stand in it once."""
    text = one_netlist(
        {"one": MemristorBitCell(), "two": MemristorBitCell(resistance_on=3e4), "memory": VTEAM()}, dialect="vacask"
    )
    assert text.startswith("// 3 cells and devices for VACASK") and text.count("model generic_nmos ") == 1
    assert text.count("embed ") == 2  # one for both cells
    lines = "vb (b 0) vsource dc=0.1\nvw (w 0) vsource dc=1\nx1 (b w 0 0) one\nx2 (b w 0 0) two\nx3 (b 0) memory\n"
    assert run(f"several\n{text}{lines}", OperatingPoint())["i(vb)"].item() < 0


def test_what_cannot_go_is_refused():
    for technology in ("sky130", "gf180mcu"):
        with pytest.raises(ParameterError, match=f"models of {technology} are a library for ngspice, of which VACASK"):
            Inverter(technology=technology).netlist("vacask")
    with pytest.raises(ParameterError, match="spin-neuron is written for ngspice alone, not for VACASK"):
        SpinNeuron().netlist("vacask")
    with pytest.raises(ParameterError, match="'load' cannot be the name of a subcircuit for VACASK"):
        Inverter().netlist("vacask", name="load")
    with pytest.raises(ParameterError, match="ammeters and benches are for ngspice, not for VACASK"):
        Inverter().subcircuit(dialect="vacask", meters=True)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Vsupply supply 0 1.5", "vsupply (supply 0) vsource dc=1.5"),
        ("Iin 0 x1.inner dc 2u", "iin (0 'x1:inner') isource dc=2e-06"),
        ("Rload out 0 10k", "rload (out 0) bench_resistor r=10000.0"),
        ("Cload out 0 1f", "cload (out 0) bench_capacitor c=1e-15"),
        ("Eapart apart 0 a b 2", "eapart (apart 0 a b) vcvs gain=2.0"),
        ("V1 a 0 pwl(0 0 1n 2meg)", 'v1 (a 0) vsource type="pwl" wave=[0.0, 0.0, 1e-09, 2000000.0]'),
    ],
)
def test_elements_around_a_cell(line, expected):
    assert element(line) == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("X1 a b cell", "have independent sources, R, C and E"),
        ("Lcoil a b 1n", "have independent sources, R, C and E"),
        ("R1 a b 1k tc=3", "not a number"),
        ("V1 a 0 sffm(0 1 2)", "have DC, PULSE, PWL, EXP and SIN"),
        ("V1 a 0 pulse(0 1 1n)", "PULSE takes 7 values"),
    ],
)
def test_other_elements_are_refused(line, message):
    with pytest.raises(ParameterError, match=message):
        element(line)


def test_numbers_have_suffixes():
    written = {"1k": 1e3, "2MEG": 2e6, "3m": 3e-3, ".5n": 5e-10, "1e-3": 1e-3, "-4pF": -4e-12, "1V": 1.0}
    assert {text: number(text) for text in written} == pytest.approx(written)


@vacask
def test_a_source_of_two_exponentials_is_that_of_spice():
    line = element("V1 a 0 exp(0 1 1n 2n 5n 3n)")
    table = run(f"exponentials\n{line}\n", Transient(1e-11, 1e-8))
    time = table["time"].to_numpy()
    rise, fall = (
        np.where(time > start, 1 - np.exp(-(time - start) / tau), 0) for start, tau in ((1e-9, 2e-9), (5e-9, 3e-9))
    )
    np.testing.assert_allclose(table["v(a)"], rise - fall, atol=1e-12)


def test_measures_are_those_of_spice():
    time = np.linspace(0.0, 4.0, 401)
    vectors = {"time": list(time), "a": list(np.sin(np.pi * time)), "v1:flow(br)": list(2 * time)}
    found = {
        "period": "trig v(a) val=0.5 rise=1 targ v(a) val=0.5 rise=2",
        "width": "trig v(a) val=0 fall=1 targ v(a)=0 cross=3",
        "place": "find i(V1) at=1.5",
        "first": "find i(v1) when v(a)=1m fall=1",
        "mean": "avg i(v1) from=1 to=2.005",
        "charge": "integ i(v1) from=0 to=1",
        "sum": "param='period + 2*charge'",
    }
    values = measured(vectors, {name: vacask_decks.measure(how) for name, how in found.items()})
    exact = {"period": 2.0, "width": 2.0, "place": 3.0, "first": 2.0, "mean": 3.005, "charge": 1.0, "sum": 4.0}
    assert values == pytest.approx(exact, abs=1e-3)
    for how in ("max v(a)", "deriv v(a) at=1"):
        with pytest.raises(ParameterError, match="measure by trig and targ, find, avg, integ and param"):
            vacask_decks.measure(how)
    with pytest.raises(ParameterError, match="not a formula that Python reads"):
        vacask_decks.measure("param='a ? b : c'")
    with pytest.raises(SystemExit, match="no such crossing of 5"):
        measured(vectors, {"never": ("between", ("a", 5.0, "rise", 1), ("a", 5.0, "rise", 1))})
    with pytest.raises(SystemExit, match="9 is outside of what was computed, 0 to 4"):
        measured(vectors, {"late": ("at", "a", 9.0)})


@pytest.mark.parametrize("name", [*CELLS])
def test_every_cell_is_written_or_refused_with_the_reason(name):
    """Nodes whose names begin a statement of VACASK have others there."""
    cell = CELLS.find(name)()
    if "spin-neuron" in name:
        with pytest.raises(ParameterError, match="VACASK"):
            cell.netlist("vacask")
    else:
        assert f"subckt {name.replace('-', '_')}" in cell.netlist("vacask")
