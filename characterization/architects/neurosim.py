r"""A device as a synapse of NeuroSim: the values of its class ``RealDevice``, from the bench ``potentiation``.

NeuroSim computes the conductance after P of :math:`P_1` equal pulses by the formula of that bench, from the lowest
conductance to the highest and from there back to the lowest. Its labels of the nonlinearity it looks up in a table from
0.01 to 9 in steps of 0.01, and cuts off the third decimal; see
:mod:`synaspice.characterization.benches.memristors.potentiation`.

Pulses that cover most of the way from the lowest state do not lead back to it: the first cycle is no loop. Later ones
are, where they do not run into a bound. The cycle is taken, first or last, that NeuroSim's curves miss the least.

References
----------
P.-Y. Chen, X. Peng, S. Yu, IEEE Trans. Comput.-Aided Des. Integr. Circuits Syst. 37, 3067 (2018),
doi:10.1109/TCAD.2018.2789723; names and units as in the authors' program MLP+NeuroSim V3.0.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.targets.header import origin
from ..benches.memristors.neurosim_curve import curve, fitted_curvature, nonlinearity
from ..benches.memristors.potentiation import STRAIGHT, TOLD
from .kept import require_kept
from .pulse_steps import curves_of, measured

#: The labels of the nonlinearity that NeuroSim's table has.
LABELS, STEP = (0.01, 9.0), 0.01
#: Cycles after which a loop is closed.
CYCLES = 3


@dataclass(frozen=True)
class Loop:
    """NeuroSim's curves of one cycle of pulses up and down.

    Attributes
    ----------
    lowest, highest : float
        Range of the conductances. [S]
    labels, misfits : dict
        Label of the nonlinearity of ``LTP`` and ``LTD``, and how far NeuroSim's curve over the range is from the
        device's, over the range, rms. [1]
    short : float
        How far above the lowest conductance the pulses down end, over the range. [1]
    """

    lowest: float
    highest: float
    labels: dict[str, float]
    misfits: dict[str, float]
    short: float

    @classmethod
    def of(cls, up: FloatArray, down: FloatArray) -> Loop:
        """Fit NeuroSim's formula to the conductances before the first pulse and after each. [S]."""
        both = np.concatenate([up, down])
        lowest, highest = float(both.min()), float(both.max())
        shares = np.linspace(0.0, 1.0, len(up))
        labels, misfits = {}, {}
        for name, there, begin, end in (("LTP", up, lowest, highest), ("LTD", down, highest, lowest)):
            covered = (there - there[0]) / (there[-1] - there[0])
            straight = float(np.max(np.abs(covered - shares))) < STRAIGHT
            bent = 0.0 if straight else fitted_curvature(shares, covered)
            label = nonlinearity(bent)
            labels[name] = label if name == "LTP" else -label
            missed = begin + (end - begin) * curve(shares, bent) - there
            misfits[name] = float(np.sqrt(np.mean(missed**2))) / (highest - lowest)
        return cls(lowest, highest, labels, misfits, float(down[-1] - lowest) / (highest - lowest))


def neurosim_synapse(device: CompactModel, *, pulses: int = 64, read_voltage: float = 0.1) -> str:
    """Describe a device as a synapse of MLP+NeuroSim: statements for the constructor of its ``RealDevice``.

    Parameters
    ----------
    device : CompactModel
        A device whose conductance pulses raise and lower.
    pulses : int
        Pulses in each direction, which NeuroSim takes for the number of its levels.
    read_voltage : float
        Voltage at which the conductance is read [V].

    Returns
    -------
    str
        Statements in C++. What the bench does not measure is left out, and comments say so.

    Raises
    ------
    ParameterError
        If the bench refuses the device, or a curve is steeper than NeuroSim's table goes.

    Warns
    -----
    ValidityWarning
        If NeuroSim's curves miss the device's by more than 5 % of the range.
    """
    require_kept(device, "NeuroSim", read_voltage)
    table = measured(device, pulses=pulses, read_voltage=read_voltage, cycles=CYCLES)
    (up, down), (rise, fall) = table.attrs["amplitudes"], table.attrs["widths"]
    rising, falling = curves_of(table)
    loops = {"first": Loop.of(rising[0], falling[0]), "last": Loop.of(rising[-1], falling[-1])}
    told = {name: one for name, one in loops.items() if max(map(abs, one.labels.values())) < LABELS[1]} or loops
    which = min(told, key=lambda name: max(told[name].misfits.values()))
    loop = told[which]
    labels = loop.labels
    steepest = max(labels.values(), key=abs)
    if abs(steepest) >= LABELS[1]:
        raise ParameterError(
            f"NeuroSim's table of the nonlinearity ends at {LABELS[1]:g}, and that of {device.model_name()} is "
            f"{steepest:.3g}: other pulses are needed"
        )
    straight = max(map(abs, labels.values())) < LABELS[0]
    if max(loop.misfits.values()) > TOLD:
        missed = " and ".join(f"{100 * misfit:.2g} % ({name})" for name, misfit in loop.misfits.items())
        warn_user(
            f"NeuroSim's curves miss those of {device.model_name()} by {missed} of the range: it takes both "
            "directions for exponentials over the same range",
            ValidityWarning,
        )
    lines = [f"// {line}" for line in origin(device, "NeuroSim", "synapse")]
    lines += [
        "// For the constructor RealDevice::RealDevice of MLP+NeuroSim V3.0, in the place of the statements there.",
        f"// Measured by the bench potentiation: {pulses} equal pulses up and down, without noise; the {which} of "
        f"{CYCLES} such cycles.",
        f"// Its pulses down end {100 * loop.short:.2g} % of the range above minConductance; NeuroSim's end at it.",
        "",
        f"maxConductance = {loop.highest:.6g};  // S",
        f"minConductance = {loop.lowest:.6g};  // S",
        f"readVoltage = {read_voltage:g};  // V, chosen",
        "// Left out: readPulseWidth, which the ADC determines.",
        f"writeVoltageLTP = {abs(up):.6g};  // V; NeuroSim takes sizes, the device {up:.6g} V",
        f"writeVoltageLTD = {abs(down):.6g};  // V; the device {down:.6g} V",
        f"writePulseWidthLTP = {rise:.6g};  // s",
        f"writePulseWidthLTD = {fall:.6g};  // s",
        f"maxNumLevelLTP = {pulses};",
        f"maxNumLevelLTD = {pulses};",
        "nonIdenticalPulse = false;",
        f"nonlinearWrite = {'false' if straight else 'true'};",
    ]
    for name, label in labels.items():
        lines.append(
            f"NL_{name} = {_written(label)};  // {label:.4g}, for NeuroSim's table; its curve misses the device by "
            f"{100 * loop.misfits[name]:.2g} % of the range (rms)"
        )
    lines += [
        "sigmaDtoD = 0;  // one device; the spread of devices is not in it",
        "sigmaCtoC = 0;  // pulses without noise; bench potentiation with a temperature shows what noise there is",
        "// Left out: cmosAccess, resistanceAccess, nonlinearIV, NL, readNoise, conductance ranges that vary.",
        "",
        "// What follows from these values in the constructor, and must stand behind them:",
        "avgMaxConductance = maxConductance;",
        "avgMinConductance = minConductance;",
        "conductance = minConductance;",
        "conductancePrev = conductance;",
    ]
    return "\n".join(lines) + "\n"


def _written(label: float) -> str:
    """The nearest label of NeuroSim's table, a little larger: of 0.29 its program makes 0.28."""
    nearest = min(max(round(abs(label) / STEP) * STEP, LABELS[0]), LABELS[1])
    return f"{'-' if label < 0 else ''}{nearest + STEP / 10:.3f}"
