r"""Python source of a network's inner loop, printed from a model's equations, for machine code.

Devices are taken in blocks. The rows of a block, of which each has an element for every device, lie one after
another: states, hoisted quantities, what couplings give, stages of the Runge-Kutta method. In every stage a block
reads what all devices put out at the last one, and writes what its own put out then: blocks are independent of each
other within a stage, and threads share them.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ...core.compiled import compiled_for
from ...core.sharing import Replacement, Slope
from ...language.declarations.declaration import TEMPERATURE
from ...language.equations.constants import CONSTANTS
from ...language.errors import ParameterError
from ..ensembles.kernel_noise import Noise, loop, telegraph_jumps
from ..ensembles.kernel_source import STEP, indented, number
from ..expressions.folding import fold
from ..expressions.hoisting import Hoist, KernelPrinter, statements
from .structure import DRIVE, NODE, TABLEAUS, NetworkStructure
from .template import ADVANCE, COUPLED, STAGE, SUMS, TEMPLATE, dense_text, matrix_arguments

#: Capacitance beside a device, and the drive of its driven branch.
CAPACITANCE, DRIVING = sp.Symbol("node_capacitance", positive=True), sp.Symbol(f"its_{DRIVE}", real=True)
#: Voltage of the driven branch, where it is searched for.
FOUND = sp.Symbol("its_voltage", real=True)
#: Newton steps in a stage, and relative size of the last one that is small enough [1, V].
CORRECTIONS, SETTLED = 3, 1e-7


@dataclass(frozen=True)
class NetworkKernel:
    """A kernel's text, and what its memory must hold.

    Attributes
    ----------
    source : str
        Functions ``prepare``, ``start``, ``advance`` and those that they call.
    parameters : tuple of str
        Names of the rows that ``prepare`` takes.
    rows : mapping
        Numbers of the rows of a block, by their names.
    uniform : mapping
        Places of hoisted quantities that are the same for all devices, by their names.
    hoisted : int
        Number of all hoisted quantities.
    noise : Noise
        How the noise is made.
    """

    source: str
    parameters: tuple[str, ...]
    rows: Mapping[str, int]
    uniform: Mapping[str, int]
    hoisted: int
    noise: Noise


class _Writer:
    """Writes the parts of one structure's kernel."""

    def __init__(self, structure: NetworkStructure) -> None:
        self.structure = structure
        model = structure.model
        functions = compiled_for(model, structure.options)
        system = functions.system
        flat = system.flat
        self.searched = False
        self.bounds = [state.bounds for state in model.state_declarations().values()]
        self.spheres = functions.sphere_places
        states = list(system.states)
        noises = list(system.noises) if structure.noise else []
        telegraphs = [sp.Symbol(name, real=True) for name in model.telegraph_declarations()]
        voltage = system.voltages[structure.branch]
        current = list(flat.currents.values())[structure.branch]
        rates = list(flat.rates.values())
        solved: dict[sp.Expr, sp.Expr] = dict.fromkeys(system.voltages, sp.S.Zero)
        if structure.node:
            node = sp.Symbol(NODE, real=True)
            states.append(node)
            self.bounds.append(None)
            rates.append((DRIVING - current) / CAPACITANCE)
            solved[voltage] = node
        elif structure.by_current:
            slope = Slope(voltage)(current)
            if slope == 0:
                raise ParameterError(f"a current through {model.model_name()} says nothing of its voltage")
            self.searched = voltage in slope.free_symbols
            linear = (DRIVING - current.xreplace({voltage: sp.S.Zero})) / slope
            solved[voltage] = FOUND if self.searched else linear
        else:
            solved[voltage] = DRIVING
        conduction = {"excess": current - DRIVING, "slope": Slope(voltage)(current)} if self.searched else {}
        self.n, self.m, self.noises = len(states), len(telegraphs), len(noises)

        moving = [port for port in structure.ports if port.timed or port.coupled]
        self.moving = {structure.ports.index(port): port for port in moving}
        drives = {k: DRIVING if p.name == DRIVE else sp.Symbol(p.name, real=True) for k, p in self.moving.items()}
        parameters = [*functions.parameters, TEMPERATURE, STEP, DRIVING, CAPACITANCE]
        self.parameters = tuple(map(str, parameters))
        names: dict[sp.Expr, sp.Expr] = {}
        for letter, group in {"x": states, "g": telegraphs}.items():
            names |= {symbol: sp.Symbol(f"{letter}_{k}", real=True) for k, symbol in enumerate(group)}
        names[FOUND] = sp.Symbol("v_0", real=True)
        names |= {symbol: sp.Symbol(f"u_{k}", real=True) for k, symbol in drives.items()}
        for k, symbol in enumerate(parameters):
            names.setdefault(symbol, sp.Symbol(f"p_{k}", real=True))
        static = {name for name in names.values() if str(name).startswith("p_")}
        self.hoist = Hoist(static)
        numbers: dict[sp.Expr, sp.Expr] = {symbol: sp.Float(v, 17) for symbol, (v, *_) in CONSTANTS.items()}
        ohmic, numbered, named = Replacement(solved), Replacement(numbers), Replacement(names)
        noise: dict[sp.Expr, sp.Expr] = dict.fromkeys(system.noises, sp.S.Zero)
        noise |= {
            symbol: sp.sqrt(flat.noises[symbol].xreplace(numbers) / STEP) * sp.Symbol(f"w_{k}", real=True)
            for k, symbol in enumerate(noises)
        }
        noisy = Replacement(noise)

        def prepared(expr: sp.Expr) -> sp.Expr:
            return self.hoist(named(numbered(ohmic(sp.sympify(expr)))))

        scaled = [self.hoist.scaled(named(numbered(ohmic(noisy(rate))))) for rate in rates]
        self.rates = {f"f_{k}": rate for k, (_, rate) in enumerate(scaled)}
        self.conduction = {name: prepared(e) for name, e in conduction.items()}
        # Without noise telegraph processes stay as they are.
        self.jumping = self.m if structure.noise else 0
        jumps = flat.jumps.values() if self.jumping else ()
        self.jumps = {f"r_{k}": prepared(r) for k, r in enumerate(jumps)}
        observables = Replacement(
            {
                **flat.auxiliaries,
                **{sp.Symbol(str(y), real=True): e for y, e in {**flat.observables, **flat.currents}.items()},
            }
        )
        quiet = Replacement(dict.fromkeys(system.noises, sp.S.Zero))
        self.outputs = {f"y_{k}": prepared(quiet(observables(e))) for k, e in enumerate(structure.outputs)}
        if self.searched and any(names[FOUND] in e.free_symbols for e in self.outputs.values()):
            raise ParameterError(
                f"the voltage of {model.model_name()} follows from its current by a search, and cannot be an output"
            )
        for k, port in self.moving.items():
            symbol = sp.Symbol(f"u_{k}", real=True)
            if port.coupled and any(symbol in e.free_symbols for e in self.outputs.values()):
                raise ParameterError(f"an output that depends on the coupled {port.name} itself has no value: it loops")
        towards, weights, self.times = TABLEAUS[structure.method]
        self.stages = len(self.times)
        self.steps = {"step": named(STEP)}
        for i in range(self.stages):
            for k, (factor, _) in enumerate(scaled):
                self.steps[f"along_{i}_{k}"] = prepared(towards[i] * factor * STEP)
                self.steps[f"sum_{i}_{k}"] = prepared(weights[i] * factor * STEP)
        self.steps["step"] = prepared(STEP)

        varied = {names.get(sp.Symbol(name, real=True)) for name in structure.varied}
        varied |= {names[symbol] for symbol in parameters if str(symbol) in structure.varied}
        hoisted = {str(symbol): not varied.isdisjoint(e.free_symbols) for e, symbol in self.hoist.found.items()}
        self.uniform = {name: k for k, name in enumerate(n for n, varies in hoisted.items() if not varies)}
        stored = [f"x_{k}" for k in range(self.n)] + [f"g_{k}" for k in range(self.m)]
        stored += [name for name, varies in hoisted.items() if varies]
        for k, port in self.moving.items():
            stored += [f"base_{k}"] + [f"gain_{k}"] * port.timed + [f"coupled_{k}"] * port.coupled
        stored += ["v_0"] if self.searched else []
        stored += ["held"] if any(link.held for link in structure.links) else []
        stored += [f"o_{k}" for k in range(self.n)] + [f"a_{k}" for k in range(self.n)]
        stored += [f"r_{k}" for k in range(2 * self.jumping)] + [f"y_{k}" for k in range(len(self.outputs))]
        self.rows = {name: k for k, name in enumerate(stored)}
        self.noise = Noise(self.noises, structure.block)
        self.printer = KernelPrinter()

    def at(self, row: str) -> str:
        """Element of a row of a block."""
        return f"s[{self.rows[row] * self.structure.block} + j]"

    def symbols(self, *groups: Mapping[str, sp.Expr]) -> set[str]:
        """Names in expressions."""
        return {str(a) for group in groups for e in group.values() for a in e.free_symbols}

    def driven(self, symbols: set[str], moment: str) -> list[str]:
        """What drives a device, at a moment."""
        lines = []
        for k, port in self.moving.items():
            if f"u_{k}" in symbols:
                text = self.at(f"base_{k}")
                text = f"fma({self.at(f'gain_{k}')}, wave_{k}_{moment}, {text})" if port.timed else text
                lines.append(f"u_{k} = {text}" + (f" + {self.at(f'coupled_{k}')}" if port.coupled else ""))
        return lines

    def stage(self, i: int) -> list[str]:
        """One stage of the Runge-Kutta method, of a block."""
        last, first = i == self.stages - 1, i == 0
        groups = [self.rates, self.conduction, *([self.jumps] if first else [])]
        own = {f"o_{k}": sp.Symbol(f"x_{k}", real=True) for k in range(self.n)}
        symbols = self.symbols(*groups, own)
        lines = [f"{name} = {self.at(name)}" for name in self.rows if name in symbols and name[0] in "xgh"]
        needed = {k: v for k, v in self.steps.items() if k.split("_")[:2] in (["along", str(i)], ["sum", str(i)])}
        final = {"step": self.steps["step"]} if last and self.jumping else {}
        steps = self.symbols(needed, self.outputs, final)
        lines += [f"{name} = {self.at(name)}" for name in self.rows if name in steps - symbols and name[0] in "gh"]
        lines += self.driven(symbols, "now")
        lines += [f"w_{k} = np.float64(now[{k * self.structure.block} + j])" for k in range(self.noises)]
        lines += self.search()
        made, values = statements({**self.rates, **(self.jumps if first else {})}, self.printer)
        lines += made
        lines += [f"{self.at(name)} = {values[name]}" for name in self.jumps if first]
        for k in range(self.n):
            rate, whole = values[f"f_{k}"], self.steps[f"sum_{i}_{k}"]
            begin, total = (f"x_{k}" if first else self.at(f"o_{k}")), (f"x_{k}" if first else self.at(f"a_{k}"))
            lines += [f"f_{k} = {rate}", f"n_{k} = fma({whole}, f_{k}, {total})"]
            if not last:
                lines += [self.at(f"o_{k}") + f" = x_{k}"] if first else []
                lines += [f"{self.at(f'a_{k}')} = n_{k}"]
                lines += [f"n_{k} = fma({self.steps[f'along_{i}_{k}']}, f_{k}, {begin})"]
        # No name changes before all rates are known.
        lines += [f"x_{k} = n_{k}" for k in range(self.n)]
        for k, limits in enumerate(self.bounds):
            if limits is not None:
                lines.append(f"x_{k} = min(max(x_{k}, {number(limits[0])}), {number(limits[1])})")
        for a, b, c in self.spheres if last else []:
            lines.append(f"norm = 1.0/sqrt(fma(x_{a}, x_{a}, fma(x_{b}, x_{b}, x_{c}*x_{c})))")
            lines += [f"x_{k} = x_{k}*norm" for k in (a, b, c)]
        lines += [f"{self.at(f'x_{k}')} = x_{k}" for k in range(self.n)]
        lines += telegraph_jumps(self.jumping, self.at, str(self.steps["step"]), "number") if last else []
        lines += self.putting_out(last and self.jumping > 0)
        return [*self.heading(now=symbols, next=self.symbols(self.outputs)), *loop("for j in range(B):", lines)]

    def search(self) -> list[str]:
        """The voltage at which a device carries its current, by Newton's method from that of the last stage.

        What has not settled by then is no number, which is found when the steps are done.
        """
        if not self.searched:
            return []
        made, values = statements(self.conduction, self.printer)
        turn = [*made, f"change = ({values['excess']})/({values['slope']})", "v_0 = v_0 - change"]
        settled = f"abs(change) <= {SETTLED!r}*abs(v_0) + {SETTLED!r}"
        lines = [f"v_0 = {self.at('v_0')}", *turn * CORRECTIONS]
        return [*lines, f"v_0 = v_0 if {settled} else np.float64('nan')", f"{self.at('v_0')} = v_0"]

    def heading(self, **needed: set[str]) -> list[str]:
        """Quantities that all devices share, and the waves that are needed at this moment and at the next."""
        lines = [f"{name} = fixed[{k}]" for name, k in self.uniform.items()]
        for k, port in self.moving.items():
            for moment, symbols in needed.items():
                if port.timed and f"u_{k}" in symbols:
                    lines.append(f"wave_{k}_{moment} = wave[{k}, moment{' + 1' if moment == 'next' else ''}]")
        return lines

    def putting_out(self, jumped: bool = False) -> list[str]:
        """Outputs of a device, for the next stage."""
        symbols = self.symbols(self.outputs)
        lines = [f"g_{k} = {self.at(f'g_{k}')}" for k in range(self.m) if jumped and f"g_{k}" in symbols]
        made, values = statements(self.outputs, self.printer, "q")
        return [*lines, *self.driven(symbols, "next"), *made, *(f"{self.at(y)} = {v}" for y, v in values.items())]

    def starting(self) -> list[str]:
        """Outputs of a block at the beginning."""
        symbols = self.symbols(self.outputs)
        lines = [f"{name} = {self.at(name)}" for name in self.rows if name in symbols and name[0] in "xgh"]
        return [*self.heading(next=symbols), *loop("for j in range(B):", [*lines, *self.putting_out()] or ["pass"])]

    def preparation(self) -> list[str]:
        """The hoisted values, from the parameters of one device."""
        found = self.hoist.found
        lines, values = statements({str(symbol): expr for expr, symbol in found.items()}, self.printer)
        needed = sorted({str(a) for e in found for a in e.free_symbols}, key=lambda name: int(name[2:]))
        lines = [*(f"{p} = parameters[{p[2:]}, j]" for p in needed), *lines]
        lines += [f"hoisted[{name[2:]}, j] = {value}" for name, value in values.items()]
        return loop("for j in range(parameters.shape[1]):", lines or ["pass"])

    def folded(self, lines: Iterable[str]) -> list[str]:
        """Lines without operations with quantities that are known to be 0 or 1."""
        known = dict(self.structure.known)
        return fold("\n".join(lines), known).splitlines() if known else list(lines)

    def couplings(self, i: int) -> list[str]:
        """What couplings give a block in a stage."""
        structure, size, lines = self.structure, self.structure.block, []
        ring = 0
        for k, port in self.moving.items():
            if port.coupled:
                lines += loop(f"for j in range({size}):", [f"{self.at(f'coupled_{k}')} = 0.0"])
        for k, link in enumerate(structure.links):

            def coupled(row: int, k: int = k, link: Any = link) -> list[str]:
                return COUPLED[link.form].format(k=k, y=link.output, row=row, n=size).splitlines()

            row = self.rows[f"coupled_{link.port}"]
            if not link.held:
                lines += coupled(row)
                continue
            held = self.rows["held"]
            if i == 0:
                lines += loop(f"for j in range({size}):", [f"{self.at('held')} = 0.0"])
                lines += [*coupled(held), f"keep(ring[{ring}], s[{held * size}:{(held + 1) * size}], number, b*{size})"]
            recalled = (
                f"recall(s[{row * size}:{(row + 1) * size}], ring[{ring}], weights[{ring}], lags[{ring}], number, {i}, "
                f"b*{size}, {link.points})"
            )
            if link.delayed or i == 0:
                lines.append(recalled)
            else:
                lines += [*loop(f"if number < {link.points - 1}:", coupled(row)), *loop("else:", [recalled])]
            ring += 1
        return lines


@functools.lru_cache(maxsize=64)
def write_network_kernel(structure: NetworkStructure) -> NetworkKernel:
    """Write the kernel of a structure.

    Raises
    ------
    ParameterError
        If the voltage of its driven branch, or an output, does not follow from states and drives.
    """
    writer = _Writer(structure)
    sizes: dict[str, Any] = {
        "model": structure.model.__name__,
        "dense": dense_text("dense", structure.block),
        "single": dense_text("single", structure.block),
        "stages": writer.stages,
        "rows": len(writer.rows),
        "states": writer.n + writer.m,
        "outputs": len(writer.outputs),
        "output_row": writer.rows.get("y_0", 0),
        "noises": writer.noises,
        "window": writer.noise.window,
        "together": writer.noise.together,
        "links": len(structure.links),
        "arguments": "".join(
            f", {name}" for k, link in enumerate(structure.links) for name in matrix_arguments(k, link.form)
        ),
    }
    texts = {
        "prepare": writer.preparation(),
        "fill": writer.noise.filling(),
        "outputs": writer.folded(writer.starting()),
    }
    sizes |= {f"{name}_body": indented(lines) for name, lines in texts.items()}
    source = TEMPLATE.format(**sizes)
    head = "s, low, high, key_low, key_high, number, now, fixed, wave, moment"
    source += "".join(
        f"\n\ndef stage_{i}({head}):\n{indented(writer.folded(writer.stage(i)))}\n" for i in range(writer.stages)
    )
    source += _advance(writer, sizes)
    return NetworkKernel(source, writer.parameters, writer.rows, writer.uniform, len(writer.hoist.found), writer.noise)


def _advance(writer: _Writer, sizes: Mapping[str, Any]) -> str:
    """The loop over steps, stages and blocks."""
    structure = writer.structure
    sums = "".join(
        SUMS.format(k=k, row=writer.rows[f"y_{link.output}"])
        for k, link in enumerate(structure.links)
        if link.form == "shared"
    )
    totals = "".join(
        f"                total(totals, sums[moment % 2, {k}], {k})\n"
        for k, link in enumerate(structure.links)
        if link.form == "shared"
    )
    stages = "".join(
        STAGE.format(
            i=i,
            totals=totals,
            sums=sums,
            couplings="\n".join(" " * 20 + line for line in writer.couplings(i)),
            **sizes,
        )
        for i in range(writer.stages)
    )
    return ADVANCE.format(stage_texts=stages, sums=sums.replace("(moment + 1)", "0"), **sizes)
