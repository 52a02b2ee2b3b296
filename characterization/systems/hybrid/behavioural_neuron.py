r"""A spin neuron in few numbers, taken from its circuit: how it fires over the spin current, and what that costs.

.. math:: P(I_s) = \Phi\!\left(\frac{I_s - I_0}{I_w}\right)

with the width :math:`I_w` of the largest likelihood over noisy runs of the magnet, and the offset :math:`I_0` of that
over evaluations of the netlist: a magnet that has not come far when it is read is told by the latch, whose reference
lies between the junction's states but not where the magnet lies on its hard plane.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.optimize import minimize, minimize_scalar
from scipy.special import log_ndtr

from ....circuits.cells.spin.lateral_spin_valve import LateralSpinValve
from ....devices.core.distributions import normal_cdf
from ....devices.language.array_checks import reals
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from .spin_layer import VOLTAGE
from .spin_netlists import Evaluations, evaluate_neurons


@dataclass(frozen=True)
class FiringFit:
    """The sigmoid of a neuron.

    Attributes
    ----------
    offset, width : float
        Spin current of even odds, and standard deviation of the normal distribution. [A]
    offset_error, width_error : float
        Their standard errors. [A]
    """

    offset: float
    width: float
    offset_error: float
    width_error: float

    def probability(self, spin_current: ArrayLike) -> FloatArray:
        """Probability to fire at spin currents [A]."""
        return np.asarray(normal_cdf((np.asarray(spin_current, dtype=float) - self.offset) / self.width))

    def error_rate(self, spin_current: ArrayLike) -> FloatArray:
        """Probability not to do what the sign of spin currents [A] says."""
        current = np.asarray(spin_current, dtype=float)
        fires = self.probability(current)
        return np.where(current > 0, 1 - fires, fires)


def fit_firing(spin_current: ArrayLike, fired: ArrayLike, trials: ArrayLike) -> FiringFit:
    """Fit the sigmoid to numbers of spikes by the largest likelihood.

    Parameters
    ----------
    spin_current : array_like
        Spin currents. [A]
    fired, trials : array_like
        How often the neuron fired at each, of how many trials.

    Raises
    ------
    ParameterError
        If shapes do not fit, or it fired always or never on either side: nothing tells the width then.
    """
    current = reals("spin_current", spin_current, "A")
    hits, count = (np.broadcast_to(reals(n, v), current.shape) for n, v in (("fired", fired), ("trials", trials)))
    if np.any(hits < 0) or np.any(hits > count):
        raise ParameterError("a neuron fires at most once in a trial")
    if not np.any((hits > 0) & (hits < count)):
        raise ParameterError("nothing tells the width of a sigmoid: at no current did the neuron fire now and then")
    scale = float(np.abs(current).max())

    def unlikely(x: FloatArray) -> float:
        z = (current / scale - x[0]) * np.exp(x[1])
        return -float(np.sum(hits * log_ndtr(z) + (count - hits) * log_ndtr(-z)))

    found = minimize(unlikely, np.array([0.0, np.log(3.0)]), method="BFGS")
    offset, width = float(found.x[0] * scale), float(scale * np.exp(-found.x[1]))
    # Standard errors from Fisher's information, n phi^2 / [P (1 - P)] of each current.
    z = (current - offset) / width
    odds = np.exp(-(z**2) / 2) ** 2 / (2 * np.pi * np.exp(log_ndtr(z) + log_ndtr(-z)))
    slopes = np.array([np.full_like(z, -1 / width), -z / width])
    errors = np.sqrt(np.diag(np.linalg.inv((slopes * count * odds) @ slopes.T)))
    return FiringFit(offset, width, float(errors[0]), float(errors[1]))


def with_offset(fit: FiringFit, spin_current: ArrayLike, fired: ArrayLike, trials: ArrayLike) -> FiringFit:
    """The same width, with the offset of the largest likelihood over other runs, such as of the netlist.

    Parameters
    ----------
    fit : FiringFit
        The sigmoid whose width is taken.
    spin_current : array_like
        Spin currents of the runs. [A]
    fired, trials : array_like
        How often the neuron fired at each, of how many trials.
    """
    current = reals("spin_current", spin_current, "A")
    hits, count = (np.broadcast_to(reals(n, v), current.shape) for n, v in (("fired", fired), ("trials", trials)))

    def unlikely(offset: float) -> float:
        z = (current - offset * fit.width) / fit.width
        return -float(np.sum(hits * log_ndtr(z) + (count - hits) * log_ndtr(-z)))

    reach = float(np.abs(current).max()) / fit.width + 1
    offset = float(minimize_scalar(unlikely, bounds=(-reach, reach), method="bounded").x) * fit.width
    z = (current - offset) / fit.width
    odds = np.exp(-(z**2) / 2) ** 2 / (2 * np.pi * np.exp(log_ndtr(z) + log_ndtr(-z)))
    error = fit.width / float(np.sqrt(np.sum(count * odds)))
    return FiringFit(offset, fit.width, error, fit.width_error)


@dataclass(frozen=True)
class NeuronEnergy:
    """Energy of one evaluation of a neuron beside that of its inputs.

    Attributes
    ----------
    preset : float
        Of the preset. [J]
    silent, spike : float
        Of latch, inverters and output driver without and with a spike. [J]
    """

    preset: float
    silent: float
    spike: float

    def total(self, inputs: ArrayLike, fired: ArrayLike) -> FloatArray:
        """Energy of evaluations whose inputs take some energy [J], and that end with a spike or not [J]."""
        latch = np.where(np.asarray(fired), self.spike, self.silent)
        return np.asarray(self.preset + latch + np.asarray(inputs, dtype=float))


def two_evaluations(
    valve: LateralSpinValve, *, temperature: float = 300.15, seed: int = 1
) -> tuple[Evaluations, NeuronEnergy, FloatArray]:
    """A neuron of two inputs and a threshold in its netlist: both are on and it fires; one is on and it does not.

    Parameters
    ----------
    valve : LateralSpinValve
        Circuit of three inputs.
    temperature : float
        Temperature. [K]
    seed : int
        Seed of ngspice's random numbers.

    Returns
    -------
    tuple of Evaluations, NeuronEnergy, ndarray
        The transient, with the channel's spin potential under the magnet and the sides of the latch; its energies; and
        the spin current of either evaluation by the circuit's equations. [A]

    Raises
    ------
    ParameterError
        If the weights of the strip do not make it fire for both inputs alone.
    """
    weights = valve.written_weights
    pulses = (len(weights) - 1, len(weights) - 2, 0)
    volts = [[VOLTAGE, VOLTAGE, VOLTAGE], [VOLTAGE, 0.0, VOLTAGE]]
    chosen = [weights[count] for count in pulses]
    currents = np.array([float(valve.spin_current(chosen, row)[2]) for row in volts])
    if not currents[0] > 0 > currents[1]:
        raise ParameterError(f"a neuron with the weights {weights[0]:.2g} to {weights[-1]:.2g} does not do an AND")
    kept = ["v(preset_of_1)", "v(x_1.xvalve.neuron_z)", "v(x_1.junction_side)", "v(x_1.reference_side)"]
    found = evaluate_neurons(valve, [pulses], volts, temperature=temperature, seed=seed, keep=kept)
    supply, preset = found.energies["supply"], found.energies["preset"]
    return found, NeuronEnergy(float(preset.mean()), float(supply[1]), float(supply[0])), currents


def fired_in_netlist(
    valve: LateralSpinValve, spin_current: float, trials: int, *, temperature: float = 300.15, seed: int = 1
) -> int:
    """How often a neuron of three inputs fires in its netlist at a spin current, of some evaluations in a row.

    The first input, of the highest weight, works against the threshold, of the lowest one, with the voltage at which
    the equations of the circuit give the spin current.

    Parameters
    ----------
    valve : LateralSpinValve
        Circuit of three inputs.
    spin_current : float
        Spin current into the magnet. [A]
    trials : int
        Number of evaluations.
    temperature : float
        Temperature. [K]
    seed : int
        Seed of ngspice's random numbers.
    """
    weights = valve.written_weights
    pulses = (len(weights) - 1, 0, 0)
    chosen = [weights[count] for count in pulses]
    low, high = (float(valve.spin_current(chosen, [volts, 0.0, VOLTAGE])[2]) for volts in (0.0, VOLTAGE))
    volts = VOLTAGE * (spin_current - low) / (high - low)
    found = evaluate_neurons(valve, [pulses], [[volts, 0.0, VOLTAGE]] * trials, temperature=temperature, seed=seed)
    return int(found.fired.sum())


def waveform_table(found: Evaluations, valve: LateralSpinValve) -> pd.DataFrame:
    """Times and quantities of a transient of :func:`two_evaluations`, as plain columns.

    Parameters
    ----------
    found : Evaluations
        The transient.
    valve : LateralSpinValve
        The circuit.
    """
    trace, magnet = found.trace, valve.magnet
    m_z = trace["v(m_z_of_1)"].to_numpy()
    return pd.DataFrame(
        {
            "time": trace["time"],
            "preset": trace["v(preset_of_1)"],
            "input_1": trace["v(input_1)"],
            "input_2": trace["v(input_2)"],
            "spin_potential": trace["v(x_1.xvalve.neuron_z)"],
            "m_z": m_z,
            "junction": junction_resistance(valve, m_z),
            "junction_side": trace["v(x_1.junction_side)"],
            "reference_side": trace["v(x_1.reference_side)"],
            "spike": trace["v(spike_of_1)"],
            "parallel": float(magnet.parallel_resistance),
        }
    )


def junction_resistance(valve: LateralSpinValve, m_z: ArrayLike) -> FloatArray:
    """Resistance of the junction at zero bias for magnetisations along its reference layer's axis [ohm]."""
    magnet = valve.magnet
    along = np.clip(np.asarray(m_z, dtype=float), -1, 1)
    angles = np.arccos(along)
    # The device's own law, at angles to which its magnet is set.
    grid = np.linspace(0, np.pi, 61)
    of_grid = [float(magnet.static(**_pointing(angle))["resistance"]) for angle in grid.tolist()]
    return np.asarray(np.interp(angles, grid, of_grid))


def _pointing(angle: float) -> dict[str, float]:
    """Components of a magnetisation with a polar angle [rad]."""
    return {"m_x": float(np.sin(angle)), "m_y": 0.0, "m_z": float(np.cos(angle))}
