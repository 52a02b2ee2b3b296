"""Programs: functions that are compiled together, called from Python with numbers and arrays, and kept on disk."""

from __future__ import annotations

import ast
import ctypes
import functools
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import llvmlite
import numpy as np
from llvmlite import binding

from .arithmetic import LIBRARY, library_symbol
from .kinds import F64, Array, Group, Kind, Number
from .texts import text_of
from .writer import Unit

_C: dict[str, Any] = {
    "float64": ctypes.c_double,
    "float32": ctypes.c_float,
    "int64": ctypes.c_int64,
    "int32": ctypes.c_int32,
}
_C |= {"uint64": ctypes.c_uint64, "uint32": ctypes.c_uint32, "bool": ctypes.c_uint8}


@dataclass(frozen=True)
class Entry:
    """A function of a program that Python calls.

    Attributes
    ----------
    kinds : tuple of kinds
        Of its arguments.
    returned : Number, optional
        Of what it returns.
    """

    kinds: tuple[Kind, ...]
    returned: Number | None = None


class Bound:
    """An argument as a compiled function takes it, made once for many calls; its arrays stay where they are.

    Parameters
    ----------
    value : number, array or tuple
        The argument.
    kind : Kind
        Its kind.
    """

    def __init__(self, value: Any, kind: Kind) -> None:
        self.value, self.passed = value, list[Any]()
        _pass(value, kind, self.passed)

    def __reduce__(self) -> str | tuple[Any, ...]:
        raise TypeError("an argument of machine code lies in the memory of its process")


class Program:
    """Compiled functions, by their names.

    Parameters
    ----------
    code : bytes
        An object file with them.
    entries : mapping
        Their names and signatures.
    """

    def __init__(self, code: bytes, entries: Mapping[str, Entry]) -> None:
        for name in LIBRARY:
            library_symbol(name)
        self._code = code
        self._engine = binding.create_mcjit_compiler(binding.parse_assembly(""), _machine())
        self._engine.add_object_file(binding.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self._functions = {name: _caller(self._engine, name, entry) for name, entry in entries.items()}

    def address(self, name: str) -> int:
        """Where a function lies."""
        return int(self._engine.get_function_address(name))

    def __getitem__(self, name: str) -> Callable[..., Any]:
        return self._functions[name]


def _machine() -> Any:
    """A machine for one engine, which then owns it."""
    binding.initialize_native_target()
    binding.initialize_native_asmprinter()
    target = binding.Target.from_triple(binding.get_process_triple())
    features = binding.get_host_cpu_features().flatten()
    return target.create_target_machine(
        cpu=binding.get_host_cpu_name(), features=features, opt=3, reloc="default", codemodel="jitdefault", jit=True
    )


@functools.cache
def builder_of_code() -> str:
    """What machine code depends on beside its source: the compiler, the processor, the writer."""
    writer = b"".join(file.read_bytes() for file in sorted(Path(__file__).parent.glob("*.py")))
    processor = binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten()
    return repr((llvmlite.__version__, *processor, hashlib.sha256(writer).hexdigest()))


def compile_unit(unit: Unit) -> bytes:
    """An object file of what is written in a unit, for this machine's processor."""
    machine = _machine()
    unit.module.triple = binding.get_process_triple()
    unit.module.data_layout = str(machine.target_data)
    module = binding.parse_assembly(str(unit.module))
    module.verify()
    tuning = binding.create_pipeline_tuning_options(speed_level=3)
    tuning.loop_vectorization = True
    builder = binding.create_pass_builder(machine, tuning)
    builder.getModulePassManager().run(module, builder)
    return bytes(machine.emit_object(module))


def functions_of(source: str) -> dict[str, ast.FunctionDef]:
    """The functions of a text, by their names."""
    return {node.name: node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)}


def _caller(engine: Any, name: str, entry: Entry) -> Callable[..., Any]:
    """Python's side of a compiled function, which keeps alive what it calls."""
    types: list[Any] = []
    for kind in entry.kinds:
        types += _argument_types(kind)
    returned: Any = None if entry.returned is None else _C[entry.returned.name]
    raw: Any = ctypes.CFUNCTYPE(returned, *types)(engine.get_function_address(name))
    raw.engine = engine

    def call(*arguments: Any) -> Any:
        passed: list[Any] = []
        for value, kind in zip(arguments, entry.kinds, strict=True):
            _pass(value, kind, passed)
        return raw(*passed)

    return call


def _argument_types(kind: Kind) -> list[Any]:
    match kind:
        case Number():
            return [_C[kind.name]]
        case Array():
            return [ctypes.c_void_p, *[ctypes.c_int64] * kind.rank]
        case Group():
            return [type_ for _, part in kind.fields for type_ in _argument_types(part)]


def address_of(array: np.ndarray[Any, Any]) -> int:
    """Where an array lies; a quarter of the time of what NumPy says, where it can be written to."""
    if not array.size:
        return 0
    if array.flags.writeable:
        return ctypes.addressof(ctypes.c_char.from_buffer(array.data))
    return int(array.__array_interface__["data"][0])


def _is_long_as(shape: Sequence[int], lengths: Sequence[int | None]) -> bool:
    return all(known in (None, length) for known, length in zip(lengths, shape, strict=True))


def _pass(value: Any, kind: Kind, passed: list[Any]) -> None:
    if isinstance(value, Bound):
        passed.extend(value.passed)
        return
    match kind:
        case Number():
            passed.append(value if kind.rank else int(value))
        case Array():
            fits = value.dtype == kind.kind.dtype and value.ndim == kind.rank and value.flags.c_contiguous
            if not fits or (kind.lengths and not _is_long_as(value.shape, kind.lengths)):
                raise TypeError(f"a compiled function got {value.dtype}{value.shape} for {kind}")
            passed.append(address_of(value))
            passed.extend(value.shape)
        case Group():
            for part, (_, kind_) in zip(value, kind.fields, strict=True):
                _pass(part, kind_, passed)


def compiled_function(
    function: Callable[..., Any], *kinds: Kind, returned: Number | None = None, contracting: bool = False
) -> Callable[..., Any]:
    """One function, compiled for the kinds of its arguments and not kept; its arguments stay alive while it runs.

    Parameters
    ----------
    function : callable
        The function.
    *kinds : kind
        Of its arguments.
    returned : Number, optional
        What it returns.
    contracting : bool
        As of :class:`Unit`.
    """
    unit, text = Unit(contracting=contracting), text_of(function, returned)
    unit.write(text, kinds, name=function.__name__)
    program = Program(compile_unit(unit), {function.__name__: Entry(tuple(kinds), text.returned)})
    return program[function.__name__]


def vectorised(function: Callable[..., Any]) -> Callable[[Any], Any]:
    """A function of one number, compiled for arrays of float64."""

    def over(x, out):  # type: ignore[no-untyped-def]
        for i in range(len(x)):
            out[i] = function(x[i])

    loop = compiled_function(over, Array(F64), Array(F64))

    def call(x: Any) -> Any:
        numbers = np.ascontiguousarray(np.ravel(x), dtype=float)
        out = np.empty_like(numbers)
        loop(numbers, out)
        return out.reshape(np.shape(x))[()]

    return call
