"""A device as a native one has it: residuals, their slopes, and where these go in a simulator's matrix."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import sympy as sp

from ...core.sharing import Replacement, Slope
from ...language.declarations.declaration import TEMPERATURE
from ...simulation.expressions.hoisting import Hoist
from ..sampling import INTERVAL
from .module_equations import ModuleEquations, Named, node_of
from .osdi_samples import PARAMETERS as SAMPLING

if TYPE_CHECKING:
    from ...core.base import DeviceModel

#: Nodes with signs: where the current of a row goes, or between which nodes a voltage is.
Ends = tuple[tuple[int, int], ...]


class NativeEquations:
    """Rows, columns and entries of one device.

    Rows are the currents of the branches, then the rates of the states; columns are the voltages of the branches, the
    states, the inputs, and the noises of the states in noise analyses, which have nodes of their own. Terms of
    parameters alone are hoisted out of the expressions.

    Attributes
    ----------
    parameters : dict
        Declarations of the parameters by name: those of the model, and of the noise in transients if there is any.
    samples : list of str
        Variables of that noise's samples.
    nodes : list of str
        Ports, then the nodes of noises.
    unknowns : list of str
        Variable of each column, without the noises.
    currents, rates : dict of Expr
        Residuals of the rows, by name.
    slopes : dict of Expr
        Derivative of a row with respect to a column, where it is not zero, by their numbers.
    shakes : dict of Expr
        Strength of a noise in a row, by their numbers.
    places : dict of int
        Number under which a slope or a shake is stored.
    entries : dict
        For each entry of the matrix, by its pair of nodes, the signs and numbers of its terms.
    own_entry : dict of int
        Number of the entry in which a state meets itself.
    stepping : bool
        Whether the device integrates its states itself in a transient, as one with directions and without noise does;
        see :mod:`~synaspice.devices.targets.modules.osdi_steps`.
    drives : list of int
        Numbers of the unknowns that are not states.
    motion : dict of Expr
        Rates as the model has them, by state, of a device that does.
    motion_slopes : dict of Expr
        Their derivatives, by the numbers of the state and of the unknown.
    """

    def __init__(
        self, device: DeviceModel, inputs: Sequence[str], noise: bool = False, transient_noise: bool = False
    ) -> None:
        self.module = own = ModuleEquations(device, inputs, transient_noise=transient_noise)
        self.system, self.branches, self.states, self.inputs = own.system, own.branches, list(own.states), own.inputs
        self.samples = own.samples
        self.parameters = {name: item for name, item in device.parameter_declarations().items() if name not in inputs}
        if self.samples:
            self.parameters |= SAMPLING
        self.noises = list(map(str, self.system.noises)) if noise else []
        self.nodes = [*own.ports, *(f"{n}_source" for n in self.noises)]
        self.unknowns = [*(f"v_{v}" for v in self.branches), *(str(node_of(x)) for x in self.states)]
        self.unknowns += [f"u_{pin}" for pin in inputs]
        # Samples of noise are joined by lines that bend: the simulator's own steps follow them.
        self.stepping = bool(self.system.spheres) and not self.samples
        self.drives = [
            k for k in range(len(self.unknowns)) if self.unknowns[k] not in {str(node_of(x)) for x in self.states}
        ]
        self.static = [*(sp.Symbol(p, real=True) for p in self.parameters), *self.system.derived, TEMPERATURE]
        self.static += [INTERVAL] if self.samples else []
        self.hoist = Hoist(self.static)
        self._differentiate()
        self._lay_out()

    def _differentiate(self) -> None:
        self.currents: Named = {name: self.hoist(e) for name, e in self.module.currents().items()}
        self.rates: Named = {name: self.hoist(e) for name, e in self.module.rates().items()}
        self.slopes: dict[tuple[int, int], sp.Expr] = {}
        by = [Slope(sp.Symbol(unknown, real=True)) for unknown in self.unknowns]
        for row, expression in enumerate([*self.currents.values(), *self.rates.values()]):
            for column, slope_of in enumerate(by):
                slope = slope_of(expression)
                # A state's own entry is always there: it is 1 where the state is held. Of a step of its own a device
                # tells how every drive changes where it leads.
                stepped = self.stepping and row >= len(self.currents) and column in self.drives
                if slope != 0 or column == self.own_column(row) or stepped:
                    self.slopes[row, column] = self.hoist(slope)
        self.motion: Named = {x: self.hoist(e) for x, e in self.module.motion().items()} if self.stepping else {}
        self.motion_slopes = {
            (row, column): self.hoist(slope)
            for row, expression in enumerate(self.motion.values())
            for column, slope_of in enumerate(by)
            if (slope := slope_of(expression)) != 0
        }
        self.shakes: dict[tuple[int, int], sp.Expr] = {}
        for (x, n), strength in (self.module.shakes() if self.noises else {}).items():
            row, column = len(self.currents) + self.states.index(x), len(self.unknowns) + self.noises.index(n)
            self.shakes[row, column] = strength

    @property
    def hoisted(self) -> Replacement:
        """Terms of parameters alone as the elements of the instance's array, ``h``."""
        return Replacement({s: sp.Symbol(f"h[{s.name[2:]}]", real=True) for s in self.hoist.found.values()})

    def own_column(self, row: int) -> int | None:
        """The column of a row's own state; None for a current."""
        return len(self.branches) + row - len(self.currents) if row >= len(self.currents) else None

    def _lay_out(self) -> None:
        number = {node: k for k, node in enumerate(self.nodes)}
        ends: list[Ends] = [((number[b.positive], 1), (number[b.negative], -1)) for b in self.branches.values()]
        ends += [((number[x], 1),) for x in self.states]
        self.rows = ends
        sources = [f"{n}_source" for n in self.noises]
        self.columns = columns = [*ends, *(((number[node], 1),) for node in (*self.inputs, *sources))]
        self.places = {key: k for k, key in enumerate([*self.slopes, *self.shakes])}
        self.entries: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for (row, column), place in self.places.items():
            for one, sign in self.rows[row]:
                for other, opposite in columns[column]:
                    self.entries.setdefault((one, other), []).append((sign * opposite, place))
        for source in sources:  # a node of its own, held at zero by one ohm
            self.entries[number[source], number[source]] = []
        self.own_entry = {x: list(self.entries).index((number[x], number[x])) for x in self.states}

    def slopes_of(self, row: int) -> dict[int, int]:
        """Column and number of the slopes of a row."""
        return {column: self.places[r, column] for r, column in self.slopes if r == row}
