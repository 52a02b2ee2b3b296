"""The C of native devices that integrates states over a step of the simulator.

The method is that of :mod:`~synaspice.devices.simulation.integrators.loops.rosenbrock`, Rodas5P. For less work, steps
in which nothing turns by much take the classical one of Runge and Kutta, and those of few turns that of
:mod:`.osdi_explicit`.
"""

INNER = """\
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

/* A step in which nothing turns by much: the classical method of Runge and Kutta, if the step is one. */
static bool briefly(Instance *inst, double span, const double *w_0, const double *w)
{
    Step *s = &inst->step;
    double f[4][STATES], jacobian[STATES][STATES], by_drive[STATES][DRIVES], x[STATES], middle[DRIVES], size = 0.0;
    slopes(inst, s->from, w_0, f[0], jacobian, by_drive);
    for (int i = 0; i < STATES; i++)
        for (int l = 0; l < STATES; l++)
            size += jacobian[i][l] * jacobian[i][l];
    s->stiffness = sqrt(size);
    memcpy(s->rate, f[0], sizeof s->rate);
    if (!(span * s->stiffness <= $brief))
        return false;
    for (int d = 0; d < DRIVES; d++)
        middle[d] = 0.5 * (w_0[d] + w[d]);
    for (int n = 1; n < 4; n++) {
        for (int i = 0; i < STATES; i++)
            x[i] = s->from[i] + (n < 3 ? 0.5 : 1.0) * span * f[n - 1][i];
        rates(inst, x, n < 3 ? middle : w, f[n]);
    }
    for (int i = 0; i < STATES; i++)
        s->to[i] = s->from[i] + span / 6.0 * (f[0][i] + 2.0 * (f[1][i] + f[2][i]) + f[3][i]);
    restore(-1, s->to);
    const double once = s->blind ? span : 0.5 * span, twice = span * span * (s->blind ? 0.5 : 1.0 / 6.0);
    for (int i = 0; i < STATES; i++)
        for (int d = 0; d < DRIVES; d++) {
            double turned = 0.0;
            for (int l = 0; l < STATES; l++)
                turned += jacobian[i][l] * by_drive[l][d];
            s->slope[i][d] = once * by_drive[i][d] + twice * turned;
        }
    return true;
}

$explicit
/* Where the step leads that ends with some drives, and the slopes of that by the drives. */
static void integrate(Instance *inst, const double *w)
{
    Step *s = &inst->step;
    const int axis = s->axis;
    const double span = (s->until - s->since) / inst->time_unit, *w_0 = s->blind ? w : s->drives;
    memcpy(s->last, w, sizeof s->last);
    s->exact = false;
    if (briefly(inst, span, w_0, w) || explicitly(inst, span, w_0, w))
        return;
    double y[STATES], of_y[STATES][DRIVES], new[STATES], k[STAGES][STATES], f[STATES], here[DRIVES], trend[DRIVES];
    double jacobian[STATES][STATES], by_drive[STATES][DRIVES], later[STATES][STATES], by_later[STATES][DRIVES];
    double matrix[STATES][STATES], by_time[STATES], column[STATES];
    int pivots[STATES];
    memset(of_y, 0, sizeof of_y);
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
        /* The slopes by the drives at the end: y' = J y + g by the trapezoidal rule, with what makes a single step
           one of the second order: g = share * by_drive is a product of lines, and grows along the step. */
        for (int d = 0; d < DRIVES; d++)
            here[d] = w_0[d] + t * trend[d];
        motion_slopes(inst, y, here, f, later, by_later);
        for (int i = 0; i < STATES; i++) {
            for (int l = 0; l < STATES; l++)
                matrix[i][l] = -later[i][l];
            matrix[i][i] += 2.0 / step;
        }
        factorize(matrix, pivots);
        const double share = s->blind ? 1.0 : part, share_later = s->blind ? 1.0 : t / span;
        const double first = (2.0 * share + share_later) / 3.0, second = (share + 2.0 * share_later) / 3.0;
        for (int d = 0; d < DRIVES; d++) {
            double growth[STATES];
            for (int i = 0; i < STATES; i++)
                growth[i] = share_later * by_later[i][d] - share * by_drive[i][d];
            for (int i = 0; i < STATES; i++) {
                column[i] = 2.0 / step * of_y[i][d] + first * by_drive[i][d] + second * by_later[i][d];
                for (int l = 0; l < STATES; l++)
                    column[i] += jacobian[i][l] * of_y[l][d] - step / 12.0 * (jacobian[i][l] + later[i][l]) * growth[l];
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
"""
