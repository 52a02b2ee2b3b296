"""Spin neurons side by side in one netlist, shown voltages one evaluation after another, with thermal noise.

After the preset a switch opens its line. On a line at 0 V charge of the inputs flows back through the preset's contact,
and with many inputs the spins that it takes along hold the magnet on its hard plane: of 66 inputs it may not decide.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ....circuits.cells.building.subcircuits import definitions
from ....circuits.cells.spin.decision import PRESET_TIME, READ_TIME
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.cells.spin.spin_neuron import spin_neuron
from ....circuits.engine.decks import wrapped
from ....circuits.engine.ngspice import Transient, run
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from ...cells.cost import delivered
from ...cells.spin.spin_neuron import EDGE, held_levels, repeated_pulse
from .spin_layer import PRESET_VOLTAGE, VOLTAGE

#: Time from one evaluation to the next, as on the neuron's bench, and the time in it at which a spike is looked at. [s]
PERIOD = 9e-9
LOOK = PERIOD - 6 * EDGE
#: Begin of the first evaluation. [s]
BEGIN = 1e-10
#: Largest step: the magnet precesses in some 400 ps, and its thermal field is held for 20 ps. [s]
LARGEST_STEP = 1e-11
#: Switch of a preset's line: 1 ohm, beside the 50 ohm of the contact.
SWITCH = ".model preset_switch sw vt=0.5 vh=0 ron=1 roff=1e9"
#: Load of an output: some four synapses of a next layer. [ohm]
LOAD = 250.0


@dataclass(frozen=True, eq=False)
class Evaluations:
    """What neurons did in one transient.

    Attributes
    ----------
    trace : pandas.DataFrame
        The transient: ``time`` [s] and what was kept; neurons are the instances ``x_1``, ``x_2``, ...
    magnets : ndarray
        Magnetisation m_z of each magnet when the latch's clock rises, shape (evaluations, neurons).
    fired : ndarray
        Whether there was a spike, shape (evaluations, neurons).
    wall_change : float
        Largest way that a wall went, over its strip's length, from the first evaluation to the last.
    energies : dict of ndarray
        Energy that supply, preset and inputs delivered to all neurons in each evaluation, shape (evaluations,). [J]
    """

    trace: pd.DataFrame
    magnets: FloatArray
    fired: NDArray[np.bool_]
    wall_change: float
    energies: dict[str, FloatArray]


def evaluate_neurons(
    valve: LateralSpinValve,
    pulses: ArrayLike,
    volts: ArrayLike,
    *,
    temperature: float = 300.15,
    seed: int = 1,
    keep: Sequence[str] = (),
    largest_step: float = LARGEST_STEP,
    time_limit: float = 900.0,
) -> Evaluations:
    """Evaluate neurons with common lines and written walls, one pattern of voltages after another, in ngspice.

    Parameters
    ----------
    valve : LateralSpinValve
        Circuit of each neuron; its geometry is the usual one.
    pulses : array_like
        Write pulses by which the walls have come where they are, shape (neurons, inputs).
    volts : array_like
        Voltages of the lines in each evaluation, shape (evaluations, inputs). [V]
    temperature : float
        Of transistors and magnets. [K]
    seed : int
        Seed of ngspice's random numbers.
    keep : sequence of str
        More vectors of the trace, as ngspice names them.
    largest_step : float
        Largest step of the transient. [s]
    time_limit : float
        Wall-clock seconds for the simulator. [s]

    Raises
    ------
    ParameterError
        If shapes do not fit, or a strip has not so many sites.
    NgspiceError, MissingDependencyError
        As :func:`synaspice.circuits.engine.ngspice.run`.
    """
    counts, levels = reals("pulses", pulses, dimensions=2), reals("volts", volts, "V", dimensions=2)
    sites, erased = valve.writer.sites, valve.synapse.values["initial_state"]
    if counts.shape[1] != valve.inputs or levels.shape[1] != valve.inputs:
        raise ParameterError(f"neurons of {valve.inputs} inputs need as many pulses and voltages")
    if counts.min() < 0 or counts.max() > sites:
        raise ParameterError(f"a strip takes 0 to {sites} pulses")
    kind = spin_neuron(valve.inputs, valve.magnet, valve.synapse)
    positions = np.maximum(counts / sites, erased)
    neurons, numbers = range(1, len(counts) + 1), range(1, valve.inputs + 1)
    cells = [
        kind(temperature=temperature, **{f"state_{k}": at for k, at in zip(numbers, row, strict=True)})
        for row in positions.tolist()
    ]
    circuits = [cell.subcircuit(name=f"neuron_{n}", for_bench=True) for n, cell in zip(neurons, cells, strict=True)]
    starts = (BEGIN + PERIOD * np.arange(len(levels))).tolist()
    end, supply = starts[-1] + PERIOD, cells[0].supply_voltage
    reading = PERIOD - READ_TIME - 5 * EDGE
    lines = ["* spin neurons side by side", definitions(circuits), f"V_supply supply 0 {supply!r}"]
    lines += [f"V_signal signal 0 {VOLTAGE!r}"]
    lines += [f"V_preset preset 0 {PRESET_VOLTAGE!r}", SWITCH]
    lines.append(f"V_closed closed 0 {repeated_pulse(1.0, BEGIN, PRESET_TIME, PERIOD)}")
    lines.append(f"V_clock clock 0 {repeated_pulse(supply, BEGIN + READ_TIME, reading, PERIOD)}")
    for k in numbers:
        wave = held_levels(1.0, levels[:, k - 1].tolist(), starts).spice(end)
        lines.append(f"V_input_{k} input_{k} 0 {wrapped(wave)}")
    common = {"supply", "signal", "clock", *(f"input_{k}" for k in numbers)}
    for n, circuit in zip(neurons, circuits, strict=True):
        nodes = {pin: pin if pin in common else f"{pin}_of_{n}" for pin in circuit.pins} | {"ground": "0"}
        lines.append(wrapped(circuit.instance(f"_{n}", nodes)))
        lines.append(f"S_preset_{n} preset preset_of_{n} closed 0 preset_switch")
        lines.append(f"R_load_{n} output_of_{n} 0 {LOAD!r}")
    sources = ["supply", "preset", *(f"input_{k}" for k in numbers)]
    kept = [
        *(f"v({what}_of_{n})" for n in neurons for what in ("m_z", "spike")),
        *(f"v(x_{k}_of_{n})" for n in neurons for k in numbers),
        *(f"i(v_{name})" for name in sources),
        *(f"v({name})" for name in sources),
        *keep,
    ]
    deck = "\n".join(lines) + "\n" + "".join(f".save {vector}\n" for vector in kept)
    trace = run(
        deck,
        Transient(largest_step, end, max_step=largest_step),
        options={"seed": seed},
        osdi=dict.fromkeys(file for circuit in circuits for file in circuit.files),
        noise=[noise for n, circuit in zip(neurons, circuits, strict=True) for noise in circuit.noises_of(f"_{n}")],
        time_limit=time_limit,
    )
    time = trace["time"].to_numpy()

    def at(node: str, times: FloatArray) -> FloatArray:
        return np.asarray(np.interp(times, time, trace[f"v({node})"].to_numpy()))

    begun = np.array(starts)
    walls = [at(f"x_{k}_of_{n}", np.array([BEGIN, end])) for n in neurons for k in numbers]
    powers = {name: -(trace[f"i(v_{name})"] * trace[f"v({name})"]).to_numpy() for name in sources}
    windows = [slice(*np.searchsorted(time, [start, start + PERIOD])) for start in starts]

    def energy(names: Sequence[str]) -> FloatArray:
        return np.array([sum(delivered(time[w], powers[name][w])[0] for name in names) for w in windows])

    return Evaluations(
        trace,
        np.array([at(f"m_z_of_{n}", begun + READ_TIME) for n in neurons]).T,
        np.array([at(f"spike_of_{n}", begun + LOOK) > supply / 2 for n in neurons]).T,
        float(max(abs(after - before) for before, after in walls)),
        {"supply": energy(["supply"]), "preset": energy(["preset"]), "inputs": energy(sources[2:])},
    )
