"""Benches: functions of a device that return a table, each declared once by the signature of its function.

The decorator :func:`bench` registers a function. Its annotated arguments (:mod:`synaspice.characterization.arguments`)
are the options of ``synaspice characterize DEVICE BENCH``, their help and their page in the documentation; which
protocols it needs tells the devices that it suits; ``gallery`` tells what the gallery runs.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec

import pandas as pd

from ..devices.core.metadata import column_information
from ..devices.language.checks import known
from ..devices.language.errors import ParameterError
from ..devices.language.registry import Registry
from ..devices.model import CompactModel
from .arguments import SWEPT
from .citing import with_sources
from .signature import Setting, checked, settings_of, summary_of

Arguments = ParamSpec("Arguments")
Measurement = Callable[Concatenate[CompactModel, Arguments], pd.DataFrame]


@dataclass(eq=False)
class Bench:
    """A bench, as :func:`bench` read it from its function.

    Attributes
    ----------
    name : str
        Its name in tables and on the command line.
    function : callable
        The function, which checks its arguments.
    summary : str
        What it measures: the first sentence of the function's docstring.
    settings : Mapping
        Its arguments by name, without the device.
    needs : tuple of type
        Protocols that a device must offer.
    long : bool
        Whether it takes so long that it suits only devices whose preset names it.
    swept : callable, optional
        Returns what is swept on a device, given the value of the argument ``quantity`` or None.
    gallery : callable
        Returns what the gallery runs on a device: arguments, by the name of the files.
    """

    name: str
    function: Callable[..., pd.DataFrame]
    summary: str
    settings: Mapping[str, Setting]
    needs: tuple[type, ...]
    long: bool
    swept: Callable[[CompactModel, str | None], str] | None
    gallery: Callable[[CompactModel], Mapping[str, Mapping[str, Any]]]

    def __post_init__(self) -> None:
        functools.update_wrapper(self, self.function)  # it comes from where its function does

    def __call__(self, device: CompactModel, **arguments: Any) -> pd.DataFrame:
        """Measure a device."""
        return self.function(device, **arguments)

    @property
    def engines(self) -> tuple[str, ...]:
        """Names of the engines that it runs on."""
        return self.settings["engine"].argument.choices if "engine" in self.settings else ("numeric",)

    @property
    def resumable(self) -> bool:
        """Whether its points can be kept in a folder, resumed from, and shared among processes."""
        return "checkpoint" in self.settings

    def suits(self, device: CompactModel) -> bool:
        """Whether measuring the device on this bench tells something about it."""
        named = device.provenance is not None and self.name in device.provenance.benches
        return named or (not self.long and all(device.suits(kind) for kind in self.needs))

    def unit_of(self, setting: str, device: CompactModel, quantity: str | None = None) -> str:
        """Unit of an argument, on a device and for a swept quantity."""
        unit = self.settings[setting].argument.unit
        if unit != SWEPT:
            return unit
        if self.swept is None:
            raise ParameterError(f"the bench {self.name} does not name the quantity that it sweeps")
        return unit_of_quantity(device, self.swept(device, quantity))


#: The benches, by name.
BENCHES: Registry[Bench] = Registry(
    "bench",
    ("synaspice.characterization.benches",),
    "synaspice.benches",
    lambda item: isinstance(item, Bench),
    lambda bench: bench.name,
)


def bench(
    *,
    needs: tuple[type, ...] = (),
    long: bool = False,
    swept: Callable[[CompactModel, str | None], str] | None = None,
    gallery: Callable[[CompactModel], Mapping[str, Mapping[str, Any]]] | None = None,
    name: str | None = None,
) -> Callable[[Measurement[Arguments]], Measurement[Arguments]]:
    """Register a function of a device that returns a table as a bench.

    Its arguments after the device are annotated with what they are; see :mod:`synaspice.characterization.arguments`.
    An argument ``engine`` names its engines, an argument ``checkpoint`` makes it resumable. The first sentence of the
    docstring is its summary; the docstring's section on parameters is made from the annotations.

    Parameters
    ----------
    needs : tuple of type
        Protocols that a device must offer, such as :class:`~synaspice.devices.core.protocols.Sweep`.
    long : bool
        Whether it takes so long that it suits only devices whose preset names it.
    swept : callable, optional
        Returns what is swept on a device, given the value of the argument ``quantity`` or None: for arguments in the
        unit ``SWEPT``.
    gallery : callable, optional
        Returns what the gallery runs on a device: arguments, by the name of the files. Default: one run without
        arguments.
    name : str, optional
        Name; default: the function's, with hyphens.

    Raises
    ------
    ParameterError
        If an argument does not say what it is.
    DuplicateNameError
        If another bench has the name.
    """

    def register(function: Measurement[Arguments]) -> Measurement[Arguments]:
        settings = settings_of(function)
        chosen = name or function.__name__.replace("_", "-")
        measure = with_sources(checked(function, settings))
        shown = gallery or (lambda device: {chosen: {}})
        BENCHES.register(chosen, Bench(chosen, measure, summary_of(function), settings, needs, long, swept, shown))
        return measure

    return register


def suitable_benches(device: CompactModel) -> dict[str, Bench]:
    """The benches that suit a device, by name: whose protocols it offers, and those that its preset names."""
    return {name: there for name, there in BENCHES.items() if there.suits(device)}


def unit_of_quantity(device: CompactModel, quantity: str) -> str:
    """Unit of what a bench drives: ``voltage``, ``current``, a branch's voltage or current, or an input."""
    if quantity in ("voltage", "current"):
        return {"voltage": "V", "current": "A"}[quantity]
    return column_information(device)[known(f"quantity of {device.model_name()}", quantity, _driven(device))][0]


def _driven(device: CompactModel) -> list[str]:
    """What of a device a source or a field can drive."""
    return [*device.imposed_quantities(), *device.input_declarations()]


def bench_page(there: Bench) -> str:
    """A bench in Markdown, for the documentation: what it measures, what it needs, and its arguments."""
    needs = ", ".join(f"`{kind.__name__}`" for kind in there.needs) or "nothing"
    lines = [f"## `{there.name}`", "", f"{there.summary}.", ""]
    lines += [f"Engines: {', '.join(there.engines)}. Needs of the device: {needs}.", ""]
    lines += ["| argument | option | what it is |", "| --- | --- | --- |"]
    for setting in there.settings.values():
        shown = f"{setting.option} {setting.argument.metavar}".rstrip().replace("|", "\\|")
        lines.append(f"| `{setting.name}` | `{shown}` | {setting.help} |")
    return "\n".join(lines) + "\n"
