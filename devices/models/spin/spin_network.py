r"""Networks of spin transport blocks: solved by nodal analysis, and written as an ngspice deck.

A network joins the ports of :class:`~synaspice.devices.models.spin.spin_block.SpinBlock` at named nodes, each with a
charge potential and three spin potentials. With the admittance matrix :math:`\mathsf Y` assembled from the blocks,

.. math::

    \mathsf Y \mathbf V = \mathbf I

where some components of :math:`\mathbf V` are held (grounds and potentials) and currents enter at the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.linalg import lapack
from scipy.sparse import csc_matrix, csr_matrix
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import LinearOperator, onenormest, splu

from ...language.checks import known, real
from ...language.errors import ParameterError, SimulationError
from ...language.waveforms.shapes import FloatArray
from ...targets.spice.statements import check_name
from .spin_block import COMPONENTS, SpinBlock

if TYPE_CHECKING:
    import pandas as pd

#: Below this ratio of the extreme singular values, with all conductances scaled to one, spin potentials are undefined.
SINGULAR = 1e-13
#: How much the estimate of a condition number may be too small; LAPACK's is hardly ever by more than ten.
SAFE = 100
#: Components from which on a network is solved by the few neighbours that its nodes have.
LARGE = 200
#: Least reciprocal of its condition number for that: two ways of rounding then agree to 1e-8.
WELL = 1e-8


@dataclass(frozen=True)
class SpinSolution:
    """Currents of a network.

    Attributes
    ----------
    potentials : DataFrame
        Charge and spin potentials of every node; columns ``c``, ``x``, ``y``, ``z``. [V]
    currents : DataFrame
        Currents from the nodes into every block, by block and port; the same columns. [A]
    supplied : DataFrame
        Currents that grounds and potentials supply to each node; zero where nothing is held. [A]
    """

    potentials: pd.DataFrame
    currents: pd.DataFrame
    supplied: pd.DataFrame


@dataclass(frozen=True)
class _CurrentSource:
    value: float
    into: str
    out_of: str | None
    component: str


class SpinNetwork:
    """Blocks between named nodes, with grounds, potentials and current sources.

    Examples
    --------
    >>> from synaspice.devices.models.spin.spin_channel import non_magnetic_channel
    >>> wire = non_magnetic_channel(2e-8, 1e-6, 1e-7, 1e-7, 5e-7)
    >>> network = SpinNetwork()
    >>> network.add("wire", wire, left="a", right="b")
    >>> network.ground("b")
    >>> network.current(1e-3, "a")
    >>> print(f"{network.solve().potentials.loc['a', 'c']:.6f}")  # volts: the wire has 2 ohm
    0.002000
    """

    def __init__(self) -> None:
        self._blocks: dict[str, tuple[SpinBlock, tuple[str, ...]]] = {}
        self._nodes: dict[str, None] = {}
        self._held: dict[tuple[str, str], float] = {}
        self._sources: list[_CurrentSource] = []

    @property
    def nodes(self) -> tuple[str, ...]:
        """Names of the nodes, in the order in which blocks were added to them."""
        return tuple(self._nodes)

    @property
    def blocks(self) -> dict[str, SpinBlock]:
        """The blocks by name."""
        return {name: block for name, (block, _) in self._blocks.items()}

    def joined(self, name: str) -> tuple[str, ...]:
        """Nodes that a block joins, in the order of its ports.

        Raises
        ------
        UnknownNameError
            If there is no such block.
        """
        known("block", name, self._blocks)
        return self._blocks[name][1]

    def add(self, name: str, block: SpinBlock, **nodes: str) -> None:
        """Put a block between nodes, which come into being with it.

        Parameters
        ----------
        name : str
            The block's name in this network.
        block : SpinBlock
            The block.
        **nodes : str
            For each of the block's ports the node that it joins, for example ``left="a", right="b"``. A node with
            nothing else at it is an open end.

        Raises
        ------
        ParameterError
            If the name is taken or cannot be one in a netlist, or a port has no node.
        UnknownNameError
            If the block has no such port.
        """
        for port in nodes:
            known(f"port of a {block.kind}", port, block.ports)
        missing = [port for port in block.ports if port not in nodes]
        if missing:
            raise ParameterError(f"block {name!r}: which nodes join its ports {', '.join(missing)}?")
        _check_name("block", name, self._blocks)
        if name in self._blocks:
            raise ParameterError(f"there is already a block {name!r} in the network")
        joined = tuple(nodes[port] for port in block.ports)
        for node in joined:
            _check_name("node", node, self._nodes)
        self._blocks[name] = (block, joined)
        self._nodes |= dict.fromkeys(joined)

    def ground(self, node: str, components: str = "cxyz") -> None:
        """Hold components of a node at zero: ``"c"`` the charge, ``"x"``, ``"y"``, ``"z"`` the spin; default all.

        Raises
        ------
        UnknownNameError
            If there is no such node or component.
        ParameterError
            If one of them is held at a potential.
        """
        for component in components:
            self.potential(0.0, node, component)

    def potential(self, value: float, node: str, component: str = "c") -> None:
        """Hold a component of a node at a potential, in volts.

        Raises
        ------
        UnknownNameError
            If there is no such node or component.
        ParameterError
            If the value is not a finite number, or the component is held at another one.
        """
        self._known(node, component)
        volts = real("potential", value, "V")
        if self._held.setdefault((node, component), volts) != volts:
            raise ParameterError(f"component {component} of node {node!r} is already held at another potential")

    def current(self, value: float, into: str, out_of: str | None = None, component: str = "c") -> None:
        """Let a source drive a current into a node.

        Parameters
        ----------
        value : float
            The current. [A]
        into, out_of : str
            The nodes into which it flows and from which it is taken; default: from ground.
        component : str
            ``"c"`` charge, ``"x"``, ``"y"`` or ``"z"`` spin.

        Raises
        ------
        UnknownNameError
            If there is no such node or component.
        ParameterError
            If the value is not a finite number.
        """
        for node in (into, out_of):
            if node is not None:
                self._known(node, component)
        self._sources.append(_CurrentSource(real("current", value, "A"), into, out_of, component))

    def solve(self) -> SpinSolution:
        """Solve the network by nodal analysis.

        Raises
        ------
        SimulationError
            If a potential is undefined: a part of the network whose charge floats, or spin that nothing holds.
        """
        import pandas as pd

        admittance, injected = self._admittance(), self._injected()
        held = self._held_values(admittance)
        free = np.array([key not in held for key in self._keys()], dtype=bool)
        self._check_injection(admittance, injected, held)
        self._check_charge(admittance, free)
        potentials = np.array([held.get(key, 0.0) for key in self._keys()])
        inner = admittance[np.ix_(free, free)]
        potentials[free] = self._solved(inner, (injected - admittance @ potentials)[free], free)
        supplied = np.where(free, 0.0, admittance @ potentials - injected)

        columns, index = list(COMPONENTS), pd.Index(self.nodes, name="node")
        at = dict(zip(self.nodes, potentials.reshape(-1, 4), strict=True))
        entering = {
            (name, port): part
            for name, (block, joined) in self._blocks.items()
            for port, part in zip(
                block.ports,
                (block.admittance @ np.concatenate([at[node] for node in joined])).reshape(-1, 4),
                strict=True,
            )
        }
        return SpinSolution(
            pd.DataFrame(potentials.reshape(-1, 4), index, columns),
            pd.DataFrame(
                list(entering.values()), pd.MultiIndex.from_tuples(entering, names=("block", "port")), columns
            ),
            pd.DataFrame(supplied.reshape(-1, 4), index, columns),
        )

    def equivalent(self, node: str) -> tuple[FloatArray, FloatArray]:
        r"""The network as seen from one node: :math:`\mathbf V = \mathbf V_0 - \mathsf Z \mathbf I`, I flowing out.

        Thevenin's theorem for four components, for whatever is to be joined to the network there, such as a
        :class:`~synaspice.devices.models.spin.spin_magnet.SpinMagnet`.

        Parameters
        ----------
        node : str
            The node; none of its components may be held.

        Returns
        -------
        open_potentials, impedance : array
            The four potentials with nothing joined [V], and the 4 x 4 impedance. [ohm]

        Raises
        ------
        UnknownNameError
            If there is no such node.
        ParameterError
            If a component of it is held.
        SimulationError
            As :meth:`solve`.
        """
        for component in COMPONENTS:
            self._known(node, component)
            if (node, component) in self._held:
                raise ParameterError(f"component {component} of node {node!r} is held: nothing joined there matters")
        undriven = SpinNetwork()
        undriven._blocks, undriven._nodes = self._blocks, self._nodes
        undriven._held = dict.fromkeys(self._held, 0.0)
        columns = []
        for component in COMPONENTS:
            undriven._sources = [_CurrentSource(1.0, node, None, component)]
            columns.append(undriven.solve().potentials.loc[node].to_numpy())
        return self.solve().potentials.loc[node].to_numpy(), np.array(columns).T

    def pins(self, node: str) -> str:
        """The four nodes of the deck that a node of the network is: ``"a_c a_x a_y a_z"``."""
        self._known(node, "c")
        return " ".join(f"{node}_{component}" for component in COMPONENTS)

    def deck(self, title: str = "spin network") -> str:
        """The network as an ngspice netlist: subcircuits once per kind, instances, sources; without analysis or end.

        The potentials are ``v(<node>_<component>)``; grounds and potentials are sources ``v_<node>_<component>`` whose
        current ``i(...)`` is minus what they supply. Lines for other devices can be added, at :meth:`pins`.

        Parameters
        ----------
        title : str
            The first line.
        """
        lines = [f"* {' '.join(title.split())}"]
        for block in {block.kind: block for block in self.blocks.values()}.values():
            lines += block.subcircuit().text.splitlines()
        for name, (block, joined) in self._blocks.items():
            lines.append(f"X_{name} {' '.join(self.pins(node) for node in joined)} {block.kind}")
            lines += [f"+ {quantity}={value!r}" for quantity, value in block.values]
        for (node, component), volts in self._held_values(self._admittance()).items():
            lines.append(f"V_{node}_{component} {node}_{component} 0 {volts!r}")
        for k, source in enumerate(self._sources, 1):
            origin = "0" if source.out_of is None else f"{source.out_of}_{source.component}"
            lines.append(f"I_{k} {origin} {source.into}_{source.component} {source.value!r}")
        return "\n".join(lines) + "\n"

    # --- nodal analysis ---------------------------------------------------------------------------

    def _known(self, node: str, component: str) -> None:
        known("node", node, self._nodes)
        known("component", component, COMPONENTS)

    def _keys(self) -> Iterator[tuple[str, str]]:
        return ((node, component) for node in self._nodes for component in COMPONENTS)

    def _admittance(self) -> FloatArray:
        place = {node: 4 * k + np.arange(4) for k, node in enumerate(self._nodes)}
        total = np.zeros((4 * len(place), 4 * len(place)))
        for block, joined in self._blocks.values():
            rows = np.concatenate([place[node] for node in joined])
            np.add.at(total, np.ix_(rows, rows), block.admittance)  # a node may be at several ports
        return total

    def _injected(self) -> FloatArray:
        total = dict.fromkeys(self._keys(), 0.0)
        for source in self._sources:
            total[source.into, source.component] += source.value
            if source.out_of is not None:
                total[source.out_of, source.component] -= source.value
        return np.array(list(total.values()))

    def _held_values(self, admittance: FloatArray) -> dict[tuple[str, str], float]:
        """Held components, and those that no block conducts: their potentials do not matter."""
        idle = ~np.any(admittance, axis=0) & ~np.any(admittance, axis=1)
        unused = {key: 0.0 for key, is_idle in zip(self._keys(), idle, strict=True) if is_idle}
        return unused | self._held

    def _check_injection(
        self, admittance: FloatArray, injected: FloatArray, held: dict[tuple[str, str], float]
    ) -> None:
        for (node, component), current in zip(self._keys(), injected, strict=True):
            if current and (node, component) in held and (node, component) not in self._held:
                raise SimulationError(f"the source of component {component} at node {node!r}: no block conducts it")

    def _check_charge(self, admittance: FloatArray, free: np.ndarray) -> None:
        """Every part of the network that conducts charge must be held somewhere."""
        charge = admittance[::4, ::4]
        if not len(charge):
            raise SimulationError("the network has no blocks")
        _, parts = connected_components(csr_matrix(charge != 0), directed=False)
        for part in sorted(set(parts)):
            if np.all(free[::4][parts == part]):
                names = ", ".join(np.array(self.nodes)[parts == part])
                raise SimulationError(
                    f"the charge of {names} floats and its potential is undefined: ground one of them, component 'c'"
                )

    def _solved(self, inner: FloatArray, injected: FloatArray, free: np.ndarray) -> FloatArray:
        """The free potentials; refused where the network leaves some undefined.

        With all conductances scaled to one, the ratio of the extreme singular values is at least the reciprocal of the
        condition number over the size. Where that does not do, :meth:`_check_spin` looks at the values themselves.
        """
        if not len(inner):
            return injected
        size = np.sqrt(np.abs(np.diag(inner)))
        size[size == 0] = 1.0
        scaled = inner / np.outer(size, size)
        reciprocal, solution = _sparsely(scaled, injected / size) if len(inner) > LARGE else (0.0, None)
        if not reciprocal >= WELL:  # rounding would tell how it is solved
            reciprocal, solution = _densely(scaled, injected / size)
        if reciprocal < SAFE * SINGULAR * len(inner):
            self._check_spin(scaled, free)
        return np.asarray(np.linalg.solve(inner, injected) if solution is None else solution / size)

    def _check_spin(self, scaled: FloatArray, free: np.ndarray) -> None:
        """No combination of spin potentials may be left undefined, as at an open end of a bare interface."""
        _, strengths, modes = np.linalg.svd(scaled)
        if strengths[-1] < SINGULAR * strengths[0]:
            loose = np.abs(modes[-1]) > 0.1
            keys = [key for key, is_free in zip(self._keys(), free, strict=True) if is_free]
            names = ", ".join(f"{keys[k][0]} ({keys[k][1]})" for k in np.flatnonzero(loose))
            raise SimulationError(f"the network is singular: nothing defines the potentials of {names}; ground them")


def _densely(matrix: FloatArray, right: FloatArray) -> tuple[float, FloatArray | None]:
    """Reciprocal of the condition number, about, and the solution; 0 and None where elimination fails."""
    factors, pivots, failed = lapack.dgetrf(matrix)
    if failed:
        return 0.0, None
    return lapack.dgecon(factors, np.abs(matrix).sum(axis=0).max())[0], lapack.dgetrs(factors, pivots, right)[0]


def _sparsely(matrix: FloatArray, right: FloatArray) -> tuple[float, FloatArray | None]:
    """As :func:`_densely`, by the few neighbours that each node of a large network has."""
    try:
        factors: Any = splu(csc_matrix(matrix))
    except RuntimeError:  # it is singular
        return 0.0, None
    inverse: Any = LinearOperator(
        matrix.shape, factors.solve, rmatvec=lambda x: factors.solve(x, "T"), dtype=np.dtype(np.float64)
    )
    return 1 / (np.abs(matrix).sum(axis=0).max() * onenormest(inverse)), factors.solve(right)


def _check_name(what: str, name: str, others: Iterable[str]) -> None:
    check_name(name, what)
    lower = name.lower()
    for other in others:
        if other.lower() == lower and other != name:
            raise ParameterError(f"{what} {name!r} differs from {other!r} in case alone, which a netlist cannot tell")
