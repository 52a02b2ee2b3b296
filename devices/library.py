"""A library file: many devices, each as a subcircuit (or module) of its own name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tqdm import tqdm

from .catalog import find_model
from .core.base import MODELS
from .language.checks import flag
from .language.errors import ParameterError
from .language.version import __version__
from .model import CompactModel
from .targets.formats import FORMATS
from .targets.spice.statements import check_name, joined, one_line


def name_in_library(device: CompactModel) -> str:
    """Name of a device's subcircuit beside others: its model's and, if it has one, its preset's, ``mtj_ikeda2010``."""
    preset = [device.provenance.name] if device.provenance else []
    return "_".join([device.model_name(), *preset]).replace("-", "_")


def every_device() -> dict[str, CompactModel]:
    """Every model of the package with every preset, by names such as ``mtj_ikeda2010``; its defaults as ``mtj``."""
    found: list[CompactModel] = []
    for name in MODELS.own():
        model = find_model(name)
        found += [model(), *(model.preset(preset) for preset in model.presets())]
    return {name_in_library(device): device for device in found}


def write_library(
    devices: Mapping[str, CompactModel], dialect: str = "ngspice", *, progress: bool = False, **options: Any
) -> str:
    """Write many devices into one file that a netlist can include.

    Parameters
    ----------
    devices : Mapping
        Devices by the names of their subcircuits, in the order in which they are to stand.
    dialect : str
        As of :meth:`CompactModel.netlist`.
    progress : bool
        Whether a terminal shows how many are written.
    **options
        Further arguments of :meth:`CompactModel.netlist`, for all devices: ``observables``, ``noise``.

    Returns
    -------
    str
        The text of the file; the same for the same devices.

    Raises
    ------
    ParameterError
        If a name cannot be one, two are the same to a simulator, for which case does not matter, or the format is no
        text.
    UnknownNameError
        If there is no such format.
    """
    form = FORMATS.find(dialect)
    seen: dict[str, str] = {}
    for name in devices:
        check_name(name, "subcircuit")
        if name.lower() in seen:
            raise ParameterError(f"{seen[name.lower()]!r} and {name!r} are the same name to a simulator")
        seen[name.lower()] = name
    mark = form.comment
    lines = [f"{mark}Library of {len(devices)} {form.plural} for {dialect}, by synaspice {__version__}:"]
    for name, device in devices.items():
        preset = device.provenance
        what = f"preset {preset.name}: {preset.title}" if preset else "default parameters"
        lines.append(f"{mark}  {name}: {device.model_name()}, {one_line(what)}")
    each = tqdm(devices.items(), desc="written", disable=None if flag("progress", progress) else True, delay=1.0)
    texts = [device.netlist(dialect, name=name, **options).splitlines() for name, device in each]
    return "\n".join([*lines, "", *joined([*text, ""] for text in texts)])
