r"""Devices that are compiled for VACASK: once for each model and its options, kept in the user's cache.

By default a device is its Verilog-A module, compiled by OpenVAF-Reloaded; a native one is the C of
:mod:`synaspice.circuits.engine.native` for OSDI 0.4. A netlist has them alike::

    device = vacask_device(mtj)
    netlist = f"two\n{device}\nv1 (a 0) vsource dc=0.1\n{device.instance('1', 'a 0')}\n{device.instance('2', 'a 0')}"
    run(netlist, OperatingPoint(), osdi=[device.file])
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ....devices.language.checks import flag, positive
from ....devices.language.errors import CompilationError, ParameterError
from ....devices.model import CompactModel
from ....devices.targets.modules.verilog_a import write_module
from ....devices.targets.spice.dialect import Dialect
from ....devices.targets.spice.statements import check_name, check_node
from ....devices.targets.spice.vacask import VACASK, identifier, model_line
from ..native import NativeDevice, compiled_module, compiled_native
from ..process import run_guarded
from .programs import find_openvaf, version_of

#: Wall-clock time after which a compilation is given up: most take less than a second. [s]
TIME_LIMIT = 300.0
#: Of the instructions that every processor of the family has: the cache may be in a home that several machines share.
PROCESSOR = "generic"
_COLOURS = re.compile(r"\x1b\[[\d;]*m")


@dataclass(frozen=True)
class VacaskDevice(NativeDevice):
    """A compiled device as a netlist of VACASK has it; its text is the ``model`` line."""

    @property
    def dialect(self) -> Dialect:
        return VACASK

    def __str__(self) -> str:
        return model_line(self.name, self.kind, self.values)

    def instance(self, name: str, nodes: str | Sequence[str], **parameters: float) -> str:
        """The line of an instance, ``n<name>``; see :meth:`NativeDevice.instance`."""
        pins = nodes.split() if isinstance(nodes, str) else nodes
        joined = " ".join(identifier(check_node(pin)) for pin in pins)
        words = [identifier(f"n{check_node(name, 'device')}"), f"({joined})", self.name]
        return " ".join([*words, *(f"{check_name(key, 'parameter')}={value!r}" for key, value in parameters.items())])


def vacask_device(
    device: CompactModel,
    *,
    name: str | None = None,
    inputs: Sequence[str] = (),
    native: bool = False,
    noise: bool = True,
    transient_noise: float | None = None,
) -> VacaskDevice:
    """Compile a device for VACASK, or find it in the cache.

    Devices of one model with the same options share a file: their parameters are on the ``model`` line.

    Parameters
    ----------
    device : CompactModel
        The device.
    name : str, optional
        Name of the ``model`` line; default: the model's name with ``_card``.
    inputs : sequence of str
        Inputs of the model to turn from parameters into pins.
    native : bool
        Whether it is the C, compiled by the system's compiler, and not the Verilog-A module.
    noise : bool
        Whether a native device has the noise of its states in noise analyses, as a module always has.
    transient_noise : float, optional
        Time between the samples of a native device's noise of its states in transients [s]; default: no noise there.

    Raises
    ------
    MissingDependencyError
        If it is not in the cache, and there is no compiler.
    CompilationError
        If the compiler fails, with its own words.
    ParameterError
        If ``transient_noise`` is given for a module.
    """
    pinned = tuple(inputs)
    if flag("native", native):
        kind, file = compiled_native(device.structure, pinned, noise, transient_noise is not None, "0.4")
    else:
        kind, file = _compiled(device.structure, pinned)
    values = {key: value for key, value in device.values.items() if key not in pinned}
    if transient_noise is not None:
        if not native:
            raise ParameterError(
                "transient_noise is for native devices: VACASK gives up where a module's noise shakes it"
            )
        values["noise_interval"] = positive("transient_noise, the time between samples,", transient_noise, "s")
    pins = (*device.terminals(), *device.state_declarations(), *pinned)
    chosen = check_name(name or f"{device.model_name().replace('-', '_')}_card", "model")
    return VacaskDevice(chosen, kind, pins, file, values)


@lru_cache(maxsize=256)
def _compiled(structure: Any, inputs: tuple[str, ...]) -> tuple[str, Path]:
    model, options = structure
    compiler = find_openvaf()

    def compile_to(file: Path, kind: str) -> Path:
        text = write_module(model(**dict(options)), kind, inputs, every_parameter=True)
        return compile_verilog_a(text, file)

    return compiled_module(structure, inputs, f"{version_of(compiler)} {PROCESSOR}", compile_to)


def compile_verilog_a(text: str, file: Path) -> Path:
    """Compile a Verilog-A module by OpenVAF-Reloaded.

    Parameters
    ----------
    text : str
        The module.
    file : Path
        The compiled file, in a folder that is there.

    Raises
    ------
    MissingDependencyError
        If there is no compiler.
    CompilationError
        If it fails, with its own words.
    """
    source = file.with_suffix(".va")
    source.write_text(text, encoding="utf-8")
    command = [str(find_openvaf()), "--target_cpu", PROCESSOR, source.name, "-o", file.name]
    ended = run_guarded(command, file.parent, file.parent, TIME_LIMIT)
    if ended is None:
        raise CompilationError(f"openvaf-r did not finish {source.name} within {TIME_LIMIT:g} s")
    if ended.returncode != 0 or not file.exists():
        words = _COLOURS.sub("", ended.stderr + ended.stdout).strip().splitlines()[:12]
        raise CompilationError("\n  ".join([f"openvaf-r could not compile {source.name}:", *words]))
    return file
