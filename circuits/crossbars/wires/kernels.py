r"""Sweeps along the wires of a crossbar, and conjugate gradients made of them.

Word line :math:`i` and bit line :math:`j` have a node each at the cell :math:`(i, j)` of conductance :math:`G_{ij}`.
With the node potentials :math:`w` and :math:`b` and the currents :math:`J` that a cell carries beside
:math:`G (w - b)`, Kirchhoff's law is

.. math::

    w = Z_w (G b - J) + w_0, \qquad b = Z_b (G w + J) + b_0

:math:`Z_w` is the impedance of the word lines, each loaded by its cells, and :math:`w_0` their voltage by
the drivers alone. A line is a chain, so its impedance is a tridiagonal system: two sweeps along it. They are written in

.. math:: q_k = \frac{1}{1 + r_k s_k}, \qquad s_k = G_k + q_{k+1} s_{k+1}

with the resistance :math:`r_k` towards the driver and the conductance :math:`s_k` to ground on the far side. Nothing is
subtracted here, so every :math:`q` is exact to rounding however small the cells are against the wires, and resistances
may be 0 (one node) or infinite (a floating line).

Eliminating :math:`b` leaves :math:`(Z_w^{-1} - G Z_b G)\,w = f`, symmetric and positive definite, which conjugate
gradients solve with :math:`Z_w` as preconditioner: each step is one sweep of the bit lines and one of the word lines,
of O(N M) operations, and the number of steps grows as the number of cells along a line times the root of G r.
"""

from __future__ import annotations

import functools
import math
from typing import Any, NamedTuple

from ....devices.language.sources import digest_of
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.simulation.machine.kept import load_program
from ....devices.simulation.machine.kinds import F64, I64, Array, Group
from ....devices.simulation.machine.program import Entry, Program
from ....devices.simulation.machine.texts import routine, text_of
from ....devices.simulation.machine.writer import Unit


class Chains(NamedTuple):
    """The lines in one direction, as the kernels take them: see the module; the voltages are those of the drivers."""

    segment: float
    voltage: FloatArray
    q: FloatArray
    t: FloatArray
    s: FloatArray


@routine
def factor_words(g: Any, r: float, ends: Any, q: Any, t: Any, s: Any) -> None:
    """Chains along the rows, driven at the first column: q of every node, t = 1/(1/end + s) and s of the first."""
    n, m = g.shape
    for i in range(n):
        a = g[i, m - 1]
        for j in range(m - 1, 0, -1):
            q[i, j] = 1 / (1 + r * a)
            a = g[i, j - 1] + q[i, j] * a
        s[i], q[i, 0], t[i] = a, 1 / (1 + ends[i] * a), 1 / (1 / ends[i] + a)


@routine
def factor_bits(g: Any, r: float, ends: Any, q: Any, t: Any, s: Any) -> None:
    """Chains along the columns, driven at the last row."""
    n, m = g.shape
    for j in range(m):
        s[j] = g[0, j]
    for i in range(n - 1):
        for j in range(m):
            q[i, j] = 1 / (1 + r * s[j])
            s[j] = g[i + 1, j] + q[i, j] * s[j]
    for j in range(m):
        q[n - 1, j], t[j] = 1 / (1 + ends[j] * s[j]), 1 / (1 / ends[j] + s[j])


@routine
def _word(c: Any, q: Any, r: float, t: float, s: float, v: float, x: Any) -> float:
    """Potentials x along one word line into whose nodes flow currents c, with its driver at v; the current into it."""
    m = len(c)
    a = c[m - 1]
    x[m - 1] = a
    for j in range(m - 2, -1, -1):
        a = c[j] + q[j + 1] * a
        x[j] = a
    current = q[0] * (a - s * v)
    a = a * t + q[0] * v
    x[0] = a
    for j in range(1, m):
        a = q[j] * (r * x[j]) + q[j] * a
        x[j] = a
    return float(current)


@routine
def bits_down(q: Any, x: Any) -> None:
    """Currents of all bit lines summed towards their drivers, in place of those into their nodes."""
    n, m = x.shape
    for i in range(1, n):
        for j in range(m):
            x[i, j] += q[i - 1, j] * x[i - 1, j]


@routine
def bits_end(q: Any, t: Any, s: Any, v: Any, x: Any, current: Any) -> None:
    """Currents into the drivers of the bit lines, and potentials of their last nodes in place of the sums there."""
    n, m = x.shape
    for j in range(m):
        current[j] = q[n - 1, j] * (x[n - 1, j] - s[j] * v[j])
        x[n - 1, j] = x[n - 1, j] * t[j] + q[n - 1, j] * v[j]


@routine
def bits_up(q: Any, r: float, x: Any) -> None:
    """Potentials of the nodes of all bit lines, in place of the sums of currents; see :func:`_word`."""
    n, m = x.shape
    for i in range(n - 2, -1, -1):
        for j in range(m):
            x[i, j] = q[i, j] * (r * x[i, j] + x[i + 1, j])


@routine
def conjugate_gradients(
    g: Any, jc: Any, words: Chains, bits: Chains, w: Any, b: Any, iw: Any, ib: Any, tolerance: float, most_steps: int,
    most_looks: int, work: Any, line: Any, reached: Any,
) -> int:  # fmt: skip
    """Improve b until it is consistent with w; see the module. Returns the steps taken.

    ``c`` is the currents that make the direction ``p`` of w, ``y`` the direction of b. The step of w follows from b.
    ``reached`` becomes the relative error.
    """
    n, m = g.shape
    rw, vw, qw, tw, sw = words.segment, words.voltage, words.q, words.t, words.s
    rb, vb, qb, tb, sb = bits.segment, bits.voltage, bits.q, bits.t, bits.s
    r, z, p, c, y = work[0], work[1], work[2], work[3], work[4]
    still, away = line[0], line[1]
    for j in range(m):
        still[j] = 0.0
    steps = 0
    for _ in range(most_looks):
        for i in range(n):
            for j in range(m):
                c[i, j] = g[i, j] * b[i, j] - jc[i, j]
            iw[i] = _word(c[i], qw[i], rw, tw[i], sw[i], vw[i], w[i])
            for j in range(m):
                y[i, j] = g[i, j] * w[i, j] + jc[i, j]
        bits_down(qb, y)
        bits_end(qb, tb, sb, vb, y, ib)
        bits_up(qb, rb, y)
        power = scale = rho = 0.0
        for i in range(n):
            for j in range(m):
                r[i, j] = g[i, j] * (y[i, j] - b[i, j])
                b[i, j] = y[i, j]
                drop = w[i, j] - y[i, j]
                power += g[i, j] * drop * drop
                scale += g[i, j] * (w[i, j] * w[i, j] + y[i, j] * y[i, j])
            _word(r[i], qw[i], rw, tw[i], sw[i], 0.0, z[i])
            for j in range(m):
                rho += r[i, j] * z[i, j]
        goal = max(tolerance * tolerance * power, 1e-30 * scale)
        reached[0] = math.sqrt(rho / max(power, 1e-300))
        if rho <= goal:
            reached[0] = 0.0
            return steps
        beta = 0.0
        for i in range(n):
            for j in range(m):
                p[i, j] = c[i, j] = 0.0
        while steps < most_steps:
            steps += 1
            for i in range(n):
                for j in range(m):
                    p[i, j] = z[i, j] + beta * p[i, j]
                    c[i, j] = r[i, j] + beta * c[i, j]
                    y[i, j] = g[i, j] * p[i, j]
            bits_down(qb, y)
            bits_end(qb, tb, sb, still, y, away)
            curvature = 0.0
            for i in range(n - 1, -1, -1):
                for j in range(m):
                    if i < n - 1:
                        y[i, j] = qb[i, j] * (rb * y[i, j] + y[i + 1, j])
                    curvature += p[i, j] * (c[i, j] - g[i, j] * y[i, j])
            if not curvature > 0:
                break
            alpha, last, rho = rho / curvature, rho, 0.0
            for i in range(n):
                for j in range(m):
                    b[i, j] += alpha * y[i, j]
                    r[i, j] -= alpha * (c[i, j] - g[i, j] * y[i, j])
                _word(r[i], qw[i], rw, tw[i], sw[i], 0.0, z[i])
                for j in range(m):
                    rho += r[i, j] * z[i, j]
            if rho <= 0.01 * goal:
                break
            beta = rho / last
    return steps


_VECTOR, _MATRIX = Array(F64), Array(F64, 2)
_ROOM = Array(F64, 3), _MATRIX
_CHAINS = Group(tuple(zip(Chains._fields, [F64, _VECTOR, _MATRIX, _VECTOR, _VECTOR], strict=True)))
ENTRIES = {
    factor_words: Entry((_MATRIX, F64, _VECTOR, _MATRIX, _VECTOR, _VECTOR)),
    factor_bits: Entry((_MATRIX, F64, _VECTOR, _MATRIX, _VECTOR, _VECTOR)),
    bits_down: Entry((_MATRIX, _MATRIX)),
    bits_end: Entry((_MATRIX, _VECTOR, _VECTOR, _VECTOR, _MATRIX, _VECTOR)),
    bits_up: Entry((_MATRIX, F64, _MATRIX)),
    conjugate_gradients: Entry(
        (_MATRIX, _MATRIX, _CHAINS, _CHAINS, _MATRIX, _MATRIX, _VECTOR, _VECTOR, F64, I64, I64, *_ROOM, _VECTOR), I64
    ),
}


@functools.cache
def load_kernels() -> Program:
    """The functions above as machine code; the first time ever it takes a second."""

    def write(unit: Unit) -> None:
        for function, entry in ENTRIES.items():
            unit.write(text_of(function), entry.kinds, name=function.__name__)

    entries = {function.__name__: entry for function, entry in ENTRIES.items()}
    return load_program("crossbar", digest_of(__name__), write, entries, contracting=True)
