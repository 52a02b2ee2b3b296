"""A deck beside a cell that was exported for VACASK, which prints one figure of the cell's bench.

VACASK has no ``.meas``: the deck has it start Python on a few lines that it brings along, which read its raw file.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from importlib import resources
from typing import Any

from ...circuits.cells.building.cell import Cell
from ...circuits.cells.building.subcircuits import CellCircuit
from ...circuits.cells.building.tolerances import options_command
from ...circuits.engine.analyses import DCSweep, Transient
from ...circuits.engine.vacask.analyses import FLOW, commands
from ...circuits.engine.vacask.from_spice import MODELS, element, node, number
from ...devices.language.errors import ParameterError, shown
from ...devices.targets.spice.statements import Statements, check_file_name, one_line
from ...devices.targets.spice.vacask import VACASK
from .point import Point
from .standard import bench_nodes

_VECTOR = r"(?:[vi]\([^()\s,]+\))"
_CROSSING = (
    r"(?P<{0}>" + _VECTOR + r")\s*(?:val)?=\s*(?P<{0}_level>\S+)\s+(?P<{0}_way>rise|fall|cross)=(?P<{0}_count>\d+)"
)
_BETWEEN = re.compile(rf"trig\s+{_CROSSING.format('a')}\s+targ\s+{_CROSSING.format('b')}", re.I)
_WHEN = re.compile(rf"find\s+(?P<vector>{_VECTOR})\s+when\s+{_CROSSING.format('a')}", re.I)
_AT = re.compile(rf"find\s+(?P<vector>{_VECTOR})\s+at=\s*(?P<place>\S+)", re.I)
_OVER = re.compile(rf"(?P<kind>avg|integ)\s+(?P<vector>{_VECTOR})\s+from=\s*(?P<start>\S+)\s+to=\s*(?P<end>\S+)", re.I)
_FORMULA = re.compile(r"param='(?P<formula>[^']*)'", re.I)


def vacask_deck(cell: Cell, circuit: CellCircuit, point: Point, include: str, told: Sequence[str]) -> str:
    """Write the deck of a cell for VACASK; the arguments are those of :func:`.decks.cell_deck`, in parts.

    Raises
    ------
    ParameterError
        If the bench's point has a source, an analysis or a measure that this does not translate.
    """
    write, name = Statements(VACASK), circuit.name
    if not isinstance(point.analysis, Transient | DCSweep):
        raise ParameterError(f"VACASK's decks have transients and sweeps, not {point.analysis.command()}")
    measures = {figure: measure(how) for figure, how in point.measure.items()}
    supply = [f"Vsupply supply 0 {cell.supply_voltage!r}"] if "supply" in circuit.pins else []
    run = f"{name}_run"
    saved = dict.fromkeys(_saved(vector) for each in measures.values() for vector in _vectors(each))
    return "\n".join(
        [
            one_line(f"{cell.model_name()}: {cell!r}"),
            *write.comment("Run it with 'vacask'; it prints the figure, which Python finds in the raw file."),
            *(line for text in told for line in write.comment(f"{text}, in ngspice")),
            VACASK.deck["include"].format(file=check_file_name(include)),
            *MODELS,
            *map(element, supply),
            circuit.instance("1", bench_nodes(circuit)),
            *map(element, point.lines),
            "control",
            "  abort always",
            f"  {options_command(dict(circuit.options), VACASK)}",
            f"  save {' '.join(saved)}",
            *commands(point.analysis, run),
            f'  postprocess(PYTHON, "{name}_figure.py")',
            "endc",
            f'embed "{name}_figure.py" <<<FIGURE',
            _script(run, measures),
            ">>>FIGURE",
            "",
        ]
    )


def measure(how: str) -> tuple[Any, ...]:
    """What ``.meas`` of ngspice does, as :func:`.raw_figure.measured` has it.

    Raises
    ------
    ParameterError
        If it is something else than VACASK's decks have.
    """
    if found := _FORMULA.fullmatch(how):
        try:
            ast.parse(found["formula"], mode="eval")
        except SyntaxError:
            raise ParameterError(
                f"{shown(how)} is not a formula that Python reads, as VACASK's decks need it"
            ) from None
        return "formula", found["formula"]
    if found := _BETWEEN.fullmatch(how):
        return "between", _crossing(found, "a"), _crossing(found, "b")
    if found := _WHEN.fullmatch(how):
        return "when", _vector(found["vector"]), _crossing(found, "a")
    if found := _AT.fullmatch(how):
        return "at", _vector(found["vector"]), number(found["place"])
    if found := _OVER.fullmatch(how):
        return found["kind"].lower(), _vector(found["vector"]), number(found["start"]), number(found["end"])
    raise ParameterError(f"VACASK's decks measure by trig and targ, find, avg, integ and param, not by {shown(how)}")


def _crossing(found: re.Match[str], name: str) -> tuple[str, float, str, int]:
    way, count = found[f"{name}_way"].lower(), int(found[f"{name}_count"])
    return _vector(found[name]), number(found[f"{name}_level"]), way, count


def _vector(text: str) -> str:
    """A vector as VACASK's raw file calls it."""
    what = node(text[2:-1])
    return what if text[0] in "vV" else f"{what.lower()}{FLOW}"


def _vectors(measure: tuple[Any, ...]) -> list[str]:
    """The vectors that a measure looks at."""
    kind, *parts = measure
    if kind == "formula":
        return []
    found = [part[0] if isinstance(part, tuple) else part for part in parts]
    return [each for each in found if isinstance(each, str)]


def _saved(vector: str) -> str:
    return f'i("{vector.removesuffix(FLOW)}")' if vector.endswith(FLOW) else f'v("{vector}")'


def _script(run: str, measures: dict[str, tuple[Any, ...]]) -> str:
    """What Python is to do with the raw file."""
    reading = resources.files(__package__).joinpath("raw_figure.py").read_text(encoding="utf-8")
    listed = "\n".join(f"    {name!r}: {how!r}," for name, how in measures.items())
    return "\n".join(
        [
            reading,
            "",
            "MEASURES: dict[str, tuple[Any, ...]] = {",
            listed,
            "}",
            f'for name, value in measured(vectors_of("{run}.raw"), MEASURES).items():',
            '    print(f"{name} = {value!r}")',
        ]
    )
