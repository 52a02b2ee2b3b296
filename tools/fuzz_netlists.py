"""Damaged netlists, names, options and analyses for the door to ngspice, for ``tools/fuzz_cases.py``."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

from fuzz_inputs import ODD, PWN, SLY, anything, damaged

#: A netlist may ask for anything: what has not ended after this time is stopped. [s]
LIMIT = 5.0
#: Netlists without devices of this package.
PLAIN = (
    "* divider\nV1 in 0 2\nR1 in out 1k\nR2 out 0 3k\n.end\n",
    "* low-pass\nV1 in 0 dc 1 ac 1 pulse(0 1 1u 1n 1n 5u 10u)\nR1 in out 1k\nC1 out 0 1n\n.ic v(out)=0\n.end\n",
    "* diode\n.param r=1k\nI1 0 a 1m\nD1 a 0 dmod\nR1 a 0 {r}\nB1 b 0 v=v(a)**2\n.model dmod d(is=1f n=1.5)\n.end\n",
)
#: Lines that ngspice might carry out, or follow somewhere.
LINES = (
    *(f"{begin}\nshell {PWN}\n.endc" for begin in (".control", " .CONTROL", "\t.control x", ".control;")),
    *(f"{begin}shell {PWN}" for begin in ("*#", "*# ", "*#*", "* ", "+", "$ ", "; ", ".exec ", ".system ", "!", ".")),
    *(f"{head} {text}" for head in (".include", ".lib x", ".title", ".save", ".param a=") for text in SLY),
    *(f'.model p d_process(process_file="/bin/sh" process_params=["-c" "{PWN}"])', "a1 [1] clk null [2] p"),
    *(".include /dev/zero", ".include .", ".include /etc/passwd", ".lib ~/.profile tt", '.include "', ".inc"),
    *(".subckt a b", ".ends", ".endl", ".if (1)", ".else", ".func f(x) {f(x)}", ".param a={a}", "X1 a b a", "+"),
    *(".options seed=random", ".option reltol=nan", ".temp 1e400", ".global a", ".end", ".tran 1f 1e9", ".op", ".four"),
    *("R1 a 0 0", "R2 a 0 -1", "R3 a 0 nan", "C1 a 0 1e300", "V1 a 0 1e400", "B2 a 0 v=1/0", "E1 a 0 a 0 1e30", "Q1"),
    *("B3 a 0 v=exp(exp(exp(v(a))))", "L1 a a 0", "K1 L1 L1 2", "S1 a 0 a 0 x", "T1 a 0 b 0 z0=0", "M1 a a a a m"),
)


def run_words(random: Random) -> list[Any]:
    """Arguments of :func:`use_ngspice`."""
    content = damaged(random, _netlist(random).encode()) if random.random() < 0.5 else _netlist(random).encode()
    text = content.decode(random.choice(("utf-8", "latin-1")), random.choice(("replace", "surrogateescape")))
    lines = text.split("\n")
    for _ in range(random.choice((0, 0, 1, 1, 3))):
        lines.insert(random.randrange(len(lines) + 1), random.choice(LINES))
    netlist = "\n".join(lines) if random.random() < 0.97 else anything(random)
    kind, arguments = _analysis(random)
    words: dict[str, Any] = {"time_limit": LIMIT}
    if random.random() < 0.3:
        words["options"] = {_name(random): random.choice((1e-6, "gear", *ODD, *SLY)) for _ in range(2)}
    if random.random() < 0.3:
        words["save"] = [random.choice(("v(out)", "v(a)", "i(v1)", "all", _name(random), *SLY)) for _ in range(2)]
    if random.random() < 0.1:
        words["osdi"] = [random.choice(("no.osdi", "/dev/null", *SLY))]
    if random.random() < 0.1:
        words[random.choice(("options", "save", "osdi", "time_limit"))] = anything(random)
    return [netlist, kind, arguments, words]


def use_ngspice(netlist: Any, kind: str, arguments: list[Any], words: Mapping[str, Any]) -> None:
    """Run an analysis of a netlist."""
    from synaspice.circuits.engine import ngspice

    ngspice.run(netlist, getattr(ngspice, kind)(*arguments), **words)


def _netlist(random: Random) -> str:
    from synaspice.circuits.cells.building.cell import CELLS
    from synaspice.devices.catalog import models

    match random.randrange(5):
        case 0:
            return f"* device\n{models()['vteam']().netlist()}\nV1 a 0 1\nXa a 0 vteam\n.end\n"
        case 1:
            return f"* cell\n{CELLS['inverter']().netlist()}\nV1 a 0 1\nXa a b vdd 0 inverter\n.end\n"
        case _:
            return random.choice(PLAIN)


def _name(random: Random) -> str:
    return random.choice(("v1", "out", "a", "reltol", "V1", "v(out)", *ODD, *SLY, f"v1\nshell {PWN}", f"v1; {PWN}"))


def _analysis(random: Random) -> tuple[str, list[Any]]:
    kind, arguments = random.choice(
        (
            ("OperatingPoint", []),
            ("DCSweep", ["v1", 0.0, 1.0, 0.25]),
            ("Transient", [1e-7, 1e-5]),
            ("Transient", [1e-7, 1e-5, 1e-8, True]),
            ("ACSweep", [1.0, 1e6, 3, "dec"]),
            ("Noise", [1.0, 1e6, 3, "dec", "v(out)", "v1"]),
        )
    )
    arguments = [*arguments]
    for at, given in enumerate(arguments):
        if random.random() < 0.1:
            arguments[at] = _name(random) if isinstance(given, str) and random.random() < 0.8 else anything(random)
    return kind, arguments
