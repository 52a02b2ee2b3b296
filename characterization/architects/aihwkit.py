r"""A device as a resistive device of aihwkit that learns by pulses: a module of Python that its users import.

A pulse moves the weight by a step that is interpolated between nodes over the weight,

.. math:: w \leftarrow \mathrm{clip}\left[w \pm \Delta w_\mathrm{min}\, v_\pm(w)\,(1 + \sigma\,\xi)\right]

(``PiecewiseStepDevice``), or is linear in it (``LinearStepDevice``), as for soft bounds and for the curves of
NeuroSim's formula, :math:`\Delta w_\pm = s_\pm (1 \mp \gamma_\pm w)`. The weight goes from -1 at the lowest
conductance of the bench ``potentiation`` to 1 at the highest.

References
----------
M. J. Rasch, D. Moreda, T. Gokmen, M. Le Gallo, F. Carta, C. Goldberg, K. El Maghraoui, A. Sebastian, V. Narayanan,
IEEE AICAS 2021, doi:10.1109/AICAS51828.2021.9458494; names as in the authors' program, aihwkit 1.1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ...devices.language.checks import known, whole
from ...devices.language.errors import ParameterError, ValidityWarning, warn_user
from ...devices.language.waveforms.shapes import FloatArray
from ...devices.model import CompactModel
from ...devices.targets.header import origin
from .kept import require_kept
from .pulse_steps import PulseSteps, pulse_steps

#: The classes that steps become, and the least and most nodes of the first: on GPUs aihwkit takes fewer than 64.
KINDS, NODES = ("piecewise", "linear"), (2, 63)
#: Misfit, over the range, that is told, and above which steps are not linear in the weight. [1]
MOST_MISFIT = 0.05
#: Misfit of piecewise steps above which they are another device's. [1]
HOPELESS = 0.25


def aihwkit_device(
    device: CompactModel, *, kind: str = "piecewise", nodes: int = 32, pulses: int = 64, **measured: Any
) -> str:
    """Describe a device as a resistive device of aihwkit: a module with ``device`` and ``rpu_config``.

    Parameters
    ----------
    device : CompactModel
        A device whose conductance pulses raise and lower.
    kind : str
        ``"piecewise"`` for any curve, ``"linear"`` for steps that are linear in the weight.
    nodes : int
        Nodes of a piecewise curve, 2 to 63.
    pulses : int
        Pulses in each direction.
    **measured
        As of :func:`~synaspice.characterization.architects.pulse_steps.pulse_steps`: read voltage, temperature and
        cycles of the noise, distributions and number of devices, seed.

    Returns
    -------
    str
        Statements in Python. What is not measured is 0, and comments say so; the misfit of the curves stands there.

    Raises
    ------
    ParameterError
        If the bench refuses the device, or its steps are not linear in the weight, or between the nodes, by far.

    Warns
    -----
    ValidityWarning
        If the curve of piecewise steps misses the device's by more than 5 % of the range.
    """
    known("kind of aihwkit's device", kind, KINDS)
    count = whole("nodes", nodes, *NODES)
    require_kept(device, "aihwkit", measured.get("read_voltage", 0.1))
    found = pulse_steps(device, pulses=pulses, **measured)
    sizes = found.at_nodes(count) if kind == "piecewise" else linear_steps(found)
    misfits = found.misfit(sizes)
    if max(misfits) > MOST_MISFIT:
        told = f"miss the curves of {device.model_name()} by {100 * max(misfits):.2g} % of the range"
        if kind == "linear":
            raise ParameterError(f"steps that are linear in the weight {told}: take kind='piecewise'")
        if max(misfits) > HOPELESS:
            raise ParameterError(
                f"steps between {count} nodes {told}: their lengths differ too much, take other pulses"
            )
        warn_user(f"steps between {count} nodes {told}: more nodes or other pulses are needed", ValidityWarning)
    smallest = float(np.mean(np.concatenate([np.abs(np.diff(found.up)), np.abs(np.diff(found.down))])))
    attributes = found.table.attrs
    (up, down), (rise, fall) = attributes["amplitudes"], attributes["widths"]
    name = "PiecewiseStepDevice" if kind == "piecewise" else "LinearStepDevice"
    lines = [f"# {line}" for line in origin(device, "aihwkit", "device")]
    lines += [
        f"# Measured by the bench potentiation: {pulses} equal pulses up ({up:.6g} V, {rise:.4g} s) and down "
        f"({down:.6g} V, {fall:.4g} s).",
        f"# aihwkit's curves miss the device's by {100 * misfits[0]:.2g} % (up) and {100 * misfits[1]:.2g} % (down) of "
        "the range, rms.",
        f"# Weight -1 is {found.lowest:.6g} S, weight 1 is {found.highest:.6g} S.",
        "",
        f"from aihwkit.simulator.configs import {name}, SingleRPUConfig",
        "from aihwkit.simulator.parameters.enums import WeightNoiseType",
        "",
        f"LOWEST, HIGHEST = {found.lowest:.9g}, {found.highest:.9g}  # S",
        "",
    ]
    common = {
        "w_min": "-1.0",
        "w_max": "1.0",
        "w_min_dtod": _told(found.lowest_spread),
        "w_max_dtod": _told(found.highest_spread),
        "dw_min": f"{smallest:.9g}",
        "dw_min_dtod": _told(found.step_spread, "of the steps at the same weight, from device to device"),
        "dw_min_std": _told(found.cycle_spread, "of a step, from cycle to cycle"),
        "up_down_dtod": "0.0",
    }
    lines += _piecewise(sizes, smallest, common) if kind == "piecewise" else _linear(sizes, common)
    lines += ["", "rpu_config = SingleRPUConfig(device=device)"]
    if found.read_spread is None:
        lines.append("# Left out: noise of reads, which this device's model does not tell.")
    else:
        lines += [
            "for read in (rpu_config.forward, rpu_config.backward):",
            f"    read.w_noise = {found.read_spread:.4g}  # of a read, the largest over the range",
            "    read.w_noise_type = WeightNoiseType.ADDITIVE_CONSTANT",
        ]
    lines += [
        "# Left out: drift, which aihwkit's pulsed devices apply to weights and not to conductances. For inference",
        "# there is a noise model with it: device.to('aihwkit') of the devices that declare it.",
    ]
    return "\n".join(lines) + "\n"


def linear_steps(found: PulseSteps) -> tuple[FloatArray, FloatArray]:
    """Sizes of steps up and down at the weights -1 and 1 that are linear in between, by least squares [1]."""
    ends = []
    for there in (found.up, found.down):
        steps = np.abs(np.diff(there))
        slope, middle = np.polyfit(there[:-1], steps, 1)
        ends.append(np.maximum([middle - slope, middle + slope], 0.0))
    return ends[0], ends[1]


def _piecewise(sizes: tuple[FloatArray, FloatArray], smallest: float, common: dict[str, str]) -> list[str]:
    values = {f"piecewise_{name}": _list(each / smallest) for name, each in zip(("up", "down"), sizes, strict=True)}
    return _class("PiecewiseStepDevice", common | {"up_down": "0.0"} | values)


def _linear(sizes: tuple[FloatArray, FloatArray], common: dict[str, str]) -> list[str]:
    """Steps s (1 - gamma w) up and s (1 + gamma w) down; by ``up_down`` the smaller s is below the other, dw_min."""
    (up_low, up_high), (down_low, down_high) = sizes
    up, down = (up_low + up_high) / 2, (down_low + down_high) / 2
    larger = max(up, down)
    values = {
        "dw_min": f"{larger:.9g}",
        "up_down": f"{(up - down) / larger:.6g}",
        "gamma_up": f"{(up_low - up_high) / (2 * up):.6g}",
        "gamma_down": f"{(down_high - down_low) / (2 * down):.6g}",
        "gamma_up_dtod": "0.0",
        "gamma_down_dtod": "0.0",
        "allow_increasing": "True",
    }
    return _class("LinearStepDevice", common | values)


def _class(name: str, values: dict[str, str]) -> list[str]:
    lines = []
    for key, value in values.items():
        text, mark, comment = value.partition("  # ")
        lines.append(f"    {key}={text},{mark and '  # '}{comment}")
    return [f"device = {name}(", *lines, ")"]


def _told(value: float, what: str = "") -> str:
    if not value:
        return "0.0  # not measured"
    return f"{value:.4g}" + (f"  # {what}" if what else "")


def _list(values: FloatArray) -> str:
    text = ", ".join(f"{value:.6g}" for value in values.tolist())
    return f"[{text}]"
