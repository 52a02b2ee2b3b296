"""The generated subcircuit as other netlists use it: several instances, pins for inputs, PySpice, stand-alone runs."""

from __future__ import annotations

import logging
import re
import subprocess

import numpy as np
import pytest

from synaspice.circuits.engine import worker as _ngspice_worker
from synaspice.circuits.engine.batch import MEASURED_AT, run_deck, transient_deck
from synaspice.circuits.engine.ngspice import NgspiceError, OperatingPoint, Transient, run
from synaspice.devices import MTJ, VTEAM, ParameterError, Pulse, StanfordRRAM, UnknownNameError
from synaspice.devices.core.protocols import Stimulus

pytestmark = pytest.mark.ngspice

#: Resets the memristor of talati2016 half of its way.
PULSE = Pulse(0, 1.0, 1e-10, 1e-11, 1e-11, 5e-10)


def test_instances_of_one_subcircuit_have_their_own_parameters():
    text = VTEAM(resistance_on=1e3, resistance_off=1e5).netlist(name="mem")
    deck = f"* two\n{text}\nV1 a 0 0.1\nX1 a b1 x1 mem initial_state=0\n"
    deck += "X2 a b2 x2 mem initial_state=1 resistance_off=50k\n"
    table = run(deck + "V2 b1 0 0\nV3 b2 0 0\n", OperatingPoint(), options={"reltol": 1e-9})
    assert table["i(v2)"].item() == pytest.approx(0.1 / 1e3, rel=1e-6)
    assert table["i(v3)"].item() == pytest.approx(0.1 / 50e3, rel=1e-6)


def test_an_input_becomes_a_pin_in_units_of_its_scale():
    junction = MTJ(initial_polar_angle=0.3)
    field = 2e4
    subcircuit = junction.subcircuit(name="mtj", inputs=("field_z",))
    assert subcircuit.pins[-1] == "field_z"
    volts = field / MTJ.input_declarations()["field_z"].netlist_scale
    pins = " ".join(["a", "0", *subcircuit.pins[2:]])
    deck = f"* pin\n{subcircuit}\nV1 a 0 0\nV2 field_z 0 {volts!r}\nX1 {pins} mtj\n"
    spice = run(deck, Transient(1e-12, 2e-10, max_step=2.5e-13), options={"reltol": 1e-6})
    numeric = junction.replace(field_z=field).simulate(0.0, 2e-10, points=2)
    assert spice["v(m_x)"].iloc[-1] == pytest.approx(numeric["m_x"].iloc[-1], abs=1e-3)
    # and the field did something: without it the magnetisation is elsewhere
    assert abs(junction.simulate(0.0, 2e-10, points=2)["m_x"].iloc[-1] - numeric["m_x"].iloc[-1]) > 1e-2


def test_a_transient_from_initial_conditions_moves_as_one_from_the_operating_point():
    device = VTEAM.preset("talati2016", initial_state=0.3)
    subcircuit = device.subcircuit(name="mem")
    deck = f"* uic\n{subcircuit}\nV1 a 0 {PULSE.spice(1e-9)}\nX1 a 0 x mem\n"
    ends = [
        run(deck, Transient(1e-12, 1e-9, 1e-12, use_initial_conditions=uic))["v(x)"].iloc[[0, -1]].to_numpy()
        for uic in (False, True)
    ]
    np.testing.assert_allclose(ends[0], ends[1], atol=1e-3)
    assert ends[0][0] == pytest.approx(0.3, abs=1e-6) and ends[0][1] > 0.4


def test_pyspice_takes_the_subcircuit():
    logging.getLogger("PySpice").setLevel(logging.ERROR)
    from PySpice.Spice.Netlist import Circuit

    device = MTJ()
    circuit = Circuit("divider")
    circuit.subcircuit(device.subcircuit())
    circuit.V("supply", "top", circuit.gnd, 0.1)
    circuit.R("series", "top", "middle", device.parallel_resistance)
    circuit.X("junction", "mtj", "middle", circuit.gnd, "mx", "my", "mz")
    table = run(circuit, OperatingPoint(), options={"reltol": 1e-9})
    # a parallel junction in series with its own resistance
    assert table["v(middle)"].item() == pytest.approx(0.05, rel=1e-6)


def test_the_netlist_says_what_it_is_and_evaluates_nothing_else():
    text = MTJ.preset("ikeda2010").netlist()
    assert "preset ikeda2010" in text and "10.1038/nmat2804" in text
    subckt = next(line for line in text.splitlines() if line.startswith(".subckt"))
    assert subckt.split()[1:-1] == ["mtj", "p", "n", "m_x", "m_y", "m_z"]


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"dialect": "nosuch"}, UnknownNameError),
        ({"inputs": ("nosuch",)}, UnknownNameError),
        ({"name": "a b"}, ParameterError),
    ],
)
def test_what_cannot_be_written_is_refused(arguments, error):
    with pytest.raises(error):
        MTJ().netlist(**arguments)


def test_an_exported_netlist_runs_in_the_stand_alone_program(tmp_path):
    device, duration = VTEAM.preset("talati2016", initial_state=0.3), 1e-9
    (tmp_path / "mem.sub").write_text(device.netlist())
    deck = tmp_path / "test.cir"
    stimulus = Stimulus(PULSE, duration, max_step=1e-12)
    deck.write_text(transient_deck(device, "mem.sub", device.subcircuit(), stimulus))
    final = device.simulate(PULSE, duration, times=[0.0, MEASURED_AT * duration])["x"].iloc[-1]
    assert final > 0.5, "it has to move"
    assert run_deck(deck)["final_x"] == pytest.approx(final, abs=1e-2)


@pytest.mark.parametrize("model", [StanfordRRAM, VTEAM, MTJ])
def test_a_network_of_devices_does_not_fill_the_matrix(model, tmp_path):
    """ngspice's own count. A sparse matrix of wires fills up if a device's conductance hides behind its inner nodes."""
    size, subcircuit = 10, model().subcircuit(name="cell")
    states = len(subcircuit.pins) - 2
    lines = ["* wires with a device at every crossing", str(subcircuit)]
    for i in range(size):
        lines += [f"V{i} w{i}_0 0 0.1", f"RB{i} b{size}_{i} 0 2"]
        for j in range(size):
            lines += [f"RW{i}_{j} w{i}_{j} w{i}_{j + 1} 2", f"RB{i}_{j} b{i}_{j} b{i + 1}_{j} 2"]
            lines.append(f"X{i}_{j} w{i}_{j + 1} b{i}_{j} {' '.join(f's{k}_{i}_{j}' for k in range(states))} cell")
    deck = tmp_path / "wires.cir"
    deck.write_text("\n".join([*lines, ".op", ".save v(w0_0)", ".option acct", ".end\n"]))
    told = subprocess.run(["ngspice", "-b", deck], capture_output=True, text=True, check=True, timeout=60).stdout
    equations, fill_in = (
        int(re.search(rf"{what} = (\d+)", told).group(1)) for what in ("Circuit Equations", "fill-in non-zeroes")
    )
    # Measured 1.7 to 2.3; 20 and more for the mistakes that this is about.
    assert fill_in < 4 * equations


def test_a_deck_that_fails_stand_alone_says_why(tmp_path):
    deck = tmp_path / "bad.cir"
    deck.write_text("* bad\nX1 a 0 nosuch\n.tran 1n 2n\n.end\n")
    with pytest.raises(NgspiceError, match="nosuch"):
        run_deck(deck)


def test_a_banner_on_stderr_is_no_failure(tmp_path):
    """ngspice 42 and 43 name their solver on stderr, which made PySpice give up."""

    class Base:
        @classmethod
        def new_instance(cls):
            return cls()

    with (tmp_path / "log.txt").open("w+", encoding="utf-8") as log:
        engine = _ngspice_worker._engine(Base, "library", log)
        engine._error_in_stderr = engine._error_in_stdout = True
        assert engine.send_char("stderr Using SPARSE 1.3 as Direct Linear Solver", 0) == 0
        assert not engine._error_in_stderr and not engine._error_in_stdout
        log.seek(0)
        assert re.search("SPARSE", log.read())
