r"""Layers of PyTorch whose weights are conductances of devices: on levels, with spread, noise and drift.

.. math:: y = (W + \Delta W)\, x + b

where :math:`W + \Delta W` are the weights that the conductances of cells stand for
(:mod:`~synaspice.circuits.crossbars.weights.weight_cells`). Weights are programmed when they have changed, and
read in every pass. Gradients pass as if there were neither levels nor errors (straight through),

.. math:: \frac{\partial (W + \Delta W)}{\partial W} = 1

so that training with a layer is training with the hardware in the loop: forward on the cells, backward in software.
Inputs, sums and biases are exact; wires have no resistance.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Self

import numpy as np
import torch
from torch import nn

from ....devices.language.checks import instance, positive, real, whole
from ....devices.language.errors import ParameterError
from ....devices.language.waveforms.shapes import FloatArray
from .weight_cells import ProgrammedCells, WeightCells


def _passes_by(_layer: nn.Module, _inputs: Any) -> None:
    """A hook that changes nothing."""


class NoisyLayer(nn.Module):
    """What layers with weights in cells share.

    The state of the cells is not in ``state_dict``, which has weights and biases: a layer that loads it programs its
    own cells.

    Attributes
    ----------
    cells : WeightCells
        The cells.
    largest : float or None
        The weight that the whole range of conductances stands for; None: the largest weight at each programming.
    """

    cells: WeightCells
    largest: float | None

    def hold(self, cells: WeightCells, *, seed: int = 0, largest: float | None = None) -> None:
        """Put the weights into other cells.

        Parameters
        ----------
        cells : WeightCells
            The cells.
        seed : int
            Seed of the cells, their programming and their reads.
        largest : float, optional
            The weight that the whole range stands for; default: the largest weight at each programming.
        """
        self.cells = instance("cells", cells, WeightCells)
        if not self.weight.dtype.is_floating_point:
            raise ParameterError(f"weights in cells must be real numbers, not {self.weight.dtype}")
        self.largest = None if largest is None else positive("largest", largest)
        # PyTorch's fused transformer layers read the weights themselves, past the cells, unless a layer has a hook.
        if _passes_by not in self._forward_pre_hooks.values():
            self.register_forward_pre_hook(_passes_by)
        self._generator = np.random.default_rng(whole("seed", seed, 0))
        outputs = self.weight.shape[0]
        self._factors = cells.draw_factors(self.weight.numel() // outputs, outputs, self._generator)
        self._faults = cells.draw_faults(self.weight.numel() // outputs, outputs, self._generator)
        self._programmed: ProgrammedCells | None = None
        self._time = 0.0

    @property
    def time(self) -> float:
        """Time since the first read after programming, at which the cells are read [s]; programming sets it to 0."""
        return self._time

    @time.setter
    def time(self, seconds: float) -> None:
        elapsed = real("time", seconds, "s")
        if elapsed < 0:
            raise ParameterError(f"time must not be before the first read, not {elapsed:g} s")
        self.programmed()
        self._time = elapsed

    def program(self) -> ProgrammedCells:
        """Program the weights into the cells anew, with new errors of programming."""
        self._programmed = self.cells.program(
            self._matrix(), self._generator, factors=self._factors, faults=self._faults, largest=self.largest
        )
        self._time = 0.0
        return self._programmed

    def programmed(self) -> ProgrammedCells:
        """The cells as the last programming left them; they are programmed if the weights have changed since."""
        last = self._programmed
        if last is None or not np.array_equal(last.mapping.weights, self._clipped()):
            return self.program()
        return last

    def read(self) -> torch.Tensor:
        """The weights that one read of the cells finds, of the shape of ``weight``; gradients pass straight through."""
        cells = self.programmed()
        found = cells.weights(cells.read(self._generator, self._time))
        tensor = torch.as_tensor(found.T.copy()).reshape(self.weight.shape).to(self.weight)
        return self.weight + (tensor - self.weight).detach()

    def _matrix(self) -> FloatArray:
        """The weights, inputs by outputs, as word lines and bit lines are."""
        flat = self.weight.detach().reshape(self.weight.shape[0], -1)
        return np.asarray(flat.T.double().cpu().numpy())

    def _clipped(self) -> FloatArray:
        """The weights as the cells can have them."""
        weights = self._matrix()
        return weights if self.largest is None else np.clip(weights, -self.largest, self.largest)


class NoisyLinear(NoisyLayer, nn.Linear):
    """Linear layer with its weights in cells.

    Parameters
    ----------
    in_features, out_features : int
        Numbers of inputs and outputs.
    cells : WeightCells
        The cells.
    bias : bool
        Whether there are biases, which are exact.
    seed : int
        Seed of the cells, their programming and their reads.
    largest : float, optional
        The weight that the whole range of conductances stands for; default: the largest at each programming.
    **factory : object
        ``device`` and ``dtype`` of the weights.

    Raises
    ------
    ParameterError
        If the cells are none, or the seed is negative.
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        cells: WeightCells,
        *,
        bias: bool = True,
        seed: int = 0,
        largest: float | None = None,
        **factory: Any,
    ) -> None:
        super().__init__(whole("in_features", in_features, 1), whole("out_features", out_features, 1), bias, **factory)
        self.hold(cells, seed=seed, largest=largest)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Outputs, shape (..., out_features), of one read of the cells."""
        return nn.functional.linear(inputs, self.read(), self.bias)

    @classmethod
    def of(cls, layer: nn.Linear, cells: WeightCells, *, seed: int = 0, largest: float | None = None) -> Self:
        """The layer with weights and biases of another one, which both share from now on."""
        made = cls.__new__(cls)
        _share(made, layer, cells, seed, largest)
        return made


class NoisyConv2d(NoisyLayer, nn.Conv2d):
    """Convolution with its weights in cells: each filter is a column, each patch of the image a vector of inputs.

    All patches of a pass see the same read of the cells.

    Parameters
    ----------
    in_channels, out_channels : int
        Numbers of channels.
    kernel_size : int or tuple of int
        Size of the filters.
    cells : WeightCells
        The cells.
    seed : int
        Seed of the cells, their programming and their reads.
    largest : float, optional
        The weight that the whole range of conductances stands for; default: the largest at each programming.
    **options : object
        As :class:`torch.nn.Conv2d` takes them: ``stride``, ``padding``, ``dilation``, ``groups``, ``bias``, ...

    Raises
    ------
    ParameterError
        If the cells are none, or the seed is negative.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        cells: WeightCells,
        *,
        seed: int = 0,
        largest: float | None = None,
        **options: Any,
    ) -> None:
        sizes = (kernel_size,) if isinstance(kernel_size, int) else kernel_size
        for name, value in (("in_channels", in_channels), ("out_channels", out_channels)):
            whole(name, value, 1)
        for value in sizes:
            whole("kernel_size", value, 1)
        super().__init__(in_channels, out_channels, kernel_size, **options)
        self.hold(cells, seed=seed, largest=largest)

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        """Outputs, shape (..., out_channels, height, width), of one read of the cells."""
        return self._conv_forward(inputs, self.read(), self.bias)

    @classmethod
    def of(cls, layer: nn.Conv2d, cells: WeightCells, *, seed: int = 0, largest: float | None = None) -> Self:
        """The layer with weights and biases of another one, which both share from now on."""
        made = cls.__new__(cls)
        _share(made, layer, cells, seed, largest)
        return made


#: The layers that take the place of others.
COUNTERPARTS: dict[type[nn.Module], Any] = {nn.Linear: NoisyLinear, nn.Conv2d: NoisyConv2d}


def noisy_layers(module: nn.Module) -> Iterator[NoisyLayer]:
    """The layers of a module that have their weights in cells, itself included."""
    return (layer for layer in module.modules() if isinstance(layer, NoisyLayer))


def _share(made: Any, layer: nn.Module, cells: WeightCells, seed: int, largest: float | None) -> None:
    """Give a new layer all that another one has: sizes and options, parameters, hooks."""
    made.__dict__ = {key: value.copy() if isinstance(value, dict) else value for key, value in layer.__dict__.items()}
    made.hold(cells, seed=seed, largest=largest)
