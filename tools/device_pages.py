"""Write a page of the documentation for every device: equations, parameters, presets, pictures, agreement, citations.

Everything on a page comes from the device's declaration, from its presets, or from what was measured: the pictures of
``tools/pictures.py`` in a folder, and the table of the engines' agreement.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import sympy as sp
from pages import (
    bounds_of,
    description,
    emptied,
    folded,
    markdown,
    parameters_of,
    picture,
    printed,
    table_of,
    write_pages,
)
from sympy.printing.latex import LatexPrinter

from synaspice.characterization.bench import suitable_benches
from synaspice.characterization.citing import citations
from synaspice.devices.catalog import models
from synaspice.devices.core.protocols import Statics
from synaspice.devices.language.declarations.declaration import Auxiliary, Derived, Noise, Observable, Vectorial
from synaspice.devices.language.equations import functions
from synaspice.devices.language.presets.preset import Preset
from synaspice.devices.language.quantities.quantity import format_si
from synaspice.devices.language.registry import summary
from synaspice.devices.model import CompactModel

#: Groups of the equations, as the system has them: heading, attribute, and what stands before the equals sign.
GROUPS = (
    ("Derived parameters", "derived", "{}"),
    ("Intermediate quantities", "auxiliaries", "{}"),
    ("Currents of the branches", "currents", "{}"),
    ("Rates of the states, between their bounds", "free_rates", r"\frac{{\mathrm d}}{{\mathrm dt}}\,{}"),
    ("Observables", "observables", "{}"),
    ("Amplitudes of the noises of the states", "noises", "{}"),
)
#: An equation with more operations than this is read more easily in the code than in print.
LONGEST = 90
HEAD = """# Devices, page by page

Every page is made from the declaration of its device and from its presets: equations, parameters, the source of every
value, pictures, the agreement of the engines, and what to cite.
"""
#: Pictures of a device on its page, the presets that have most of them first.
PICTURES = 6


def latex_name(symbol: sp.Symbol) -> str:
    """A quantity's name in a formula: as it is in Python, in upright letters."""
    return r"\mathrm{" + str(symbol).replace("_", r"\_") + "}"


class Printer(LatexPrinter):
    """Formulas in which functions, too, have the names that they have in Python."""

    def _hprint_Function(self, func: str) -> str:
        known = super()._hprint_Function(func)
        return r"\operatorname{" + func.replace("_", r"\_") + "}" if "_" in func else known


def printer(names: Mapping[sp.Symbol, str]) -> Printer:
    """One that writes products with a dot, for names of several letters."""
    return Printer({"symbol_names": names, "mul_symbol": "dot"})


def equations(device: CompactModel) -> str:
    """The equations from which every target is generated."""
    system, parts = device.system, []
    every = [group for _, name, _ in GROUPS for group in getattr(system, name).items()]
    symbols = {symbol for left, right in every for symbol in (left, *right.free_symbols)}
    names = {symbol: latex_name(symbol) for symbol in symbols}
    for heading, attribute, left in GROUPS:
        lines = []
        for symbol, expression in getattr(system, attribute).items():
            if expression.count_ops() > LONGEST:
                lines.append(f"`{symbol}`: {expression.count_ops()} operations, not printed.\n")
                continue
            formula = f"{left.format(names[symbol])} = {printer(names).doprint(expression)}"
            lines.append(f"$$\n{formula}\n$$\n")
        if lines:
            parts.append(folded(heading, "\n".join(lines)))
    used = {
        type(part) for _, right in every for part in right.atoms(sp.Function) if hasattr(functions, type(part).__name__)
    }
    if used:
        lines = [
            f"- `{kind.__name__}`: {markdown(summary(kind))}" for kind in sorted(used, key=lambda kind: kind.__name__)
        ]
        parts.append("Functions that are safe in every simulator:\n\n" + "\n".join(lines) + "\n")
    told = "As they are generated into every form"
    options = ", ".join(f"`{name}={value}`" for name, value in device.options.items())
    told += f", for {options}:\n" if options else ":\n"
    return "\n".join([told, *parts])


def quantities(device: CompactModel) -> str:
    """Terminals, states, inputs, parameters, and what is computed."""
    branches = [(f"`{b.name}`", f"{b.positive} → {b.negative}", b.description) for b in device.branches().values()]
    states = [
        (f"`{name}`", printed(state.unit), bounds_of(state.bounds, state.unit), state.description)
        for name, state in device.state_declarations().items()
    ]
    inputs = [(f"`{name}`", printed(item.unit), item.description) for name, item in device.input_declarations().items()]
    options = [
        (f"`{name}`", ", ".join(item.choices), item.description) for name, item in device.option_declarations().items()
    ]
    declared = {
        name: item for name, item in device.parameter_declarations().items() if name not in device.input_declarations()
    }
    parts = [
        "### Terminals\n\n" + table_of(["branch", "terminals", "meaning"], branches),
        "### States\n\n" + table_of(["state", "unit", "bounds", "meaning"], states) if states else "",
        "### Inputs\n\n" + table_of(["input", "unit", "meaning"], inputs) if inputs else "",
        "### Options\n\n" + table_of(["option", "choices", "meaning"], options) if options else "",
        "### Parameters\n\n" + parameters_of(declared, {name: getattr(device, name) for name in declared}),
        "### Computed quantities\n\n" + table_of(["quantity", "kind", "unit", "meaning"], computed(device)),
    ]
    return "\n".join(part for part in parts if part)


def computed(device: CompactModel) -> list[tuple[str, str, str, str]]:
    """What follows from parameters and states."""
    kinds = {Derived: "derived", Auxiliary: "intermediate", Observable: "observable", Noise: "noise"}
    found = []
    for name, item in device.declarations().items():
        kind = next((word for known, word in kinds.items() if isinstance(item, known)), None)
        if kind and isinstance(item, Vectorial):
            found.append((f"`{name}`", kind, printed(item.unit), item.description))
    return found


def presets(model: type[CompactModel]) -> str:
    """Every preset with its source, and each of its values with where it comes from."""
    parts = [
        table_of(
            ["preset", "device", "read", "publication"],
            [
                (f"`{name}`", preset.title, f"{100 * preset.share_read:.0f} %", cited(preset))
                for name, preset in model.presets().items()
            ],
        )
    ]
    for name, preset in model.presets().items():
        units = model.parameter_declarations()
        rows = [
            (
                key,
                printed(format_si(value, units[key].unit)) if key in units else str(value),
                preset.grades[key],
                preset.sources[key],
            )
            for key, value in preset.values.items()
        ]
        text = table_of(["parameter", "value", "provenance", "source"], rows)
        text = (f"{preset.notes}\n\n" if preset.notes else "") + text
        parts.append(folded(f"{name}: {preset.summary}", text))
    return "\n".join(parts) if model.presets() else "There is none.\n"


def cited(preset: Preset) -> str:
    """The publication, with a link."""
    link = f" [doi:{preset.doi}](https://doi.org/{preset.doi})" if preset.doi else ""
    return preset.reference + link


def pictures(name: str, gallery: Path | None, pages: Path) -> str:
    """Pictures of the gallery: of the presets that have most of them."""
    if gallery is None:
        return ""
    model, found = models()[name], []
    stems = [f"{name}-{preset}" for preset in (*model.presets(), "default")]
    of = {stem: sorted((gallery / "figures").glob(f"{stem}-*.png")) for stem in stems}
    for stem in sorted(of, key=lambda each: -len(of[each])):
        found += [(stem, path) for path in of[stem]]
    parts, seen = [], set[str]()
    for stem, path in found:
        bench = path.stem.removeprefix(f"{stem}-")
        if bench in seen or len(parts) >= PICTURES:
            continue
        seen.add(bench)
        command = f"synaspice characterize {name} {bench}" if bench in suitable_benches(model()) else ""
        told = f"`{command}`" if command else f"`{bench}`"
        parts.append(picture(path, pages, f"{stem.removeprefix(name + '-')}: {told}"))
    return "## Characteristics\n\n" + "\n".join(parts) if parts else ""


def agreement(name: str, table: pd.DataFrame | None) -> str:
    """Rows of the engines' agreement."""
    if table is None:
        return ""
    own = table[table["device"] == name]
    rows = [["not run" if pd.isna(value) else str(value) for value in row] for row in own.to_numpy().tolist()]
    return "## Agreement of the engines\n\n" + table_of(list(map(str, own.columns)), rows)


def page(name: str, model: type[CompactModel], pages: Path, measured: Mapping[str, Any]) -> str:
    """The page of a device."""
    device = model()
    path, label = f"{model.__module__}.{model.__qualname__}", model.label or name
    validity = next((item.description for key, item in device.declarations().items() if key == "valid"), None)
    benches = ", ".join(f"`{bench}`" for bench in suitable_benches(device))
    held = ", ".join(f"`{state}`" for state in device.protocol(Statics).states) if device.suits(Statics) else ""
    parts = [
        f"# {label[:1].upper()}{label[1:]}\n",
        f"`{name}` on the command line, {{py:class}}`~{path}` in Python.\n",
        f"```{{eval-rst}}\n{description(model)}\n```\n",
        pictures(name, measured.get("gallery"), pages),
        "## Equations\n",
        equations(device),
        "## Quantities\n",
        quantities(device),
        "## Where it holds\n",
        f"`valid`: {validity}.\n" if validity else "Within the bounds of its parameters.\n",
        "## Benches\n",
        f"{benches}. Reference states: {held or 'none'}.\n",
        "## Presets\n",
        presets(model),
        agreement(name, measured.get("agreement")),
        "## To cite\n",
        f"```bibtex\n{citations(model)}```\n",
    ]
    return "\n".join(part for part in parts if part)


def main() -> None:
    """Write the pages, and one that lists them, into a folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--gallery", type=Path, help="folder that tools/pictures.py made")
    parser.add_argument("--agreement", type=Path, help="table of the engines' agreement (.csv)")
    arguments = parser.parse_args()
    measured: dict[str, Any] = {"gallery": arguments.gallery}
    if arguments.agreement:
        measured["agreement"] = pd.read_csv(arguments.agreement)
    folder = emptied(arguments.folder)
    write_pages(folder, HEAD, {name: page(name, model, folder, measured) for name, model in models().items()})


if __name__ == "__main__":
    main()
