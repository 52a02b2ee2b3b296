r"""Python source of an ensemble's inner loop, printed from a model's equations and compiled by Numba.

The states of a block of trajectories lie side by side in one scratch array, row by row; every expression is printed
once per stage of the Heun scheme as straight-line code in a loop over the block, which the compiler turns into vector
instructions. What depends on parameters alone is hoisted: computed once per trajectory, read as one more row. The
block's size is a constant of the source, so that the compiler sees that rows do not overlap.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sympy as sp

from ..constants import CONSTANTS
from ..declaration import TEMPERATURE
from ..errors import UnknownNameError
from .codegen import _Printer
from .numeric import compiled_for

#: Functions whose compiled form is a module's own, by their names in printed expressions.
VECTOR_FUNCTIONS = (
    ["fma", "exp", "expm1", "log", "sin", "cos", "sinh", "cosh", "tanh", "power", "square", "cube", "fourth", "ramp", "step", "sign", "ramp_power", "limexp", "x_coth"]
)
#: Functions that are left to the C library: right, but slow, and not the same to the last bit on every machine.
LIBRARY_FUNCTIONS = ["sqrt", "tan", "asin", "acos", "atan", "atan2", "pi"]
#: Steps whose noise is made at a time, for a block of one trajectory and for wider ones.
STEPS_ALONE, STEPS_TOGETHER = 256, 8
#: Sub-counters of the generator: four of these words are one counter.
NOISE, JUMPS = 0, 1 << 24
STEP = sp.Symbol("time_step", positive=True)

Definitions = list[tuple[sp.Symbol, sp.Expr]]


class _KernelPrinter(_Printer):
    """Prints powers as products, and the others through this package's own functions."""

    _PRODUCTS = {2: "square", 3: "cube", 4: "fourth"}

    def _print_Pow(self, expr: sp.Pow, rational: bool = False) -> str:
        base, exponent = self._print(expr.base), expr.exp
        if exponent in (sp.Rational(1, 2), sp.Float(0.5)):
            return f"sqrt({base})"
        if exponent.is_number and exponent < 0:
            inverse = self._print(sp.Pow(expr.base, -exponent, evaluate=False)) if exponent != -1 else f"({base})"
            return f"(1.0/{inverse})"
        if exponent in self._PRODUCTS:
            return f"{self._PRODUCTS[int(exponent)]}({base})"
        return f"power({base}, {self._print(exponent)})"

    def _print_Mul(self, expr: sp.Mul) -> str:
        above, below = expr.as_numer_denom() if not expr.is_number else (expr, sp.S.One)
        if below != 1 and not expr.is_number and all(not a.is_Add for a in expr.args):
            return f"{self._factors(above)}/{self._factors(below)}"
        return str(super()._print_Mul(expr))

    def _print_Add(self, expr: sp.Add, order: Any = None) -> str:
        # Products are added by fused operations: fast, and the same on all machines, as they are asked for by name.
        products = [a for a in expr.args if a.is_Mul and a.as_numer_denom()[1] == 1]
        products = [a for a in products if not (len(a.args) == 2 and a.args[0] == -1)]
        others = [a for a in expr.args if a not in products]
        if not others:
            others, products = products[:1], products[1:]
        text = self._print(others[0]) if len(others) == 1 else str(super()._print_Add(sp.Add(*others), order))
        for product in products:
            negative = product.args[0] == -1
            first, *rest = product.args[1:] if negative else product.args
            factors = self._print(sp.Mul(*rest, evaluate=False) if len(rest) > 1 else rest[0])
            text = f"fma({'-' if negative else ''}{self.parenthesize(first, 60)}, {factors}, {text})"
        return text

    def _factors(self, expr: sp.Expr) -> str:
        text = "*".join(self.parenthesize(a, 50) for a in expr.args) if expr.is_Mul else self._print(expr)
        return f"({text})"


@dataclass(frozen=True)
class Structure:
    """What a kernel is compiled for: everything but the numbers.

    Attributes
    ----------
    model : type
        The model.
    options : tuple of (str, str)
        Its options.
    branch : int
        Number of the driven branch.
    by_current : bool
        Whether its current is imposed, rather than its voltage.
    inputs : tuple of str
        Inputs that change with time.
    others : tuple of int
        Numbers of the other branches that have a voltage.
    watched : str, optional
        State or observable whose first passage is recorded.
    block : int
        Trajectories in a block.
    noise : bool
        Whether there is any; without, the loop is the deterministic Heun scheme.
    """

    model: Any
    options: tuple[tuple[str, str], ...]
    branch: int
    by_current: bool
    inputs: tuple[str, ...]
    others: tuple[int, ...]
    watched: str | None
    block: int
    noise: bool = True


class _Hoist:
    """Takes parts that depend on parameters alone out of expressions."""

    def __init__(self, static: Iterable[sp.Symbol]) -> None:
        self.static = set(static)
        self.found: dict[sp.Expr, sp.Symbol] = {}
        self._seen: dict[sp.Expr, sp.Expr] = {}

    def __call__(self, expr: sp.Expr) -> sp.Expr:
        if expr not in self._seen:
            self._seen[expr] = self._visit(expr)
        return self._seen[expr]

    def _symbol(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_number:
            return sp.Float(sp.N(expr, 30), 17)
        return self.found.setdefault(expr, sp.Symbol(f"h_{len(self.found)}", real=True))

    def _visit(self, expr: sp.Expr) -> sp.Expr:
        if expr.is_Integer or expr.is_Float:
            return expr
        if expr.free_symbols <= self.static:
            return self._symbol(expr)
        if expr.is_Mul or expr.is_Add:
            fixed = [a for a in expr.args if a.free_symbols <= self.static]
            moving = [self(a) for a in expr.args if not a.free_symbols <= self.static]
            part = expr.func(*fixed)
            return expr.func(part if part.is_Integer else self._symbol(part), *moving) if fixed else expr.func(*moving)
        if expr.is_Pow and expr.exp.is_number:
            return sp.Pow(self(expr.base), expr.exp)
        return expr.func(*map(self, expr.args)) if expr.args else expr


def _statements(
    outputs: Mapping[str, sp.Expr], printer: _KernelPrinter, prefix: str = "t"
) -> tuple[list[str], dict[str, str]]:
    """Assignments of common sub-expressions, and the text of each output in terms of them."""
    shared, reduced = sp.cse(list(outputs.values()), symbols=sp.numbered_symbols(f"{prefix}_"), list=True)
    lines = [f"{symbol} = {printer.doprint(e)}" for symbol, e in shared]
    floats = [sp.Float(e) if e.is_Integer else e for e in reduced]
    return lines, {name: printer.doprint(e) for name, e in zip(outputs, floats, strict=True)}


def _indented(lines: Iterable[str], depth: int) -> str:
    return "".join("    " * depth + line + "\n" for line in lines)


@functools.lru_cache(maxsize=64)
def write_kernel(structure: Structure) -> str:
    """Write the kernel of a structure.

    Raises
    ------
    UnknownNameError
        If the watched quantity is no state or observable of the model.
    """
    model, block = structure.model, structure.block
    functions = compiled_for(model, structure.options)
    system = functions.system
    flat = system.flat
    telegraphs = [sp.Symbol(name, real=True) for name in model.telegraph_declarations()]
    inputs = [sp.Symbol(name, real=True) for name in structure.inputs]
    noises = list(system.noises) if structure.noise else []
    numbers = {symbol: sp.Float(value, 17) for symbol, (value, _, _) in CONSTANTS.items()}

    # Names that nothing in the source can clash with.
    names: dict[sp.Symbol, sp.Symbol] = {}
    for letter, group in (
        ("x", system.states),
        ("v", system.voltages),
        ("g", telegraphs),
        ("u", inputs),
        ("p", [*functions.parameters, TEMPERATURE, STEP]),
    ):
        for k, symbol in enumerate(group):
            names.setdefault(symbol, sp.Symbol(f"{letter}_{k}", real=True))
    moving = {names[s] for s in (*system.states, *system.voltages, *telegraphs, *inputs)}
    parameters = [names[s] for s in (*functions.parameters, TEMPERATURE, STEP)]
    hoist = _Hoist(set(names.values()) - moving)
    unit_noise = {n: sp.Symbol(f"w_{k}", real=True) for k, n in enumerate(noises)}

    def prepared(expr: sp.Expr) -> sp.Expr:
        return hoist(sp.sympify(expr).xreplace(numbers).xreplace(names))

    amplitude = dict.fromkeys(system.noises, sp.S.Zero) | {
        n: sp.sqrt(flat.noises[n].xreplace(numbers) / STEP) * w for n, w in unit_noise.items()
    }
    rates = {f"f_{k}": prepared(r.xreplace(amplitude)) for k, r in enumerate(flat.rates.values())}
    jumps = {f"r_{k}": prepared(r) for k, r in enumerate(flat.jumps.values())}
    driven = list(flat.currents.values())[structure.branch]
    conduction = {
        "i_driven": prepared(driven),
        "i_slope": prepared(sp.diff(driven, system.voltages[structure.branch])),
    }
    watched = prepared(_watched(structure, system)) if structure.watched is not None else None
    half_step, whole_step = prepared(STEP / 2), prepared(STEP)

    printer = _KernelPrinter()
    n, m, h = len(system.states), len(telegraphs), len(hoist.found)
    bounds = [state.bounds for state in model.state_declarations().values() for _ in state.components]
    spheres = [[system.states.index(x) for x in sphere] for sphere in system.spheres]
    rows = {f"x_{k}": k for k in range(n)} | {f"g_{k}": n + k for k in range(m)}
    rows |= {f"h_{k}": n + m + k for k in range(h)}
    rows |= {name: n + m + h + k for k, name in enumerate(["v_driven", "hit", "settled"])}
    rows |= {f"f_{k}": n + m + h + 3 + k for k in range(n)} | {f"o_{k}": 2 * n + m + h + 3 + k for k in range(n)}
    rows |= {f"r_{k}": 3 * n + m + h + 3 + k for k in range(2 * m)}
    steps = STEPS_ALONE if block == 1 else STEPS_TOGETHER
    channels = max(1, 1 << max(0, len(noises) - 1).bit_length())

    def load(names: Iterable[str]) -> list[str]:
        return [f"{name} = s[{rows[name] * block} + j]" for name in names]

    def store(values: Mapping[str, str]) -> list[str]:
        return [f"s[{rows[name] * block} + j] = {value}" for name, value in values.items()]

    def used(*groups: Mapping[str, sp.Expr]) -> list[str]:
        symbols = {str(a) for group in groups for e in group.values() for a in e.free_symbols}
        return [name for name in rows if name in symbols and name[0] in "xgh"]

    own = f"v_{structure.branch}"

    def at(moment: int) -> list[str]:
        """Voltages and inputs at the beginning or the end of the step."""
        lines = [f"v_{k} = others[{i}, k + {moment}]" for i, k in enumerate(structure.others)]
        idle = {*range(len(system.voltages))} - {*structure.others, structure.branch}
        lines += [f"v_{k} = 0.0" for k in sorted(idle)]
        lines += [f"u_{k} = inputs[{k}, k + {moment}]" for k in range(len(inputs))]
        return [*lines, f"{'target' if structure.by_current else own} = drive[k + {moment}]"]

    def newton() -> str:
        """Set the driven branch's voltage where its current is imposed; each trajectory stops when it has settled."""
        lines, values = _statements(conduction, printer)
        return (
            _indented(["for j in range(B):"], 2)
            + _indented([f"s[{rows['settled'] * block} + j] = 0.0"], 3)
            + _indented(["for _ in range(MOST_CORRECTIONS):", "    pending = 0", "    for j in range(B):"], 2)
            + _indented([*load(used(conduction)), f"{own} = s[{rows['v_driven'] * block} + j]", *lines], 4)
            + _indented(
                [
                    f"settled = s[{rows['settled'] * block} + j]",
                    f"correction = (target - {values['i_driven']})/({values['i_slope']})",
                    f"corrected = {own} + correction",
                    f"s[{rows['v_driven'] * block} + j] = {own} if settled > 0.0 else corrected",
                    "settled = 1.0 if abs(correction) <= 1e-10*abs(corrected) + 1e-30 else settled",
                    f"s[{rows['settled'] * block} + j] = settled",
                    "pending += 0 if settled > 0.0 else 1",
                ],
                4,
            )
            + _indented(["    if pending == 0:", "        break"], 2)
        )

    voltage = [f"{own} = s[{rows['v_driven'] * block} + j]"] if structure.by_current else []
    wide = block > 1
    noise = [
        f"w_{k} = np.float64(now[{k * (block if wide else steps)} + {'j' if wide else 't'}])"
        for k in range(len(noises))
    ]
    dt, half = str(whole_step), str(half_step)
    parts = [
        "for t in range(begin, end):",
        "    k = offset + t",
        f"    now = z[t*{channels * block}:(t + 1)*{channels * block}]" if wide else "    now = z",
    ]
    text = _indented(parts, 1) + _indented(at(0), 2)
    if structure.by_current:
        text += newton()
    # First stage: watched quantity, rates of jumps, predictor.
    first = dict(rates) | jumps | ({"seen": watched} if watched is not None else {})
    lines, values = _statements(first, printer)
    start = [*load(used(first, {"dt": whole_step, "half": half_step})), *voltage, *noise]
    text += _indented(["for j in range(B):"], 2) + _indented([*start, *lines], 3)
    if watched is not None:
        text += _indented(
            [
                f"hit = s[{rows['hit'] * block} + j]",
                f"beyond = sense*({values['seen']} - threshold) > 0.0",
                f"s[{rows['hit'] * block} + j] = np.float64(first + k) if (hit < 0.0 and beyond) else hit",
            ],
            3,
        )
    text += _indented(store({f"r_{k}": values[f"r_{k}"] for k in range(2 * m)}), 3)
    text += _indented([f"f_{k} = {values[f'f_{k}']}" for k in range(n)], 3)
    text += _indented(
        [f"o_{k} = {f'x_{k}' if f'x_{k}' in used(first) else f's[{k * block} + j]'}" for k in range(n)], 3
    )
    text += _indented([f"x_{k} = fma({dt}, f_{k}, o_{k})" for k in range(n)], 3)
    if structure.by_current:
        text += _indented(store({f"o_{k}": f"o_{k}" for k in range(n)}), 3)
        text += _indented(store({f"f_{k}": f"f_{k}" for k in range(n)}), 3)
        text += _indented(store({f"x_{k}": f"x_{k}" for k in range(n)}), 3)
        text += _indented(at(1), 2) + newton() + _indented(["for j in range(B):"], 2)
        text += _indented([*load(used(rates, {"dt": whole_step, "half": half_step})), *voltage, *noise], 3)
        text += _indented(load([*(f"o_{k}" for k in range(n)), *(f"f_{k}" for k in range(n))]), 3)
    else:
        text += _indented(at(1), 3)
    # Second stage: corrector, bounds, spheres, jumps.
    lines, values = _statements(rates, printer)
    text += _indented(lines, 3)
    text += _indented([f"e_{k} = {values[f'f_{k}']}" for k in range(n)], 3)
    text += _indented([f"x_{k} = fma({half}, f_{k} + e_{k}, o_{k})" for k in range(n)], 3)
    for k, limits in enumerate(bounds):
        if limits is not None:
            text += _indented([f"x_{k} = min(max(x_{k}, {_number(limits[0])}), {_number(limits[1])})"], 3)
    for a, b, c in spheres:
        text += _indented([f"norm = 1.0/sqrt(fma(x_{a}, x_{a}, fma(x_{b}, x_{b}, x_{c}*x_{c})))"], 3)
        text += _indented([f"x_{k} = x_{k}*norm" for k in (a, b, c)], 3)
    text += _indented(store({f"x_{k}": f"x_{k}" for k in range(n)}), 3)
    text += _indented(_jumping(m, rows, block, dt), 3)

    outputs = {str(symbol): expr for expr, symbol in hoist.found.items()}
    lines, values = _statements(outputs, printer)
    needed = sorted({str(a) for e in hoist.found for a in e.free_symbols}, key=lambda name: int(name[2:]))
    preparation = [*(f"{p} = parameters[{p[2:]}, j]" for p in needed), *lines]
    preparation += [f"hoisted[{name[2:]}, j] = {value}" for name, value in values.items()]
    return _TEMPLATE.format(
        model=model.__name__,
        block=block,
        rows=len(rows) + 3 * n + 2 * m,
        states=n,
        telegraphs=m,
        hoisted=h,
        channels=channels,
        noises=len(noises),
        steps=steps,
        hit_row=rows["hit"],
        voltage_row=rows["v_driven"],
        functions=", ".join(VECTOR_FUNCTIONS),
        library=", ".join(LIBRARY_FUNCTIONS),
        prepare=_indented(preparation or ["pass"], 2),
        fill=_indented(_filling(len(noises), channels, block), 1),
        advance=text,
    )


def _watched(structure: Structure, system: Any) -> sp.Expr:
    """Expression of the watched quantity; voltages are those at the beginning of a step."""
    known = {str(x): x for x in system.states} | {str(y): e for y, e in system.flat.observables.items()}
    if structure.watched not in known:
        raise UnknownNameError(f"state or observable of {structure.model.model_name()}", str(structure.watched), known)
    return known[structure.watched].xreplace(dict.fromkeys(system.noises, sp.S.Zero))


def _number(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else f"np.float64('{value}')"


def _filling(noises: int, channels: int, block: int) -> list[str]:
    """Loop that makes the normal deviates of some steps; steps that share a counter come as a group."""
    if not noises:
        return ["pass"]
    together = max(1, 4 // channels)  # steps per call of the generator
    calls = max(1, channels // 4)  # calls of the generator per step
    if block > 1:
        size = together * channels * block
        head = [
            "for i in range(end - begin):",
            f"    g, now = begin + i, z[(begin - start + i)*{size}:(begin - start + i + 1)*{size}]",
        ]
        head += ["    for j in range(B):"]
    else:
        head = [f"now = z[(begin - start)*{together}:]", "for j in range(B):"]
        head += ["    for i in range(end - begin):", "        g = begin + i"]
    body = []
    for call in range(calls):
        body.append(
            f"a, b, c, d = philox(np.uint32(g), np.uint32({NOISE + call}) ^ (np.uint32(g >> 32) << np.uint32(25)), low[j], "
            "high[j], key_low, key_high)"
        )
        body += ["n_0, n_1 = two_normals(a, b)", "n_2, n_3 = two_normals(c, d)"]
        for word in range(4):
            step, channel = divmod(word, channels) if channels < 4 else (0, 4 * call + word)
            if channel < noises:
                where = (
                    f"{(step * channels + channel) * block} + j"
                    if block > 1
                    else f"{channel * STEPS_ALONE + step} + i*{together}"
                )
                body.append(f"now[{where}] = n_{word}")
    return [*head, *(f"        {line}" for line in body)]


def _jumping(count: int, rows: Mapping[str, int], block: int, dt: str) -> list[str]:
    """Jumps of the telegraph processes at the end of a step, with the exact probability for rates at its beginning."""
    lines = []
    for k in range(count):
        if k % 4 == 0:
            lines.append(
                f"a, b, c, d = philox(np.uint32(first + k), np.uint32({JUMPS + k // 4}) ^ "
                "(np.uint32((first + k) >> 32) << np.uint32(25)), low[j], high[j], key_low, key_high)"
            )
        state, up, down = (f"s[{rows[name] * block} + j]" for name in (f"g_{k}", f"r_{2 * k}", f"r_{2 * k + 1}"))
        lines += [
            f"up, down, occupied = {up}, {down}, {state}",
            "away = down if occupied > 0.5 else up",
            f"probability = -expm1(-(up + down)*{dt})*away/(up + down)",
            f"jumped = away > 0.0 and uniform({'abcd'[k % 4]}) < probability",
            f"{state} = 1.0 - occupied if jumped else occupied",
        ]
    return lines


_TEMPLATE = '''"""Ensemble kernel of {model}, generated by synaspice: a cached file, made again when it is missing."""

from math import {library}

import numba
import numpy as np

from synaspice.devices.targets.philox import philox, two_normals, uniform
from synaspice.devices.targets.vectormath import {functions}

B = {block}
HOISTED = {hoisted}
MOST_CORRECTIONS = 100
compiled = numba.njit(nogil=True, error_model="numpy", cache=True)


@compiled
def prepare(parameters, hoisted):
    for j in range(parameters.shape[1]):
{prepare}

@compiled
def fill(z, low, high, key_low, key_high, start, begin, end):
{fill}

@compiled
def run(s, z, low, high, key_low, key_high, first, offset, begin, end, drive, others, inputs, sense, threshold):
{advance}

@compiled
def advance(
    states, telegraphs, voltages, hoisted, hits, active, low, high, key_low, key_high, first, steps, drive, others, inputs,
    sense, threshold, stride, traces
):
    s = np.empty({rows} * B)
    z = np.empty({steps} * {channels} * B, dtype=np.float32)
    block_low, block_high = np.empty(B, dtype=np.uint32), np.empty(B, dtype=np.uint32)
    together = max(1, 4 // {channels})
    for b in range(0, len(active), B):
        for j in range(B):
            i = active[min(b + j, len(active) - 1)]
            block_low[j], block_high[j] = low[i], high[i]
            for r in range({states}):
                s[r * B + j] = states[r, i]
            for r in range({telegraphs}):
                s[({states} + r) * B + j] = telegraphs[r, i]
            for r in range({hoisted}):
                s[({states} + {telegraphs} + r) * B + j] = hoisted[r, i]
            s[{voltage_row} * B + j] = voltages[i]
            s[{hit_row} * B + j] = hits[i]
        k = 0
        while k < steps:
            # Windows of steps begin at multiples of their length, whatever the first step.
            window = (first + k) // {steps} * {steps}
            begin = first + k - window
            end = min({steps}, first + steps - window)
            if {noises}:
                group = window // together
                fill(z, block_low, block_high, key_low, key_high, group, group + begin // together,
                     group + (end + together - 1) // together)
            while begin < end:
                stop = end
                if stride:
                    stop = min(end, begin + stride - (first + k) % stride)
                run(s, z, block_low, block_high, key_low, key_high, first, window - first, begin, stop, drive, others,
                    inputs, sense, threshold)
                k += stop - begin
                begin = stop
                if stride and (first + k) % stride == 0:
                    for j in range(min(B, len(active) - b)):
                        for r in range({states} + {telegraphs}):
                            traces[r, active[b + j], (first + k) // stride] = s[r * B + j]
        for j in range(min(B, len(active) - b)):
            i = active[b + j]
            for r in range({states}):
                states[r, i] = s[r * B + j]
            for r in range({telegraphs}):
                telegraphs[r, i] = s[({states} + r) * B + j]
            voltages[i] = s[{voltage_row} * B + j]
            hits[i] = s[{hit_row} * B + j]
'''
