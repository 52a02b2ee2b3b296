r"""The C of native devices that make the noise of their states in transients themselves.

Samples of a normal distribution, one in every interval, are joined by lines and are zero at the beginning of a
transient; see :mod:`~synaspice.devices.targets.sampling`. A sample is a function of its number, of the seed, and of the
instance: of the places of its nodes in the simulator's solution. So it is the same however a simulator's steps fall,
and instances of one circuit have noises of their own.

Sixty-four random bits are those of SplitMix64 at a place of its sequence: G. L. Steele, D. Lea, C. H. Flood, Proc.
OOPSLA 2014, 453 (2014), doi:10.1145/2660193.2660195; a normal number is that of Box and Muller.
"""

from __future__ import annotations

import string
from collections.abc import Sequence

from ...language.declarations.declaration import Parameter
from ..sampling import EMPHASIS

#: Parameters that such a device has beside those of its model, and their defaults.
PARAMETERS = {
    "noise_interval": Parameter(1e-11, "s", "time between samples of the noise of states", bounds=(1e-18, 1e3)),
    "noise_seed": Parameter(1.0, "1", "seed of the noise of states, a whole number", bounds=(0.0, 2.0**53)),
}
DEFAULTS = {name: float(item.default) for name, item in PARAMETERS.items() if not callable(item.default)}
#: Those that are the model's alone, the last ones: ngspice's ``altermod`` changes no others.
OF_MODEL = frozenset(["noise_seed"])

STRUCTURE = "    struct { uint64_t stream; double number, ends[SAMPLED][2]; } noise; /* samples of the states' noise */"

FUNCTIONS = """\
/* --- noise of the states in transients --- */

static inline uint64_t mixed(uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* In (0, 1]. */
static inline double uniform(uint64_t stream, uint64_t place)
{
    return (double) ((mixed(stream + place * 0x9e3779b97f4a7c15u) >> 11) + 1) * 0x1p-53;
}

static double white(uint64_t stream, double number)
{
    const uint64_t place = 2 * (uint64_t) number;
    return sqrt(-2.0 * log(uniform(stream, place))) * cos(6.283185307179586 * uniform(stream, place + 1));
}

/* What is joined by lines: white samples, their high frequencies emphasised by what lines and steps lose of them. */
static double sample(uint64_t stream, double number)
{
    if (number < 1.0)
        return 0.0;
    const double beside = white(stream, number - 1.0) + white(stream, number + 1.0);
    return $centre * white(stream, number) - $beside * beside;
}

static void begin_noise(Instance *inst)
{
    inst->noise.stream = mixed((uint64_t) inst->p.noise_seed);
    for (int k = 0; k < NODES; k++)
        inst->noise.stream = mixed(inst->noise.stream + inst->node[k]);
    inst->noise.number = -1.0;
}

/* The noises at a time of a transient. */
static void take_noise(Instance *inst, double time, double *value)
{
    const double place = time > 0.0 ? time / inst->p.noise_interval : 0.0, number = floor(place);
    if (inst->noise.number < 0.0)
        begin_noise(inst);
    if (number != inst->noise.number) {
        for (int k = 0; k < SAMPLED; k++) {
            const uint64_t stream = mixed(inst->noise.stream + (uint64_t) k);
            inst->noise.ends[k][0] = sample(stream, number);
            inst->noise.ends[k][1] = sample(stream, number + 1.0);
        }
        inst->noise.number = number;
    }
    for (int k = 0; k < SAMPLED; k++)
        value[k] = inst->noise.ends[k][0] + (inst->noise.ends[k][1] - inst->noise.ends[k][0]) * (place - number);
}
"""


def write_samples() -> str:
    """The functions."""
    return string.Template(FUNCTIONS).substitute(centre=repr(1 + EMPHASIS), beside=repr(EMPHASIS / 2))


def taken(samples: Sequence[str]) -> list[str]:
    """Lines that declare the samples, by the names of their variables, and take them in a transient."""
    lines = [f"double shaken[{len(samples)}] = {{0.0}};", "if (moving && !small_signal)"]
    lines += ["    take_noise(inst, info->abstime, shaken);"]
    return lines + [f"const double {name} = shaken[{k}];" for k, name in enumerate(samples)]
