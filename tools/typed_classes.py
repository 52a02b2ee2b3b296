"""The typed face of devices and cells: stubs in which their constructors name every parameter.

A device is declared by class attributes, from which no type checker can tell its constructor. In the stub of the
package in which it stands, ``MTJ(``, ``MTJ.preset(`` and ``mtj.replace(`` therefore take the parameters of a
``TypedDict`` that is written here from the declarations. The class at run time is the one of the module itself.
"""

from __future__ import annotations

import inspect
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

from synaspice.circuits.cells.building.declared import DeclaredCell
from synaspice.devices.core.base import DeviceModel
from synaspice.devices.language.declarations.configured import Configured
from synaspice.devices.language.presets.preset import Preset
from synaspice.devices.model import CompactModel

ROOT = Path(__file__).resolve().parent.parent


def typed_stubs(classes: Iterable[type[Configured]]) -> dict[str, str]:
    """Text of the stub of every package that holds some of the classes, by its path in the checkout."""
    packages: defaultdict[str, list[type[Configured]]] = defaultdict(list)
    for item in sorted(classes, key=lambda one: (len(one.__mro__), one.__module__, one.__name__)):
        packages[item.__module__.rpartition(".")[0]].append(item)
    return {f"{_folder(package)}/__init__.pyi": _stub(members) for package, members in packages.items()}


def home(item: type[Configured]) -> str:
    """Package whose stub has the class, as a module's name below its part of the distribution."""
    return ".".join(item.__module__.split(".")[2:-1])


def _folder(package: str) -> str:
    """Folder of a package in the checkout; its ``__init__`` must read the stub."""
    folder = package.removeprefix("synaspice.").replace(".", "/")
    if "attach_stub" not in (ROOT / folder / "__init__.py").read_text():
        raise SystemExit(f"{folder}/__init__.py must end with lazy_loader.attach_stub, as those of its neighbours do")
    return folder


def _stub(members: list[type[Configured]]) -> str:
    imports = sorted(f"from .{m.__module__.rpartition('.')[2]} import {m.__name__} as _{m.__name__}" for m in members)
    # the replacement of a method that takes any name takes fewer
    blocks = ['# mypy: disable-error-code="override"', "import os\nimport typing"]
    if any(issubclass(member, DeviceModel) for member in members):
        blocks.append(f"import {Preset.__module__}")  # lazy_loader takes no "from" other packages
    if any(issubclass(member, DeclaredCell) and member.slots() for member in members):
        blocks.append(f"import {CompactModel.__module__}")
    blocks.append("\n".join(imports))
    written: list[type[Configured]] = []
    for item in members:
        blocks += [_values(item, written), _class(item, written)]
        written.append(item)
    return "\n\n".join(blocks) + "\n"


def _values(item: type[Configured], written: list[type[Configured]]) -> str:
    """The parameters of a class that its base does not have."""
    fields, base = _fields(item), _base(item, written)
    inherited = _fields(base) if base else {}
    own = {name: kind for name, kind in fields.items() if name not in inherited}
    parent = f"_{base.__name__}Values" if base else "typing.TypedDict"
    lines = [f"    {name}: {kind}" for name, kind in own.items()] or ["    ..."]
    return "\n".join([f"class _{item.__name__}Values({parent}, total=False):", *lines])


def _base(item: type[Configured], written: list[type[Configured]]) -> type[Configured] | None:
    """The nearest base in the same stub whose parameters all are parameters of the class, of the same types."""
    fields = _fields(item)
    candidates = [other for other in item.__mro__[1:] if other in written]
    return next((other for other in candidates if _fields(other).items() <= fields.items()), None)


def _fields(item: type[Configured]) -> Mapping[str, str]:
    """Types of the constructor's arguments."""
    fields = dict.fromkeys(item.parameter_declarations(), "float | str")
    if issubclass(item, DeclaredCell):
        fields |= dict.fromkeys(item.slots(), f"{CompactModel.__module__}.CompactModel | str")
    for name, option in item.option_declarations().items():
        # Choices of a registry may be added to by other packages.
        fields[name] = _literal(option.choices) if isinstance(option.choices, tuple) else "str"
    return fields


def _literal(names: Iterable[str]) -> str:
    return f"typing.Literal[{', '.join(map(repr, names))}]".replace("'", '"')


def _class(item: type[Configured], written: list[type[Configured]]) -> str:
    base = next((f"{other.__name__}, " for other in item.__mro__[1:] if other in written), "")
    values = f"typing.Unpack[_{item.__name__}Values]"
    lines = [
        f"class {item.__name__}({base}_{item.__name__}):",
        f"    def __init__(self, **values: {values}) -> None: ...",
        f"    def replace(self, **overrides: {values}) -> typing.Self: ...",
    ]
    if issubclass(item, DeviceModel):
        # A misspelt name is found only if no other text will do: a file is a Path to the type checker, though text is
        # taken at run time. An overload for text would take the misspelt name as well. Names that are not known here,
        # of other packages or in variables, go through find_model("mtj").preset(name), and those of a loop over
        # presets() are Any.
        declared = inspect.signature(DeviceModel.preset).parameters["name"].annotation
        kind = f"{_literal(item.presets())} | os.PathLike[str]" if item.presets() else declared
        lines += [
            "    @classmethod",
            f"    def presets(cls) -> dict[typing.Any, {Preset.__module__}.Preset]: ...",
            "    @classmethod",
            "    def preset(",
            f"        cls, name: {kind}, **overrides: {values}",
            "    ) -> typing.Self: ...",
        ]
    return "\n".join(lines)
