"""A user's network of PyTorch with its weights in devices of this package."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ....devices.language.checks import flag, instance, known, names, whole
from ....devices.language.errors import ParameterError
from ....devices.language.optional import require
from .weight_cells import WeightCells

if TYPE_CHECKING:
    from torch import nn


def convert_to_noisy(
    module: nn.Module,
    cells: WeightCells | Mapping[str, WeightCells],
    *,
    exclude: str | Sequence[str] = (),
    seed: int = 0,
    inplace: bool = False,
) -> nn.Module:
    """Put the weights of a network's linear and two-dimensional convolutional layers into cells of a device.

    Layers of exactly the classes ``torch.nn.Linear`` and ``torch.nn.Conv2d`` become
    :class:`~synaspice.circuits.crossbars.weights.noisy_layers.NoisyLinear` and
    :class:`~synaspice.circuits.crossbars.weights.noisy_layers.NoisyConv2d`; all else stays. Each layer has cells
    of its own.

    Parameters
    ----------
    module : torch.nn.Module
        The network.
    cells : WeightCells or mapping
        The cells of all layers, or those of each, by its name in ``module.named_modules()``.
    exclude : str or sequence of str
        Names of layers that stay as they are.
    seed : int
        Seed; every layer's is derived from it and from the layer's number.
    inplace : bool
        Whether the network itself is changed; default: a copy.

    Returns
    -------
    torch.nn.Module
        The network, or its counterpart if it is itself such a layer.

    Raises
    ------
    MissingDependencyError
        If PyTorch is not installed.
    ParameterError
        If it is no module, there are no such layers, or not all of them have cells.
    UnknownNameError
        If a name is not that of such a layer.
    """
    torch = require("torch", "convert_to_noisy()")
    from .noisy_layers import COUNTERPARTS

    instance("module", module, torch.nn.Module, "a torch.nn.Module")
    seed = whole("seed", seed, 0)
    changed = module if flag("inplace", inplace) else copy.deepcopy(module)
    # A layer that stands in several places is one array of cells, of the first of its names.
    places = list(changed.named_modules(remove_duplicate=False))
    found = {name: layer for name, layer in changed.named_modules() if type(layer) in COUNTERPARTS}
    given = dict(cells) if isinstance(cells, Mapping) else dict.fromkeys(found, instance("cells", cells, WeightCells))
    left = names("exclude", exclude, empty=True)
    for name in [*left, *given]:
        known("linear or convolutional layer", name, found)
    if not (wanted := [name for name in found if name not in left]):
        raise ParameterError(f"{type(module).__name__} has no linear or convolutional layer to put into cells")
    if lacking := [name for name in wanted if name not in given]:
        raise ParameterError(f"no cells are given for {', '.join(lacking)}: name them, or exclude those layers")
    made: dict[nn.Module, nn.Module] = {}
    for number, (name, layer) in enumerate(found.items()):
        if name in wanted:
            own = int(np.random.SeedSequence([seed, number]).generate_state(1)[0])
            made[layer] = COUNTERPARTS[type(layer)].of(layer, given[name], seed=own)
    if changed in made:
        return made[changed]
    for name, layer in places:
        if layer in made:
            parent, _, child = name.rpartition(".")
            setattr(changed.get_submodule(parent), child, made[layer])
    return changed
