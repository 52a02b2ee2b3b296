/* Small-signal noise of OSDI devices in ngspice 39 to 41, which do not ask them for it; later versions do.
 * Becomes src/osdi/osdinoise.c of the ngspice that build-ngspice-osdi.sh builds. */

#include "ngspice/iferrmsg.h"
#include "ngspice/memory.h"
#include "ngspice/ngspice.h"
#include "ngspice/typedefs.h"

#include "osdi.h"
#include "osdidefs.h" /* and with it ngspice/noisedef.h, after what it has to come after */

/* What the integral over frequency remembers of a source stands at the end of the instance's memory. */
static double *history(OsdiRegistryEntry *entry, GENinstance *inst)
{
    return (double *) ((char *) osdi_extra_instance_data(entry, inst) + sizeof(OsdiExtraInstData));
}

static int open_outputs(const OsdiDescriptor *descr, GENinstance *inst, int mode, CKTcircuit *ckt, Ndata *data)
{
    for (uint32_t i = 0; i < descr->num_noise_src; i++) {
        const char *source = descr->noise_sources[i].name;
        if (mode == N_DENS) {
            NOISE_ADD_OUTVAR(ckt, data, "onoise_%s_%s", inst->GENname, source);
        } else {
            NOISE_ADD_OUTVAR(ckt, data, "onoise_total_%s_%s", inst->GENname, source);
            NOISE_ADD_OUTVAR(ckt, data, "inoise_total_%s_%s", inst->GENname, source);
        }
    }
    return OK;
}

int OSDInoise(int mode, int operation, GENmodel *inModel, CKTcircuit *ckt, Ndata *data, double *OnDens)
{
    NOISEAN *job = (NOISEAN *) ckt->CKTcurJob;
    OsdiRegistryEntry *entry = osdi_reg_entry_model(inModel);
    const OsdiDescriptor *descr = entry->descriptor;
    uint32_t count = descr->num_noise_src;
    if (count == 0 || operation == N_CLOSE)
        return OK;
    double *density = TMALLOC(double, 2 * count);

    for (GENmodel *model = inModel; model; model = model->GENnextModel)
        for (GENinstance *inst = model->GENinstances; inst; inst = inst->GENnextInstance) {
            double *last = history(entry, inst), *out = last + count, *in = out + count;
            if (operation == N_OPEN) {
                int error = job->NStpsSm ? open_outputs(descr, inst, mode, ckt, data) : OK;
                if (error)
                    return error;
            } else if (mode == INT_NOIZ) {
                for (uint32_t i = 0; job->NStpsSm && i < count; i++) {
                    data->outpVector[data->outNumber++] = out[i];
                    data->outpVector[data->outNumber++] = in[i];
                }
            } else {
                void *own = osdi_instance_data(entry, inst);
                uint32_t *nodes = (uint32_t *) ((char *) own + descr->node_mapping_offset);
                descr->load_noise(own, osdi_model_data(model), data->freq, density, density + count);
                for (uint32_t i = 0; i < count; i++) {
                    OsdiNodePair ends = descr->noise_sources[i].nodes;
                    int other = ends.node_2 == UINT32_MAX ? 0 : (int) nodes[ends.node_2];
                    double gain;
                    NevalSrc(&gain, NULL, ckt, N_GAIN, (int) nodes[ends.node_1], other, 0.0);
                    double own_density = gain * density[i], logarithm = log(MAX(own_density, N_MINLOG));
                    *OnDens += own_density;
                    if (data->delFreq == 0.0) {
                        if (data->freq == job->NstartFreq)
                            out[i] = in[i] = 0.0;
                    } else {
                        double more = Nintegrate(own_density, logarithm, last[i], data);
                        double at_input = Nintegrate(own_density * data->GainSqInv, logarithm + data->lnGainInv,
                                                     last[i] + data->lnGainInv, data);
                        data->outNoiz += more;
                        data->inNoise += at_input;
                        out[i] += more;
                        in[i] += at_input;
                    }
                    last[i] = logarithm;
                    if (data->prtSummary)
                        data->outpVector[data->outNumber++] = own_density;
                }
            }
        }
    tfree(density);
    return OK;
}
