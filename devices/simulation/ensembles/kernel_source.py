r"""Python source of an ensemble's inner loop, printed from a model's equations, for machine code.

The states of a block of trajectories lie side by side in one scratch array, row by row; every expression is printed
once per stage of the Heun scheme as straight-line code in a loop over the block, which the compiler turns into vector
instructions. Terms of parameters alone are hoisted: computed once per trajectory, read as more rows. The
block's size is a constant of the source, so that the compiler sees that rows do not overlap.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from typing import Any

import sympy as sp

from ...core.compiled import compiled_for
from ...core.sharing import Replacement, Slope
from ...language.checks import known
from ...language.declarations.declaration import TEMPERATURE
from ...language.equations.constants import CONSTANTS
from ..expressions.folding import fold
from ..expressions.hoisting import Hoist, KernelPrinter, statements
from .kernel_noise import Noise, loop, telegraph_jumps
from .kernel_structure import Kernel, Structure
from .kernel_template import TEMPLATE

#: Functions whose compiled form is a module's own, by their names in printed expressions.
VECTOR_FUNCTIONS = [
    "fma",
    "exp",
    "expm1",
    "log",
    "sin",
    "cos",
    "sinh",
    "cosh",
    "tanh",
    "power",
    "square",
    "cube",
    "fourth",
    "ramp",
    "step",
    "sign",
    "ramp_power",
    "limexp",
    "x_coth",
]
RANDOM_FUNCTIONS = ["philox", "six_normals", "uniform"]
#: Functions that are left to the C library: right, but slow, and not the same to the last bit on every machine.
LIBRARY_FUNCTIONS = ["sqrt", "tan", "asin", "acos", "atan", "atan2", "pi"]
STEP = sp.Symbol("time_step", positive=True)
#: Current of the driven branch where its voltage follows from it in closed form.
DRIVEN = sp.Symbol("i_driven", real=True)

Definitions = list[tuple[sp.Symbol, sp.Expr]]


class _Writer:
    """Writes the parts of one structure's kernel."""

    def __init__(self, structure: Structure) -> None:
        self.structure = structure
        model, functions = structure.model, compiled_for(structure.model, structure.options)
        system = functions.system
        self.bounds = [state.bounds for state in model.state_declarations().values()]
        self.spheres = [[system.states.index(x) for x in sphere] for sphere in system.spheres]
        noises = list(system.noises) if structure.noise else []
        telegraphs = [sp.Symbol(name, real=True) for name in model.telegraph_declarations()]
        inputs = [sp.Symbol(name, real=True) for name in structure.inputs]
        self.n, self.m, self.noises = len(system.states), len(telegraphs), len(noises)
        self.branches = len(system.voltages)

        # Names that nothing in the source can clash with.
        parameters = [*functions.parameters, TEMPERATURE, STEP]
        groups = {"x": system.states, "v": system.voltages, "g": telegraphs, "u": inputs, "p": parameters}
        names: dict[sp.Symbol, sp.Symbol] = {}
        for letter, group in groups.items():
            for k, symbol in enumerate(group):
                names.setdefault(symbol, sp.Symbol(f"{letter}_{k}", real=True))
        drives = {names[s] for s in (*system.voltages, *inputs)} | {DRIVEN}
        moving = {names[s] for s in (*system.states, *telegraphs)}
        numbers = {symbol: sp.Float(value, 17) for symbol, (value, _, _) in CONSTANTS.items()}

        flat, voltage = system.flat, system.voltages[structure.branch]
        current = list(flat.currents.values())[structure.branch]
        slope = Slope(voltage)(current)
        # Where the current is linear in the voltage, that follows from it without a search.
        linear = structure.by_current and slope != 0 and voltage not in slope.free_symbols
        solved = {voltage: (DRIVEN - current.xreplace({voltage: sp.S.Zero})) / slope} if linear else {}
        self.searched = structure.by_current and not linear
        self.driven_alike = structure.alike and not (self.searched or structure.held)
        static = set(names.values()) - moving - drives
        self.hoist = Hoist(static, drives - {names[voltage]} if self.searched else drives)
        ohmic, numbered, named = Replacement(solved), Replacement(numbers), Replacement(names)

        def prepared(expr: sp.Expr) -> sp.Expr:
            return self.hoist(named(numbered(ohmic(sp.sympify(expr)))))

        noise = dict.fromkeys(system.noises, sp.S.Zero)
        noise |= {
            symbol: sp.sqrt(flat.noises[symbol].xreplace(numbers) / STEP) * sp.Symbol(f"w_{k}", real=True)
            for k, symbol in enumerate(noises)
        }
        noisy = Replacement(noise)
        # Constant factors of the rates go into the steps.
        scaled = [self.hoist.scaled(named(numbered(ohmic(noisy(r))))) for r in flat.rates.values()]
        self.rates = {f"f_{k}": rate for k, (_, rate) in enumerate(scaled)}
        self.steps = {"step": prepared(STEP)}
        for k, (factor, _) in enumerate(scaled):
            self.steps |= {f"whole_{k}": prepared(factor * STEP), f"half_{k}": prepared(factor * STEP / 2)}
        self.jumps = {f"r_{k}": prepared(r) for k, r in enumerate(flat.jumps.values())}
        self.conduction = {"current": prepared(current), "slope": prepared(slope)} if self.searched else {}
        self.watched = {"seen": prepared(_watched(structure, system))} if structure.watched is not None else {}

        stored = [f"x_{k}" for k in range(self.n)] + [f"g_{k}" for k in range(self.m)]
        stored += [str(symbol) for symbol in self.hoist.found.values()] + ["v_driven", "hit"]
        stored += ["level"] if structure.held else []
        stored += ["settled", "low_end", "high_end", "last_step"] if self.searched else []
        stored += [f"{letter}_{k}" for letter in "fo" for k in range(self.n)] + [f"r_{k}" for k in range(2 * self.m)]
        self.rows = {name: k for k, name in enumerate(stored)}
        self.noise = Noise(self.noises, structure.block)
        self.window, self.together = self.noise.window, self.noise.together
        self.printer = KernelPrinter()
        self.own = str(DRIVEN) if linear else f"v_{structure.branch}"

    def at(self, row: str) -> str:
        """Element of a row of the scratch array."""
        return f"s[{self.rows[row] * self.structure.block} + j]"

    def load(self, moment: int, *groups: Mapping[str, sp.Expr]) -> list[str]:
        """Read what expressions need: states, telegraph processes, hoisted quantities, voltage and noise.

        What the drives decide is computed if it is not the same for all trajectories.
        """
        symbols = self.symbols(*groups)
        lines = [f"{name} = {self.at(name)}" for name in self.rows if name in symbols and name[0] in "xg"]
        if not self.structure.alike:
            lines += self.hoisted(symbols, "j")
        if self.searched or self.structure.held:
            lines.append(f"{self.own} = {self.at('v_driven' if self.searched else 'level')}")
        if not self.driven_alike:
            lines += [*self.drives(moment), *self.driving(moment, symbols)]
        size, index = (self.structure.block, "j") if self.structure.block > 1 else (self.window, "place")
        used = [k for k in range(self.noises) if f"w_{k}" in symbols]
        return [*lines, *(f"w_{k} = np.float64(now[{k * size} + {index}])" for k in used)]

    def symbols(self, *groups: Mapping[str, sp.Expr]) -> set[str]:
        """Names in expressions, and in what the drives decide of them."""
        found = {a for group in groups for e in group.values() for a in e.free_symbols}
        found |= {a for e, symbol in self.hoist.driven.items() if symbol in found for a in e.free_symbols}
        return {str(a) for a in found}

    def hoisted(self, symbols: set[str], column: str) -> list[str]:
        """Read hoisted quantities, of one trajectory."""
        names = [name for name in self.rows if name in symbols and name.startswith("h_")]
        return [f"{name} = s[{self.rows[name] * self.structure.block} + {column}]" for name in names]

    def drives(self, moment: int) -> list[str]:
        """Set voltages and inputs to those of the beginning (0) or the end (1) of the step."""
        structure = self.structure
        lines = [f"v_{k} = others[{i}, k + {moment}]" for i, k in enumerate(structure.others)]
        idle = {*range(self.branches)} - {*structure.others, structure.branch}
        lines += [f"v_{k} = 0.0" for k in sorted(idle)]
        lines += [f"u_{k} = inputs[{k}, k + {moment}]" for k in range(len(structure.inputs))]
        # One that is searched or held is read with the states.
        return lines if self.searched or structure.held else [*lines, f"{self.own} = drive[k + {moment}]"]

    def driving(self, moment: int, symbols: set[str]) -> list[str]:
        """Compute what the drives decide of expressions."""
        letter = "dc"[moment]
        there = {symbol: e for e, symbol in self.hoist.driven.items() if str(symbol) in symbols}
        lines, values = statements({f"{letter}{str(d)[1:]}": e for d, e in there.items()}, self.printer, "q")
        return [*lines, *(f"{name} = {value}" for name, value in values.items())]

    def at_moment(self, moment: int, group: Mapping[str, sp.Expr]) -> dict[str, sp.Expr]:
        """Expressions with what the drives decide at the beginning (0) or the end (1) of the step."""
        if not moment:
            return dict(group)
        names = {d: sp.Symbol(f"c{str(d)[1:]}", real=True) for d in self.hoist.driven.values()}
        return {name: Replacement(names)(e) for name, e in group.items()}

    def store(self, *names: str) -> list[str]:
        """Write variables into the rows of their names."""
        return [f"{self.at(name)} = {name}" for name in names]

    def search(self, moment: int) -> list[str]:
        """Find the voltages of the driven branch at the beginning (0) or the end (1) of the step."""
        # Newton's method for the voltage, from the last one: each trajectory stops when it has settled, whatever its
        # neighbours do. Where there is none the voltage is NaN, which Python's side of the loop looks for.
        structure = self.structure
        target = self.at("level") if structure.held else "target"
        assignments, values = statements(self.at_moment(moment, self.conduction), self.printer)
        bracket = ["low_end", "high_end", "last_step"]
        body = [
            *self.load(moment, self.conduction),
            *assignments,
            *(f"{name} = {self.at(name)}" for name in (*bracket, "settled")),
            f"excess, slope = ({values['current']}) - {target}, {values['slope']}",
            f"corrected, {', '.join(bracket)}, done = correct({self.own}, {', '.join(bracket)}, excess, slope)",
            f"{self.at('v_driven')} = {self.own} if settled > 0.0 else corrected",
            "settled = 1.0 if done or excess != excess else settled",
            *self.store(*bracket, "settled"),
            "pending += 0 if settled > 0.0 else 1",
        ]
        start = dict(zip([*bracket, "settled"], ["-INFINITY", "INFINITY", "INFINITY", "0.0"], strict=True))
        lines = [] if structure.held else [f"target = drive[k + {moment}]"]
        lines += loop("for j in range(B):", [f"{self.at(name)} = {value}" for name, value in start.items()])
        tries = ["pending = 0", *loop("for j in range(B):", body), *loop("if pending == 0:", ["break"])]
        lost = [f"{self.at('v_driven')} = {self.at('v_driven')} if {self.at('settled')} > 0.0 else NAN"]
        return lines + loop("for _ in range(MOST_CORRECTIONS):", tries) + loop("for j in range(B):", lost)

    def steps_of_heun(self) -> list[str]:
        """The loop over the steps of a window."""
        size, group = self.noises * self.structure.block, self.window // self.together
        deviates = f"now = z[t*{size}:(t + 1)*{size}]"
        if self.structure.block == 1:
            deviates = f"now, place = z, t % {self.together}*{group} + t//{self.together}"
        head = ["k = offset + t", deviates]
        if self.driven_alike:
            needed = self.symbols(self.rates, self.jumps, self.watched)
            head += [line for moment in (0, 1) for line in (*self.drives(moment), *self.driving(moment, needed))]
        first, second = self.predictor(), self.corrector()
        if not self.searched:
            # The stages need nothing of each other's neighbours: one loop.
            if not self.driven_alike:
                second = [*self.drives(1), *self.driving(1, self.symbols(self.rates)), *second]
            stages = loop("for j in range(B):", first + second)
        else:
            kept = [f"{letter}_{k}" for letter in "ofx" for k in range(self.n)]
            first += self.store(*kept)
            again = [*self.load(1, self.rates, self.steps), *(f"{name} = {self.at(name)}" for name in kept)]
            stages = [*self.search(0), *loop("for j in range(B):", first)]
            stages += [*self.search(1), *loop("for j in range(B):", again + second)]
        fixed = self.hoisted({str(h) for h in self.hoist.found.values()}, "0") if self.structure.alike else []
        return [*fixed, *loop("for t in range(begin, end):", head + stages)]

    def folded_steps_of_heun(self) -> list[str]:
        """The same without operations with quantities that are known to be 0 or 1."""
        fixed = dict(self.structure.known)
        lines = self.steps_of_heun()
        return fold("\n".join(lines), fixed).splitlines() if fixed else lines

    def predictor(self) -> list[str]:
        """First stage: watched quantity, rates of jumps, Euler's step."""
        outputs = self.rates | self.jumps | self.watched
        states = {f"o_{k}": sp.Symbol(f"x_{k}", real=True) for k in range(self.n)}
        assignments, values = statements(outputs, self.printer)
        lines = [*self.load(0, outputs, states, self.steps), *assignments]
        if self.watched:
            lines.append(f"beyond = {self.at('hit')} < 0.0 and sense*({values['seen']} - threshold) > 0.0")
            lines.append(f"{self.at('hit')} = np.float64(first + k) if beyond else {self.at('hit')}")
        lines += [f"{self.at(name)} = {values[name]}" for name in self.jumps]
        lines += [f"{name} = {values[name]}" for name in self.rates]
        lines += [f"o_{k} = x_{k}" for k in range(self.n)]
        lines += [f"x_{k} = fma({self.steps[f'whole_{k}']}, f_{k}, o_{k})" for k in range(self.n)]
        # A step far beyond a bound ends there: rates beyond it, which lead back, are those of solvers with small steps.
        return lines + self.within_bounds()

    def within_bounds(self) -> list[str]:
        """Hold states within their bounds."""
        return [
            f"x_{k} = min(max(x_{k}, {number(limits[0])}), {number(limits[1])})"
            for k, limits in enumerate(self.bounds)
            if limits is not None
        ]

    def corrector(self) -> list[str]:
        """Second stage: Heun's step, bounds, spheres, jumps."""
        lines, values = statements(self.at_moment(1, self.rates), self.printer)
        lines += [f"e_{k} = {values[f'f_{k}']}" for k in range(self.n)]
        lines += [f"x_{k} = fma({self.steps[f'half_{k}']}, f_{k} + e_{k}, o_{k})" for k in range(self.n)]
        lines += self.within_bounds()
        for a, b, c in self.spheres:
            lines.append(f"norm = 1.0/sqrt(fma(x_{a}, x_{a}, fma(x_{b}, x_{b}, x_{c}*x_{c})))")
            lines += [f"x_{k} = x_{k}*norm" for k in (a, b, c)]
        return lines + self.store(*(f"x_{k}" for k in range(self.n))) + self.jumping()

    def jumping(self) -> list[str]:
        """Jumps of the telegraph processes at the end of a step."""
        return telegraph_jumps(self.m, self.at, str(self.steps["step"]), "first + k")

    def preparation(self) -> list[str]:
        """The hoisted values, from the parameters of one trajectory."""
        found = self.hoist.found
        lines, values = statements({str(symbol): expr for expr, symbol in found.items()}, self.printer)
        needed = sorted({str(a) for e in found for a in e.free_symbols}, key=lambda name: int(name[2:]))
        lines = [*(f"{p} = parameters[{p[2:]}, j]" for p in needed), *lines]
        lines += [f"hoisted[{name[2:]}, j] = {value}" for name, value in values.items()]
        return loop("for j in range(parameters.shape[1]):", lines or ["pass"])


@functools.lru_cache(maxsize=64)
def write_kernel(structure: Structure) -> Kernel:
    """Write the kernel of a structure.

    Raises
    ------
    UnknownNameError
        If the watched quantity is not a state or observable of the model.
    """
    writer = _Writer(structure)
    parts = {"prepare": writer.preparation(), "fill": writer.noise.filling(), "heun": writer.folded_steps_of_heun()}
    source = TEMPLATE.format(
        model=structure.model.__name__,
        states=writer.n,
        telegraphs=writer.m,
        held=int(structure.held),
        level_row=writer.rows.get("level", 0),
        hoisted=len(writer.hoist.found),
        together=writer.together,
        noises=writer.noises,
        steps=writer.window,
        hit_row=writer.rows["hit"],
        voltage_row=writer.rows["v_driven"],
        **{name: indented(lines) for name, lines in parts.items()},
    )
    hoisted, rows = len(writer.hoist.found), len(writer.rows)
    return Kernel(source, structure.block, hoisted, rows, writer.window, writer.noises, writer.noise.words)


def indented(lines: Iterable[str]) -> str:
    """Lines as the body of a function."""
    return "\n".join("    " + line for line in lines)


def _watched(structure: Structure, system: Any) -> sp.Expr:
    """Expression of the watched quantity; voltages are those at the beginning of a step."""
    there = {str(x): x for x in system.states} | {str(y): e for y, e in system.flat.observables.items()}
    name = known(f"state or observable of {structure.model.model_name()}", str(structure.watched), there)
    return there[name].xreplace(dict.fromkeys(system.noises, sp.S.Zero))


def number(value: float) -> str:
    """A number as the text of a kernel has it."""
    return repr(float(value)) if math.isfinite(value) else f"np.float64('{value}')"
