"""Schemes of integration for Brian 2 that keep subexpressions as such, where its own write them into each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from brian2.utils.stringtools import word_substitute


@dataclass(frozen=True)
class ExplicitMethod:
    """An explicit scheme for Brian's state updater that keeps subexpressions as such.

    Noise is held over a step.

    Attributes
    ----------
    nodes : tuple of float
        Where in the step the stages lie, each reached from the start with the slope of the one before.
    weights : tuple of float
        Weights of their slopes.
    """

    nodes: tuple[float, ...]
    weights: tuple[float, ...]

    def __call__(self, equations: Any, variables: Any = None, method_options: Any = None) -> str:
        """Abstract code of one step."""
        states = equations.diff_eq_names
        noises = {xi: f"_unit_{xi}" for xi in sorted(equations.stochastic_variables)}
        lines = [f"{unit} = randn()/dt**0.5" for unit in noises.values()]
        for stage, node in enumerate(self.nodes):
            names = {x: f"_{x}_{stage}" for x in states} if node else {}
            lines += [f"{at} = {x} + {node!r}*dt*_slope_{x}_{stage - 1}" for x, at in names.items()]
            names |= noises | ({"t": f"(t + {node!r}*dt)"} if node else {})
            for equation in equations.ordered:
                if equation.type not in ("subexpression", "differential equation"):
                    continue
                if equation.type == "subexpression":
                    names[equation.varname] = result = f"_{equation.varname}_{stage}"
                else:
                    result = f"_slope_{equation.varname}_{stage}"
                lines.append(f"{result} = {word_substitute(equation.expr.code, names)}")
        for x in states:
            terms = [f"{weight!r}*_slope_{x}_{stage}" for stage, weight in enumerate(self.weights)]
            lines.append(f"{x} = {x} + dt*({' + '.join(terms)})")
        return "\n".join(lines)


RUNGE_KUTTA = ExplicitMethod((0.0, 0.5, 0.5, 1.0), (1 / 6, 1 / 3, 1 / 3, 1 / 6))
HEUN = ExplicitMethod((0.0, 1.0), (0.5, 0.5))
