"""The functions of a native device that load its currents and slopes into a simulator's vectors and matrix."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

from .native_equations import NativeEquations

LINE_WIDTH = 118

#: Assignments of C for a mapping of targets to expressions, with shared sub-expressions.
Statements = Callable[..., list[str]]


def write_loads(equations: NativeEquations) -> str:
    """Write the functions that load the evaluated values into the simulator's vectors and matrix."""
    # A device that steps its states itself has no charges in a transient, and its inertia in small-signal analyses.
    stepping = equations.stepping
    nothing, inst = "(void) model;", "Instance *inst = of_instance;"
    capacity = ("inst->inertia[{}]" if stepping else "inst->capacity[{}]").format
    size = range(len(equations.nodes))
    state_nodes = [equations.nodes.index(x) for x in equations.states]
    parts = []

    def function(name: str, arguments: str, body: Iterable[str]) -> None:
        unused = "(void) of_instance, (void) to;" if "to" in arguments and "*" in arguments else "(void) inst;"
        lines = [nothing, inst, *body] if body else [nothing, unused]
        parts.append(c_function(f"static void {name}(void *of_instance, void *model{arguments})", lines))

    function("load_residual_resist", ", double *to", [f"to[inst->node[{n}]] += inst->residual[{n}];" for n in size])
    react = [f"to[inst->node[{n}]] += inst->charge[{k}];" for k, n in enumerate(state_nodes) if not stepping]
    function("load_residual_react", ", double *to", react)
    # The linearised current into each row: slopes times solution, less the residual, both of the last evaluation.
    sums = []
    for row in range(len(equations.rows)):
        slopes = equations.slopes_of(row).items()
        terms = [f"inst->g[{place}] * inst->at[{column}]" for column, place in slopes]
        sums.append(" + ".join(terms) + f" - inst->row[{row}]" if terms else f"-inst->row[{row}]")
    spread = [
        f"to[inst->node[{node}]] {'+' if sign > 0 else '-'}= row_{row};"
        for row, ends in enumerate(equations.rows)
        for node, sign in ends
    ]
    first = len(equations.currents)
    static = [f"const double row_{row} = {text};" for row, text in enumerate(sums)]
    moving = [
        line
        if row < first or stepping
        else f"{line[:-1]} + alpha * {capacity(row - first)} * inst->at[{equations.own_column(row)}];"
        for row, line in enumerate(static)
    ]
    function("load_spice_rhs_dc", ", double *to, double *solution", ["(void) solution;", *static, *spread])
    function(
        "load_spice_rhs_tran",
        ", double *to, double *solution, double alpha",
        ["(void) solution, (void) alpha;", *moving, *spread],
    )
    entries = []
    for added in equations.entries.values():
        text = " ".join(f"{'+' if sign > 0 else '-'} inst->g[{k}]" for sign, k in added)
        entries.append(text.removeprefix("+ ") or "1.0")
    resist = [f"*inst->to[{e}] += {text};" for e, text in enumerate(entries)]
    reactive = {e: k for k, e in enumerate(equations.own_entry.values())}
    tran = [
        f"{line[:-1]} + alpha * {capacity(reactive[e])};" if e in reactive and not stepping else line
        for e, line in enumerate(resist)
    ]
    function("load_jacobian_resist", "", resist)
    react = [f"*inst->to_react[{k}] += alpha * {capacity(k)};" for k in reactive.values()]
    function("load_jacobian_react", ", double alpha", ["(void) inst, (void) alpha;", *react])
    function("load_jacobian_tran", ", double alpha", ["(void) alpha;", *tran])
    shifted = "*(double *) ((char *) {} + offset) += {};"
    function(
        "load_jacobian_with_offset_resist",
        ", size_t offset",
        ["(void) offset;", *(shifted.format(f"inst->to[{e}]", text) for e, text in enumerate(entries))],
    )
    react = [shifted.format(f"inst->to_react[{k}]", capacity(k)) for k in reactive.values()]
    function("load_jacobian_with_offset_react", ", size_t offset", ["(void) inst, (void) offset;", *react])
    arrays = [f"to[{e}] = {text};" for e, text in enumerate(entries)]
    function("write_jacobian_array_resist", ", double *to", arrays)
    function("write_jacobian_array_react", ", double *to", [f"to[{k}] = {capacity(k)};" for k in reactive.values()])
    return "\n".join(parts)


def c_function(head: str, body: Iterable[str]) -> str:
    """A function: its head, and the lines of its body."""
    lines = [head, "{"]
    for text in body:
        lines += wrapped("    ", text)
    return "\n".join([*lines, "}", ""])


def indented(lines: Iterable[str]) -> list[str]:
    """Lines within a block."""
    return [f"    {line}" for line in lines]


def wrapped(indent: str, text: str) -> list[str]:
    """Lines of C of limited length."""
    own = indent + text[: len(text) - len(text.lstrip())]
    return textwrap.wrap(
        text.strip(),
        LINE_WIDTH,
        initial_indent=own,
        subsequent_indent=own + "    ",
        break_long_words=False,
        break_on_hyphens=False,
    )
