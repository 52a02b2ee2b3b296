r"""The reservoirpy target: one oscillator as a reservoir, its amplitude at different times as the virtual nodes.

Each step of the input :math:`\mathbf u` is multiplied by a mask and held, one virtual node after another, as a
current :math:`I_k = I_0 + \Delta I\,(\mathbf M \mathbf u)_k` for a time shorter than the oscillator's relaxation. The
amplitude of the oscillation at the end of each interval is that node's state: the relaxation couples it to the nodes
before.

References
----------
J. Torrejon, M. Riou, F. Abreu Araujo et al., "Neuromorphic computing with nanoscale spintronic oscillators", Nature
547, 428 (2017), doi:10.1038/nature23011.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from reservoirpy.node import Node

from ...core.vectors import initial_state
from ...language.checks import positive, whole
from ...language.errors import ParameterError
from ...language.waveforms.shapes import FloatArray
from ...simulation.ensembles.noisy_trajectories import require_temperature
from ...simulation.reservoirs import held_response, observable_of, random_mask, usual_step

if TYPE_CHECKING:
    from ...core.base import DeviceModel


class OscillatorReservoir(Node):
    """An oscillator as a node of reservoirpy; see :meth:`CompactModel.to_reservoirpy`.

    Parameters
    ----------
    device, units, bias, amplitude, node_time
        As there.
    mask : array_like, optional
        Mask of shape (units, inputs); default: ones and minus ones at random.
    observable : str, optional
        Observable read at the end of each interval; default: ``envelope``. ``"voltage"``: the amplitude of the voltage
        over the interval, for devices without such an observable.
    temperature : float
        Temperature of the noise. [K]
    time_step : float, optional
        Step of the stochastic Heun scheme [s]; default: 1/40 of the period.
    seed : int
        Seed of mask and noise.
    name : str, optional
        Name of the node.
    """

    def __init__(
        self,
        device: DeviceModel,
        *,
        units: int,
        bias: float,
        amplitude: float,
        node_time: float,
        mask: ArrayLike | None = None,
        observable: str | None = None,
        temperature: float = 0.0,
        time_step: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        self.device, self.units = device, whole("units", units, 1)
        self.bias, self.amplitude = float(bias), float(amplitude)
        self.node_time = positive("node_time", node_time, "s")
        step = usual_step(device) if time_step is None else time_step
        self.time_step = positive("time_step", step, "s")
        self.observable = observable_of(device, observable)
        self.temperature, self.seed = require_temperature(device, temperature), whole("seed", seed, 0, 2**63 - 1)
        self.mask = None if mask is None else np.asarray(mask, dtype=float)
        if self.mask is not None and (self.mask.ndim != 2 or len(self.mask) != self.units):
            raise ParameterError(f"the mask must have the shape ({self.units}, inputs), not {self.mask.shape}")
        self.name = name
        self.output_dim = self.units
        self.state = self._rest()

    def _rest(self) -> dict[str, FloatArray]:
        start = np.array(initial_state(self.device))
        return {"out": np.zeros(self.units), "device": start, "steps": np.zeros(1)}

    def initialize(self, x: Any, y: Any = None) -> None:
        """Set the number of inputs, and draw the mask of ones and minus ones if none was given."""
        self._set_input_dim(x)
        if self.mask is None:
            self.mask = random_mask(self.units, self.input_dim, seed=self.seed)
        if self.mask.shape[1] != self.input_dim:
            raise ParameterError(f"the mask is for {self.mask.shape[1]} inputs, not for {self.input_dim}")
        self.initialized = True

    def reset(self) -> dict[str, FloatArray]:
        """Return the oscillator to its initial state."""
        previous, self.state = self.state, self._rest()
        return previous

    def _step(self, state: dict[str, FloatArray], x: FloatArray) -> dict[str, FloatArray]:
        return self._run(state, np.asarray(x)[np.newaxis])[0]

    def _run(self, state: dict[str, FloatArray], x: FloatArray) -> tuple[dict[str, FloatArray], FloatArray]:
        """Run all steps of the input in one trajectory, from where the last one ended."""
        assert self.mask is not None
        inputs = np.asarray(x, dtype=float)
        currents = self.bias + self.amplitude * (inputs @ self.mask.T).ravel()
        if not np.all(np.isfinite(currents)):
            raise ParameterError("the input of the reservoir must be finite")
        # Other noise for every call, the same for the same history.
        seed = int(np.random.SeedSequence([self.seed, int(state["steps"][0])]).generate_state(1)[0])
        held = held_response(
            self.device,
            currents[np.newaxis],
            self.node_time,
            observable=self.observable,
            temperature=self.temperature,
            time_step=self.time_step,
            seed=seed,
            states=state["device"][:, np.newaxis],
        )
        nodes = held.amplitudes.reshape(len(inputs), self.units)
        return {"out": nodes[-1], "device": held.states[:, 0], "steps": state["steps"] + len(inputs)}, nodes
