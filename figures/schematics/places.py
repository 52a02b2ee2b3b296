"""Places of the elements of cells whose usual picture no rule finds: differential pairs, latches, feedback.

Of a cell whose elements are others than those named here, all are placed by rule.
"""

from __future__ import annotations

from .placed import Place

PLACES: dict[str, dict[str, Place]] = {
    "axon-hillock": {
        "C_membrane": Place(-4, -6),
        "Mreset": Place(6, -6, "m"),
        "Mbias": Place(6, -12),
        "C_feedback": Place(18, 6, "r"),
        "Xfirst": Place(14, 0),
        "Xsecond": Place(21, 0),
    },
    "differential-synapse": {
        "Xcell_plus": Place(0, 0, "u"),
        "Maccess_plus": Place(0, -6),
        "Xcell_minus": Place(13, 0, "u"),
        "Maccess_minus": Place(13, -6),
    },
    "mtj-neuron": {
        "Xmtj": Place(0, -8, "u"),
        "R_reference": Place(8, -8),
        "Xsense": Place(20, 0),
        "Xspike": Place(36, -2),
        "Xdummy": Place(36, 3),
    },
    "oscillator-neuron": {
        "Xsto": Place(0, -4),
        "C_couple": Place(7, 0, "r"),
        "R_bias": Place(17, 6, "r"),
        "Xamp": Place(17, 0),
        "Mfollow": Place(26, 0),
        "C_envelope": Place(26, -8),
        "R_envelope": Place(34, -8),
    },
    "domain-wall-pair": {
        "Xplus": Place(0, 0),
        "Xminus": Place(20, 0, "m"),
    },
    "latch-comparator": {
        "Mtail": Place(6, -18),
        "Mlow_a": Place(-24, 0),
        "Mpre_a": Place(-13, 0),
        "Mp_a": Place(0, 0, "m"),
        "Mn_a": Place(0, -6, "m"),
        "Min_a": Place(0, -12),
        "Mlow_b": Place(36, 0, "m"),
        "Mpre_b": Place(25, 0, "m"),
        "Mp_b": Place(12, 0),
        "Mn_b": Place(12, -6),
        "Min_b": Place(12, -12, "m"),
    },
    "sense-amplifier": {
        "Mpre_left": Place(-13, 0),
        "Mp_left": Place(0, 0, "m"),
        "Mn_left": Place(0, -6, "m"),
        "Maccess_left": Place(0, -12),
        "Mpre_right": Place(25, 0, "m"),
        "Mp_right": Place(12, 0),
        "Mn_right": Place(12, -6),
        "Maccess_right": Place(12, -12, "m"),
    },
    "domain-wall-neuron": {
        "Mreset": Place(-9, -12, "m"),
        "Xwall": Place(0, -9),
        "R_load": Place(0, 0),
        "C_read": Place(11, -7),
        "R_reference_load": Place(18, 0),
        "R_reference": Place(18, -7),
        "C_reference": Place(26, -7),
        "Mmirror_in": Place(40, 0, "m"),
        "Mmirror_out": Place(52, 0),
        "Mpair_read": Place(40, -6),
        "Mpair_reference": Place(52, -6),
        "Mtail": Place(46, -13),
        "Xstage1": Place(2, -22),
        "Xstage2": Place(9, -22),
        "Xstage3": Place(16, -22),
        "Xstage4": Place(26, -22),
        "Mcharge": Place(35, -22),
        "C_hold": Place(35, -29),
        "R_hold": Place(43, -29),
    },
}


def _spin_neuron() -> dict[str, Place]:
    """The latch of a spin neuron beside its valve."""
    places = {"Xvalve": Place(0, -8), "R_reference": Place(46, -20), "Mdrive": Place(71, -18)}
    for side, column, outer, inward in (("junction_side", 32, 18, "m"), ("reference_side", 46, 60, "")):
        outward = "" if inward else "m"
        places |= {
            f"Mprecharge_{side}": Place(outer, 0, outward),
            f"Mpull_up_{side}": Place(column, 0, inward),
            f"Mpull_down_{side}": Place(column, -6, inward),
            f"Mfoot_{side}": Place(column, -12, outward),
        }
    return places | {"Xspike": Place(62, -18), "Xno_spike": Place(59, -12)}


def _triplet_synapse() -> dict[str, Place]:
    """A row for the traces, one for each product, one for the switches of each side, and the ways to the lines."""
    phases = [f"X{side}_{phase}_bar" for side in ("pre", "post") for phase in ("pair", "triplet", "fill")]
    places = {name: Place(0, -8 * k) for k, name in enumerate(phases)}
    for k, trace in enumerate(("r1", "o2", "o1", "r2")):
        x = 16 + 28 * k
        places |= {f"Mfill_{trace}": Place(x, 0), f"C_{trace}": Place(x, -9), f"R_{trace}": Place(x + 9, -9)}
    for y, product, pair in ((-22, "r1o2", "r1"), (-34, "o1r2", "o1")):
        places |= {
            f"Mpre_{product}_n": Place(16, y),
            f"Mpre_{product}_p": Place(33, y),
            f"Mpost_{product}_n": Place(52, y),
            f"Mpost_{product}_p": Place(69, y),
            f"C_{product}": Place(85, y),
            f"R_{product}": Place(95, y),
            f"Mwrite_{pair}_n": Place(16, y - 24),
            f"Mwrite_{pair}_p": Place(33, y - 24),
            f"Mwrite_{product}_n": Place(52, y - 24),
            f"Mwrite_{product}_p": Place(69, y - 24),
            f"Mlow_{pair}": Place(86, y - 24),
            f"Mlow_{product}": Place(100, y - 24),
        }
    for x, line in ((134, "row"), (152, "column")):
        places |= {f"Mrest_{line}_{k}": Place(x, -42 + 6 * k) for k in range(4)}
    return places | {"Xcell": Place(118, -52)}


PLACES |= {"triplet-stdp-synapse": _triplet_synapse()}
PLACES |= dict.fromkeys(("spin-neuron", "four-input-spin-neuron"), _spin_neuron())


def _adapting_neuron() -> dict[str, Place]:
    """Soma and refractory period above, differential-pair integrator below."""
    soma = {
        "C_membrane": Place(0, -6),
        "Mtire": Place(10, -6),
        "Mreset": Place(22, -6, "m"),
        "C_feedback": Place(33, 6, "r"),
        "Xfirst": Place(29, 0),
        "Xsecond": Place(36, 0),
    }
    refractory = {
        "Xfull": Place(45, 0),
        "Mfill": Place(54, 0),
        "Mset_refractory": Place(45, -7, "m"),
        "Mempty": Place(54, -7),
        "C_refractory": Place(63, -7),
        "Xthird": Place(69, -3),
        "Xfourth": Place(79, -3),
    }
    adaptation = {
        "Mset_weight": Place(0, -20, "m"),
        "Mtake": Place(14, -20),
        "Mtail": Place(14, -26),
        "Mset_gain": Place(0, -36, "m"),
        "Mspill": Place(9, -34),
        "Mstore": Place(23, -34, "m"),
        "Mset_leak": Place(14, -42, "m"),
        "Mforget": Place(23, -42),
        "C_adaptation": Place(32, -40),
    }
    return soma | refractory | adaptation


def _classifier(inputs: int, outputs: int) -> dict[str, Place]:
    """A crossbar in rows and columns, and beside it the competition of the columns, a row for each."""
    pitch, row, block = 17, 12, 16
    beside = pitch * outputs + 8
    places: dict[str, Place] = {}
    for j in range(1, outputs + 1):
        x, y = pitch * (j - 1), -block * (j - 1)
        places |= {f"Msum_{j}": Place(x, 0), f"Mclamp_{j}": Place(x, -6)}
        for i in range(1, inputs + 1):
            places[f"Xcell_{i}_{j}"] = Place(x + 4, -row * i - 2, "rm")
            places[f"Maccess_{i}_{j}"] = Place(x + 8, -row * i - 5)
        places |= {
            f"Mcopy_{j}": Place(beside, y),
            f"Mrival_{j}": Place(beside, y - 7),
            f"Mwon_{j}": Place(beside + 13, y),
            f"Mfollow_{j}": Place(beside + 13, y - 7),
            f"Mcharge_{j}": Place(beside + 24, y),
            f"Xneuron_{j}": Place(beside + 40, y - 5),
        }
    foot = -block * outputs
    return places | {"R_common": Place(beside + 13, foot), "Mfoot": Place(beside + 13, foot - 6)}


PLACES["adapting-neuron"] = _adapting_neuron()
PLACES["crossbar-classifier"] = _classifier(4, 3)
for _cell, _device in (("spin-orbit-bit-cell", "Xmtj"), ("spin-orbit-wall-cell", "Xwall")):
    PLACES[_cell] = {"Mwrite": Place(0, -7), "Mread": Place(14, -7), _device: Place(14, 0)}
PLACES["transmission-gate-bit-cell"] = {
    "Xcell": Place(0, 0, "u"),
    "Maccess": Place(0, -7),
    "Mcomplement": Place(11, -7, "mu"),
}
PLACES["mott-neuron"] = {
    "C_membrane": Place(0, -6),
    "Xswitch": Place(9, 0),
    "R_load": Place(9, -6),
    "Xfirst": Place(18, -3),
    "Xsecond": Place(26, -3),
}
