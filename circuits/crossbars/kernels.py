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

import math
from typing import Any

import numba
import numpy as np

from ...devices.core.damaged import drop_damaged_code

_compiled: Any = numba.njit(nogil=True, error_model="numpy", cache=True, fastmath={"contract"})


@_compiled
def factor_words(g, r, ends, q, t, s):  # type: ignore[no-untyped-def]
    """Chains along the rows, driven at the first column: q of every node, t = 1/(1/end + s) and s of the first."""
    n, m = g.shape
    for i in range(n):
        a = g[i, m - 1]
        for j in range(m - 1, 0, -1):
            q[i, j] = 1 / (1 + r * a)
            a = g[i, j - 1] + q[i, j] * a
        s[i], q[i, 0], t[i] = a, 1 / (1 + ends[i] * a), 1 / (1 / ends[i] + a)


@_compiled
def factor_bits(g, r, ends, q, t, s):  # type: ignore[no-untyped-def]
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


@_compiled
def _word(c, q, r, t, s, v, x):  # type: ignore[no-untyped-def]
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
    return current


@_compiled
def bits_down(q, x):  # type: ignore[no-untyped-def]
    """Currents of all bit lines summed towards their drivers, in place of those into their nodes."""
    n, m = x.shape
    for i in range(1, n):
        for j in range(m):
            x[i, j] += q[i - 1, j] * x[i - 1, j]


@_compiled
def bits_end(q, t, s, v, x, current):  # type: ignore[no-untyped-def]
    """Currents into the drivers of the bit lines, and potentials of their last nodes in place of the sums there."""
    n, m = x.shape
    for j in range(m):
        current[j] = q[n - 1, j] * (x[n - 1, j] - s[j] * v[j])
        x[n - 1, j] = x[n - 1, j] * t[j] + q[n - 1, j] * v[j]


@_compiled
def bits_up(q, r, x):  # type: ignore[no-untyped-def]
    """Potentials of the nodes of all bit lines, in place of the sums of currents; see :func:`_word`."""
    n, m = x.shape
    for i in range(n - 2, -1, -1):
        for j in range(m):
            x[i, j] = q[i, j] * (r * x[i, j] + x[i + 1, j])


@_compiled
def conjugate_gradients(g, jc, words, bits, w, b, iw, ib, tolerance, most_steps, most_looks):  # type: ignore[no-untyped-def]
    """Improve b until it is consistent with w; see the module. Returns the steps taken and the relative error.

    ``c`` is the currents that make the direction ``p`` of w, ``y`` the direction of b. The step of w follows from b.
    """
    n, m = g.shape
    rw, vw, qw, tw, sw = words
    rb, vb, qb, tb, sb = bits
    r, z, p, c, y = np.empty_like(g), np.empty_like(g), np.empty_like(g), np.empty_like(g), np.empty_like(g)
    still, away = np.zeros(m), np.empty(m)
    steps, error = 0, 0.0
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
        error = math.sqrt(rho / max(power, 1e-300))
        if rho <= goal:
            return steps, 0.0
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
    return steps, error


drop_damaged_code(conjugate_gradients)
