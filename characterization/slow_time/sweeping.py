r"""Where a rising drive takes a device out of a state: the distribution of Kurkijarvi.

With a drive that rises by :math:`r` in a second, the probability that the state is still held falls as

.. math:: \frac{dS}{dx} = -\frac{\Gamma(x)}{r}\, S

Where the logarithm of the rate is nearly straight over the width of the distribution, with the slope :math:`\beta`, it
is that of Gumbel:

.. math:: \Gamma(x^*) = r\,\beta(x^*), \qquad \langle x \rangle = x^* - \frac{\gamma_E}{\beta}, \qquad
    \sigma = \frac{\pi}{\sqrt 6\, \beta}

for a barrier :math:`\Delta (1 - x / x_c)^2` the mean is Sharrock's law of the coercive field,
:math:`x_c\,[1 - \sqrt{\ln(\cdots) / \Delta}]`.

References
----------
J. Kurkijarvi, Phys. Rev. B 6, 832 (1972), doi:10.1103/PhysRevB.6.832; A. Garg, Phys. Rev. B 51, 15592 (1995),
doi:10.1103/PhysRevB.51.15592; M. P. Sharrock, J. Appl. Phys. 76, 6413 (1994), doi:10.1063/1.358282.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...devices.language.checks import known, positive
from ...devices.language.errors import ParameterError
from .telegraph import LEFT, log_linear_integrals
from .two_states import TwoStateThermal

#: Points of a sweep, and the ratio of the rates there and back above which a device is no longer held at all.
POINTS, BACK = 20_001, 0.01
#: Probabilities at which the distribution is told.
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class SwitchingDrive:
    """The drive at which a state is left in a sweep, in the drive's unit.

    Attributes
    ----------
    mean, standard_deviation : float
        Of the distribution.
    quantiles : tuple of float
        Where 5, 50 and 95 % have left.
    kurkijarvi : tuple of float
        Mean and standard deviation of the closed form.
    """

    mean: float
    standard_deviation: float
    quantiles: tuple[float, float, float]
    kurkijarvi: tuple[float, float]


def switching_drive(model: TwoStateThermal, state: str, rate: float) -> SwitchingDrive:
    """The distribution of the drive at which a state is left, swept from where the state is stable.

    Parameters
    ----------
    model : TwoStateThermal
        The device.
    state : str
        The state that is left.
    rate : float
        Rise of the size of the drive in a second, in its unit over s.

    Raises
    ------
    ParameterError
        If the sweep is so fast that the state is left where it is none any more (then the trajectories of the magnet
        are to be followed), or so slow that the device jumps back and forth, or the drive does not switch it.
    UnknownNameError
        If there is no such state.
    """
    pace = positive("the sweep rate", rate, f"{model.wells.unit}/s")
    index = model.states.index(known("state", state, model.states))
    low, high = model.range
    ends = model.dwell_times([low, high])[index]
    x = np.linspace(low, high, POINTS)[:: 1 if ends[1] < ends[0] else -1]
    logarithms = -np.log(model.dwell_times(x))
    hazard = np.concatenate([[0.0], np.cumsum(log_linear_integrals(np.abs(x - x[0]) / pace, logarithms)[index])])
    held = np.exp(-hazard)
    unit, device = model.wells.unit, model.wells.device
    if held[-1] > LEFT:
        raise ParameterError(
            f"at {pace:.3g} {unit}/s the state {state!r} of {device!r} is still there with a probability of "
            f"{held[-1]:.2g} at {x[-1]:.4g} {unit}, where two states end: sweep more slowly, or follow "
            "noisy trajectories (switching, or hysteresis with a temperature)"
        )
    middle = int(np.searchsorted(hazard, math.log(2)))
    if logarithms[1 - index, middle] - logarithms[index, middle] > math.log(BACK):
        raise ParameterError(
            f"at {pace:.3g} {unit}/s {device!r} jumps back and forth between its states at {model.wells.kelvin:g} K "
            "while it is swept: it has no coercivity at that rate; sweep faster, or ask for its telegraph"
        )
    left, at = -np.diff(held), 0.5 * (x[1:] + x[:-1])
    mean = float(at @ left + x[-1] * held[-1])
    spread = math.sqrt(float((at - mean) ** 2 @ left + (x[-1] - mean) ** 2 * held[-1]))
    quantiles = np.interp(-np.log1p(-np.array(QUANTILES)), hazard, x)
    slopes = np.abs(model.steepness(x, state))
    mode = int(np.searchsorted(logarithms[index] - np.log(pace * slopes), 0.0))
    slope, sign = float(slopes[min(mode, POINTS - 1)]), math.copysign(1.0, x[-1] - x[0])
    closed = float(x[min(mode, POINTS - 1)]) - sign * float(np.euler_gamma) / slope
    first, second, third = quantiles.tolist()
    return SwitchingDrive(mean, spread, (first, second, third), (closed, math.pi / (math.sqrt(6) * slope)))
