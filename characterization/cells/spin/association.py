"""Bench of the association network: how it names the drawings that it is shown, and the cost of that."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ....circuits.cells.building.declared import DESIGN_ERROR_RATE
from ....circuits.cells.spin.association import AssociationNetwork, neighbours
from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....circuits.engine.ngspice import Transient, run
from ....devices.core.metadata import described_table
from ....devices.language.waveforms.shapes import FloatArray
from ..cost import delivered
from ..standard import judged, why_not
from .spin_neuron import LARGEST_STEP

#: Units and descriptions of the table's columns.
COLUMNS = {
    "drawing": ("", "pixels of the drawing, row by row"),
    "named": ("", "letters whose neurons fired"),
    "hidden": ("", "spikes of the first layer"),
    "margin": ("1", "least spin current of a neuron's inputs over the thermal width"),
    "error_rate": ("1", "probability that a neuron decides wrongly at the temperature"),
    "least_m_z": ("1", "least magnitude of a magnet's m_z when it is read"),
    "preset_energy": ("J", "energy from the presets"),
    "signal_energy": ("J", "energy from the input signals"),
    "supply_energy": ("J", "energy from the supply"),
}


def classify(
    network: AssociationNetwork, drawings: Sequence[Sequence[int]], *, seed: int = 1, time_limit: float = 1800.0
) -> pd.DataFrame:
    """Write the network's walls with current pulses, show it drawings, and read its names for them, in one transient.

    The thermal field of the network's temperature acts on all magnets. How often a drawing would lead to a wrong
    decision of any neuron in many such runs follows from the spin currents by the network's equations, with the weights
    and the voltages of the lines as they are in the netlist; see
    :class:`~synaspice.circuits.cells.spin.decision.Decision`.

    Parameters
    ----------
    network : AssociationNetwork
        The network.
    drawings : sequence of sequences of int
        Pixels, row by row.
    seed : int
        Seed of ngspice's random numbers.
    time_limit : float
        Wall-clock seconds for the simulator. [s]

    Returns
    -------
    pandas.DataFrame
        A row per drawing: ``drawing``, ``named`` (the letters whose neurons fired, together), ``hidden`` (spikes of the
        first layer), ``margin`` (the least spin current of a neuron over its thermal width), ``error_rate``,
        ``least_m_z`` (least magnitude of a magnet's m_z when it is read), ``preset_energy``, ``signal_energy`` and
        ``supply_energy`` [J]; ``attrs`` has the worst ``error_rate``, the greatest error of a programmed weight and the
        greatest ``weight_change`` by all the drawings, the largest ``signal_current`` of a synapse [A], and whether the
        network ``works``: whether it names letters rightly, also with one wrong pixel, and errs in at most one of a
        thousand drawings.

    Raises
    ------
    ParameterError
        If a drawing has not as many pixels as the letters.
    NgspiceError
        If the simulation fails.
    """
    sizes = {1: len(network.hidden), 2: len(network.output)}
    neurons = [(layer, n) for layer, size in sizes.items() for n in range(1, size + 1)]
    layers = {1: network.hidden, 2: network.output}
    walls = {
        f"x_{layer}_{n}_{k}": count
        for layer, pulses in layers.items()
        for n, counts in enumerate(pulses, 1)
        for k, count in enumerate(counts, 1)
    }
    lines = [f"line_{layer}_{k}" for layer, pulses in layers.items() for k in range(1, len(pulses[0]) + 1)]
    sources = ("preset_1", "preset_2", "signal", "supply")
    begin, period = network.writing_time, network.period
    end = begin + period * len(drawings)
    kept = [
        *(f"v({what}_{layer}_{n})" for layer, n in neurons for what in ("m", "spike")),
        *(f"v({node})" for node in (*walls, *lines)),
        *(f"{quantity}" for source in sources for quantity in (f"i(v_{source})", f"v({source})")),
    ]
    # In the netlist: a command of the simulator may not be that long.
    circuits = network.circuits(for_bench=True)
    deck = network.deck(drawings, for_bench=True) + "".join(f".save {vector}\n" for vector in kept)
    trace = run(
        deck,
        Transient(LARGEST_STEP, end, max_step=LARGEST_STEP),
        options={"seed": seed},
        osdi=dict.fromkeys(file for circuit in circuits for file in circuit.files),
        noise=[noise for layer, n in neurons for noise in circuits[layer - 1].noises_of(f"_{layer}_{n}")],
        time_limit=time_limit,
    )
    time, half = trace["time"].to_numpy(), network.neurons[0].supply_voltage / 2
    turn = network.read_time + network.hold_time

    def value(name: str, at: float) -> float:
        return float(np.interp(at, time, trace[f"v({name})"]))

    valves = {layer: LateralSpinValve(inputs=len(pulses[0])) for layer, pulses in layers.items()}
    decisions = {
        layer: valve.decision(network.temperature, network.voltage, network.read_time - network.preset_time)
        for layer, valve in valves.items()
    }
    weights = {wall: valves[1].weight_at(value(wall, begin)) for wall in walls}
    after = {wall: valves[1].weight_at(value(wall, end)) for wall in walls}
    signals = []

    def spin_currents(layer: int, at: float) -> FloatArray:
        """Of all neurons of a layer, from what their lines are at; lines that are off float."""
        count = valves[layer].inputs
        volts = [value(f"line_{layer}_{k}", at) for k in range(1, count + 1)]
        per_weight = valves[layer].spin_per_weight([v if v > network.voltage / 2 else None for v in volts])
        signals.append(float(np.max(np.abs(per_weight / valves[layer].responses[0]))))
        numbers = range(1, count + 1)
        written = [[weights[f"x_{layer}_{n}_{k}"] for k in numbers] for n in range(1, sizes[layer] + 1)]
        return np.array(written) @ per_weight

    rows, rates = [], []
    for k, drawing in enumerate(drawings):
        start = begin + k * period
        window = slice(*np.searchsorted(time, [start, start + period]))
        energy = {
            s: delivered(time[window], (-trace[f"i(v_{s})"] * trace[f"v({s})"]).to_numpy()[window])[0] for s in sources
        }
        read = {layer: start + network.read_time + (layer - 1) * turn for layer in sizes}
        currents = {layer: spin_currents(layer, at) for layer, at in read.items()}
        right = [1 - decisions[layer].error_rate(float(i)) for layer, found in currents.items() for i in found]
        rates.append(1 - math.prod(right))
        margins = [float(np.min(np.abs(found))) / decisions[layer].noise_current for layer, found in currents.items()]
        fired = [name for n, name in enumerate(network.names, 1) if value(f"spike_2_{n}", read[2] + turn / 9) > half]
        rows.append(
            {
                "drawing": "".join(str(bit) for bit in drawing),
                "named": "".join(fired),
                "hidden": "".join(str(int(value(f"spike_1_{n}", read[2]) > half)) for n in range(1, sizes[1] + 1)),
                "margin": min(margins),
                "error_rate": rates[-1],
                "least_m_z": min(abs(value(f"m_{layer}_{n}", read[layer])) for layer, n in neurons),
                "preset_energy": energy["preset_1"] + energy["preset_2"],
                "signal_energy": energy["signal"],
                "supply_energy": energy["supply"],
            }
        )
    worst = max(rates)
    misnamed = [
        f"{row['drawing']} for {names[0]}"
        for row, drawing in zip(rows, drawings, strict=True)
        if len(names := _letters_of(network, tuple(drawing))) == 1 and row["named"] != names[0]
    ]
    return described_table(
        {name: ([row[name] for row in rows], *about) for name, about in COLUMNS.items()},
        bench="association",
        engine="ngspice",
        synapses=len(walls),
        neurons=len(neurons),
        period=period,
        writing_time=begin,
        temperature=network.temperature,
        seed=seed,
        error_rate=worst,
        **judged(
            "letters, also with one wrong pixel, fire their own neuron alone; with thermal noise at most "
            f"{DESIGN_ERROR_RATE:g} of the drawings have a wrong decision",
            why_not(
                {
                    f"{len(misnamed)} of {len(rows)} drawings fire another letter's neuron, several, or none: "
                    f"{', '.join(misnamed[:3])}": bool(misnamed),
                    f"noise makes a decision wrong in {worst:.2g} of the drawings": not worst <= DESIGN_ERROR_RATE,
                }
            ),
        ),
        weight_error=max(abs(weights[wall] - valves[1].written_weights[count]) for wall, count in walls.items()),
        weight_change=max(abs(after[wall] - weights[wall]) for wall in walls),
        signal_current=max(signals),
    )


def _letters_of(network: AssociationNetwork, drawing: tuple[int, ...]) -> list[str]:
    """The letter that a drawing is, or else those from which it differs in one pixel."""
    exact = [name for name, letter in network.letters.items() if drawing == tuple(letter)]
    return exact or [name for name, letter in network.letters.items() if drawing in neighbours(letter)]
