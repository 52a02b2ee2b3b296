"""The C of native devices that integrate their states themselves, within the simulator's step.

A simulator's trapezoids pay for the precession of a magnetisation: steps of h lengthen the time in which its cone opens
by the factor 1 + (omega h / 2)^2, and Newton's method ends with an error that a charge keeps, step after step. So the
states of a device with directions have no charges in a transient: in every evaluation the device integrates them from
the last accepted point to the simulator's time, with its drives (voltages and inputs) linear in between, to a tolerance
of its own. The state's node has the residual

    x - x(w),    x(w) = where the step leads if it ends with the drives w,

and the slopes dx/dw, so that Newton's method sees how the device answers to its circuit. Steps may be as long as the
circuit allows: what drives that are not linear within a step would change is estimated, and bounds the next step.

Where the rates are the same in every plane through an axis, as those of a perpendicular junction in a field along its
axis, the polar angle knows nothing of the azimuth: such an instance is integrated in these angles, of which none turns
fast, in steps of many precessions. Whether it is so is tried when an instance is set up.

The method is that of :mod:`~synaspice.devices.simulation.integrators.loops.rosenbrock`, Rodas5P.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

import numpy as np
import sympy as sp

from ...simulation.integrators.loops import rosenbrock
from .module_equations import node_of
from .native_equations import NativeEquations
from .osdi_evaluation import Statements, hoisted
from .osdi_loads import c_function

#: Largest error of an inner step, in units of a state's scale.
TOLERANCE = 1e-6
#: Largest error that a simulator's step may have from drives that are not linear within it.
DRIVE_TOLERANCE = 1e-5
#: A change of the states for other drives is read off the slopes if it is less than this.
SMALL_CHANGE = 1e-5

STRUCTURE = """\
typedef struct {
    bool begun, blind; /* whether there is a point to step from, and whether its drives are unknown */
    int axis; /* of symmetry: 0, 1, 2; -1: none */
    double since, from[STATES], drives[DRIVES]; /* the last accepted point */
    double earlier, before[DRIVES]; /* the one before it */
    double until, to[STATES], last[DRIVES], slope[STATES][DRIVES]; /* where the step leads with the last drives */
    double pace; /* inner step, in time units */
} Step;
"""

_FUNCTIONS = """\
/* --- the states are integrated here, from the last accepted point to the simulator's time --- */

enum { SPHERES = $spheres, STAGES = $stages, MOST_STEPS = 20000 };
static const int sphere[][3] = {$sphere};
static const double low[STATES] = {$low}, high[STATES] = {$high};
/* Rodas5P: G. Steinebach, BIT Numer. Math. 63, 27 (2023) */
static const double stage_gamma = $gamma;
static const double stage_a[STAGES][STAGES] = {$a};
static const double stage_c[STAGES][STAGES] = {$coupling};
static const double stage_time[STAGES] = {$times};
static const double stage_weight[STAGES] = {$weights};

/* With an axis of symmetry, y has the polar angle and the azimuth about it in the places of the direction's first two
   components. The rates at azimuth zero are those at any. */
static void enter(int axis, const double *x, double *y)
{
    memcpy(y, x, STATES * sizeof *y);
    if (axis < 0)
        return;
    const int *m = sphere[0];
    const double a = x[m[(axis + 1) % 3]], b = x[m[(axis + 2) % 3]], c = x[m[axis]];
    y[m[0]] = atan2(hypot(a, b), c);
    y[m[1]] = atan2(b, a);
    y[m[2]] = 0.0;
}

static void leave(int axis, const double *y, double of_y[STATES][DRIVES], double *x, double of_x[STATES][DRIVES])
{
    memcpy(x, y, STATES * sizeof *x);
    memcpy(of_x, of_y, STATES * sizeof *of_x);
    if (axis < 0)
        return;
    const int *m = sphere[0], a = m[(axis + 1) % 3], b = m[(axis + 2) % 3], c = m[axis];
    const double sine = sin(y[m[0]]), cosine = cos(y[m[0]]), along = cos(y[m[1]]), across = sin(y[m[1]]);
    x[a] = sine * along;
    x[b] = sine * across;
    x[c] = cosine;
    for (int k = 0; k < DRIVES; k++) {
        const double polar = of_y[m[0]][k], azimuth = of_y[m[1]][k];
        of_x[a][k] = cosine * along * polar - sine * across * azimuth;
        of_x[b][k] = cosine * across * polar + sine * along * azimuth;
        of_x[c][k] = -sine * polar;
    }
}

static void unturned(int axis, const double *y, double *x)
{
    memcpy(x, y, STATES * sizeof *x);
    const int *m = sphere[0];
    const double angle = y[m[0]];
    x[m[axis]] = cos(angle);
    x[m[(axis + 1) % 3]] = sin(angle);
    x[m[(axis + 2) % 3]] = 0.0;
}

/* What an azimuth's rate is divided by: never zero. */
static double sine_of(double sine) { return copysign(fmax(fabs(sine), 1e-12), sine); }

static void motion(const Instance *inst, const double *y, const double *w, double *f)
{
    const int axis = inst->step.axis;
    if (axis < 0) {
        rates(inst, y, w, f);
        return;
    }
    const int *m = sphere[0], a = m[(axis + 1) % 3], b = m[(axis + 2) % 3], c = m[axis];
    double x[STATES];
    unturned(axis, y, x);
    rates(inst, x, w, f);
    const double polar = x[c] * f[a] - x[a] * f[c], azimuth = f[b] / sine_of(x[a]);
    f[m[0]] = polar;
    f[m[1]] = azimuth;
    f[m[2]] = 0.0;
}

static void motion_slopes(const Instance *inst, const double *y, const double *w, double *f, double j[STATES][STATES],
                          double g[STATES][DRIVES])
{
    const int axis = inst->step.axis;
    if (axis < 0) {
        slopes(inst, y, w, f, j, g);
        return;
    }
    const int *m = sphere[0], a = m[(axis + 1) % 3], b = m[(axis + 2) % 3], c = m[axis];
    double x[STATES], by_polar[STATES];
    unturned(axis, y, x);
    slopes(inst, x, w, f, j, g);
    const double sine = sine_of(x[a]), azimuth = f[b] / sine;
    for (int i = 0; i < STATES; i++)
        by_polar[i] = x[c] * j[i][a] - x[a] * j[i][c];
    for (int k = 0; k < STATES; k++) {
        const double polar = x[c] * j[a][k] - x[a] * j[c][k], turned = j[b][k] / sine;
        j[m[0]][k] = polar;
        j[m[1]][k] = turned;
        j[m[2]][k] = 0.0;
    }
    for (int i = 0; i < STATES; i++) {
        j[i][m[0]] = by_polar[i];
        j[i][m[1]] = j[i][m[2]] = 0.0;
    }
    j[m[0]][m[0]] = x[c] * by_polar[a] - x[a] * by_polar[c] - x[a] * f[a] - x[c] * f[c];
    j[m[1]][m[0]] = (by_polar[b] - azimuth * x[c]) / sine;
    j[m[2]][m[0]] = 0.0;
    for (int k = 0; k < DRIVES; k++) {
        const double polar = x[c] * g[a][k] - x[a] * g[c][k], turned = g[b][k] / sine;
        g[m[0]][k] = polar;
        g[m[1]][k] = turned;
        g[m[2]][k] = 0.0;
    }
    const double polar = x[c] * f[a] - x[a] * f[c];
    f[m[0]] = polar;
    f[m[1]] = azimuth;
    f[m[2]] = 0.0;
}

/* An axis about which rates turn with the direction, whatever the drives. */
static int axis_of_symmetry(const Instance *inst)
{
    for (int axis = 2; SPHERES == 1 && axis >= 0; axis--) {
        const int *m = sphere[0], a = m[(axis + 1) % 3], b = m[(axis + 2) % 3], c = m[axis];
        double x[STATES], w[DRIVES], f[STATES], g[STATES];
        bool same = true;
        for (int trial = 1; same && trial <= 4; trial++) {
            const double polar = 0.7 * trial, azimuth = 1.9 * trial, turn = 0.8 + trial;
            for (int k = 0; k < STATES; k++)
                x[k] = inst->start[k] + 0.1 * sin(3.0 * trial + k);
            for (int k = 0; k < DRIVES; k++)
                w[k] = 0.3 * sin(2.0 * trial + 5.0 * k);
            x[a] = sin(polar) * cos(azimuth);
            x[b] = sin(polar) * sin(azimuth);
            x[c] = cos(polar);
            rates(inst, x, w, f);
            x[a] = sin(polar) * cos(azimuth + turn);
            x[b] = sin(polar) * sin(azimuth + turn);
            rates(inst, x, w, g);
            const double turned = cos(turn) * f[a] - sin(turn) * f[b];
            f[b] = sin(turn) * f[a] + cos(turn) * f[b];
            f[a] = turned;
            double size = 0.0;
            for (int k = 0; k < 3; k++)
                size = fmax(size, fabs(f[m[k]]));
            for (int k = 0; k < STATES; k++)
                same = same && fabs(g[k] - f[k]) <= 1e-9 * fmax(size, fabs(f[k]));
        }
        if (same)
            return axis;
    }
    return -1;
}

static void factorize(double a[STATES][STATES], int *pivots)
{
    for (int k = 0; k < STATES; k++) {
        int best = k;
        for (int i = k + 1; i < STATES; i++)
            if (fabs(a[i][k]) > fabs(a[best][k]))
                best = i;
        pivots[k] = best;
        for (int i = 0; best != k && i < STATES; i++) {
            const double held = a[k][i];
            a[k][i] = a[best][i];
            a[best][i] = held;
        }
        a[k][k] = 1.0 / a[k][k];
        for (int i = k + 1; i < STATES; i++) {
            a[i][k] *= a[k][k];
            for (int l = k + 1; l < STATES; l++)
                a[i][l] -= a[i][k] * a[k][l];
        }
    }
}

static void substitute(const double a[STATES][STATES], const int *pivots, double *x)
{
    for (int k = 0; k < STATES; k++) {
        const double held = x[k];
        x[k] = x[pivots[k]];
        x[pivots[k]] = held;
    }
    for (int i = 0; i < STATES; i++)
        for (int k = 0; k < i; k++)
            x[i] -= a[i][k] * x[k];
    for (int i = STATES - 1; i >= 0; i--) {
        for (int k = i + 1; k < STATES; k++)
            x[i] -= a[i][k] * x[k];
        x[i] *= a[i][i];
    }
}

/* Directions of unit length, other states within their bounds. */
static void restore(int axis, double *y)
{
    for (int i = 0; axis < 0 && i < SPHERES; i++) {
        const int *m = sphere[i];
        const double length = sqrt(y[m[0]] * y[m[0]] + y[m[1]] * y[m[1]] + y[m[2]] * y[m[2]]);
        for (int k = 0; k < 3; k++)
            y[m[k]] /= length;
    }
    for (int k = 0; k < STATES; k++)
        y[k] = y[k] < low[k] ? low[k] : y[k] > high[k] ? high[k] : y[k];
}

/* Error of a step in units of the tolerance. */
static double judged(int axis, const double *error, const double *y)
{
    double sum = 0.0;
    for (int k = 0; k < STATES; k++) {
        double size = 1.0;
        if (axis >= 0 && k == sphere[0][0])
            size = fabs(sin(y[k])) + 1e-2;
        sum += (error[k] / size) * (error[k] / size);
    }
    return sqrt(sum / STATES) / $tolerance;
}

/* Where the step leads that ends with some drives, and the slopes of that by the drives. */
static void integrate(Instance *inst, const double *w)
{
    Step *s = &inst->step;
    const int axis = s->axis;
    const double span = (s->until - s->since) / inst->time_unit, *w_0 = s->blind ? w : s->drives;
    double y[STATES], of_y[STATES][DRIVES], new[STATES], k[STAGES][STATES], f[STATES], here[DRIVES], trend[DRIVES];
    double jacobian[STATES][STATES], by_drive[STATES][DRIVES], later[STATES][STATES], by_later[STATES][DRIVES];
    double matrix[STATES][STATES], by_time[STATES], column[STATES];
    int pivots[STATES];
    memset(of_y, 0, sizeof of_y);
    memcpy(s->last, w, sizeof s->last);
    enter(axis, s->from, y);
    for (int d = 0; d < DRIVES; d++) {
        here[d] = w_0[d];
        trend[d] = span > 0.0 ? (w[d] - w_0[d]) / span : 0.0;
    }
    double t = 0.0, h = s->pace > 0.0 ? s->pace : span;
    if (span > 0.0)
        motion_slopes(inst, y, here, f, jacobian, by_drive);
    for (int tried = 0; t < span; tried++) {
        const bool last = !(t + 1.1 * h < span);
        const double step = last ? span - t : h;
        for (int i = 0; i < STATES; i++) {
            by_time[i] = 0.0;
            for (int d = 0; d < DRIVES; d++)
                by_time[i] += by_drive[i][d] * trend[d];
            for (int l = 0; l < STATES; l++)
                matrix[i][l] = -jacobian[i][l];
            matrix[i][i] += 1.0 / (stage_gamma * step);
        }
        factorize(matrix, pivots);
        for (int n = 0; n < STAGES; n++) {
            for (int i = 0; i < STATES; i++) {
                new[i] = y[i];
                for (int l = 0; l < n; l++)
                    new[i] += stage_a[n][l] * k[l][i];
            }
            if (n) {
                for (int d = 0; d < DRIVES; d++)
                    here[d] = w_0[d] + (t + stage_time[n] * step) * trend[d];
                motion(inst, new, here, k[n]);
            } else
                memcpy(k[n], f, sizeof f);
            for (int i = 0; i < STATES; i++) {
                double sum = 0.0;
                for (int l = 0; l < n; l++)
                    sum += stage_c[n][l] * k[l][i];
                k[n][i] += sum / step + stage_weight[n] * step * by_time[i];
            }
            substitute(matrix, pivots, k[n]);
        }
        for (int i = 0; i < STATES; i++)
            new[i] += k[STAGES - 1][i];
        const double error = judged(axis, k[STAGES - 1], new);
        if (!(error <= 1.0) && tried < MOST_STEPS && step > 1e-12 * span) {
            h = step * (error > 1.0 ? fmax(0.2, 0.9 * pow(error, -0.2)) : 0.2);
            continue;
        }
        restore(axis, new);
        memcpy(y, new, sizeof y);
        const double grown = step * (error < 1e-4 ? 6.0 : 0.9 * pow(error, -0.2)), part = t / span;
        h = last ? fmax(h, grown) : grown;
        t = last ? span : t + step;
        /* The slopes by the drives at the end, by the trapezoidal rule. */
        for (int d = 0; d < DRIVES; d++)
            here[d] = w_0[d] + t * trend[d];
        motion_slopes(inst, y, here, f, later, by_later);
        for (int i = 0; i < STATES; i++) {
            for (int l = 0; l < STATES; l++)
                matrix[i][l] = -later[i][l];
            matrix[i][i] += 2.0 / step;
        }
        factorize(matrix, pivots);
        for (int d = 0; d < DRIVES; d++) {
            for (int i = 0; i < STATES; i++) {
                column[i] = 2.0 / step * of_y[i][d];
                column[i] += s->blind ? by_drive[i][d] + by_later[i][d]
                                      : part * by_drive[i][d] + t / span * by_later[i][d];
                for (int l = 0; l < STATES; l++)
                    column[i] += jacobian[i][l] * of_y[l][d];
            }
            substitute(matrix, pivots, column);
            for (int i = 0; i < STATES; i++)
                of_y[i][d] = column[i];
        }
        memcpy(jacobian, later, sizeof later);
        memcpy(by_drive, by_later, sizeof by_later);
    }
    s->pace = h;
    leave(axis, y, of_y, s->to, s->slope);
}

/* Where the step leads for drives that are near those that it was integrated with. */
static double read_off(const Step *s, const double *w, double *x)
{
    double largest = 0.0;
    for (int i = 0; i < STATES; i++) {
        double change = 0.0;
        for (int d = 0; d < DRIVES; d++)
            change += s->slope[i][d] * (w[d] - s->last[d]);
        x[i] = s->to[i] + change;
        largest = fmax(largest, fabs(change));
    }
    return largest;
}

/* The simulator accepted the step that it tried last: the next begins there. Newton's method ends with a solution that
   was never evaluated; the first one of the next step is that, if it solves the last equations. */
static void accept(Step *s, const double *w, const double *x)
{
    double corrected[STATES];
    read_off(s, w, corrected);
    bool solved = true;
    for (int i = 0; i < STATES; i++)
        solved = solved && fabs(corrected[i] - x[i]) <= 1e-11;
    memcpy(s->before, s->blind ? s->last : s->drives, sizeof s->before);
    s->earlier = s->since;
    memcpy(s->from, solved ? corrected : s->to, sizeof s->from);
    memcpy(s->drives, solved ? w : s->last, sizeof s->drives);
    restore(-1, s->from);
    s->since = s->until;
    s->blind = false;
}

/* Largest step that leaves little undone of what the drives' curvature would change. */
static double suggested(const Step *s, const double *w)
{
    const double one = s->until - s->since, other = s->since - s->earlier;
    double largest = 0.0;
    if (!(one > 0.0 && other > 0.0))
        return INFINITY;
    for (int i = 0; i < STATES; i++) {
        double sum = 0.0;
        for (int d = 0; d < DRIVES; d++)
            sum += fabs(s->slope[i][d] * ((w[d] - s->drives[d]) / one - (s->drives[d] - s->before[d]) / other));
        largest = fmax(largest, sum);
    }
    const double error = largest * one * one / (3.0 * (one + other));
    return error > 0.0 ? one * cbrt($drives / error) : INFINITY;
}

/* States at the simulator's time, which may be that of a new step, or of the same one tried again. */
static void step_states(Instance *inst, double time, const double *w, const double *x, bool blind, double *here)
{
    Step *s = &inst->step;
    if (!s->begun || !(s->until > s->since)) {
        s->begun = true;
        s->blind = blind;
        s->pace = 0.0;
        s->earlier = s->until = s->since;
        memcpy(s->from, x, sizeof s->from);
        memcpy(s->drives, w, sizeof s->drives);
        restore(-1, s->from);
    } else if (time > s->until)
        accept(s, w, x);
    else if (time == s->until && read_off(s, w, here) <= $small) {
        inst->bound_step = suggested(s, w);
        return;
    }
    s->until = time;
    integrate(inst, w);
    memcpy(here, s->to, sizeof s->to);
    inst->bound_step = suggested(s, w);
}
"""


def _numbers(values: Sequence[float] | np.ndarray) -> str:
    return ", ".join("{" + _numbers(v) + "}" if np.ndim(v) else _number(v) for v in values)


def _number(value: float) -> str:
    return repr(float(value)) if np.isfinite(value) else "-INFINITY" if value < 0 else "INFINITY"


def write_steps(equations: NativeEquations, statements: Statements) -> str:
    """Write the functions that integrate the states of a device.

    Parameters
    ----------
    equations : NativeEquations
        The device.
    statements : callable
        Assignments for a mapping of targets to expressions.
    """
    own, short = equations, hoisted(equations)
    read = [f"const double {own.unknowns[k]} = w[{place}];" for place, k in enumerate(own.drives)]
    read += [f"const double {node_of(x)} = x[{k}];" for k, x in enumerate(own.states)]
    read += ["const double *restrict h = inst->h;", "(void) h;", *(f"(void) {name};" for name in own.unknowns)]
    rates = {f"f[{k}]": short(e) for k, e in enumerate(own.motion.values())}
    slopes = dict(rates)
    for row in range(len(own.states)):
        for k, x in enumerate(own.states):
            column = own.unknowns.index(str(node_of(x)))
            slopes[f"j[{row}][{k}]"] = short(own.motion_slopes.get((row, column), sp.S.Zero))
        for k, column in enumerate(own.drives):
            slopes[f"g[{row}][{k}]"] = short(own.motion_slopes.get((row, column), sp.S.Zero))
    where = "const Instance *inst, const double *x, const double *w, double *f"
    both = f"{where}, double j[STATES][STATES], double g[STATES][DRIVES]"
    parts = [c_function(f"static void rates({where})", [*read, *statements(rates)])]
    parts += [c_function(f"static void slopes({both})", [*read, *statements(slopes)])]
    return "\n".join([*parts, string.Template(_FUNCTIONS).substitute(_values(own))])


def _values(equations: NativeEquations) -> dict[str, object]:
    """What stands for the names in the text."""
    declared = equations.module.states
    bounds = [(-np.inf, np.inf) if s.bounds is None else [b / s.scale for b in s.bounds] for s in declared.values()]
    spheres = [[equations.states.index(str(x)) for x in sphere] for sphere in equations.system.spheres]
    a, coupling, times, weights, _ = rosenbrock.TABLES
    return {
        "spheres": len(spheres),
        "stages": rosenbrock.STAGES,
        "sphere": ", ".join("{" + ", ".join(map(str, one)) + "}" for one in spheres),
        "low": _numbers([low for low, _ in bounds]),
        "high": _numbers([high for _, high in bounds]),
        "gamma": _number(rosenbrock.GAMMA),
        "a": _numbers(a[: rosenbrock.STAGES]),
        "coupling": _numbers(coupling),
        "times": _numbers(times),
        "weights": _numbers(weights),
        "tolerance": _number(TOLERANCE),
        "drives": _number(DRIVE_TOLERANCE),
        "small": _number(SMALL_CHANGE),
    }
