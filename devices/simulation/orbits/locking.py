r"""Oscillators locked to an alternating drive: how much of it their phase feels, and between which frequencies.

A weak drive u of an orbit moves its time by :math:`\dot\alpha = Z(t + \alpha)\, u(t)`, :math:`Z = v_1 \cdot \partial f
/ \partial u` with the perturbation projection vector (:mod:`synaspice.devices.simulation.orbits.floquet`). Driven by
:math:`A \cos 2 \pi f t` near the n-th multiple of its frequency it is locked, :math:`f = n f'`, for

.. math:: |f - n f_0| < n f_0\, |Z_n|\, A, \qquad Z(t) = \sum_n Z_n e^{2 \pi i n f_0 t}

(R. Adler, Proc. IRE 34, 351 (1946), doi:10.1109/JRPROC.1946.229930, for any orbit). At any strength the oscillator is
locked where it has a stable periodic orbit of n periods of the drive, which is followed over the frequency to where
it ends.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...language.checks import known
from ...language.errors import SimulationError
from ...language.waveform_corners import Repetition
from ...language.waveforms import DC, FloatArray, Sine, Waveform
from ..request import Request
from .cycle import Motion, spread
from .driven_orbit import DrivenOrbit, driven_orbit
from .orbit import PeriodicOrbit

#: Step of the drive in differences, in units of the constant current or of an input's scale.
DIFFERENCE = 1e-6
#: Phases of the free orbit from which the locked one is sought.
PHASES = 8
#: Steps outwards, in units of Adler's half range, the largest one, and how well an edge is found.
FIRST, FACTOR, FARTHEST, WELL = 0.5, 1.25, 50.0, 1e-3
#: Factor by which the size of a locked orbit may differ from that of the free one.
ALIKE = 3.0


def _driven(orbit: PeriodicOrbit, quantity: str, waveform: Waveform) -> Request:
    """The request of an orbit with another drive: the current, or an input."""
    request = orbit.motion.request
    if quantity == "current":
        return replace(request, waveform=waveform)
    return replace(request, inputs={**request.inputs, quantity: waveform})


def _constant(orbit: PeriodicOrbit, quantity: str) -> float:
    """The drive's constant part."""
    request = orbit.motion.request
    if quantity == "current":
        return float(request.waveform(0.0))
    given = request.inputs.get(known("what is driven", quantity, ["current", *orbit.device.input_declarations()]))
    return float(orbit.device.values[quantity] if given is None else given(0.0))


def phase_response(orbit: PeriodicOrbit, quantity: str) -> FloatArray:
    """What a drive adds to the time of an orbit: Z at its evenly spaced times, over the drive's unit.

    Parameters
    ----------
    orbit : PeriodicOrbit
        A free orbit.
    quantity : str
        What is driven: ``current``, that of the source, or the name of an input.

    Raises
    ------
    UnknownNameError
        If there is no such quantity.
    """
    at = _constant(orbit, quantity)
    scale = abs(at) if quantity == "current" else orbit.device.input_declarations()[quantity].netlist_scale
    step = DIFFERENCE * scale
    ends = [Motion(_driven(orbit, quantity, DC(at + side * step))).rates(orbit.cycle.states) for side in (1, -1)]
    vector = orbit.sensitivity() * orbit.motion.scales
    return np.asarray(np.sum(vector * (ends[0] - ends[1]), axis=1) / (2 * step))


def adler_half_range(orbit: PeriodicOrbit, quantity: str, harmonics: int) -> FloatArray:
    """Half range of locking near each multiple of an orbit's frequency, over the drive's amplitude [Hz / unit].

    Parameters
    ----------
    orbit : PeriodicOrbit
        A free orbit.
    quantity : str
        What is driven.
    harmonics : int
        How many multiples.
    """
    response = phase_response(orbit, quantity)
    parts = np.abs(np.fft.rfft(response))[1 : harmonics + 1] / len(response)
    found = np.zeros(harmonics)
    found[: len(parts)] = parts
    return np.asarray(found * np.arange(1, harmonics + 1) * orbit.frequency)


def locking_range(
    orbit: PeriodicOrbit, quantity: str, harmonic: int, amplitude: float, centre: float, half: float
) -> tuple[float, float]:
    """Frequencies of the drive between which an oscillator is locked, from driven orbits [Hz]; NaN if it is nowhere.

    Parameters
    ----------
    orbit : PeriodicOrbit
        The free orbit.
    quantity : str
        What is driven.
    harmonic : int
        Near which multiple of its frequency.
    amplitude : float
        Of the drive, in the unit of the quantity.
    centre, half : float
        About the middle of the range, and half of it. [Hz]
    """
    begun = _begun(orbit, quantity, harmonic, amplitude, centre)
    if begun is None:
        return float("nan"), float("nan")
    low, high = (_edge(orbit, quantity, harmonic, amplitude, begun, centre, side * half) for side in (-1, 1))
    return low, high


def _locked(
    orbit: PeriodicOrbit, quantity: str, harmonic: int, amplitude: float, frequency: float, start: FloatArray
) -> DrivenOrbit | None:
    """The stable orbit of an oscillator that is locked, near some states; None if there is none."""
    request = _driven(orbit, quantity, Sine(_constant(orbit, quantity), amplitude, frequency))
    try:
        found = driven_orbit(request, Repetition(1 / frequency), harmonic, start, close=True)
    except SimulationError:
        return None
    sizes = spread(found.cycle.states) / spread(orbit.cycle.states)
    alike = found.periods == harmonic and 1 / ALIKE < sizes < ALIKE
    return found if alike and found.stable else None


def _begun(orbit: PeriodicOrbit, quantity: str, harmonic: int, amplitude: float, frequency: float) -> FloatArray | None:
    """Scaled states of the locked oscillator in the middle of its range."""
    count = len(orbit.cycle.states)
    for phase in range(PHASES):
        start = orbit.cycle.states[(phase * count) // PHASES]
        found = _locked(orbit, quantity, harmonic, amplitude, frequency, start)
        if found is not None:
            return np.asarray(found.cycle.states[0])
    return None


def _edge(
    orbit: PeriodicOrbit, quantity: str, harmonic: int, amplitude: float, start: FloatArray, centre: float, half: float
) -> float:
    """Frequency to which an oscillator stays locked, from the middle of its range on."""
    inside, step, outside = 0.0, FIRST, None
    while outside is None or outside - inside > WELL:
        place = inside + step if outside is None else 0.5 * (inside + outside)
        found = _locked(orbit, quantity, harmonic, amplitude, centre + place * half, start)
        if found is None:
            outside = place
        else:
            inside, start = place, found.cycle.states[0]
            step *= FACTOR
            if inside > FARTHEST:
                raise SimulationError("the oscillator stays locked far beyond the range of a weak drive")
    return centre + 0.5 * (inside + outside) * half
