"""Each dialect as a simulator or a parser reads it; the table is in docs/guides/simulators/netlists.md."""

from __future__ import annotations

import functools
import re
import subprocess
from dataclasses import replace

import numpy as np
import pytest
from peers import peer
from spectre_reader import FUNCTIONS, check_expression, to_ngspice

from synaspice.circuits.engine import ngspice
from synaspice.circuits.engine.batch import run_deck, transient_deck
from synaspice.circuits.engine.decks import driven_circuit, held_branches, instance, nodes_of
from synaspice.devices.catalog import models
from synaspice.devices.library import every_device, write_library

#: What ngspice must be told to read another simulator's netlists by their own rules.
COMPATIBLE = {"ngspice": None, "xyce": None, "ltspice": "lt", "hspice": "hs"}
#: Part of its stimulus in which each moves: thresholds and powers; magnetic; exponentials.
MOVING = {"vteam": 0.5, "domain-wall-magnet": 1.0, "stanford-rram": 0.5}


def compatibility(folder, dialect):
    mode = COMPATIBLE[dialect]
    (folder / ".spiceinit").write_text((f"set ngbehavior={mode}\n" if mode else "") + "set filetype=ascii\n")


@functools.cache
def everything():
    """One device of every structure: presets that differ in values alone have the same equations."""
    different = {}
    for name, device in every_device().items():
        different.setdefault((type(device), device.structure), (name, device))
    return dict(different.values())


def operating_points(folder, dialect, text):
    """Voltages of all nodes, those inside of the subcircuits too, of every device at 0.1 V."""
    lines = ["* every device", text]
    for k, (name, device) in enumerate(everything().items()):
        subcircuit = device.subcircuit(name=name)  # the pins are the same in all dialects
        nodes, branch = nodes_of(device, f"_{k}"), next(iter(device.branches().values()))
        lines.append(f"V_{k} {nodes[branch.positive]} {nodes[branch.negative]} DC 0.1")
        lines += [*held_branches(device, subcircuit, f"_{k}"), instance(device, subcircuit, {}, f"_{k}")]
    deck, raw = folder / "deck.cir", folder / "out.raw"
    deck.write_text("\n".join([*lines, ".options reltol=1e-9", ".op", ".end"]) + "\n")
    compatibility(folder, dialect)
    ended = subprocess.run(
        ["ngspice", "-b", deck.name, "-r", raw.name], cwd=folder, capture_output=True, text=True, timeout=120
    )
    assert raw.exists(), ended.stderr[-2000:]
    header, _, values = raw.read_text().partition("Values:")
    names = re.findall(r"^\t\d+\t(\S+)\t", header, re.M)
    numbers = [float(word) for word in re.findall(r"^(?: *0)?\t+(\S+)$", values, re.M)]
    assert len(names) == len(numbers) > 10 * len(everything())
    return dict(zip(names, numbers, strict=True))


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    folder = tmp_path_factory.mktemp("ngspice")
    # Without what ngspice alone has for long rests: nodes of its own.
    texts = [str(device.subcircuit(name=name)) for name, device in everything().items()]
    return operating_points(folder, "ngspice", "\n".join(texts))


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("dialect", ["xyce", "ltspice", "hspice", "spectre"])
def test_every_expression_means_the_same_in_every_dialect(dialect, reference, tmp_path):
    """Xyce's, LTspice's and HSPICE's forms are run by ngspice as theirs; Spectre's is read by a strict reader first."""
    text = write_library(everything(), dialect)
    if dialect == "spectre":
        dialect, text = "ngspice", to_ngspice(text)
    found = operating_points(tmp_path, dialect, text)
    # B sources are named otherwise in HSPICE: the nodes are compared, and the currents of the drives
    shared = [name for name in reference if not name.startswith("i(") or re.match(r"i\(v_\d+\)", name)]
    assert set(shared) <= set(found)
    for name in shared:
        assert found[name] == pytest.approx(reference[name], rel=1e-6, abs=1e-9), name


@pytest.mark.ngspice
@pytest.mark.parametrize("name", MOVING)
def test_the_decks_of_other_dialects_run(name, tmp_path):
    device = models()[name]()
    stimulus = device.suggested_stimulus()
    inputs = {k: v for k, v in stimulus.inputs.items() if k in device.branches()}
    stimulus = replace(stimulus, inputs=inputs, duration=MOVING[name] * stimulus.duration)
    final = {}
    for dialect in COMPATIBLE:
        folder = tmp_path / dialect
        folder.mkdir()
        compatibility(folder, dialect)
        subcircuit = device.subcircuit(dialect=dialect)
        (folder / "device.lib").write_text(str(subcircuit))
        text = transient_deck(device, "device.lib", subcircuit, stimulus)
        if dialect == "ltspice":  # whose suggested step may be 0, which is not so in ngspice
            text = re.sub(r"^\.tran 0 (\S+) 0 (\S+)$", r".tran \2 \1 0 \2", text, flags=re.M)
        if dialect == "hspice":  # whose largest step is an option
            step = re.search(r"delmax=(\S+)", text)[1]
            text = re.sub(r"^\.tran (\S+) (\S+)$", rf".tran \1 \2 0 {step}", text, flags=re.M)
        (folder / "deck.cir").write_text(text)
        final[dialect] = run_deck(folder / "deck.cir")
    moved = abs(final["ngspice"]["final_x"] - 0.5)
    assert moved > 0.1, "it has to move"
    for dialect in COMPATIBLE:
        assert final[dialect] == pytest.approx(final["ngspice"], rel=1e-6, abs=1e-9), dialect


def test_the_reader_of_spectre_refuses_what_is_no_spectre():
    good = models()["vteam"]().netlist("spectre")
    to_ngspice(good)
    for wrong in (
        good.replace("bsource", "bsrc", 1),
        good.replace("max(", "uramp(", 1),
        good.replace("subckt vteam (p n x)", ".subckt vteam p n x", 1),
        good.replace("travel=position_off", "travel=position", 1),
        good.replace("ends vteam", ""),
    ):
        assert wrong != good
        with pytest.raises(AssertionError):
            to_ngspice(wrong)
    assert "uramp" not in FUNCTIONS
    with pytest.raises(AssertionError, match="expected, not ''"):
        check_expression("(1 + 2", set())


@pytest.mark.parametrize("dialect", ["ngspice", "xyce", "ltspice"])
def test_spicelib_reads_and_writes_it_unchanged(dialect, tmp_path):
    """PyPI's editor of LTspice, ngspice and Xyce netlists finds the subcircuit, its pins and its parameters."""
    editor = peer("spicelib").SpiceEditor
    device = models()["mtj"].preset("ikeda2010")
    subcircuit = device.subcircuit(dialect=dialect)
    path = tmp_path / "deck.net"
    path.write_text(f"* title\n{subcircuit}X1 a 0 x y z mtj tmr=2.0\n.end\n", encoding="utf-8")
    netlist = editor(path, encoding="utf-8")
    assert netlist.get_components() == ["X1"]
    inner = netlist.get_subcircuit("X1")
    assert {f"C_m_{axis}".upper() for axis in "xyz"} <= {name.upper() for name in inner.get_components()}
    netlist.save_netlist(tmp_path / "copy.net")
    # It puts some continued lines together: the words are the same, but for lone plus signs.
    copy, original = (
        [word for word in file.read_text(encoding="utf-8").split() if word != "+"]
        for file in (tmp_path / "copy.net", path)
    )
    assert copy == original


@pytest.mark.parametrize("dialect", ["ngspice", "xyce"])
def test_spatk_understands_every_statement(dialect):
    """PyPI's analysis toolkit has a grammar of elements for ngspice and one for Xyce."""
    spatk = peer("spatk")
    text = models()["mtj"].preset("ikeda2010").netlist(dialect, noise=True, observables=True)
    circuit = spatk.Circuit(text.splitlines(), syntax=dialect, is_filename=False)
    kinds = [type(element).__name__ for element in circuit.parsed_circuit.values()]
    assert kinds.count("Behavioral_source") == len(re.findall(r"^B_", text, re.M)) > 10
    with pytest.raises(IndexError):
        spatk.Circuit(["* no element", "R_x a"], syntax=dialect, is_filename=False)


# --- a second simulator of ngspice's language -----------------------------------------------------


def in_neospice(text, *analysis):
    neospice = peer("neospice")
    # neospice 0.2.0 knows `temper` in sources, but takes it for 0 in formulas.
    text = re.sub(r"\{[^{}]*\}", lambda formula: re.sub(r"\btemper\b", "27.0", formula.group()), text)
    simulator = neospice.Simulator()
    circuit = simulator.parse(text)
    circuit.options.reltol, circuit.options.abstol, circuit.options.vntol = 1e-7, 1e-15, 1e-9
    return simulator.run_transient(circuit, *analysis) if analysis else simulator.run(circuit)


#: Differences at the stimulus's own step: 3e-4 of PhaseChangeMemory, 1e-4 of StanfordRRAM; of the others up to 8e-5.
FINER = {"phase-change-memory": 4, "sky130-reram": 4, "stanford-rram": 2}
#: So many steps, in which every device moves.
STEPS = 4000
#: Sky130RERAM sets in a thermal runaway, 0.03 per step at its steepest: 2e-4 is a hundredth of a step in time.
TOLERANCE = {"sky130-reram": 2e-4}
TIGHT = {"reltol": 1e-7, "abstol": 1e-15, "vntol": 1e-9}
DEVICES = sorted(name for name, model in models().items() if model.__module__.startswith("synaspice."))


@pytest.mark.ngspice
@pytest.mark.parametrize("name", everything())
def test_neospice_gives_the_same_static_curve(name):
    device = everything()[name]
    branch, nodes = next(iter(device.branches().values())), nodes_of(device)
    subcircuit = device.subcircuit()
    lines = [f"* {name}", str(subcircuit), f"V_drive {nodes[branch.positive]} {nodes[branch.negative]} 0"]
    text = "\n".join([*lines, *held_branches(device, subcircuit), instance(device, subcircuit, {})])
    other = in_neospice(text + "\n.dc V_drive -0.5 0.5 0.05\n.end\n").dc_sweep.current("v_drive")
    ours = ngspice.run(text, ngspice.DCSweep("v_drive", -0.5, 0.5, 0.05), options=TIGHT)["i(v_drive)"].to_numpy()
    assert np.ptp(ours) > 0
    np.testing.assert_allclose(np.asarray(other), ours, rtol=1e-4, atol=1e-6 * np.abs(ours).max())


@pytest.mark.ngspice
@pytest.mark.slow
@pytest.mark.parametrize("name", DEVICES)
def test_neospice_gives_the_same_transient(name):
    device = models()[name]()
    stimulus = device.suggested_stimulus()
    inputs = [key for key in stimulus.inputs if key in device.input_declarations()]
    subcircuit = device.subcircuit(inputs=inputs)
    case = {"source": stimulus.source, "inputs": stimulus.inputs, "overrides": stimulus.overrides}
    circuit = driven_circuit(device, subcircuit, stimulus.drive, stimulus.duration, **case)
    text = "\n".join([f"* {name}", str(subcircuit), *circuit])
    # Edges of pulses are integrated with the order of their own choice: the difference falls with the step.
    step = (stimulus.max_step or stimulus.duration / 4000) / FINER.get(name, 1)
    duration = min(stimulus.duration, STEPS * step)
    other = in_neospice(f"{text}\n.tran {step!r} {duration!r} 0 {step!r}\n.end\n", step, duration)
    ours = ngspice.run(text, ngspice.Transient(step, duration, max_step=step), options=TIGHT)
    assert max(np.ptp(ours[f"v({state})"]) for state in device.state_declarations()) > 0.2
    for state in device.state_declarations():
        there = np.interp(ours["time"], np.asarray(other.time), np.asarray(other.voltage(state)))
        np.testing.assert_allclose(there, ours[f"v({state})"], atol=TOLERANCE.get(name, 1e-4))
