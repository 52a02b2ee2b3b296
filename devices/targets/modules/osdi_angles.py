"""The C of native devices for directions about an axis of symmetry: their angles, and whether there is such an axis."""

ANGLES = """\
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
"""
