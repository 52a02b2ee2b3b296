r"""A device as a memory cell of NVSim, the program that estimates area, delay and energy of a memory.

NVSim's ``set`` leads to the low resistance and its ``reset`` to the high one. A memristor is written by the amplitude
of its suggested sweep, without noise, so long that the conductance covers 90 % of the way; its energy is
:math:`\int v\,i\,dt`. A magnetic junction is written by a multiple of its critical current, so long that one pulse in a
million fails (the Fokker-Planck equation of its bench ``write-error``); its energy is bounded by the larger of the two
states' resistances, :math:`I\,\max V\,t`. Phase-change memory is written by the voltages that crystallise and melt it,
and NVSim takes the largest currents of these pulses.

References
----------
X. Dong, C. Xu, Y. Xie, N. P. Jouppi, IEEE Trans. Comput.-Aided Des. Integr. Circuits Syst. 31, 994 (2012),
doi:10.1109/TCAD.2012.2185930; names and units of the lines as in the authors' program.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...devices.core.protocols import Compliance, PulseVoltages, Statics, WallMotion, Writing
from ...devices.language.checks import positive
from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.quantities.quantity import format_si
from ...devices.language.waveforms.shapes import PiecewiseLinear
from ...devices.model import CompactModel
from ...devices.simulation.numerics.newton import voltage_at_current
from ...devices.targets.header import origin
from ..benches.memristors.reader import Reader, voltage_sweep
from ..benches.memristors.write_pulses import default_width, rising
from ..benches.write_error import butler_pulse_width, write_error
from ..rare_events.event import decay_time
from .kept import require_kept

#: Time for which what was written without noise must stay. [s]
KEPT = 1.0
#: Time for which a memristor is read, and the share of its conductance by which that may move it untold. [s]
READ_TIME, TOLD = 1e-8, 0.05
#: Widths of the pulses among which that of the error rate is looked for, over Butler's closed form.
WIDTHS = np.linspace(0.3, 3.0, 28)
#: Points of a write pulse whose energy is integrated.
POINTS = 2001


@dataclass(frozen=True)
class WritePulse:
    """A pulse that writes a cell.

    Attributes
    ----------
    quantity : str
        What it imposes: ``voltage`` or ``current``.
    voltage, current : float
        Largest voltage across the device [V] and current through it [A], without sign.
    width, energy : float
        How long it lasts [s], and what it takes. [J]
    how : str
        How that was found.
    polarity : float
        Sign of the voltage.
    """

    quantity: str
    voltage: float
    current: float
    width: float
    energy: float
    how: str
    polarity: float = 1.0


def nvsim_cell(
    device: CompactModel,
    *,
    read_voltage: float = 0.1,
    overdrive: float = 2.0,
    error_rate: float = 1e-6,
    access_width: float = 8.0,
) -> str:
    r"""Describe a device with its access transistor as a cell of NVSim.

    Parameters
    ----------
    device : CompactModel
        A memristor, a phase-change memory or a magnetic tunnel junction of two terminals that keeps its state.
    read_voltage : float
        Voltage at which the cell is read [V].
    overdrive : float
        Current that writes a magnetic junction, over the critical one [-].
    error_rate : float
        Share of its write pulses that may fail [-].
    access_width : float
        Width W of the access transistor, in feature sizes F; the cell's area is :math:`3 (W/F + 1)\,F^2`.

    Returns
    -------
    str
        The text of a ``.cell`` file. What no model of a device tells is in comments, or marked as assumed.

    Raises
    ------
    ParameterError
        If the device is not such a memory, cannot be written as described, forgets, or a number makes no sense.
    """
    read = Reader(device, positive("read_voltage", read_voltage, "V"))
    width = positive("access_width", access_width)
    require_kept(device, "NVSim", read.voltage)
    name = device.model_name()
    if not device.suits(Statics) or len(device.branches()) != 1 or device.suits(WallMotion):
        raise ParameterError(f"NVSim has no cell for {name}: it knows memories of two states and two terminals")
    if read.voltage > device.protocol(Statics).largest:
        raise ParameterError(
            f"{name} is read at {device.protocol(Statics).largest:g} V at most, not {read.voltage:g} V"
        )
    states = sorted(device.protocol(Statics).states.items(), key=lambda item: float(read.at(item[1]).conductance()))
    off, on = (read.at(values) for _, values in (states[0], states[-1]))
    read.ends()  # refuses states that cannot be told apart
    magnetic, thermal = device.suits(Writing), device.suits(PulseVoltages)
    if magnetic:
        ways = ((states[0][0], states[-1][0]), (states[-1][0], states[0][0]))
        set_, reset = (_magnetic(device, start, end, overdrive, error_rate) for start, end in ways)
    else:
        set_, reset = _phase_change(off, on) if thermal else _memristive(off, on)
        for state in (off, on):
            _undisturbed(state)
    lines = [f"// {line}" for line in origin(device, "NVSim", "cell")]
    kind = "MRAM" if magnetic else "PCRAM" if thermal else "memristor"
    lines += ["", f"-MemCellType: {kind}", ""]
    lines += ["// Layout, assumed, for no model of a device tells it: one transistor, 3 (W/F + 1) F^2, square."]
    lines += [f"-CellArea (F^2): {3 * (width + 1):g}", "-CellAspectRatio: 1"]
    lines += [
        "",
        f"// Voltage over current of the two states; they are read at {format_si(read.voltage, 'V')} (chosen).",
    ]
    lines += _resistances(off, on, () if magnetic or thermal else (set_, reset))
    lines += [
        "// Left out: capacitances, which the model has not. NVSim asks for them without an access transistor only."
    ]
    lines += ["", "-ReadMode: current", f"-ReadVoltage (V): {read.voltage:g}"]
    lines += ["// Left out: read power and energy, which NVSim computes from supply, voltage and resistance."]
    for word, pulse in (("Reset", reset), ("Set", set_)):
        lines += ["", *_written(word, pulse)]
    lines += ["", "-AccessType: CMOS"]
    most = format_si(max(set_.current, reset.current), "A")
    lines += [f"// Width, assumed: the transistor must carry {most}, which NVSim does not check."]
    lines += [f"-AccessCMOSWidth (F): {width:g}"]
    lines += ["// Left out: voltage drop of the access device, which is the transistor's; NVSim takes 0 V."]
    return "\n".join(lines) + "\n"


def _resistances(off: Reader, on: Reader, pulses: tuple[WritePulse, ...]) -> list[str]:
    """Resistances at the voltages at which NVSim asks for them: a junction's when it is read, a memristor's at more."""
    if not pulses:
        return [
            f"-ResistanceO{end} (ohm): {1 / abs(float(r.conductance())):.6g}" for end, r in (("n", on), ("ff", off))
        ]
    set_, reset = pulses
    asked = {
        "SetVoltage": set_.polarity * set_.voltage,
        "ResetVoltage": reset.polarity * reset.voltage,
        "ReadVoltage": on.voltage,
        "HalfReadVoltage": on.voltage / 2,
        "HalfResetVoltage": reset.polarity * reset.voltage / 2,
    }
    lines = []
    for where, voltage in asked.items():
        for end, reader in (("n", on), ("ff", off)):
            if where == "HalfResetVoltage" and end == "ff":
                continue  # NVSim knows no such line
            resistance = 1 / float(Reader(reader.device, voltage).conductance())
            lines.append(f"-ResistanceO{end}At{where} (ohm): {resistance:.6g}")
    return lines


def _written(word: str, pulse: WritePulse) -> list[str]:
    lines = [f"// {word}: {pulse.how}.", f"-{word}Mode: {pulse.quantity}"]
    if pulse.quantity == "voltage":
        lines.append(f"-{word}Voltage (V): {pulse.voltage:.6g}")
    else:
        lines.append(f"-{word}Current (uA): {1e6 * pulse.current:.6g}")
    return [*lines, f"-{word}Pulse (ns): {1e9 * pulse.width:.6g}", f"-{word}Energy (pJ): {1e12 * pulse.energy:.6g}"]


def _memristive(off: Reader, on: Reader) -> tuple[WritePulse, WritePulse]:
    """The pulses that set and reset a memristor, without noise."""
    device = off.device
    sweep = voltage_sweep(device)
    if sweep.quantity != "voltage" or not sweep.amplitude:
        raise ParameterError(f"{device.model_name()} suggests no voltage by which it is written")
    begun = sweep.period or device.settling_time
    up = rising(off, abs(sweep.amplitude), begun)
    return (
        _driven(off, up, on, begun, sweep.compliance, "conductance"),
        _driven(
            _Resistance(on.device, on.voltage),
            -up,
            _Resistance(off.device, off.voltage),
            begun,
            sweep.compliance,
            "resistance",
        ),
    )


def _phase_change(off: Reader, on: Reader) -> tuple[WritePulse, WritePulse]:
    """The pulses that crystallise and melt, without noise; NVSim takes their currents, which heat."""
    device = off.device
    told, begun = device.protocol(PulseVoltages), device.settling_time
    molten = _Resistance(on.device, on.voltage), _Resistance(off.device, off.voltage)
    found = (
        _driven(off, told.raising, on, begun, Compliance(), "conductance"),
        _driven(molten[0], told.lowering, molten[1], begun, Compliance(), "resistance"),
    )
    set_, reset = (dataclasses.replace(pulse, quantity="current") for pulse in found)
    return set_, reset


def _undisturbed(state: Reader) -> None:
    """Warn if reading moves a state."""
    kept = state.of(state.device.simulate(state.voltage, READ_TIME, points=2))
    moved = abs(float(kept[-1] / kept[0]) - 1)
    if moved > TOLD:
        told = f"reading {state.device.model_name()} at {state.voltage:g} V for {READ_TIME:g} s moves its conductance"
        warn_user(f"{told} by {100 * moved:.2g} %, which NVSim does not know", ValidityWarning)


class _Resistance(Reader):
    """Reads a resistance where others read the conductance."""

    def conductance(self, **states: Any) -> Any:
        """Chord resistance in states, by default the initial ones [ohm]."""
        return 1 / super().conductance(**states)


def _driven(begin: Reader, volts: float, target: Reader, begun: float, compliance: Compliance, what: str) -> WritePulse:
    """The pulse of a voltage that takes a memristor most of the way to another state."""
    width = default_width(begin, (volts,), float(target.conductance()), begun, 1, compliance=compliance)
    run = begin.device.simulate(volts, width, points=POINTS, compliance=compliance)
    voltage, current = run["voltage"].to_numpy(), run["current"].to_numpy()
    energy = float(np.trapezoid(voltage * current, run["time"].to_numpy()))
    written = begin.device.simulate(
        PiecewiseLinear((0.0, width, 1.001 * width), (volts, volts, 0.0)),
        width + KEPT,
        times=[0.0, width, width + KEPT],
        compliance=compliance,
    )
    first, at_end, later = begin.of(written)
    if not (later - first) / (at_end - first) > 0.5:
        raise ParameterError(
            f"{begin.device.model_name()} forgets what was written within {KEPT:g} s: it is no memory cell of NVSim"
        )
    limited = " with the suggested compliance" if compliance.is_limit else ""
    suggested = f"pulse of {format_si(volts, 'V')}{limited}, as the device suggests"
    how = f"{suggested}, that covers 90 % of the {what}'s way; no noise"
    return WritePulse("voltage", abs(volts), float(np.max(np.abs(current))), width, energy, how, float(np.sign(volts)))


def _magnetic(device: CompactModel, start: str, end: str, overdrive: float, error: float) -> WritePulse:
    """The pulse that writes a junction with an error rate, by the Fokker-Planck equation."""
    current = overdrive * abs(device.protocol(Writing).critical_currents[end])
    states = device.protocol(Statics).states
    begin = device.replace(**states[start])
    near = float(butler_pulse_width(overdrive, error, device.derived["thermal_stability"])) * decay_time(begin)
    found = write_error(
        device,
        quantity="current",
        overdrive=[overdrive],
        width=near * WIDTHS,
        methods="fokker-planck",
        start=start,
        end=end,
        seed=1,
    )
    rates, widths = found["probability"].to_numpy(), found["width"].to_numpy()
    below = np.flatnonzero(rates <= error)
    if not len(below) or below[0] == 0:
        raise ParameterError(f"no pulse from {widths[0]:.3g} s to {widths[-1]:.3g} s has the error rate {error:g}")
    k = int(below[0])
    # Errors fall exponentially: their logarithm is a line between two widths.
    width = float(np.interp(-np.log(error), -np.log(rates[k - 1 : k + 1]), widths[k - 1 : k + 1]))
    drive = float(np.sign(device.protocol(Writing).critical_currents[end])) * current
    volts = max(abs(voltage_at_current(device.replace(**values), drive)) for values in states.values())
    how = (
        f"{overdrive:g} times the critical current; width for a write error rate of {error:g} (Fokker-Planck); "
        "energy with the larger voltage of the two states, a bound"
    )
    return WritePulse("current", volts, current, width, current * volts * width, how)
