r"""A device as a synapse of NeuroSim: the values of its class ``RealDevice``, from the bench ``potentiation``.

NeuroSim computes the conductance after P of :math:`P_1` equal pulses by the formula of that bench, whose labels of the
nonlinearity it looks up in a table from 0.01 to 9; see
:mod:`synaspice.characterization.benches.memristors.potentiation`.

References
----------
P.-Y. Chen, X. Peng, S. Yu, IEEE Trans. Comput.-Aided Des. Integr. Circuits Syst. 37, 3067 (2018),
doi:10.1109/TCAD.2018.2789723; names and units as in the authors' program MLP+NeuroSim V3.0.
"""

from __future__ import annotations

from ...devices.language.errors import ParameterError
from ...devices.model import CompactModel
from ...devices.targets.header import origin
from ..benches.memristors.potentiation import potentiation
from .kept import require_kept

#: The labels of the nonlinearity that NeuroSim's table has.
LABELS = (0.01, 9.0)


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
    """
    require_kept(device, "NeuroSim", read_voltage)
    table = potentiation(device, pulses=pulses, read_voltage=read_voltage)
    found = table.attrs
    read = table["conductance"]
    (up, down), (rise, fall) = found["amplitudes"], found["widths"]
    labels = {"LTP": found["nonlinearity_potentiation"], "LTD": found["nonlinearity_depression"]}
    steepest = max(labels.values(), key=abs)
    if abs(steepest) >= LABELS[1]:
        raise ParameterError(
            f"NeuroSim's table of the nonlinearity ends at {LABELS[1]:g}, and that of {device.model_name()} is "
            f"{steepest:.3g}: other pulses are needed"
        )
    straight = max(map(abs, labels.values())) < LABELS[0]
    down_again = table[table["direction"] == "depression"]["conductance"].iloc[-1]
    short = 100 * float(down_again - read.min()) / float(read.max() - read.min())
    misfit = {"LTP": found["misfit_potentiation"], "LTD": found["misfit_depression"]}
    lines = [f"// {line}" for line in origin(device, "NeuroSim", "synapse")]
    lines += [
        "// For the constructor RealDevice::RealDevice of MLP+NeuroSim V3.0, in the place of the statements there.",
        f"// Measured by the bench potentiation: {pulses} equal pulses up and down, without noise.",
        f"// Its pulses down end {short:.2g} % of the range above minConductance; NeuroSim's end at it.",
        "",
        f"maxConductance = {read.max():.6g};  // S",
        f"minConductance = {read.min():.6g};  // S",
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
        told = max(abs(label), LABELS[0])  # the table has nothing for a straight line
        lines.append(
            f"NL_{name} = {-told if label < 0 else told:.4g};  // its curve misses the device by "
            f"{100 * misfit[name]:.2g} % of the range (rms)"
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
