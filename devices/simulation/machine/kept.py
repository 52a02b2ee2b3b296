"""Compiled programs on disk: an object file for each source, made for one processor by one version of the compiler."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path

from ...core.cache import PARSING, cache_folder, keep, mark_used
from .program import Entry, Program, builder_of_code, compile_unit
from .writer import Unit

#: Bytes of the hash with which a file begins.
HASH = hashlib.sha256().digest_size


def load_program(
    name: str, source: str, write: Callable[[Unit], None], entries: Mapping[str, Entry], *, contracting: bool = False
) -> Program:
    """A program from the cache, or compiled and put there.

    Parameters
    ----------
    name : str
        Begin of the file's name.
    source : str
        All that the program depends on, but for the compiler and the processor.
    write : callable
        Writes the functions into a unit.
    entries : mapping
        Those that Python calls.
    contracting : bool
        As of :class:`Unit`.
    """
    with PARSING:  # which LLVM needs as well
        key = hashlib.sha256(f"{source}{builder_of_code()}".encode()).hexdigest()[:20]
        file = cache_folder("kernels") / f"{name}_{key}.o"
        code = _read(file)
        if code is None:
            unit = Unit(contracting=contracting)
            write(unit)
            code = compile_unit(unit)
            keep(file, hashlib.sha256(code).digest() + code)
        else:
            mark_used(file)
        return Program(code, entries)


def _read(file: Path) -> bytes | None:
    """The code in a file; nothing if there is none, or if it is damaged."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return None
    code = content[HASH:]
    return code if hashlib.sha256(code).digest() == content[:HASH] else None
