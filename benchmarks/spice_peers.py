"""Other people's SPICE junctions, from the folder where a user has them, with the changes that ngspice needs.

They are those of the public repository CRTejaswi/mtj, folder ``models``: kim2015 (J. Kim et al., Custom Integrated
Circuits Conference 2015, doi:10.1109/CICC.2015.7338407; Cartesian components) and camsari2013 (K. Y. Camsari,
S. Ganguly, S. Datta, Sci. Rep. 5, 10571 (2015), doi:10.1038/srep10571; polar angles). Nothing of them is kept here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from synaspice.circuits.engine.ngspice import Transient, run
from synaspice.devices import MTJ


@dataclass(frozen=True)
class Change:
    """What ngspice needs to be otherwise, and why."""

    why: str
    old: str
    new: str | Callable[[re.Match[str]], str]


@dataclass(frozen=True)
class Peer:
    """A published junction.

    Attributes
    ----------
    name, what : str
        Folder of the repository, and coordinates of the magnetisation.
    files : sequence of str
        Its netlists below the folder ``models``, in order.
    changes : sequence of Change
        Regular expressions and what stands in their place.
    """

    name: str
    what: str
    files: Sequence[str]
    changes: Sequence[Change]

    def netlist(self, folder: Path) -> str:
        """The subcircuits as ngspice takes them.

        Raises
        ------
        FileNotFoundError
            If a file is missing.
        ValueError
            If a change finds nothing to change: these are other netlists.
        """
        root = folder / "models" if (folder / "models").is_dir() else folder
        text = "\n".join((root / file).read_text(encoding="utf-8", errors="replace") for file in self.files)
        for change in self.changes:
            text, count = re.subn(change.old, change.new, text, flags=re.M)
            if not count:
                raise ValueError(f"{self.name}: {change.old!r} is not in these netlists")
        return text


def _limited(found: re.Match[str]) -> str:
    value, words = found["value"], found["limits"]
    low, high = (re.search(rf"{name}=('([^']*)'|\S+)", words) for name in ("min", "max"))
    assert low and high
    return f"{found['head']}vol='min(max({value}, {low[2] or low[1]}), {high[2] or high[1]})'"


CARTESIAN = Peer(
    "kim2015",
    "Cartesian",
    [f"kim2015/stt-ipmtj/{part}" for part in ("LLG_solver.inc", "Resistor.inc", "HeatDF.inc", "MTJ_model.inc")],
    [
        Change("the files are one text", r"^\.include .*$", "*"),
        Change(
            "min= and max= of a controlled source are written into its expression",
            r"(?P<head>^E_\w+\s+\w+ 0 )vol='(?P<value>[^']*)'(?P<limits>(?: (?:min|max)=(?:'[^']*'|\S+)){2})",
            _limited,
        ),
        Change("the charge of the electron is not called e: that is Euler's number", r"^\.param e=", ".param charge="),
        Change(
            "constants are multiplied before: ngspice adds 1e-32 to what a source divides by; no resistance of zero",
            r"^R_Is Is 0 'v\(Ias\)\*v\(P\)\*h/\(2\*e\*lx\*ly\*lz\*1e6\*v\(Ms\)\)'",
            ".param torque='h/(2*charge*lx*ly*lz*1e6)'\nR_Is Is 0 'max(v(Ias)*v(P)*torque/max(v(Ms),1),1)'",
        ),
        Change(
            "no division by a voltage of zero at the start",
            r"/abs\(v\(e1\)-v\(e2\)\)",
            "/max(abs(v(e1)-v(e2)),1e-30)",
        ),
    ],
)

POLAR = Peer(
    "camsari2013",
    "polar",
    [f"camsari2013/HSPICE/{part}" for part in ("LLG.sp", "G_MTJ.sp")],
    [
        Change(
            "spin currents, which this junction has none of, are no currents of controlled sources",
            r"^E[xyz]{2} s[xyz] 0 vol='conv\*-i\(G[xyz]{2}\)'$",
            "*",
        ),
    ],
)
PEERS = (CARTESIAN, POLAR)

#: The junction of kim2015/stt-ipmtj/MTJ_write.sp, without its sides.
KIM_JUNCTION = "lz=1.48n Ms0=1210 P0=0.69 alpha=0.006 Tmp0=358 RA0=5 MA=1 ini=1 tc=1.5n"
#: Its current at 1 ns, as HSPICE found it (MTJ_write.mt0).
KIM_CURRENT = "3.178e-04"


def kim_current(folder: Path) -> float:
    """The check that kim2015 comes with: current at 1 ns and 0.6 V of its perpendicular junction [A]."""
    lines = ["* the peer's own check", CARTESIAN.netlist(folder), "V1 1 0 0.6"]
    lines.append(f"XMTJ1 1 0 MTJ lx=65n ly=65n {KIM_JUNCTION}")
    table = run("\n".join(lines), Transient(1e-12, 1e-9, 1e-12, use_initial_conditions=True), save=["i(v1)"])
    return -float(table["i(v1)"].iloc[-1])


def polar_parameters(junction: MTJ) -> dict[str, float]:
    """Parameters of camsari2013 for a junction whose torque and magnetoresistance do not depend on angle or bias."""
    fields = [junction.derived[f"pull_{axis}"] for axis in "xyz"]
    easy = fields[2] - fields[1]
    ratio = junction.tmr / (2 + junction.tmr)
    per_ampere = junction.polarization_reference / 2 * junction.torque_field_per_ampere / easy
    return {
        "alpha": junction.damping,
        "tau": (1 + junction.damping**2) / (junction.gamma_0 * easy),
        "hp": (fields[1] - fields[0]) / easy,
        "hs": 1.0,
        "P": ratio**0.5,
        "G0": junction.parallel_conductance * (2 + junction.tmr) / (2 + 2 * junction.tmr),
        "torque_per_ampere": per_ampere,
    }


def polar_junction(folder: Path, junction: MTJ) -> str:
    """A subcircuit ``polar p n theta phi`` of the modules of camsari2013: spin current in proportion to the current."""
    values = polar_parameters(junction)
    lines = [POLAR.netlist(folder), *(f".param {name}={value!r}" for name, value in values.items())]
    lines += [".subckt polar p n theta phi", "Vsense p q 0", "Xbarrier q n 0 0 0 0 0 0 theta sz sx sy G_MTJ"]
    lines += ["Bspin spin 0 V=i(Vsense)*{torque_per_ampere}", "Xllg theta phi 0 0 spin LLG_BLOCK", ".ends"]
    return "\n".join(lines)
