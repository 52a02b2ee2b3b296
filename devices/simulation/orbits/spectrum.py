r"""The spectrum of a quantity on a noisy periodic orbit: lines that the phase's diffusion widens, and the modes beside.

With noises :math:`b(x)\,\xi` (Stratonovich) the states are :math:`x_s(s) + \sum_j u_j(s)\, a_j` with
:math:`s = t + \alpha(t)`, where in first order of the noise's densities

.. math:: \dot\alpha = \kappa + v_1 \cdot b\,\xi, \qquad \dot a_j = \mu_j a_j + v_j \cdot b\,\xi,

with :math:`u_j, v_j, \mu_j` of :mod:`~synaspice.devices.simulation.orbits.modes`. A quantity
:math:`g = \sum_k X_k e^{i k \omega_0 s} + \sum_j c_j(s)\, a_j`, :math:`c_j = \nabla g \cdot u_j`, then has a
correlation function of exponentials, and the one-sided density

.. math::

    S(f) = 4\,\mathrm{Re} \sum_q \frac{A_q}{2 \pi i f - \lambda_q}, \qquad
    \lambda_k = i k \omega_0 - \tfrac12 k^2 \omega_0^2 c, \qquad \lambda_{jk} = \mu_j + \lambda_k.

The first kind are the lines, :math:`A_k = |X_k|^2`: Lorentzians of the width :math:`2 \pi k^2 f_0^2 c` at half maximum
that hold the power of the harmonic (A. Demir, A. Mehrotra, J. Roychowdhury, IEEE Trans. Circuits Syst. I 47, 655
(2000), doi:10.1109/81.847872). The second kind are the modes, with the conversion of noise from harmonic to harmonic
and with their correlation to the phase (F. L. Traversa, F. Bonani, IEEE Trans. Circuits Syst. I 58, 2485 (2011)).

The mean drift :math:`\kappa` of the phase, by which noise shifts the lines, is of the same order as their width
(M. Bonnin, Int. J. Circuit Theory Appl. 2016, doi:10.1002/cta.2246, arXiv:1503.06603). It follows from the second
derivatives H of the asymptotic phase on the orbit,

.. math::

    \kappa = \Big\langle \tfrac12 \sum_m b_m \cdot H b_m + \tfrac12 \sum_m v_1 \cdot \frac{\partial b_m}{\partial x} b_m
    \Big\rangle, \qquad
    \dot H = -H J - J^T H - v_1 \cdot \frac{\partial^2 f}{\partial x^2}, \qquad H \dot x = -J^T v_1,

as follows from two derivatives of :math:`\nabla\theta \cdot f = 1`.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass

import numpy as np

from ...language.waveforms.shapes import FloatArray
from ..numerics.small_matrices import one_thread
from ..operating_points.noise import electrical_noise, state_noises
from .cycle import DIFFERENCE, Cycle, Motion
from .floquet import ComplexArray, projection
from .modes import Modes, modes
from .periodic_functions import differentiation

#: Step of differences of derivatives, in units of the states' scales.
WIDE = 1e-3
#: Order to which the exponential of a correlation is expanded, how large it may be, and which terms are left out.
ORDER, LARGEST, NEGLIGIBLE = 8, 1.5, 1e-14
#: Harmonics below this part of the largest are not worth points.
SMALL = 1e-4
#: Points across a line.
LINE_POINTS = 81


@dataclass(frozen=True)
class Exponentials:
    """Exponentials whose sum is a correlation function: amplitudes at no delay, and exponents [1/s]."""

    amplitudes: ComplexArray
    exponents: ComplexArray

    def density(self, frequency: FloatArray) -> FloatArray:
        """One-sided density at frequencies [Hz]."""
        found = np.zeros(len(frequency))
        for amplitude, exponent in zip(self.amplitudes.ravel(), self.exponents.ravel(), strict=True):
            found += 4 * np.real(amplitude / (2j * np.pi * frequency - exponent))
        return found


class NoisyOrbit:
    r"""What the noises of the states make of an orbit, in first order of their densities.

    Attributes
    ----------
    diffusion : float
        Constant c of the diffusion of the phase: the variance of :math:`\alpha` is c t. [s]
    drift : float
        Mean drift :math:`\kappa` of the phase.
    """

    def __init__(self, motion: Motion, cycle: Cycle, temperature: float) -> None:
        self.motion, self.cycle, self.temperature = motion, cycle, temperature
        self.phase = projection(motion, cycle)
        self.strengths = strengths_along(motion, cycle.states, temperature)
        self.modes: Modes = modes(motion, cycle)
        along = np.einsum("tn,tnm->tm", self.phase, self.strengths)
        self.diffusion = float(np.mean(np.sum(along**2, axis=1)))
        self.drift = self._drift()
        #: What moves the phase and the modes: (N, noises) and (modes, N, noises).
        self.along, self.across = along, np.einsum("jtn,tnm->jtm", self.modes.left, self.strengths)

    def _drift(self) -> float:
        bends = _phase_bends(self.motion, self.cycle, self.phase)
        by_bend = np.einsum("tam,tab,tbm->t", self.strengths, bends, self.strengths)
        # Stratonovich's noise drifts along its own change.
        sizes = np.linalg.norm(self.strengths, axis=1, keepdims=True)
        unit = np.divide(self.strengths, sizes, out=np.zeros_like(self.strengths), where=sizes > 0)
        by_change = np.zeros(len(by_bend))
        for m in range(self.strengths.shape[2]):
            ends = [
                strengths_along(self.motion, self.cycle.states + side * WIDE * unit[:, :, m], self.temperature)[:, :, m]
                for side in (1, -1)
            ]
            by_change += np.sum(self.phase * (ends[0] - ends[1]), axis=1) * sizes[:, 0, m] / (2 * WIDE)
        return float(np.mean(by_bend + by_change) / 2)

    @property
    def frequency(self) -> float:
        """Frequency with the drift of the phase [Hz]."""
        return (1 + self.drift) / self.cycle.period

    def lines(self, grid: FloatArray, values: FloatArray) -> FloatArray:
        """Frequencies that resolve the lines of a quantity within a grid [Hz]."""
        sizes = np.abs(np.fft.rfft(values))
        found = [np.empty(0)]
        for k in (1 + np.flatnonzero(sizes[1:] > SMALL * np.max(sizes[1:]))).tolist():
            half = np.pi * (k * self.frequency) ** 2 * self.diffusion
            reach = np.arcsinh(0.5 * self.frequency / half) if half > 0 else 0.0
            found.append(k * self.frequency + half * np.sinh(np.linspace(-reach, reach, LINE_POINTS)))
        points = np.concatenate(found)
        return np.asarray(points[(points > grid[0]) & (points < grid[-1])])

    def correlation(self, values: FloatArray, slopes: FloatArray) -> tuple[Exponentials, Exponentials]:
        """Correlation function of a quantity: the part of its lines, and that of the modes.

        Parameters
        ----------
        values : ndarray
            The quantity along the orbit. (N)
        slopes : ndarray
            Its derivatives by the scaled states. (N, n)
        """
        count = len(values)
        number = np.fft.fftfreq(count, 1 / count)
        turn = 2 * np.pi * self.frequency
        lines = 1j * number * turn - 0.5 * (number * turn) ** 2 * self.diffusion
        harmonics = np.fft.fft(values) / count
        harmonics[0] = 0.0  # the mean is no noise
        mu = self.modes.exponents
        outputs = np.einsum("tn,jtn->jt", slopes, self.modes.right)
        parts = np.fft.fft(outputs, axis=1) / count
        joint = np.fft.fft(np.einsum("tm,jtm->jt", self.along, self.across), axis=1) / count
        means = np.fft.ifft(-1j * number * turn * joint / (1j * number * turn - mu[:, None]), axis=1) * count
        covariance = np.fft.fft(np.einsum("jtm,ltm->jlt", self.across, self.across.conj()), axis=2) / count
        covariance /= 1j * number * turn - mu[:, None, None] - mu.conj()[None, :, None]
        covariance = np.fft.ifft(covariance, axis=2) * count
        fluctuation = values - np.mean(values)
        # What a mode is correlated with: the other ones, and the phase.
        partner = np.einsum("lt,jlt->jt", outputs.conj(), covariance) + fluctuation * means
        amplitudes = parts * np.fft.ifft(partner, axis=1)
        exponents = mu[:, None] + lines[None, :]
        converted = harmonics * np.fft.ifft(np.einsum("lt,lt->t", outputs.conj(), means.conj()))
        # The phase goes on to feel the noise that the mode remembers.
        for k in range(count):
            moved = np.roll(joint, int(number[k]), axis=1)  # of harmonic q - k, at the place of q
            gained = parts[:, k, None] * 1j * number[k] * turn * moved * harmonics.conj()
            gained = gained / (lines[None, :] - exponents[:, k, None])
            converted = converted + np.sum(gained, axis=0)
            amplitudes[:, k] -= np.sum(gained, axis=1)
        powers = np.abs(harmonics) ** 2
        terms = [Exponentials(-powers[1:], np.asarray(lines[1:], dtype=complex))]
        for k in range(count):
            terms.append(_resummed(powers[k], lines[k], converted[k], amplitudes[:, k], mu))
        beside = Exponentials(
            np.concatenate([term.amplitudes for term in terms]), np.concatenate([term.exponents for term in terms])
        )
        return Exponentials(powers[1:], np.asarray(lines[1:], dtype=complex)), beside


def _resummed(power: float, line: complex, constant: complex, parts: ComplexArray, mu: ComplexArray) -> Exponentials:
    r"""Of a harmonic, :math:`e^{\lambda_k \tau} (|X_k|^2 + C + \sum_j A_j e^{\mu_j \tau})`.

    Where the line is the most of it, as :math:`|X_k|^2 e^{\lambda_k \tau} \exp[(C + \sum_j A_j e^{\mu_j \tau}) /
    |X_k|^2]`: the same in first order, and exact for a phase of coloured noise, whose effects far from the line
    cancel each other all but for a small rest.
    """
    if np.abs(constant) + np.sum(np.abs(parts)) > LARGEST * power:
        return Exponentials(np.array([power + constant, *parts]), np.array([line, *(line + mu)]))
    amplitudes, exponents = [], []
    whole = power * np.exp(constant / power)
    for orders in itertools.product(range(ORDER + 1), repeat=len(mu)):
        if sum(orders) <= ORDER:
            weights = [(part / power) ** m / math.factorial(m) for part, m in zip(parts, orders, strict=True)]
            amplitudes.append(whole * np.prod(weights))
            exponents.append(line + np.dot(orders, mu))
    found = np.array(amplitudes, dtype=complex)
    kept = np.abs(found) > NEGLIGIBLE * power
    return Exponentials(found[kept], np.array(exponents)[kept])


def strengths_along(motion: Motion, scaled: FloatArray, temperature: float) -> FloatArray:
    """Square roots of the noises' densities times their effects on the scaled states: (N, n, noises)."""
    voltages = np.stack(list(motion.voltages(scaled).values()), axis=1)
    found = []
    for v, x in zip(voltages, scaled * motion.scales, strict=True):
        densities, coupling = state_noises(motion.device, v.tolist(), x.tolist(), motion.parameters, temperature)
        found.append(np.sqrt(densities) * coupling / motion.scales[:, None])
    return np.array(found)


@one_thread()
def _phase_bends(motion: Motion, cycle: Cycle, phase: FloatArray) -> FloatArray:
    """Second derivatives of the asymptotic phase by the scaled states, along an orbit: (N, n, n)."""
    x, period = cycle.states, cycle.period
    count, n = x.shape

    def slopes(states: FloatArray) -> FloatArray:
        return np.asarray(motion.jacobians(states) + motion.pull(states)[1] / period)

    bend = np.empty((count, n, n))
    for k in range(n):
        move = WIDE * np.eye(n)[k]
        bend[:, :, k] = np.einsum("ta,tab->tb", phase, slopes(x + move) - slopes(x - move)) / (2 * WIDE)
    bend = 0.5 * (bend + bend.transpose(0, 2, 1))
    j = slopes(x)
    unit = np.eye(n)
    # H' + H J + J^T H = -bend, in rows (a, b); its null space, v v^T, is fixed by x' H x' = -v J x'.
    acting = np.einsum("ac,tdb->tabcd", unit, j) + np.einsum("tca,bd->tabcd", j, unit)
    matrix = np.kron(differentiation(count) / period, np.eye(n * n)).reshape(count, n * n, count, n * n)
    place = np.arange(count)
    matrix[place, :, place, :] += acting.reshape(count, n * n, n * n)
    flat = matrix.reshape(count * n * n, count * n * n)
    along = motion.rates(x)
    pair = np.einsum("ta,tb->tab", along, along).ravel()
    pair /= np.linalg.norm(pair)
    size = np.linalg.norm(np.einsum("ta,tb->tab", along, along).ravel())
    fixed = -np.sum(np.einsum("ta,tab,tb->t", phase, j, along)) / size
    bordered = np.block([[flat, pair[:, None]], [pair[None, :], np.zeros((1, 1))]])
    found = np.linalg.solve(bordered, np.append(-bend.ravel(), fixed))[:-1]
    return np.asarray(found.reshape(count, n, n))


def slopes_along(motion: Motion, cycle: Cycle, quantity: str) -> FloatArray:
    """Derivatives of a quantity by the scaled states along an orbit, from central differences: (N, n)."""
    n = cycle.states.shape[1]
    found = np.empty(cycle.states.shape)
    for k in range(n):
        move = DIFFERENCE * np.eye(n)[k]
        ends = [motion.known(cycle.states + side * move)[quantity] for side in (1, -1)]
        found[:, k] = (ends[0] - ends[1]) / (2 * DIFFERENCE)
    return found


def electrical_density(noisy: NoisyOrbit, frequency: FloatArray, quantity: str) -> FloatArray:
    """One-sided density of the driven branch's own noise in a quantity, averaged over the orbit.

    It is in the branch's current if the source imposes the voltage, and in its voltage otherwise. Flicker noise whose
    strength changes along the orbit is found about the harmonics as well.
    """
    motion = noisy.motion
    branches = list(motion.device.branches().values())
    driven = branches[motion.request.branch]
    if quantity != (driven.name if motion.request.by_current else driven.current):
        return np.zeros(len(frequency))
    known = motion.known(noisy.cycle.states)
    names = [*motion.functions.voltage_names, *motion.names]
    at = {name: known[name] for name in names}
    white, flicker = electrical_noise(motion.device, driven.name, at, noisy.temperature)
    gain = (
        1 / known[f"d{driven.current}/d{driven.name}"]
        if motion.request.by_current
        else np.ones(len(noisy.cycle.states))
    )
    found = np.full(len(frequency), float(np.mean(white * gain**2)))
    parts = np.abs(np.fft.fft(np.sqrt(flicker) * gain) / len(gain)) ** 2
    for k, part in zip(np.fft.fftfreq(len(gain), 1 / len(gain)), parts, strict=True):
        # Within a line its own width is the lowest frequency that is seen.
        half = np.pi * (k * noisy.frequency) ** 2 * noisy.diffusion
        found += part / np.hypot(frequency - k * noisy.frequency, half)
    return found
