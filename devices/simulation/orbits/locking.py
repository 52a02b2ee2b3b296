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
from ...language.waveforms.corners import Repetition
from ...language.waveforms.shapes import DC, FloatArray, Sine, Waveform
from ..request import Request
from .cycle import Motion, spread
from .driven_orbit import DrivenOrbit, driven_orbit
from .orbit import PeriodicOrbit
from .periodic_functions import resampled

#: Step of the drive in differences, in units of the constant current or of an input's scale.
DIFFERENCE = 1e-6
#: Turns, of the drive, beside the expected phase from which the locked orbit is sought.
AWAY = (0.0, 0.1, -0.1, 0.2, -0.2)
#: First steps outwards, in units of Adler's half range, and by which factor one goes on; part of the way to the edge
#: where it is expected which is gone at once; how near to it is near enough, how well it is enclosed; orbits tried.
TRIED, FACTOR, TOWARDS, NEAR, WELL, MOST = (0.5, 0.8), 1.25, 0.9, 0.01, 1e-3, 40
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
    r"""Scaled states of the locked oscillator in the middle of its range.

    Under :math:`A \sin 2 \pi n f_0 t` the time of a weakly driven orbit is shifted to where :math:`Z_n e^{i n \omega
    \alpha}` is real and positive, and comes back to there.
    """
    states = orbit.cycle.states
    part = np.fft.fft(phase_response(orbit, quantity))[harmonic]
    expected = -float(np.angle(part)) / (2 * np.pi * harmonic)
    for away in AWAY:
        start = resampled(states, len(states), expected + away / harmonic)[0]
        found = _locked(orbit, quantity, harmonic, amplitude, frequency, start)
        if found is not None:
            return np.asarray(found.cycle.states[0])
    return None


def _edge(
    orbit: PeriodicOrbit, quantity: str, harmonic: int, amplitude: float, start: FloatArray, centre: float, half: float
) -> float:
    """Frequency to which an oscillator stays locked, from the middle of its range on.

    There a stable and an unstable orbit meet (a fold), and the square of the rate at which deviations decay comes to 0
    like a smooth function.
    """
    places, squares, outside = [0.0], [np.inf], np.inf
    place = TRIED[0]
    for _ in range(MOST):
        found = _locked(orbit, quantity, harmonic, amplitude, centre + place * half, start)
        if found is None:
            outside = place
        else:
            places.append(place)
            squares.append(found.relaxation_rate**2)
            start = found.cycle.states[0]
        inside = places[-1]
        fold = _root(np.array(places[-3:]), np.array(squares[-3:]))
        if inside < fold < outside:
            if fold - inside <= NEAR * fold:
                return float(centre + fold * half)
            place = inside + TOWARDS * (fold - inside)
        else:
            place = 0.5 * (inside + outside) if np.isfinite(outside) else max(TRIED[1], FACTOR * inside)
        if outside - inside <= WELL * inside:
            return float(centre + 0.5 * (inside + outside) * half)
    raise SimulationError(
        f"the range in which the oscillator is locked was not found to its end within {places[-1]:.3g} times that of a "
        "weak drive"
    )


def _root(places: FloatArray, squares: FloatArray) -> float:
    """Where a polynomial through some points comes to 0 beyond the last one; not a number if it does not."""
    given = np.isfinite(squares)
    if given.sum() < 2:
        return float("nan")
    roots = np.roots(np.polyfit(places[given], squares[given], int(given.sum()) - 1))
    beyond = roots.real[(np.abs(roots.imag) < 1e-9 * np.abs(roots)) & (roots.real > places[-1])]
    return float(beyond.min()) if len(beyond) else float("nan")
