"""Which modules of the package a module imports, and a hash of the sources that it reaches.

Compiled files are named after it: what shaped them is found by following imports, so that nothing can be forgotten.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

#: The package that imports are followed in.
PACKAGE = __name__.partition(".")[0]


def imports(source: str, package: str = "") -> Iterator[tuple[str, tuple[str, ...]]]:
    """Modules that a source imports, each with the names that it takes from them.

    Imports in functions and under ``TYPE_CHECKING`` count as those at the top do.

    Parameters
    ----------
    source : str
        Text of a module.
    package : str
        Package in which it stands, for relative imports.
    """
    for node in _statements(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, ()) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            yield ".".join([*above, *filter(None, [node.module])]), tuple(alias.name for alias in node.names)


#: Fields of a statement that hold statements.
_BLOCKS = ("body", "orelse", "finalbody", "handlers", "cases")


def _statements(tree: ast.AST) -> Iterator[ast.AST]:
    """All statements of a tree: expressions, which are most of it, have none."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for block in _BLOCKS:
            inner = getattr(node, block, ())
            waiting += inner if isinstance(inner, list) else ()


def digest_of(*modules: str) -> str:
    """Hash of the sources of modules and of all modules of the package that they import, directly or not.

    Parameters
    ----------
    *modules : str
        Full names of modules.
    """
    return digest_of_files(sources_reached(modules))


def digest_of_source(source: str) -> str:
    """Hash of a source, and of all modules of the package that it imports, directly or not."""
    return hashlib.sha256((source + digest_of(*_imported(source, ""))).encode()).hexdigest()


def sources_reached(modules: Iterable[str]) -> dict[str, Path]:
    """Source files of modules and of all modules of the package that they import, by the modules' names."""
    found: dict[str, Path] = {}
    waiting = list(modules)
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if name in found or file is None:
            continue
        found[name] = file
        waiting += _imported_by(name)
    return dict(sorted(found.items()))


def digest_of_files(files: Mapping[str, Path]) -> str:
    """Hash of source files, by the names of their modules."""
    whole = hashlib.sha256()
    for name, file in files.items():
        whole.update(f"{name}\n".encode() + file.read_bytes())
    return whole.hexdigest()


@functools.cache
def _imported_by(name: str) -> frozenset[str]:
    file = _file(name)
    assert file is not None
    package = name if file.name == "__init__.py" else name.rpartition(".")[0]
    return _imported(file.read_text(encoding="utf-8"), package)


def _imported(source: str, package: str) -> frozenset[str]:
    """Modules of the package that a source imports; a name that is taken from a package may itself be one."""
    found = set()
    for module, names in imports(source, package):
        if module.partition(".")[0] == PACKAGE:
            found |= {module, *(inner for name in names if _file(inner := f"{module}.{name}"))}
    return frozenset(found)


@functools.cache
def _file(name: str) -> Path | None:
    """Source of a module; None if there is no such module."""
    parent = name.rpartition(".")[0]
    outer = _file(parent) if parent else None
    if parent and (outer is None or outer.name != "__init__.py"):
        return None
    spec = importlib.util.find_spec(name)
    return Path(spec.origin) if spec and spec.origin and spec.origin.endswith(".py") else None
