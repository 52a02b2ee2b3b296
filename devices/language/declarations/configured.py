"""Things with declared parameters and options: a device, or a cell of devices and transistors."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Self

import numpy as np

from ..checks import known
from .declaration import Declarations, Parameter


class _Computed:
    """Stands in a signature for a default that follows from the other parameters."""

    def __repr__(self) -> str:
        return "computed"


class _Signature:
    """The signature that the constructor of a class has at run time: every parameter and option by its name."""

    def __get__(self, instance: object, owner: type[Declarations]) -> inspect.Signature:
        kinds = {"kind": inspect.Parameter.KEYWORD_ONLY}
        parameters = [
            inspect.Parameter(
                name, default=_Computed() if callable(item.default) else item.default, annotation=float | str, **kinds
            )
            for name, item in owner.parameter_declarations().items()
        ]
        parameters += [
            inspect.Parameter(name, default=item.default, annotation=str, **kinds)
            for name, item in owner.option_declarations().items()
        ]
        return inspect.Signature(parameters)


class Configured(Declarations):
    """Base of things with parameters and options, checked when made, which do not change afterwards.

    Parameters
    ----------
    **values : float or str
        Values of parameters (numbers in SI units, or strings such as ``"40n"`` or ``"40 nm"``) and of
        options; those that are not given take their defaults.

    Raises
    ------
    UnknownNameError
        If a name is not a parameter.
    ParameterError
        If a value is not a number, has the wrong unit or lies outside its bounds.
    """

    #: The constructor's signature for editors and ``help``.
    __signature__ = _Signature()
    #: Members for authors of models, cells, benches and formats, such as ``system`` and ``state_declarations``. They
    #: are public and stay, but hold declarations and SymPy expressions, which users of a device do not need: ``dir``
    #: leaves them out.
    for_authors: ClassVar[frozenset[str]] = frozenset(
        {*vars(Declarations), "check", "check_values", "for_authors", "given", "settable_declarations"}
    ) - {
        "branches",
        "model_name",
        "terminals",
    }

    def __init__(self, **values: float | str) -> None:
        self._settle(values)

    #: Parameters that this one does not have, because of what else was given; see cells, whose slots take devices.
    _unused: frozenset[str] = frozenset()

    def _settle(self, given: Mapping[str, Any]) -> None:
        parameters, options = self.settable_declarations(), self.option_declarations()
        for name in given:
            known(f"parameter of {self.model_name()}", name, [*parameters, *options])
        self._given = {name: value.item() if isinstance(value, np.generic) else value for name, value in given.items()}
        self._options = {name: option.check(given.get(name, option.default)) for name, option in options.items()}
        self._values: dict[str, float] = {}
        computed = []
        for name, parameter in parameters.items():
            if name in given:
                self._values[name] = parameter.check(given[name])
            elif callable(parameter.default):
                computed.append(parameter)
            else:
                self._values[name] = parameter.check(parameter.default)
        for parameter in computed:  # in declaration order, each may use those before it
            assert callable(parameter.default)
            self._values[parameter.name] = parameter.check(parameter.default(self))
        self._values = {name: self._values[name] for name in parameters}
        self.check()

    def settable_declarations(self) -> dict[str, Parameter]:
        """The declared parameters that this one has, by name."""
        return {name: item for name, item in self.parameter_declarations().items() if name not in self._unused}

    @classmethod
    def check_values(cls, values: Mapping[str, Any]) -> None:
        """Refuse values with which none can be made, by the errors of the constructor."""
        cls.__new__(cls)._settle(values)

    def check(self) -> None:
        """Hook for conditions between parameters; raises :class:`ParameterError` if one is violated."""

    @property
    def values(self) -> Mapping[str, float]:
        """Value of every parameter, in SI units."""
        return MappingProxyType(self._values)

    @property
    def given(self) -> Mapping[str, Any]:
        """What was given when it was made: the other values are defaults."""
        return MappingProxyType(self._given)

    @property
    def options(self) -> Mapping[str, str]:
        """Value of every option."""
        return MappingProxyType(self._options)

    def replace(self, **overrides: float | str) -> Self:
        """Return the same with other values for some parameters; computed defaults follow."""
        other = type(self).__new__(type(self))
        other._settle({**self._given, **overrides})
        return other

    def __dir__(self) -> list[str]:
        """Names for users: values and methods. Those in :attr:`for_authors` are there too, but not shown."""
        # A declaration without __get__ is the same on an instance as on the class.
        only_declared = {name for name, item in self.declarations().items() if not hasattr(item, "__get__")}
        hidden = self.for_authors | only_declared
        shown = (name for name in super().__dir__() if not name.startswith("_") and not name.endswith("equations"))
        return sorted(name for name in shown if name not in hidden)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self._given.items())})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self._values == other._values and self._options == other._options

    def __hash__(self) -> int:
        return hash((type(self), tuple(self._values.items()), tuple(self._options.items())))
