"""The C function in which a native device evaluates its currents, the residuals of its states, and their slopes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sympy as sp

from ..scaled import STATE_OFFSET
from .module_equations import Named, node_of
from .native_equations import NativeEquations
from .osdi_loads import Statements, c_function, indented
from .osdi_samples import taken
from .osdi_steps import LEAST_VOLTAGE

_HEAD = "static uint32_t eval(void *handle, void *of_instance, const void *model, const OsdiSimInfo *info)"
_BEGIN = """\
(void) handle, (void) model;
Instance *restrict inst = of_instance;
if (inst->failed)
    return RETURN_FATAL;
const double *restrict solution = info->prev_solve;
const double *restrict h = inst->h;
const bool small_signal = info->flags & (ANALYSIS_AC | ANALYSIS_NOISE);
const bool moving = (small_signal || info->flags & ANALYSIS_TRAN)
    && info->flags & (CALC_REACT_JACOBIAN | CALC_REACT_RESIDUAL);
(void) h, (void) small_signal, (void) moving;"""


def write_evaluation(equations: NativeEquations, patient: Collection[int], statements: Statements) -> str:
    """Write the function.

    Parameters
    ----------
    equations : NativeEquations
        The device.
    patient : collection of int
        Numbers of the states whose capacitors allow long steps.
    statements : callable
        Assignments for a mapping of targets to expressions.
    """
    return _Evaluation(equations, patient, statements).text()


class _Evaluation:
    """Collects the lines of the function."""

    def __init__(self, equations: NativeEquations, patient: Collection[int], statements: Statements) -> None:
        self.equations, self.patient, self.statements = equations, sorted(patient), statements
        self.states, self.branches = equations.states, equations.branches
        self.first = len(equations.currents)
        self.state_rows = range(self.first, len(equations.rows))
        self.solution = {node: f"solution[inst->node[{k}]]" for k, node in enumerate(equations.nodes)}

    def text(self) -> str:
        own = self.equations
        body = [*_BEGIN.splitlines(), *self._unknowns()]
        if own.stepping:
            body += self._step()
        body += [f"inst->at[{k}] = {name};" for k, name in enumerate(own.unknowns)]
        if own.stepping:
            body += self._rows(range(self.first))
            body += ["if (stepping) {", *indented([*self._stepped(), *self._suggested()]), "} else if (moving) {"]
            body += [*indented(self._rows(self.state_rows)), *indented(self._weighed()), "} else {"]
            body += [*indented(self._held()), "}"]
        else:
            body += self._rows(range(len(own.rows)))
            if self.states:
                body += ["if (!moving) {", *indented(self._held()), "}"]
            if self.patient:
                body += ["else {", *indented(self._weighed()), "}"]
        body += [*self._shaken(), *self._residuals()]
        for k, x in enumerate(() if own.stepping else self.states):
            # none is ever without charge, see the states' capacitance
            whole = f"({node_of(x)} + {STATE_OFFSET!r})" if k in self.patient else str(node_of(x))
            body.append(f"inst->charge[{k}] = inst->capacity[{k}] * {whole};")
        # Some simulators ask where an observable is once, and look there after the evaluation that asks for it.
        body += ["if (info->flags & CALC_OBSERVABLES)", "    observe(inst);"]
        return c_function(_HEAD, [*body, "return 0;"])

    def _unknowns(self) -> list[str]:
        """Voltages of branches, states and inputs, as locals."""
        lines = [
            f"const double v_{name} = {self.solution[branch.positive]} - {self.solution[branch.negative]};"
            for name, branch in self.branches.items()
        ]
        lines += [f"double {node_of(x)} = {self.solution[x]};" for x in self.states]
        lines += [f"const double u_{pin} = {self.solution[pin]};" for pin in self.equations.inputs]
        lines += taken(self.equations.samples) if self.equations.samples else []
        if self.states:
            zero = " && ".join(f"{node_of(x)} == 0.0" for x in self.states)
            lines += ["/* a transient without an operating point (uic) begins at the initial values too */"]
            lines += [f"const bool anew = info->flags & ANALYSIS_IC && {zero};", "if (anew) {"]
            lines += [f"    {node_of(x)} = inst->start[{k}];" for k, x in enumerate(self.states)] + ["}"]
        return lines

    def _step(self) -> list[str]:
        """In a transient the states are where the device's own integration leads; nodes may lag behind."""
        own = self.equations
        lines = ["const bool stepping = moving && !small_signal;", "double lag[STATES] = {0.0};"]
        lines += [f"const double drives[] = {{{', '.join(own.unknowns[k] for k in own.drives)}}};", "if (stepping) {"]
        lines += [f"    const double x[] = {{{', '.join(str(node_of(x)) for x in self.states)}}};"]
        lines += ["    double here[STATES];", "    step_states(inst, info->abstime, drives, x, anew, here);"]
        for k, x in enumerate(self.states):
            lines += [f"    lag[{k}] = {node_of(x)} - here[{k}];", f"    {node_of(x)} = here[{k}];"]
        lines += ["} else if (!small_signal) {", "    inst->step.begun = false;"]
        lines += ["    inst->step.since = info->abstime;", "}"]
        lines += [f"inst->inertia[{k}] = small_signal ? inst->capacity[{k}] : 0.0;" for k in range(len(self.states))]
        return lines

    def _rows(self, rows: Sequence[int]) -> list[str]:
        """Some of the currents and rates with their slopes, in one set of shared sub-expressions."""
        own, many, short = self.equations, sp.Symbol("inst->p.multiplier", real=True), self.equations.hoisted
        signs = [many] * self.first + [sp.S.NegativeOne] * len(self.state_rows)
        expressions = [*own.currents.values(), *own.rates.values()]
        outputs: Named = {f"inst->row[{row}]": signs[row] * expressions[row] for row in rows}
        for (row, column), e in own.slopes.items():
            if row in rows:
                outputs[f"inst->g[{own.places[row, column]}]"] = signs[row] * e
        return self.statements({target: short(e) for target, e in outputs.items()})

    def _set(self, row: int, residual: str, slopes: Mapping[Any, str]) -> list[str]:
        """A row with its slopes by column; those that are not given are zero."""
        places = self.equations.slopes_of(row).items()
        lines = [f"inst->g[{place}] = {slopes.get(column, '0.0')};" for column, place in places]
        return [f"inst->row[{row}] = {residual};", *lines]

    def _stepped(self) -> list[str]:
        """Residuals of the states around where the step leads."""
        own, lines = self.equations, []
        for k, row in enumerate(self.state_rows):
            slopes = {column: f"-inst->step.slope[{k}][{d}]" for d, column in enumerate(own.drives)}
            lines += self._set(row, "0.0", slopes | {own.own_column(row): "1.0"})
        return lines

    def _suggested(self) -> list[str]:
        """The step that the device suggests to the simulator."""
        own, zero = self.equations, "0.0"
        columns = [own.unknowns.index(str(node_of(x))) for x in self.states]
        by_state, sizes = [], []
        for row in range(self.first):
            places = own.slopes_of(row)
            slopes = [f"inst->g[{places[c]}]" if c in places else zero for c in columns]
            by_state.append(f"{{{', '.join(slopes)}}}")
            least = f" + {LEAST_VOLTAGE!r} * fabs(inst->g[{places[row]}])" if row in places else ""
            sizes.append(f"fabs(inst->row[{row}]){least}")
        return [
            f"const double by_state[][STATES] = {{{', '.join(by_state) or '{0.0}'}}};",
            f"const double size[] = {{{', '.join(sizes) or '1.0'}}};",
            "inst->bound_step = suggested(inst, drives, by_state, size);",
        ]

    def _held(self) -> list[str]:
        """States at their initial values, in static analyses."""
        lines = []
        for k, row in enumerate(self.state_rows):
            own = {self.equations.own_column(row): "1.0"}
            lines += self._set(row, f"{node_of(self.states[k])} - inst->start[{k}]", own)
        return lines

    def _weighed(self) -> list[str]:
        """Where capacitors are larger than a time unit, so are the currents."""
        lines = []
        for k in self.patient:
            row = self.first + k
            scaled = [f"row[{row}]", *(f"g[{place}]" for place in self.equations.slopes_of(row).values())]
            lines.append(f"const double weight_{k} = inst->capacity[{k}] / inst->time_unit;")
            lines += [f"inst->{target} *= weight_{k};" for target in scaled]
        return lines

    def _shaken(self) -> list[str]:
        """Noises of the states in small-signal analyses: their sources have nodes of their own."""
        if not self.equations.shakes:
            return []
        outputs: Named = {}
        for (row, column), e in self.equations.shakes.items():
            k = row - self.first
            weight = sp.Symbol(f"inst->capacity[{k}]", real=True) / sp.Symbol("inst->time_unit", real=True)
            place = self.equations.places[row, column]
            outputs[f"inst->g[{place}]"] = -e * (weight if k in self.patient else 1)
        body = ["const Parameters *p = &inst->p;", "const Derived *d = &inst->d;", "(void) p, (void) d;"]
        lines = ["if (small_signal) {", *indented([*body, *self.statements(outputs, "s")]), "} else {"]
        return [*lines, *(f"    {target} = 0.0;" for target in outputs), "}"]

    def _residuals(self) -> list[str]:
        """Sum of the rows at every node."""
        lines = []
        for number, (node, solution) in enumerate(self.solution.items()):
            parts = [
                f"{'+' if sign > 0 else '-'} {self._at_solution(row)}"
                for row, ends in enumerate(self.equations.rows)
                for n, sign in ends
                if n == number
            ]
            if parts:
                whole = " ".join(parts).removeprefix("+ ")
            else:
                whole = "0.0" if node in self.equations.inputs else solution
            lines.append(f"inst->residual[{number}] = {whole};")
        return lines

    def _at_solution(self, row: int) -> str:
        """A row at the simulator's solution, which may lag behind the point of evaluation."""
        if not self.equations.stepping:
            return f"inst->row[{row}]"
        places = self.equations.slopes_of(row)
        columns = [self.equations.unknowns.index(str(node_of(x))) for x in self.states]
        parts = [f"inst->g[{places[c]}] * lag[{k}]" for k, c in enumerate(columns) if c in places]
        return f"({' + '.join([f'inst->row[{row}]', *parts])})"
