"""The C of native devices that integrates states without stiffness over a step of the simulator.

The method is that of :mod:`~synaspice.devices.simulation.integrators.loops.explicit`, of order 8(5,3), without dense
output. It is a fraction of the work of the linearly implicit one where states precess; where they relax much faster
than the simulator steps, it would take too many steps, and is not tried.
"""

from __future__ import annotations

import numpy as np

from ...simulation.integrators.loops import explicit

#: Norm of the rates' slopes times the length of a step up to which the explicit method is tried.
MOST_TURNS = 30.0
#: Part of the tolerance that its error is held to: its estimate is nearer to its error than that of the implicit one.
SHARE = 0.1
#: By how much a drive is moved to see what follows, in units of itself and one.
MOVED = 1e-6

_TEXT = """\
enum { PATHS = 1 + DRIVES };

/* Rates along the path of the states, and along one for each drive that ends a little elsewhere. */
static void rates_of_paths(const Instance *inst, double t, double span, const double *w_0, const double *w,
                           const double *moved, double x[PATHS][STATES], double f[PATHS][STATES])
{
    const double part = t / span, share = inst->step.blind ? 1.0 : part;
    double here[DRIVES];
    for (int d = 0; d < DRIVES; d++)
        here[d] = w_0[d] + part * (w[d] - w_0[d]);
    rates(inst, x[0], here, f[0]);
    for (int d = 0; d < DRIVES; d++) {
        const double held = here[d];
        here[d] += share * moved[d];
        rates(inst, x[1 + d], here, f[1 + d]);
        here[d] = held;
    }
}

/* The explicit method of Dormand and Prince, of order 8(5,3), if it comes to the end in a few steps. */
static bool explicitly(Instance *inst, double span, const double *w_0, const double *w)
{
    Step *s = &inst->step;
    if (s->axis >= 0 || !(span * s->stiffness <= $most_turns))
        return false;
    double y[PATHS][STATES], new[PATHS][STATES], k[$all][PATHS][STATES], moved[DRIVES];
    for (int d = 0; d < DRIVES; d++)
        moved[d] = $moved * (1.0 + fabs(w[d]));
    for (int p = 0; p < PATHS; p++)
        memcpy(y[p], s->from, sizeof y[p]);
    double t = 0.0, h = s->stride > 0.0 ? s->stride : fmin(span, 0.5 / s->stiffness);
    rates_of_paths(inst, t, span, w_0, w, moved, y, k[0]);
    for (int tried = 0; t < span; tried++) {
        if (tried == MOST_TRIED)
            return false;
        const bool last = !(t + 1.1 * h < span);
        const double step = last ? span - t : h;
$stages
        double three = 0.0, five = 0.0;
        for (int i = 0; i < STATES; i++) {
            const double third = $third, fifth = $fifth;
            three += third * third;
            five += fifth * fifth;
        }
        const double whole = sqrt((five + 0.01 * three) * STATES);
        const double error = whole > 0.0 ? step * five / whole / ($share * $tolerance) : three;
        const double factor = error < 1e-6 ? 5.0 : 0.9 / sqrt(sqrt(sqrt(error)));
        if (!(error <= 1.0)) {
            h = step * (error > 1.0 ? fmax(0.2, factor) : 0.2);
            continue;
        }
        for (int p = 0; p < PATHS; p++) {
            restore(-1, new[p]);
            memcpy(y[p], new[p], sizeof y[p]);
        }
        memcpy(k[0], k[$end], sizeof k[0]);
        h = last ? fmax(h, step * factor) : step * factor;
        t = last ? span : t + step;
    }
    s->stride = h;
    s->exact = true;
    memcpy(s->to, y[0], sizeof s->to);
    for (int i = 0; i < STATES; i++)
        for (int d = 0; d < DRIVES; d++)
            s->slope[i][d] = (y[1 + d][i] - y[0][i]) / moved[d];
    return true;
}
"""


def _sum(weights: np.ndarray, path: str) -> str:
    return " + ".join(f"{float(a)!r} * k[{n}][{path}][i]" for n, a in enumerate(weights) if a)


def _stage(n: int) -> str:
    time = float(explicit.C[n])
    return f"""\
        for (int p = 0; p < PATHS; p++)
            for (int i = 0; i < STATES; i++)
                new[p][i] = y[p][i] + step * ({_sum(explicit.A[n, :n], "p")});
        rates_of_paths(inst, t + {time!r} * step, span, w_0, w, moved, new, k[{n}]);"""


def explicit_text() -> str:
    """The function, with places for the tolerance alone."""
    stages = "\n".join(_stage(n) for n in range(1, explicit.STAGES + 1))
    values = {"stages": stages, "third": _sum(explicit.E3, "0"), "fifth": _sum(explicit.E5, "0")}
    values |= {"all": str(explicit.STAGES + 1), "end": str(explicit.STAGES)}
    values |= {"most_turns": repr(MOST_TURNS), "moved": repr(MOVED), "share": repr(SHARE)}
    text = _TEXT
    for name, value in values.items():
        text = text.replace(f"${name}", value)
    return text
