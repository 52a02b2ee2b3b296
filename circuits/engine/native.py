r"""Native devices in a netlist: compiled once for each model and its options, kept in the user's cache.

A native device is machine code in place of a subcircuit's behavioural sources; a deck has ``N`` elements in place
of ``X`` elements, and a ``.model`` line with the device's parameters in place of the subcircuit::

    native = native_device(mtj)
    deck = f"* two\n{native}\nV1 a 0 0.1\n{native.instance('1', 'a 0 x y z')}\n{native.instance('2', 'a 0 u v w')}"
    run(deck, OperatingPoint(), osdi=[native.file])
"""

from __future__ import annotations

import hashlib
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import sympy as sp

from ...devices.core.cache import cache_folder, mark_used
from ...devices.language.checks import positive
from ...devices.language.errors import SynaspiceError
from ...devices.language.sources import digest_of
from ...devices.model import CompactModel
from ...devices.targets.modules import c_compiler, osdi, verilog_a
from ...devices.targets.spice.dialect import Dialect
from ...devices.targets.spice.dialects import NGSPICE
from ...devices.targets.spice.statements import check_name, check_node
from .osdi_library import find_osdi_library

#: Compiles a device into a file under the name of its kind.
Compile = Callable[[Path, str], Path]


@dataclass(frozen=True)
class NativeDevice:
    """A compiled device as a netlist has it; its text is the ``.model`` line.

    Attributes
    ----------
    name : str
        Name of the model, for the lines of instances.
    kind : str
        The device's name in the compiled file.
    pins : tuple of str
        Terminals, then a node for every state, then inputs.
    file : Path
        The compiled file.
    values : mapping
        Parameters of the model.
    """

    name: str
    kind: str
    pins: tuple[str, ...]
    file: Path
    values: Mapping[str, float]

    @property
    def dialect(self) -> Dialect:
        """The language of the netlist around it."""
        return NGSPICE

    @property
    def text(self) -> str:
        """Its definition in a netlist."""
        return f"{self}\n"

    def __str__(self) -> str:
        words = [f".model {self.name} {self.kind}", *(f"{name}={value!r}" for name, value in self.values.items())]
        lines = [words[0]]
        for word in words[1:]:  # ngspice reads lines of limited length
            if len(lines[-1]) + len(word) > 110:
                lines.append("+")
            lines[-1] += f" {word}"
        return "\n".join(lines)

    def instance(self, name: str, nodes: str | Sequence[str], **parameters: float) -> str:
        """The line of an instance.

        Parameters
        ----------
        name : str
            Its name, without the letter ``N``.
        nodes : str or sequence of str
            Nodes in the order of ``pins``; those that are left out at the end are the instance's own.
        **parameters : float
            Parameters of its own.
        """
        pins = nodes.split() if isinstance(nodes, str) else nodes
        words = [f"N{check_node(name, 'device')}", *map(check_node, pins), self.name]
        return " ".join([*words, *(f"{check_name(key, 'parameter')}={value!r}" for key, value in parameters.items())])


def native_device(
    device: CompactModel,
    *,
    name: str | None = None,
    inputs: Sequence[str] = (),
    noise: bool = False,
    transient_noise: float | None = None,
) -> NativeDevice:
    """Compile a device for ngspice, or find it in the cache.

    Devices of one model with the same options share a file: their parameters are on the ``.model`` line.

    Parameters
    ----------
    device : CompactModel
        The device.
    name : str, optional
        Name of the ``.model`` line; default: the model's name with ``_native``.
    inputs, noise
        As of :meth:`CompactModel.osdi_source`.
    transient_noise : float, optional
        Time between the samples of the states' noise in transients [s]; default: no noise.

    Raises
    ------
    MissingDependencyError
        If it is not in the cache, and there is no C compiler.
    CompilationError
        If the compiler fails.
    """
    kind, file = compiled_native(device.structure, tuple(inputs), noise, transient_noise is not None)
    values = {key: value for key, value in device.values.items() if key not in inputs}
    if transient_noise is not None:
        values["noise_interval"] = positive("transient_noise, the time between samples,", transient_noise, "s")
    pins = (*device.terminals(), *device.state_declarations(), *inputs)
    chosen = check_name(name or f"{device.model_name().replace('-', '_')}_native", "model")
    return NativeDevice(chosen, kind, pins, file, values)


@lru_cache(maxsize=256)
def compiled_native(
    structure: Any, inputs: tuple[str, ...], noise: bool, shaken: bool, interface: str = "0.3"
) -> tuple[str, Path]:
    """Kind and file of the native device of a model with its options, from the cache if it is there."""
    model, options = structure
    plain: CompactModel = model(**dict(options))

    def compile_to(file: Path, kind: str) -> Path:
        return plain.compile_osdi(
            file, name=kind, inputs=inputs, noise=noise, transient_noise=shaken, interface=interface
        )

    content = [*_content(plain, inputs), str((noise, shaken, interface))]
    content += [digest_of(osdi.__name__, c_compiler.__name__)]  # what writes the C, and what compiles it
    return compiled_once(plain, content, compile_to)


def compiled_module(structure: Any, inputs: tuple[str, ...], compiler: str, compile_to: Compile) -> tuple[str, Path]:
    """The same of its Verilog-A module, for a compiler, which its words tell from others."""
    model, options = structure
    plain: CompactModel = model(**dict(options))
    return compiled_once(plain, [*_content(plain, inputs), compiler, digest_of(verilog_a.__name__)], compile_to)


def compiled_once(plain: CompactModel, content: Sequence[str], compile_to: Compile) -> tuple[str, Path]:
    """Kind and file of a compiled device; it is compiled if there is none of that content in the cache.

    Parameters
    ----------
    plain : CompactModel
        The device with its default values.
    content : sequence of str
        Everything that the file depends on.
    compile_to : callable
        Compiles the device into a file, under the name of its kind, and returns the file.
    """
    digest = hashlib.sha256("\n".join(content).encode()).hexdigest()[:12]
    kind = f"{plain.model_name().replace('-', '_')}_{digest}"
    folder = cache_folder("native")
    # A file is named after its own content, too: one that was cut short is known by that, and two processes that
    # compile at the same time do not take each other's for damaged.
    for file in folder.glob(f"{kind}-*.osdi"):
        if file == _named(kind, file):
            mark_used(file)
            return kind, file
        file.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory(prefix=f"{kind}-", dir=folder) as making:
        made = compile_to(Path(making) / "device.osdi", kind)
        return kind, made.replace(_named(kind, made, folder))


def _named(kind: str, file: Path, folder: Path | None = None) -> Path:
    """The path of a compiled file that is whole."""
    return (folder or file.parent) / f"{kind}-{hashlib.sha256(file.read_bytes()).hexdigest()[:16]}.osdi"


def _content(plain: CompactModel, inputs: tuple[str, ...]) -> list[str]:
    """What a compiled file depends on of its device. Its C would say the same, but takes seconds to write."""
    system = plain.system
    groups = (system.derived, system.initial, system.auxiliaries, system.currents, system.rates, system.noises)
    parts = [str(group) for group in (*groups, system.electrical_noises, system.observables, system.spheres)]
    declared = plain.parameter_declarations().items()
    parts += [f"{name} {item.unit} {item.bounds} {item.description} {plain.values[name]!r}" for name, item in declared]
    parts += [str((plain.branches(), plain.terminals(), type(plain).time_scale, inputs))]
    parts += [f"{x} {state.scale} {state.bounds}" for x, state in plain.state_declarations().items()]
    return [*parts, sp.__version__, platform.machine(), platform.system()]


def why_not_native() -> str | None:
    """The reason why native devices cannot be used here, as a message; None if they can."""
    try:
        find_osdi_library()
        c_compiler.find_compiler()
    except SynaspiceError as error:
        return str(error)
    return None
