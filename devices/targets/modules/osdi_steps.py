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
from typing import Any

import numpy as np
import sympy as sp

from ...simulation.integrators.loops import rosenbrock
from .module_equations import node_of
from .native_equations import NativeEquations
from .osdi_angles import ANGLES
from .osdi_explicit import explicit_text
from .osdi_inner import INNER
from .osdi_loads import Statements, c_function

#: Largest error of an inner step, in units of a state's scale.
TOLERANCE = 1e-6
#: Largest error that a simulator's step may have from drives that are not linear within it.
DRIVE_TOLERANCE = 1e-5
#: Largest part of a current that the states may add to it or take from it between its values at a step's ends, over a
#: line; and the voltage whose current is the least that it is compared with. [V]
SHOWN_TOLERANCE, LEAST_VOLTAGE = 5e-4, 1e-3
#: Shortest steps asked for because of the drives and of the currents, in units of the time in which states turn.
LEAST_DRIVEN, LEAST_SHOWN = 1.0, 0.3
#: A change of the states for other drives is read off the slopes if it is less than this: off those that are estimated
#: along with the states, and off those of the explicit method, which are as exact as the states.
SMALL_CHANGE, EXACT_CHANGE = 3e-6, 1e-4
#: Steps that are shorter than this part of the time in which states turn are taken by the cheaper method.
BRIEF = 0.1

STRUCTURE = """\
typedef struct {
    bool begun, blind; /* whether there is a point to step from, and whether its drives are unknown */
    bool exact; /* whether the slopes are */
    int axis; /* of symmetry: 0, 1, 2; -1: none */
    double since, from[STATES], drives[DRIVES], rate[STATES]; /* the last accepted point */
    double earlier, before[DRIVES]; /* the one before it */
    double until, to[STATES], last[DRIVES], slope[STATES][DRIVES]; /* where the step leads with the last drives */
    double pace, stride, stiffness; /* inner steps of both methods, and the norm of the rates' slopes, in time units */
} Step;
"""

_FUNCTIONS = """\
/* --- the states are integrated here, from the last accepted point to the simulator's time --- */

enum { SPHERES = $spheres, CURRENTS = $currents, STAGES = $stages, MOST_STEPS = 20000, MOST_TRIED = 100 };
static const int sphere[][3] = {$sphere};
static const double low[STATES] = {$low}, high[STATES] = {$high};
/* Rodas5P: G. Steinebach, BIT Numer. Math. 63, 27 (2023) */
static const double stage_gamma = $gamma;
static const double stage_a[STAGES][STAGES] = {$a};
static const double stage_c[STAGES][STAGES] = {$coupling};
static const double stage_time[STAGES] = {$times};
static const double stage_weight[STAGES] = {$weights};

$angles
$inner
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

/* Largest step that leaves little undone of what drives would change that are not linear within it. */
static double driven_step(const Step *s, const double *w)
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

/* Largest step within which the states' part of the currents is nearly linear, as the simulator takes it to be. */
static double shown_step(const Instance *inst, const double by_state[][STATES], const double *size)
{
    const Step *s = &inst->step;
    const double span = (s->until - s->since) / inst->time_unit;
    double rate[STATES], largest = 0.0;
    if (!(span > 0.0))
        return INFINITY;
    rates(inst, s->to, s->last, rate);
    for (int r = 0; r < CURRENTS; r++) {
        double first = 0.0, last = 0.0;
        for (int k = 0; k < STATES; k++) {
            const double mean = (s->to[k] - s->from[k]) / span;
            first += by_state[r][k] * (s->rate[k] - mean);
            last += by_state[r][k] * (rate[k] - mean);
        }
        largest = fmax(largest, fmax(fabs(first), fabs(last)) / size[r]);
    }
    const double bend = largest * span / 4.0;
    return bend > 0.0 ? (s->until - s->since) * sqrt($shown / bend) : INFINITY;
}

/* The simulator's next step. None is asked for that is much shorter than the time in which the states turn: a drive's
   kinks, as those of a sampled noise, are no curvature. */
static double suggested(const Instance *inst, const double *w, const double by_state[][STATES], const double *size)
{
    const Step *s = &inst->step;
    const double turn = inst->time_unit / fmax(s->stiffness, 1e-12);
    if (s->until - s->since < 0.5 * fmin($driven_least, $shown_least) * turn)
        return INFINITY; /* twice the step is none that would be refused */
    const double driven = fmax(driven_step(s, w), $driven_least * turn);
    return fmin(driven, fmax(shown_step(inst, by_state, size), $shown_least * turn));
}

/* States at the simulator's time, which may be that of a new step, or of the same one tried again. */
static void step_states(Instance *inst, double time, const double *w, const double *x, bool blind, double *here)
{
    Step *s = &inst->step;
    if (!s->begun || !(s->until > s->since)) {
        s->begun = true;
        s->blind = blind;
        s->pace = s->stride = 0.0;
        s->earlier = s->until = s->since;
        memcpy(s->from, x, sizeof s->from);
        memcpy(s->drives, w, sizeof s->drives);
        restore(-1, s->from);
    } else if (time > s->until)
        accept(s, w, x);
    else if (time == s->until && read_off(s, w, here) <= (s->exact ? $exact_change : $small)) {
        return;
    }
    s->until = time;
    integrate(inst, w);
    memcpy(here, s->to, sizeof s->to);
}
"""


def _numbers(values: Any) -> str:
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
    own, short = equations, equations.hoisted
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
    text = _FUNCTIONS.replace("$angles", ANGLES).replace("$inner", INNER).replace("$explicit", explicit_text())
    return "\n".join([*parts, string.Template(text).substitute(_values(own))])


def _values(equations: NativeEquations) -> dict[str, object]:
    """What stands for the names in the text."""
    declared = equations.module.states
    bounds = [(-np.inf, np.inf) if s.bounds is None else [b / s.scale for b in s.bounds] for s in declared.values()]
    spheres = [[equations.states.index(str(x)) for x in sphere] for sphere in equations.system.spheres]
    a, coupling, times, weights, _ = rosenbrock.TABLES
    return {
        "spheres": len(spheres),
        "currents": len(equations.currents),
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
        "brief": _number(BRIEF),
        "drives": _number(DRIVE_TOLERANCE),
        "small": _number(SMALL_CHANGE),
        "exact_change": _number(EXACT_CHANGE),
        "shown": _number(SHOWN_TOLERANCE),
        "driven_least": _number(LEAST_DRIVEN),
        "shown_least": _number(LEAST_SHOWN),
    }
