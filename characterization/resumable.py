"""Long work in pieces: on several processes or machines, kept piece by piece, and resumed where it was interrupted.

The pieces go through :class:`joblib.Parallel`, in the backend and with the number of jobs of
:func:`joblib.parallel_config`: one process, some, or a Dask cluster. Each piece is a function of its arguments alone
(its seed is one of them), so that the results are the same wherever and in whatever order the pieces are computed.
"""

from __future__ import annotations

import contextlib
import contextvars
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from ..devices.core.base import DeviceModel
from ..devices.language.errors import ParameterError
from ..devices.language.version import __version__
from .checkpoints import Arrays, Checkpoint, code_of, open_checkpoint
from .processes import in_processes

#: Work that takes less is not shown by itself. [s]
SHORT = 2.0
#: Whether the progress of work in pieces is shown on a terminal without being asked for.
_shown: contextvars.ContextVar[bool] = contextvars.ContextVar("progress", default=False)

#: The result of a piece: named numbers and arrays of numbers.
Result = Mapping[str, Any]


@contextlib.contextmanager
def shown_on_terminals() -> Iterator[None]:
    """Within it, work in pieces that takes some seconds shows its progress and remaining time on a terminal."""
    before = _shown.set(True)
    try:
        yield
    finally:
        _shown.reset(before)


def compute_pieces(
    function: Callable[..., Result],
    pieces: Sequence[Mapping[str, Any]],
    *,
    description: Mapping[str, Any],
    checkpoint: str | Path | None = None,
    progress: str | None = None,
) -> Iterator[dict[str, np.ndarray]]:
    """Compute a function for each of several sets of arguments; the results come in their order.

    Parameters
    ----------
    function : callable
        A function of a module, of the arguments of a piece; it returns named numbers or arrays of numbers.
    pieces : sequence of mappings
        The arguments of each piece, by name.
    description : mapping
        All that the results depend on: plain values, devices, and what is made of them.
    checkpoint : str or Path, optional
        Folder, made if it does not exist, in which finished pieces are kept, and from which they are read instead of
        being computed again. All processes must see it. Several may work on it at a time. A piece that is damaged, or
        not of this work, is computed again, with a warning.
    progress : str, optional
        Name of the pieces in a progress bar; default: no bar, but within :func:`shown_on_terminals`.

    Yields
    ------
    dict of ndarray
        The result of each piece.

    Raises
    ------
    ParameterError
        If the folder cannot be used, or is that of other work, or of another state of the code.
    OutputError
        If a piece cannot be written, as on a full disk.
    SimulationError
        If a process that computed a piece was killed.
    """
    kept, finished, advice = None, set[int](), "with a checkpoint, finished pieces would have been kept"
    if checkpoint is not None:
        described = {
            "function": f"{function.__module__}.{function.__qualname__}",
            "code": code_of(function),
            "pieces": len(pieces),
        }
        kept = open_checkpoint(Path(checkpoint), {**described, "work": description})
        finished = kept.finished(len(pieces))
        advice = f"what was finished is kept in {str(checkpoint)!r}; run it again with the same checkpoint"
    missing = [k for k in range(len(pieces)) if k not in finished]
    computed = in_processes(_compute, ((function, pieces[k], kept, k) for k in missing), advice=advice)
    # Pieces of an earlier run are no work of this one: the remaining time is that of those that are missing.
    with progress_bar(len(pieces), progress, initial=len(finished)) as bar:
        for k, piece in enumerate(pieces):
            if k not in finished:
                yield next(computed)
                bar.update()
            else:  # somebody may have removed it meanwhile
                yield _compute(function, piece, kept, k)


def compute_each(function: Callable[..., Any], calls: Sequence[Sequence[Any]]) -> Iterator[Any]:
    """What a function gives for each of several sets of arguments, in their order, which are not kept.

    They go to the processes of :func:`joblib.parallel_config`; within :func:`shown_on_terminals` the progress is shown.

    Parameters
    ----------
    function : callable
        A function of a module.
    calls : sequence of sequences
        The arguments of each call.

    Yields
    ------
    object
        The result of each call.

    Raises
    ------
    SimulationError
        If a process that computed one was killed.
    """
    with progress_bar(len(calls), None) as bar:
        for result in in_processes(function, calls):
            yield result
            bar.update()


def progress_bar(total: int, name: str | None, *, initial: int = 0) -> Any:
    """Progress: what is asked for is shown in any case, and what is not on a terminal alone, if it takes longer."""
    how = {"disable": False} if name is not None else {"disable": None if _shown.get() else True, "delay": SHORT}
    return tqdm(total=total, initial=initial, desc=name or "finished", file=sys.stderr, **how)


def check_seed(seed: int | None, checkpoint: str | Path | None) -> None:
    """Refuse to keep results whose seed nobody knows.

    Raises
    ------
    ParameterError
        If there is a checkpoint and no seed.
    """
    if checkpoint is not None and seed is None:
        raise ParameterError("give a seed: without one the results could not be resumed")


def describe(device: DeviceModel, **arguments: Any) -> dict[str, Any]:
    """Description of work on a device: the device with its parameters, the arguments, and this package's version."""
    return {"device": device, "arguments": arguments, "version": __version__}


def _compute(function: Callable[..., Result], piece: Mapping[str, Any], kept: Checkpoint | None, index: int) -> Arrays:
    # Another process that works on the folder may have finished it by now.
    if kept is not None and (found := kept.read(index)) is not None:
        return found
    result = {name: np.asarray(value) for name, value in function(**piece).items()}
    if kept is not None:
        # Here, and not where the results are put together: finished pieces are kept, whatever becomes of the rest.
        kept.write(index, result)
    return result
