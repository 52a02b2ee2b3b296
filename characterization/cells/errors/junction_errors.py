r"""How surely cells write and keep the state of a junction: the Fokker-Planck equation of its magnetisation.

The circuit around a junction is a source that its resistance loads. It is fast beside the magnetisation, so that the
voltage across the junction follows from the angle of its layers; ngspice finds it at several angles, held still, and
the equation (:mod:`synaspice.characterization.rare_events.fokker_planck`) takes it as the drive. An error of writing is
a magnetisation that is on the old side of the equator when the pulse ends; a state is lost on the far side of it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from ....circuits.cells.building.subcircuits import definitions
from ....circuits.cells.memories.junction_cell import JunctionCell
from ....circuits.engine.analyses import OperatingPoint
from ....circuits.engine.ngspice import run
from ....devices.language.waveforms.shapes import FloatArray
from ....devices.models.junctions.mtj import MTJ
from ...rare_events.axial_magnet import Amplitude, from_reference_state
from ...rare_events.fokker_planck import mean_passage_time, still_there
from ..standard import bench_nodes

#: Cells of the grid: write error rates within a thousandth of themselves.
CELLS = 200
#: Cosine of the angle from its old direction at which a state is lost: beyond the barrier's top, also while it is read.
LOST = -0.5
#: Angles of the magnetisation at which the circuit is looked at. [rad]
ANGLES = np.linspace(0.02, math.pi - 0.02, 7)


def write_error_rate(
    junction: MTJ, state: str, drive: Amplitude, width: float, temperature: float, *, source: str = "current"
) -> float:
    """Probability that a pulse leaves a junction in its state [1].

    Parameters
    ----------
    junction : MTJ
        The junction, symmetric about its axis.
    state : str
        Its reference state before the pulse.
    drive : float or callable
        Current or voltage, constant or by the cosine of the magnetisation's angle. [A or V]
    width : float
        Of the pulse. [s]
    temperature : float
        Of the junction. [K]
    source : str
        Whether the drive is a ``"current"`` or a ``"voltage"``.

    Raises
    ------
    ParameterError
        If the junction is not symmetric about its axis.
    """
    magnet = from_reference_state(junction, state, source, temperature)
    return still_there(magnet, drive, [width], cells=CELLS)[0].value


def lifetime(
    junction: MTJ, state: str, temperature: float, drive: Amplitude = 0.0, *, source: str = "current"
) -> float:
    """Mean time until a junction has left a state for the other one, undriven or while it is read [s].

    Parameters
    ----------
    junction, state, temperature, drive, source
        As of :func:`write_error_rate`.
    """
    magnet = from_reference_state(junction, state, source, temperature)
    return mean_passage_time(magnet, drive, threshold=LOST, cells=CELLS).value


def junction_voltages(
    cells: Sequence[JunctionCell], lines: Mapping[str, Mapping[str, float]], ends: tuple[str, str]
) -> dict[str, Amplitude]:
    """Voltage across the junction of a cell, by the cosine of its angle, at several voltages on the cell's ports.

    Parameters
    ----------
    cells : sequence of JunctionCell
        The cell with its magnetisation at each of :data:`ANGLES`.
    lines : Mapping
        Voltages on the ports in a situation, by its name. [V]
    ends : tuple of str
        Nodes of the cell from and to which the voltage counts.
    """
    circuits = [cell.subcircuit(name=f"held{k}", for_bench=True) for k, cell in enumerate(cells)]
    deck = ["* junctions that are held at angles", definitions(circuits)]
    for situation, levels in enumerate(lines.values()):
        deck += [f"V{port}{situation} {port}{situation} 0 {level!r}" for port, level in levels.items()]
        for k, circuit in enumerate(circuits):
            nodes = {
                pin: f"{node}{situation}" if node in levels else node for pin, node in bench_nodes(circuit).items()
            }
            deck.append(circuit.instance(f"{situation}_{k}", nodes))
    files = dict.fromkeys(file for circuit in circuits for file in circuit.files)
    found = run("\n".join(deck), OperatingPoint(), osdi=files).iloc[0]
    cosines = np.cos(ANGLES)[::-1]

    def voltages(situation: int, levels: Mapping[str, float]) -> FloatArray:
        def at(node: str, k: int) -> float:
            return float(found[f"v({node}{situation})" if node in levels else f"v(x{situation}_{k}.{node})"])

        return np.array([at(ends[0], k) - at(ends[1], k) for k in range(len(cells))])[::-1]

    def curve(values: FloatArray) -> Amplitude:
        smooth = np.polynomial.Polynomial.fit(cosines, values, len(values) - 1)
        return lambda cosine: np.asarray(smooth(cosine))

    return {name: curve(voltages(k, levels)) for k, (name, levels) in enumerate(lines.items())}
