"""What ``synaspice export`` writes: a subcircuit or a library, and a deck beside it."""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ...characterization.tables import write_whole
from ...circuits.engine.batch import transient_deck
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms import DC, Waveform
from ...devices.library import every_device, write_library
from ...devices.model import CompactModel
from ...devices.targets.spice.dialects import DIALECTS


@dataclass(frozen=True)
class Order:
    """What is to be exported.

    Attributes
    ----------
    device : CompactModel, optional
        The device; None for every device with every preset.
    dialect : str
        As of :meth:`CompactModel.netlist`; so are the others.
    name : str, optional
        Name of the subcircuit.
    inputs : tuple of str
        Inputs to make pins.
    options : Mapping
        ``observables`` and ``noise``.
    transient_noise : float, optional
        Time between samples of noise in transients. [s]
    """

    device: CompactModel | None
    dialect: str
    name: str | None
    inputs: tuple[str, ...]
    options: Mapping[str, bool]
    transient_noise: float | None

    def text(self) -> str:
        """The text of the exported file."""
        if self.device is None:
            return write_library(every_device(), self.dialect, **self.options)
        return self.device.netlist(
            self.dialect, name=self.name, inputs=self.inputs, transient_noise=self.transient_noise, **self.options
        )

    def deck(self, include: str) -> str:
        """The text of a deck that drives the device, or the first one of the library."""
        name, device = (self.name, self.device) if self.device is not None else next(iter(every_device().items()))
        subcircuit = device.subcircuit(
            name=name,
            inputs=self.inputs,
            transient_noise=self.transient_noise,
            dialect=self.dialect,
            **self.options,
        )
        stimulus = device.suggested_stimulus()
        # Inputs that are no pins stay at their values; pins that the stimulus does not drive are held at theirs.
        inputs: dict[str, Waveform] = {pin: DC(device.values[pin]) for pin in self.inputs}
        inputs |= {k: v for k, v in stimulus.inputs.items() if k in self.inputs or k in device.branches()}
        driven = replace(stimulus, inputs=inputs)
        return transient_deck(device, include, subcircuit, driven, transient_noise=self.transient_noise)


def deliver(order: Order, output: Path | None, *, deck: bool, force: bool) -> list[Path]:
    """Write what was ordered, whole or not at all; without a file to standard output.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    ParameterError
        If a file exists and may not be replaced, or something cannot be exported.
    """
    if order.dialect == "osdi":
        return [_compiled(order, output, force)]
    text = order.text()
    if output is None:
        print(text, end="", file=sys.stdout)
        return []
    contents = {output: text}
    if deck and order.dialect in DIALECTS:
        beside = output.with_name(f"{output.stem}-test{DIALECTS[order.dialect].deck_suffix}")
        contents[beside] = order.deck(output.name)
    taken = [str(path) for path in contents if path.exists()]
    if taken and not force:
        raise ParameterError(f"{' and '.join(taken)} exist{'s' if len(taken) == 1 else ''}: --force replaces")
    for path, content in contents.items():
        write_whole(path, functools.partial(Path.write_text, data=content, encoding="utf-8", newline="\n"))
    return list(contents)


def _compiled(order: Order, output: Path | None, force: bool) -> Path:
    """Compile the device for OSDI; with the noise of its states, as a Verilog-A module has it."""
    if order.device is None:
        raise ParameterError("--format osdi compiles one device: give its name")
    if output is None:
        raise ParameterError("a native device is a binary file: give its name with -o")
    return order.device.compile_osdi(output, name=order.name, inputs=order.inputs, noise=True, force=force)
