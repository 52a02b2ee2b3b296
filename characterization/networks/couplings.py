r"""What couples the devices of a network: matrices between an output of each and a drive of each.

.. math:: u_i(t) = u_i^\mathrm{ext}(t) + \sum_j W_{ij}\, y_j(t - \tau)
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import sympy as sp
from numpy.typing import ArrayLike
from scipy import sparse
from scipy.spatial import cKDTree

from ...devices.language.array_checks import reals
from ...devices.language.checks import instance, positive, real, whole
from ...devices.language.errors import ParameterError, shown
from ...devices.language.memory import require_memory
from ...devices.language.waveforms.shapes import FloatArray

#: Most steps between which a delayed output is interpolated.
MOST_POINTS = 8


@dataclass(frozen=True, eq=False)
class Shared:
    r"""A coupling through one quantity that all devices share, :math:`W_{ij} = g_i w_j`.

    Attributes
    ----------
    gains : float or array_like
        What the shared quantity gives each device, g: one for each or one for all.
    weights : float or array_like
        What each device gives to it, w.
    """

    gains: ArrayLike = 1.0
    weights: ArrayLike = 1.0

    def __post_init__(self) -> None:
        for name in ("gains", "weights"):
            values = reals(name, getattr(self, name), dimensions=None)
            if values.ndim > 1:
                raise ParameterError(f"{name} must be a number or one for each device, not {values.shape}")
            object.__setattr__(self, name, values)

    def of(self, size: int) -> tuple[FloatArray, FloatArray]:
        """Gains and weights of so many devices."""
        found = []
        for name in ("gains", "weights"):
            values = np.asarray(getattr(self, name))
            if values.ndim and len(values) != size:
                raise ParameterError(f"{name} must be one for all or one for each of {size} devices, not {len(values)}")
            found.append(np.array(np.broadcast_to(values, size)))
        return found[0], found[1]


@dataclass(frozen=True, eq=False)
class Coupling:
    """One output of every device, and the drive of every device that it acts on.

    Attributes
    ----------
    output : str or sympy.Expr
        A state, an observable, the voltage or current of the driven branch, or an expression in these and the
        parameters of the device (symbols with ``real=True``).
    to : str
        An input of the device, or ``"drive"``: the voltage or current of its driven branch.
    matrix : array_like, sparse array or Shared
        Row i: what the outputs of all devices give device i, in the unit of the drive over that of the output.
    delay : float
        Delay tau. [s]
    each_stage : bool
        Whether what is not delayed is computed in each stage of a step, or once a step. Then it is carried on by the
        polynomial through its last values: in a stage it is later than all of them, and its error that of a
        polynomial beyond its ends. For large matrices, whose product takes longer than all else.
    points : int
        Through how many steps the polynomial goes, for what is delayed or computed once a step: its error is of that
        order in the step.
    single : bool
        Whether a dense matrix is kept in single precision, which halves the time that it takes from memory. Sums are
        in double precision.
    """

    output: str | sp.Expr
    to: str
    matrix: Any
    delay: float = 0.0
    each_stage: bool = True
    points: int = 4
    single: bool = False
    form: str = field(init=False, default="")

    def __post_init__(self) -> None:
        instance("output", self.output, (str, sp.Expr), "a name or an expression")
        instance("to", self.to, str, "a name")
        if real("delay", self.delay, "s") < 0:
            raise ParameterError(f"delay must not be negative, not {self.delay:g} s")
        whole("points", self.points, 1, MOST_POINTS)
        matrix: Any = self.matrix
        form = "shared"
        is_sparse: bool = sparse.issparse(self.matrix)
        if is_sparse:
            matrix, form = sparse.csr_array(matrix).astype(float), "sparse"
            matrix.sum_duplicates()
            reals("the matrix", matrix.data, empty=True)
        elif not isinstance(matrix, Shared):
            matrix, form = reals("the matrix", matrix, dimensions=2), "single" if self.single else "dense"
        if form != "shared" and matrix.shape[0] != matrix.shape[1]:
            raise ParameterError(f"the matrix must have as many rows as columns, not the shape {matrix.shape}")
        object.__setattr__(self, "matrix", matrix)
        object.__setattr__(self, "form", form)

    @property
    def held(self) -> bool:
        """Whether it is computed once a step."""
        return self.delay > 0 or not self.each_stage

    def check_size(self, size: int) -> None:
        """Refuse a matrix for another number of devices."""
        if self.form == "shared":
            self.matrix.of(size)
        elif self.matrix.shape[0] != size:
            raise ParameterError(f"the matrix must have a row for each of {size} devices, not {self.matrix.shape[0]}")

    def arrays(self, size: int) -> list[Any]:
        """The arrays that the matrix consists of."""
        if self.form == "shared":
            return list(self.matrix.of(size))
        return [self.matrix.data, self.matrix.indices, self.matrix.indptr] if self.form == "sparse" else [self.matrix]

    def sparse_matrix(self, size: int) -> Any:
        """The matrix, sparse; of rank one it is one of ones between devices of no weight too."""
        if self.form == "shared":
            require_memory(float(size) ** 2, "couplings", 3 * 8.0, "take")
            gains, weights = self.matrix.of(size)
            return sparse.csr_array(np.outer(gains, weights))
        return sparse.csr_array(self.matrix)


def resistors(conductances: ArrayLike | Any, *, loads: ArrayLike = 0.0) -> Coupling:
    r"""Resistors between devices, and from each to ground, with a capacitance beside each device.

    .. math:: i_i = \sum_j G_{ij} (v_j - v_i) - G_{i}\, v_i

    is the current into the node of device i: the matrix is the graph's Laplacian. For a network with a ``capacitance``,
    whose drive is a current.

    Parameters
    ----------
    conductances : array_like or sparse array
        Conductance between each two devices, symmetric, without its diagonal. [S]
    loads : float or array_like
        Conductance from each device to ground. [S]
    """
    is_sparse: bool = sparse.issparse(conductances)
    given: Any = conductances if is_sparse else reals("conductances", conductances, "S", dimensions=2)
    g: Any = sparse.csr_array(given).astype(float)
    ground = reals("loads", loads, "S", dimensions=None)
    reals("conductances", g.data, "S", empty=True)
    if g.shape[0] != g.shape[1] or abs(g - g.T).max() > 1e-12 * abs(g).max() or np.any(g.diagonal()):
        raise ParameterError("conductances must be a symmetric matrix with nothing on its diagonal")
    if np.any(g.data < 0) or np.any(ground < 0):
        raise ParameterError("conductances must not be negative")
    if ground.ndim > 1 or (ground.ndim and len(ground) != g.shape[0]):
        raise ParameterError(f"loads must be one for all or one for each of {g.shape[0]} devices, not {ground.shape}")
    diagonal = np.broadcast_to(ground, g.shape[0]) + g.sum(axis=1)
    return Coupling("node", "drive", sparse.csr_array(g - sparse.diags_array(diagonal)))


def dipoles(
    positions: ArrayLike,
    moments: ArrayLike,
    *,
    magnetisation: Sequence[str] = ("m_x", "m_y", "m_z"),
    fields: Sequence[str] = ("field_x", "field_y", "field_z"),
    cutoff: float | None = None,
) -> list[Coupling]:
    r"""Fields of magnets on each other, each as a point dipole.

    .. math:: \mathbf H_i = \sum_{j \neq i} \frac{\mu_j}{4 \pi r_{ij}^3}
        \left[3\,\hat{\mathbf r}_{ij} (\hat{\mathbf r}_{ij} \cdot \mathbf m_j) - \mathbf m_j\right]

    Right where magnets are small against their distance. Components that are nowhere are left out, as between the plane
    and its normal for magnets in one plane.

    Parameters
    ----------
    positions : array_like
        Where the magnets are, shape (devices, 3). [m]
    moments : float or array_like
        Moment mu of each, saturation magnetisation times volume: one for each, or one for all. [A m^2]
    magnetisation, fields : sequence of str
        Names of the components of the direction and of the field.
    cutoff : float, optional
        Distance beyond which fields are left out, which makes the matrices sparse [m]; default: none are.

    Returns
    -------
    list of Coupling
        One for each pair of components.

    Raises
    ------
    ParameterError
        If shapes do not fit, or two magnets are at one place.
    """
    at = reals("positions", positions, "m", dimensions=2)
    size = len(at)
    if at.shape[1] != 3:
        raise ParameterError(f"positions must have the shape (devices, 3), not {at.shape}")
    mu = reals("moments", moments, "A*m^2", dimensions=None)
    if mu.ndim > 1 or (mu.ndim and len(mu) != size):
        raise ParameterError(f"moments must be one for all or one for each of {size} magnets, not {mu.shape}")
    for name, given in {"magnetisation": magnetisation, "fields": fields}.items():
        if not isinstance(given, list | tuple) or len(given) != 3:
            raise ParameterError(f"{name} must be three names, not {shown(given)}")
    if cutoff is None:
        require_memory(float(size) ** 2, "pairs of magnets", 9 * 8, "give a cutoff, or take")
        rows, columns = np.nonzero(~np.eye(size, dtype=bool))
    else:
        pairs = cKDTree(at).query_pairs(positive("cutoff", cutoff, "m"), output_type="ndarray")
        rows, columns = np.concatenate([pairs, pairs[:, ::-1]]).T
    distance = at[rows] - at[columns]
    r = np.linalg.norm(distance, axis=1)
    if np.any(r == 0):
        raise ParameterError("two magnets are at the same place")
    unit = distance / r[:, np.newaxis]
    strength = np.broadcast_to(mu, size)[columns] / (4 * math.pi * r**3)
    found = []
    for a, b in np.ndindex(3, 3):
        values = strength * (3 * unit[:, a] * unit[:, b] - (a == b))
        if np.any(np.abs(values) > 1e-12 * np.max(strength, initial=0.0)):
            matrix = sparse.csr_array((values, (rows, columns)), shape=(size, size))
            dense = cutoff is None and size > 1
            found.append(Coupling(magnetisation[b], fields[a], matrix.toarray() if dense else matrix))
    return found
