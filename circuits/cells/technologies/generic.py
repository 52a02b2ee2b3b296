"""Bulk CMOS of the 45 nm class, in the box: BSIM4 cards from a table of published values, ``generic.toml``."""

from __future__ import annotations

import functools
import tomllib
from importlib import resources
from typing import Any

from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.dialects import NGSPICE
from ..building.cmos import KINDS, TECHNOLOGIES, Technology


@functools.cache
def generic_card() -> dict[str, Any]:
    """The table of the generic technology: process, corners, and BSIM4 parameters with unit, meaning and source."""
    text = (resources.files(__package__) / "generic.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _models(corner: str, dialect: Dialect = NGSPICE) -> str:
    """BSIM4 cards of the generic technology at a corner, as a dialect spells them."""
    card = generic_card()
    shift = {name: entry["value"] for name, entry in card["corners"][corner].items()}
    mark, (end, begin) = dialect.comment, dialect.continuation
    lines = [f"{mark}{card['title']}, {corner}", f"{mark}after {card['reference']}, doi:{card['doi']}"]
    if (library := dialect.statements.get("bsim4_library")) is not None:
        lines.append(library)
    for kind in KINDS:
        values = {name: entry[kind] for name, entry in card["parameters"].items()}
        values["vth0"] += (1 if kind == "nmos" else -1) * shift.get("threshold_shift", 0.0)
        values["u0"] *= shift.get("mobility_factor", 1.0)
        thicker = values["toxe"] * (shift.get("oxide_factor", 1.0) - 1)  # the physical part of it varies
        values["toxe"] += thicker
        values["toxp"] += thicker
        head = dialect.statements["bsim4"].format(
            name=f"generic_{kind}", kind=kind, type=kind[0], sign=1 if kind == "nmos" else -1
        )
        words = [f"{name}={value:.9g}" for name, value in values.items()]
        parts = [head, *(f"{begin}{' '.join(words[k : k + 6])}" for k in range(0, len(words), 6))]
        lines += [*(f"{part}{end}" for part in parts[:-1]), parts[-1]]
    return "\n".join(lines)


def _generic() -> Technology:
    card = generic_card()
    process = {name: entry["value"] for name, entry in card["process"].items()}
    mismatch = {kind: process.pop(f"mismatch_{kind}") for kind in KINDS}
    return Technology(
        name="generic",
        title=card["title"],
        reference=f"{card['reference']}, doi:{card['doi']}",
        node="45 nm",
        mismatch=mismatch,
        model_names={kind: f"generic_{kind}" for kind in KINDS},
        cards=_models,
        cards_in=_models,
        sizes={
            "p-bit.nmos_length": 1.4,
            "spike-synapse.weight": 20.0,
            "spike-synapse.mirror_width": 2.0,
            "domain-wall-neuron.threshold": 0.78,
            "domain-wall-neuron.load_resistance": 3e5,
            "domain-wall-neuron.bias_voltage": 0.2,
            "domain-wall-neuron.mirror_width": 4.0,
            "domain-wall-neuron.reset_width": 20.0,
        },
        **process,
    )


TECHNOLOGIES.register("generic", _generic())
