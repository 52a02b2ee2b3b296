"""Say which files of the package import each other in a circle; ends with status 1 if any do.

Imports at the top, in functions and under ``TYPE_CHECKING`` count. Packages' own ``__init__`` files, which load names
on first use, do not: in-package imports name the module that defines a thing.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from synaspice.devices.language.sources import imports

ROOT = Path(__file__).resolve().parent.parent
PARTS = ("devices", "circuits", "characterization", "figures")


def modules(root: Path) -> dict[str, Path]:
    """Files of the package by the modules' names."""
    named = {}
    for file in [*(root / "synaspice").rglob("*.py"), *(f for part in PARTS for f in (root / part).rglob("*.py"))]:
        parts = file.relative_to(root).with_suffix("").parts
        name = ".".join(parts if parts[0] == "synaspice" else ("synaspice", *parts))
        named[name.removesuffix(".__init__")] = file
    return named


def graph(files: Mapping[str, Path]) -> dict[str, set[str]]:
    """Imports of each module among the others."""
    edges: dict[str, set[str]] = {}
    for name, file in files.items():
        package = name if file.name == "__init__.py" else name.rpartition(".")[0]
        found = set()
        for module, taken in imports(file.read_text(encoding="utf-8"), package):
            inner = {f"{module}.{one}" for one in taken} & files.keys()
            found |= inner or {module}
        edges[name] = {other for other in found & files.keys() if files[other].name != "__init__.py"} - {name}
    return {name: edges[name] if files[name].name != "__init__.py" else set() for name in edges}


def cycles(edges: Mapping[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other, by Kosaraju's algorithm."""
    order: list[str] = []
    seen: set[str] = set()
    for start in edges:
        trail = [] if start in seen else [(start, iter(sorted(edges[start])))]
        seen.add(start)
        while trail:
            following = next((other for other in trail[-1][1] if other not in seen), None)
            if following is None:
                order.append(trail.pop()[0])
            else:
                seen.add(following)
                trail.append((following, iter(sorted(edges[following]))))
    importers: dict[str, set[str]] = {name: set() for name in edges}
    for name, others in edges.items():
        for other in others:
            importers[other].add(name)
    groups = []
    for start in reversed(order):
        group, waiting = [], [start]
        while waiting:
            name = waiting.pop()
            if name in seen:
                seen.remove(name)
                group.append(name)
                waiting += importers[name]
        if len(group) > 1:
            groups.append(sorted(group))
    return groups


def main() -> int:
    """Print the cycles."""
    found = cycles(graph(modules(ROOT)))
    for group in found:
        print(f"these files import each other in a circle: {', '.join(group)}")
    return bool(found)


if __name__ == "__main__":
    sys.exit(main())
