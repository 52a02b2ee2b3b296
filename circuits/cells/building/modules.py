"""Devices of cells for VACASK: a ``model`` line each, of a compiled module that all devices of one kind share."""

from __future__ import annotations

from collections.abc import Sequence

from ....devices.model import CompactModel
from ....devices.targets.formats import ExportOptions
from ....devices.targets.spice.subcircuit import Subcircuit
from ....devices.targets.spice.vacask import VACASK, model_line, module_in_netlist, pins_of
from ...engine.vacask.devices import vacask_device


def module_form(
    device: CompactModel, name: str, inputs: Sequence[str], *, native: bool, noise_step: float | None
) -> tuple[Subcircuit, str, str]:
    """A device for VACASK, the name of its module, and the lines that bring the module.

    Parameters
    ----------
    device : CompactModel
        The device.
    name : str
        Name of its ``model`` line.
    inputs : sequence of str
        Inputs that are pins.
    native : bool
        Whether the module is native code, compiled here and now, which the netlist loads from where it lies. Otherwise
        it is in Verilog-A, and the netlist has it in itself.
    noise_step : float, optional
        Time between samples of thermal noise in transients, of native code alone. [s]

    Raises
    ------
    MissingDependencyError
        If it is to be native, and there is no C compiler.
    """
    if native:
        made = vacask_device(device, name=name, inputs=inputs, native=True, transient_noise=noise_step)
        kind, lines, values = made.kind, f'load "{made.file}"', dict(made.values)
    else:
        kind, lines = module_in_netlist(device, inputs)
        values = {key: value for key, value in device.values.items() if key not in inputs}
    text = f"{model_line(name, kind, {key: float(value) for key, value in values.items()})}\n"
    return Subcircuit(name, pins_of(device, ExportOptions(inputs=inputs)), text, VACASK, tuple(values)), kind, lines
