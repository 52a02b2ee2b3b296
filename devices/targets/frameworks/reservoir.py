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

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike
from reservoirpy.node import Node

from ...core.vectors import compiled, initial_state
from ...language.checks import known, positive, whole
from ...language.errors import ParameterError
from ...language.waveforms import FloatArray, Waveform
from ...simulation.ensembles.plan import Chunk, Plan
from ...simulation.noisy_trajectories import require_temperature
from ...simulation.request import Request
from ...simulation.static import evaluate_static

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: Steps in a period of the oscillation, and least samples of an interval from which an amplitude is computed.
STEPS, SAMPLES = 40, 16


@dataclass(frozen=True)
class _Held(Waveform):
    """Levels that are each held for the same time; the first, which comes before them, is left within a step."""

    levels: tuple[float, ...]
    interval: float

    def __call__(self, time: ArrayLike) -> FloatArray:
        # The end of an interval belongs to it, so that its last step sees its level alone; but for rounding.
        number = np.ceil(np.asarray(time, dtype=float) / self.interval - 1e-6).astype(int)
        return np.asarray(np.asarray(self.levels)[np.clip(number, 0, len(self.levels) - 1)])


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
        Step of the stochastic Heun scheme [s]; default: 1/40 of the model's time scale.
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
        step = positive("time_step", device.settling_time / STEPS if time_step is None else time_step, "s")
        choices = ["voltage", *map(str, device.system.observables)]
        self.observable = observable or ("envelope" if "envelope" in choices else "voltage")
        known(f"observable of {device.model_name()}", self.observable, choices)
        # The samples of an interval: its end, or enough of them to know the amplitude of the voltage.
        self._samples = SAMPLES if self.observable == "voltage" else 1
        self._steps = self._samples * int(np.ceil(self.node_time / step / self._samples * (1 - 1e-12)))
        self.temperature, self.seed = require_temperature(device, temperature), whole("seed", seed, 0, 2**63 - 1)
        self.mask = None if mask is None else np.asarray(mask, dtype=float)
        if self.mask is not None and (self.mask.ndim != 2 or len(self.mask) != self.units):
            raise ParameterError(f"the mask must have the shape ({self.units}, inputs), not {self.mask.shape}")
        self.name = name
        self.output_dim = self.units
        self.state = self._rest()

    def _rest(self) -> dict[str, FloatArray]:
        start = np.array(initial_state(self.device))
        current = np.array([self.bias])
        return {"out": np.zeros(self.units), "device": start, "current": current, "steps": np.zeros(1)}

    def initialize(self, x: Any, y: Any = None) -> None:
        """Set the number of inputs, and draw the mask of ones and minus ones if none was given."""
        self._set_input_dim(x)
        if self.mask is None:
            generator = np.random.default_rng(self.seed)
            self.mask = generator.choice([-1.0, 1.0], size=(self.units, self.input_dim))
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
        duration = self.node_time * len(currents)
        drive = _Held((*state["current"].tolist(), *currents.tolist()), self.node_time)
        request = Request.of(self.device, drive, duration, "current", {})
        # Other noise for every call, the same for the same history.
        seed = int(np.random.SeedSequence([self.seed, int(state["steps"][0])]).generate_state(1)[0])
        plan = Plan(request, self.temperature, seed, self._steps * len(currents), block=1, noise=self.temperature > 0)
        chunk = Chunk(plan, 0, 1)
        chunk.states[:, 0] = state["device"]
        points = self._samples * len(currents)
        traces = np.empty((len(chunk.states) + len(chunk.telegraphs), 1, points + 1))
        traces[:, :, 0] = np.concatenate([chunk.states, chunk.telegraphs])
        chunk.advance(plan.steps, plan.steps // points, traces)
        nodes = self._measured(plan, traces[:, :, 1:]).reshape(len(inputs), self.units)
        last = {"device": chunk.states[:, 0].copy(), "current": currents[-1:], "steps": state["steps"] + len(inputs)}
        return {"out": nodes[-1], **last}, nodes

    def _measured(self, plan: Plan, traces: FloatArray) -> FloatArray:
        """The state of every virtual node."""
        times = np.arange(1, traces.shape[-1] + 1) * (plan.request.duration / traces.shape[-1])
        quantities = plan.quantities(times, traces, plan.nominal[0])
        first = next(iter(self.device.branches()))
        if self.observable == "voltage":
            return np.asarray(np.sqrt(2) * quantities[first].reshape(-1, self._samples).std(axis=1))
        names = [first, *compiled(self.device).state_names]
        found = evaluate_static(self.device, {name: quantities[name].ravel() for name in names})[self.observable]
        return np.asarray(found)
