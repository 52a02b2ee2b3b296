"""Slots: places of a cell for a device, with what a device must be to stand there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, overload

import sympy as sp

from ....devices.catalog import find_model, models
from ....devices.core.protocols import Statics
from ....devices.language.declarations.declaration import Declared
from ....devices.language.errors import ParameterError
from ....devices.model import CompactModel


@dataclass(frozen=True)
class Fit:
    """What a device must have to fit into a slot.

    Attributes
    ----------
    words : str
        What it is, after "the slot needs".
    holds : callable
        Whether a device has it.
    by_values : bool
        Whether a device of any model that fits otherwise has it with other values of its parameters.
    """

    words: str
    holds: Callable[[CompactModel], bool]
    by_values: bool = False


#: Conditions of usual slots.
TWO_TERMINALS = Fit("a device of two terminals", lambda device: len(device.terminals()) == 2)
AGITATED = Fit(
    "thermal noise of the states",
    lambda device: any(
        density.xreplace({sp.Symbol(name, real=True): sp.S.Zero for name, value in device.values.items() if value == 0})
        != 0
        for density in device.system.noises.values()
    ),
)


def kind_of(model: type[CompactModel]) -> Fit:
    """The condition that a device is of a model, or of one that derives from it."""
    return Fit(f"a {model.model_name()}, or a model derived from it", lambda device: isinstance(device, model))


def in_states(*names: str) -> Fit:
    """The condition that a device has reference states of these names, between which it can be switched."""
    words = f"the reference states {' and '.join(names)}"
    return Fit(words, lambda device: device.suits(Statics) and {*names} <= {*device.protocol(Statics).states})


def named_device(text: str) -> CompactModel:
    """The device that a text names: ``mtj``, or with a preset ``mtj:ikeda2010``.

    Raises
    ------
    UnknownNameError
        If there is no such device or preset.
    """
    name, colon, preset = text.partition(":")
    model = find_model(name)
    return model.preset(preset) if colon else model()


@dataclass
class Slot(Declared):
    """A place for a device in a cell; on a cell the attribute is the device that stands there.

    ``PBit(junction=MTJ.preset("ikeda2010"))`` and ``PBit(junction="mtj:ikeda2010")`` put another device there than the
    cell's own; ``PBit(**{"junction.damping": 0.02})`` changes a parameter of whichever stands there.

    Attributes
    ----------
    description : str
        What the device does in the cell.
    own : callable
        Function of the cell that gives the cell's own device.
    fits : tuple of Fit
        What another device must have.
    parameters : Mapping
        Parameters of the cell that are those of its own device alone, and the parameters of that device that each of
        them sets.
    sets : Mapping
        Functions of the cell that give what it sets on whichever device stands there, by the device's parameter.
    """

    description: str
    own: Callable[[Any], CompactModel]
    fits: tuple[Fit, ...]
    parameters: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sets: Mapping[str, Callable[[Any], float]] = field(default_factory=dict)

    @overload
    def __get__(self, instance: None, owner: type) -> Slot: ...
    @overload
    def __get__(self, instance: object, owner: type) -> Any: ...
    def __get__(self, instance: Any, owner: type) -> Any:
        return self if instance is None else instance.device_in(self.name)

    def misfit(self, device: CompactModel) -> str | None:
        """What a device lacks for the slot, in words; None if it fits."""
        return next((fit.words for fit in self.fits if not fit.holds(device)), None)

    def fitting(self) -> list[str]:
        """Names of the models that fit."""
        conditions = [fit for fit in self.fits if not fit.by_values]
        usual = {name: model() for name, model in models().items()}
        return [name for name, device in usual.items() if all(fit.holds(device) for fit in conditions)]

    def check(self, value: object, cell: str) -> CompactModel:
        """The device for the slot of a cell: as it is, or by its name.

        Raises
        ------
        ParameterError
            If it is none, or does not fit; the message says why, and which do.
        UnknownNameError
            If there is no device or preset of that name.
        """
        device = named_device(value) if isinstance(value, str) else value
        if not isinstance(device, CompactModel):
            raise ParameterError(
                f"{self.name} of {cell} is a device, as MTJ.preset('ikeda2010') or 'mtj:ikeda2010', not {value!r}"
            )
        lacking = self.misfit(device)
        if lacking is not None:
            raise ParameterError(
                f"{device.model_name()} does not fit {cell}: its {self.name} ({self.description}) needs {lacking}; "
                f"these fit: {', '.join(self.fitting())}"
            )
        return device

    def check_change(self, parameter: str, cell: str, own: bool) -> None:
        """Refuse a change of a parameter that the cell sets itself, of its own device or of any.

        Raises
        ------
        ParameterError
            If it is such a one; the message names the parameter of the cell, where there is one.
        """
        if parameter in self.sets:
            raise ParameterError(f"{self.name}.{parameter} is set by {cell} itself")
        for name, sets in self.parameters.items() if own else ():
            if parameter in sets:
                raise ParameterError(f"{self.name}.{parameter} is set by the parameter {name} of {cell}: give that")
