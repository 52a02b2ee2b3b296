"""The formats of exported files: SPICE dialects, Verilog-A, native devices, and those that other packages bring."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ..language.checks import flag, instance, names, positive
from ..language.errors import ParameterError
from ..language.registry import Registry

if TYPE_CHECKING:
    from ..core.base import DeviceModel


@dataclass(frozen=True)
class ExportOptions:
    """How a device is to be exported; see :meth:`~synaspice.devices.model.CompactModel.netlist`.

    Attributes
    ----------
    name : str, optional
        Name of the subcircuit or module; default: the model's.
    inputs : sequence of str
        Inputs of the model to turn from parameters into pins.
    observables : bool
        Whether to add a node for every observable.
    noise : bool
        Whether to add sources for small-signal noise analyses.
    transient_noise : float, optional
        Time between the samples of the states' thermal noise in transients [s]; default: no noise.
    long_steps : bool
        Whether a rest of years ends after some hundred steps in ngspice too, which limits a step by the charge of a
        state's capacitor: to seconds, unless the capacitor is huge. The price is the rounding of the states' rates in
        steps of femtoseconds, which needs the option ``method=gear`` of the netlist, and a factor of ten in time in
        networks of a hundred devices. Formats for other simulators, which take long steps anyway, refuse it.
    """

    name: str | None = None
    inputs: Sequence[str] = ()
    observables: bool = False
    noise: bool = False
    transient_noise: float | None = None
    long_steps: bool = False

    def __post_init__(self) -> None:
        if self.name is not None:
            instance("the name", self.name, str, "a text")
        object.__setattr__(self, "inputs", tuple(names("inputs", self.inputs, empty=True)))
        for switch in ("observables", "noise", "long_steps"):
            flag(switch, getattr(self, switch))
        if self.transient_noise is not None:
            interval = positive("transient_noise, the time between samples,", self.transient_noise, "s")
            object.__setattr__(self, "transient_noise", interval)  # Python's own, as it is written


@dataclass(frozen=True, kw_only=True)
class Format(ABC):
    """A form in which a device can be written to a file.

    Attributes
    ----------
    name : str
        Its name in texts.
    plural : str
        The name of several devices in one file.
    comment : str
        Start of a line of comment.
    """

    name: str
    plural: str = "modules"
    comment: str = "// "

    @abstractmethod
    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """The device as text, with the sources of its values; the same for the same device.

        Raises
        ------
        UnknownNameError
            If there is no such input.
        ParameterError
            If a name cannot stand in the text, or the format has no such option.
        """


@dataclass(frozen=True, kw_only=True)
class BinaryFormat(Format):
    """A format of binary files."""

    def text(self, device: DeviceModel, options: ExportOptions) -> str:
        """Refuse: a binary file has no text."""
        raise ParameterError(f"{self.name} is a binary file, not a text: 'synaspice export --format' writes it")

    @abstractmethod
    def write(self, device: DeviceModel, path: Path, options: ExportOptions, force: bool) -> Path:
        """Write the device to a file, whole or not at all; with ``force`` over one that is there already."""


#: The formats of exported files, by the name that is asked for.
FORMATS: Registry[Format] = Registry(
    "export format",
    ("synaspice.devices.targets.spice", "synaspice.devices.targets.modules"),
    "synaspice.formats",
    lambda item: isinstance(item, Format),
)
