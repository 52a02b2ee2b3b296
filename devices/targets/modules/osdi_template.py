"""The common part of native devices: the C of the interface OSDI, and the functions that do not depend on it.

Facts of the interface: https://openvaf.semimod.de/docs/details/osdi/ (0.3: structures, flags, order of the parameters),
and of 0.4, which appends to it, the documentation of OpenVAF-reloaded, https://fides.fe.uni-lj.si/openvaf/.
"""

INTERFACE = """\
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- the interface OSDI --- */

enum { KIND_MODEL = 0, KIND_INSTANCE = 1u << 30, KIND_OPVAR = 2u << 30 };
enum { ACCESS_SET = 1, ACCESS_INSTANCE = 4 };
enum { ENTRY_RESIST_CONST = 1, ENTRY_REACT_CONST = 2, ENTRY_RESIST = 4, ENTRY_REACT = 8 };
enum { CALC_REACT_RESIDUAL = 2, CALC_REACT_JACOBIAN = 8, CALC_OBSERVABLES = 32 };
enum { ANALYSIS_NOISE = 1024, ANALYSIS_AC = 4096, ANALYSIS_TRAN = 8192, ANALYSIS_IC = 16384 };
enum { RETURN_FATAL = 2 };
enum { LOG_ERROR = 4, OUT_OF_BOUNDS = 1 };

typedef struct { char **names; double *vals; char **names_str, **vals_str; } OsdiSimParas;
typedef struct {
    OsdiSimParas paras;
    double abstime, *prev_solve, *prev_state, *next_state;
    uint32_t flags;
} OsdiSimInfo;
typedef struct { uint32_t code, parameter_id; } OsdiInitError;
typedef struct { uint32_t flags, num_errors; OsdiInitError *errors; } OsdiInitInfo;
typedef struct { uint32_t node_1, node_2; } OsdiNodePair;
typedef struct { OsdiNodePair nodes; uint32_t react_ptr_off, flags; } OsdiJacobianEntry;
typedef struct {
    char *name, *units, *residual_units;
    uint32_t resist_residual_off, react_residual_off, resist_limit_rhs_off, react_limit_rhs_off;
    bool is_flow;
} OsdiNode;
typedef struct { char **name; uint32_t num_alias; char *description, *units; uint32_t flags, len; } OsdiParamOpvar;
typedef struct { char *name; OsdiNodePair nodes; } OsdiNoiseSource;
typedef struct { uint32_t kind, index; } OsdiNatureRef; /* 0: none, the simulator's own tolerances */
typedef struct {
    char *name;
    uint32_t num_nodes, num_terminals;
    OsdiNode *nodes;
    uint32_t num_jacobian_entries;
    OsdiJacobianEntry *jacobian_entries;
    uint32_t num_collapsible;
    OsdiNodePair *collapsible;
    uint32_t collapsed_offset;
    OsdiNoiseSource *noise_sources;
    uint32_t num_noise_src, num_params, num_instance_params, num_opvars;
    OsdiParamOpvar *param_opvar;
    uint32_t node_mapping_offset, jacobian_ptr_resist_offset, num_states, state_idx_off, bound_step_offset;
    uint32_t instance_size, model_size;
    void *(*access)(void *inst, void *model, uint32_t id, uint32_t flags);
    void (*setup_model)(void *handle, void *model, OsdiSimParas *paras, OsdiInitInfo *result);
    void (*setup_instance)(void *handle, void *inst, void *model, double temperature, uint32_t terminals,
                           OsdiSimParas *paras, OsdiInitInfo *result);
    uint32_t (*eval)(void *handle, void *inst, const void *model, const OsdiSimInfo *info);
    void (*load_noise)(void *inst, void *model, double frequency, double *density);
    void (*load_residual_resist)(void *inst, void *model, double *to);
    void (*load_residual_react)(void *inst, void *model, double *to);
    void (*load_limit_rhs_resist)(void *inst, void *model, double *to);
    void (*load_limit_rhs_react)(void *inst, void *model, double *to);
    void (*load_spice_rhs_dc)(void *inst, void *model, double *to, double *prev_solve);
    void (*load_spice_rhs_tran)(void *inst, void *model, double *to, double *prev_solve, double alpha);
    void (*load_jacobian_resist)(void *inst, void *model);
    void (*load_jacobian_react)(void *inst, void *model, double alpha);
    void (*load_jacobian_tran)(void *inst, void *model, double alpha);
    /* From here on what OSDI 0.4 appends. */
    uint32_t (*given_flag_model)(void *model, uint32_t id);
    uint32_t (*given_flag_instance)(void *inst, uint32_t id);
    uint32_t num_resistive_jacobian_entries, num_reactive_jacobian_entries;
    void (*write_jacobian_array_resist)(void *inst, void *model, double *to);
    void (*write_jacobian_array_react)(void *inst, void *model, double *to);
    uint32_t num_inputs;
    OsdiNodePair *inputs;
    void (*load_jacobian_with_offset_resist)(void *inst, void *model, size_t offset);
    void (*load_jacobian_with_offset_react)(void *inst, void *model, size_t offset);
    OsdiNatureRef *unknown_nature, *residual_nature;
    /* What OpenVAF-reloaded appends to it since. */
    uint32_t *noise_source_type;
    void (*load_noise_params)(void *inst, void *model, double *power, double *exponent);
    uint32_t num_delays;
} OsdiDescriptor;

#if defined(_WIN32)
#define EXPORTED __declspec(dllexport)
#else
#define EXPORTED __attribute__((visibility("default")))
#endif
"""

FUNCTIONS = """\
/* --- what is the same in every device --- */

/* Set by the simulator. */
EXPORTED void (*osdi_log)(void *handle, char *message, uint32_t level);

/* Where an instance whose set-up failed writes its matrix entries to. */
static double sink;

static void complain(void *handle, const char *message)
{
    if (osdi_log)
        osdi_log(handle, (char *) message, LOG_ERROR);
}

/* Check values within their bounds, and say which are not. */
static void check(void *handle, const double *value, OsdiInitInfo *result)
{
    char message[512];
    for (uint32_t i = 0; i < PARAMETERS; i++) {
        /* A simulator's own reading of a number may be a rounding error off. */
        double slack = 1e-12 * fabs(value[i]);
        bool allowed = value[i] >= range[i].low - slack && value[i] <= range[i].high + slack;
        if (allowed && !(range[i].binary && value[i] != 0.0 && value[i] != 1.0))
            continue;
        snprintf(message, sizeof message, "error: %s = %g %s is outside its bounds %s (%s)\\n", parameter[i].name[0],
                 value[i], parameter[i].units, range[i].text, parameter[i].description);
        complain(handle, message);
        OsdiInitError *more = realloc(result->errors, (result->num_errors + 1) * sizeof *more);
        if (!more) {
            result->flags = RETURN_FATAL;
            return;
        }
        result->errors = more;
        result->errors[result->num_errors++] = (OsdiInitError){OUT_OF_BOUNDS, i};
    }
}

static void *access_value(void *of_instance, void *of_model, uint32_t id, uint32_t flags)
{
    Instance *inst = of_instance;
    Model *model = of_model;
    if (id < PARAMETERS) {
        if (flags & ACCESS_INSTANCE ? !inst : !model)
            return NULL;
        if (flags & ACCESS_SET)
            (flags & ACCESS_INSTANCE ? inst->given : model->given)[id] = true;
        return (double *) (flags & ACCESS_INSTANCE ? &inst->p : &model->p) + id;
    }
    if (!inst || id >= PARAMETERS + OPVARS || flags & ACCESS_SET)
        return NULL;
    observe(inst);
    return &inst->observed[id - PARAMETERS];
}

static uint32_t given_in_model(void *model, uint32_t id)
{
    return id < PARAMETERS && ((Model *) model)->given[id];
}

static uint32_t given_in_instance(void *inst, uint32_t id)
{
    return id < PARAMETERS && ((Instance *) inst)->given[id];
}

static void setup_model(void *handle, void *of_model, OsdiSimParas *paras, OsdiInitInfo *result)
{
    (void) paras;
    Model *model = of_model;
    double *value = (double *) &model->p;
    *result = (OsdiInitInfo){0, 0, NULL};
    for (uint32_t i = 0; i < PARAMETERS; i++)
        if (!model->given[i])
            value[i] = range[i].initial;
    check(handle, value, result);
}

static void setup_instance(void *handle, void *of_instance, void *of_model, double temperature, uint32_t terminals,
                           OsdiSimParas *paras, OsdiInitInfo *result)
{
    (void) paras, (void) terminals;
    Instance *inst = of_instance;
    const double *inherited = (const double *) &((Model *) of_model)->p;
    double *value = (double *) &inst->p;
    *result = (OsdiInitInfo){0, 0, NULL};
    for (uint32_t i = 0; i < PARAMETERS; i++)
        if (!inst->given[i])
            value[i] = inherited[i];
    inst->temperature = temperature;
    check(handle, value, result);
    if (!result->num_errors && !prepare(inst)) {
        complain(handle, "error: with these parameters the equations have values that are not finite\\n");
        result->flags = RETURN_FATAL;
    }
    /* A simulator may go on after a failed set-up: it must find a device that does nothing. */
    inst->failed = result->num_errors || result->flags;
    for (uint32_t i = 0; inst->failed && i < ENTRIES; i++)
        if (!inst->to[i])
            inst->to[i] = &sink;
    for (uint32_t i = 0; inst->failed && i < STATES; i++)
        if (!inst->to_react[i])
            inst->to_react[i] = &sink;
}

static void load_nothing(void *inst, void *model, double *to)
{
    (void) inst, (void) model, (void) to;
}
"""
