r"""A device for CrossSim: a module of Python with its range of conductances, and its errors as tables.

CrossSim's conductances are normalised to the largest. Its custom devices say what programming, drift and reading make
of them, here between the entries of tables over the target conductance,

.. math:: g_\mathrm{prog} = g + \sigma_p(g)\,\zeta_1, \qquad
    g(t) = g_\mathrm{prog} \left(1 + \frac{t}{t_0}\right)^{-|\mu_\nu + \sigma_\nu \zeta_2|}, \qquad
    g_\mathrm{read} = g(t)\,[1 + \sigma_r(g, t)\,\zeta_3]

CrossSim tells a read the conductance as it has drifted: the target is the one that the mean drift takes there.

CrossSim 3 multiplies with matrices that are programmed at once; it knows no pulses, and so neither their curve.

References
----------
T. P. Xiao et al., CrossSim 3.2, Sandia National Laboratories, https://github.com/sandialabs/cross-sim; names as there.
"""

from __future__ import annotations

import math

import numpy as np

from ...circuits.crossbars.weights.weight_cells import WeightCells
from ...devices.language.checks import positive, whole
from ...devices.language.errors import ParameterError
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.targets.header import origin
from .kept import require_kept

#: Decades of time after the first read over which the noise of reads is told.
DECADES = 9
#: What CrossSim does with the tables.
CLASS = '''
class SynaspiceDevice(EmptyDevice):
    """Errors of the device above, between the entries of the tables."""

    def _draw(self, input_):
        return GENERATOR.standard_normal(np.shape(input_))

    def programming_error(self, input_):
        return input_ + np.interp(input_, CONDUCTANCE, PROGRAMMING) * self._draw(input_)

    def drift_error(self, input_, time):
        mean, spread = (np.interp(input_, CONDUCTANCE, table) for table in (EXPONENT, EXPONENT_SPREAD))
        exponent = np.abs(mean + spread * self._draw(input_))
        return self.programming_error(input_) * (1 + time / FIRST_READ) ** -exponent

    def read_noise(self, input_):
        later = np.log1p(self.time / FIRST_READ)
        target = np.interp(input_, CONDUCTANCE * np.exp(-EXPONENT * later), CONDUCTANCE)
        now = [np.interp(later, np.log1p(TIMES / FIRST_READ), over_time) for over_time in READING.T]
        return input_ * (1 + np.interp(target, CONDUCTANCE, now) * self._draw(input_))
'''


def crosssim_device(
    device: CompactModel, *, read_voltage: float = 0.1, levels: int = 33, variation: float = 0.0
) -> str:
    """Describe a device for CrossSim: a module with ``SynaspiceDevice`` and ``params``.

    A device that declares statistics of its conductance, as phase-change memory does, has these; of any other the
    tables have the noise of its current in a read, as of :meth:`WeightCells.of`.

    Parameters
    ----------
    device : CompactModel
        A device of two states of different conductance.
    read_voltage : float
        Voltage of a read. [V]
    levels : int
        Entries of the tables.
    variation : float
        Relative standard deviation of the conductance from cell to cell, added to the errors of programming. [1]

    Returns
    -------
    str
        Statements in Python, which need CrossSim and NumPy alone.

    Raises
    ------
    ParameterError
        If the device has no such states, or relaxes to a conductance otherwise than by a power law.
    """
    count, volts = whole("levels", levels, 2), positive("read_voltage", read_voltage, "V")
    require_kept(device, "CrossSim", volts)
    cells = WeightCells.of(device, read_voltage=volts, variation=variation)
    errors = cells.errors
    if math.isfinite(errors.relaxation_time):
        raise ParameterError(f"{device.model_name()} forgets exponentially, for which CrossSim's module has no table")
    target = np.linspace(cells.least, cells.most, count)
    mean, spread = errors.drift_exponent(target)
    times = np.concatenate([[0.0], errors.first_read * np.logspace(0, DECADES, DECADES + 1)])
    reading = np.array([np.broadcast_to(errors.read_noise(target, time), count) for time in times.tolist()])
    if np.all(reading == reading[0]):
        times, reading = times[:1], reading[:1]
    tables: dict[str, tuple[FloatArray, str]] = {
        "CONDUCTANCE": (target / cells.most, "target conductances over the largest"),
        "PROGRAMMING": (
            np.hypot(errors.programming_error(target), variation * target) / cells.most,
            "standard deviation of programming over the largest conductance",
        ),
        "EXPONENT": (mean, "mean exponent of the drift"),
        "EXPONENT_SPREAD": (spread, "its standard deviation"),
    }
    lines = [f"# {line}" for line in origin(device, "CrossSim", "device")]
    lines += [
        f"# Statistics of {errors.source}; read at {volts:g} V.",
        "# Left out: programming by pulses, which CrossSim 3 does not know.",
        "",
        "import numpy as np",
        "from simulator import CrossSimParameters",
        "from simulator.devices.idevice import EmptyDevice",
        "",
    ]
    for name, (values, what) in tables.items():
        lines.append(f"{name} = np.array([{_list(np.broadcast_to(values, count))}])  # {what}")
    lines.append(f"TIMES = np.array([{_list(times)}])  # s, from the first read")
    rows = ",\n".join(f"    [{_list(row)}]" for row in reading)
    lines.append("# Standard deviation of a read over the conductance: a row for each time, a column for each target.")
    lines.append(f"READING = np.array([\n{rows},\n])")
    lines += [f"FIRST_READ = {errors.first_read:g}  # s", "GENERATOR = np.random.default_rng()", "", CLASS, ""]
    lines += [
        "params = CrossSimParameters()",
        f"params.xbar.device.Rmin = {1 / cells.most:.9g}  # ohm",
        f"params.xbar.device.Rmax = {1 / cells.least:.9g}  # ohm",
        f"params.xbar.device.Vread = {volts:g}  # V, chosen",
    ]
    used = {
        "programming_error": np.any(tables["PROGRAMMING"][0] > 0),
        "drift_error": np.any(mean > 0),
        "read_noise": np.any(reading > 0),
    }
    for name, there in used.items():
        if name == "drift_error" and not there and used["programming_error"]:
            lines.append("# No drift; at times above 0 CrossSim takes the errors of programming from there.")
        if there or (name == "drift_error" and used["programming_error"]):
            lines += [
                f"params.xbar.device.{name}.enable = True",
                f'params.xbar.device.{name}.model = "SynaspiceDevice"',
            ]
        else:
            lines.append(f"# Left out: {name}, of which the device's model tells none.")
    if used["drift_error"]:
        lines.append("# params.xbar.device.time is the time since the first read, in seconds.")
    return "\n".join(lines) + "\n"


def _list(values: FloatArray) -> str:
    return ", ".join(f"{value:.6g}" for value in values.tolist())
