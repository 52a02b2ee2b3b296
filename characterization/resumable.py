"""Long work in pieces: on several processes or machines, kept piece by piece, and resumed where it was interrupted.

The pieces go through :class:`joblib.Parallel`, in the backend and with the number of jobs of
:func:`joblib.parallel_config`: one process, some, or a Dask cluster. Each piece is a function of its arguments alone
(its seed is one of them), so that the results are the same wherever and in whatever order the pieces are computed.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from tqdm import tqdm

from ..devices.core.base import DeviceModel
from ..devices.language.errors import ParameterError
from ..devices.language.version import __version__
from .tables import write_whole

#: Name of the file that says what the pieces in a folder belong to.
DESCRIPTION = "description.json"

#: The result of a piece: named numbers and arrays of numbers.
Result = Mapping[str, Any]


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
        All that the results depend on, as plain values that JSON can hold.
    checkpoint : str or Path, optional
        Folder, made if it does not exist, in which finished pieces are kept, and from which they are read instead of
        being computed again. All processes must see it.
    progress : str, optional
        Name of the pieces in a progress bar; default: no bar.

    Yields
    ------
    dict of ndarray
        The result of each piece.

    Raises
    ------
    ParameterError
        If the folder cannot be used, or is that of other work.
    """
    folder = None if checkpoint is None else _folder(Path(checkpoint), {**description, "pieces": len(pieces)})
    paths = [None if folder is None else folder / f"piece-{k:06d}.npz" for k in range(len(pieces))]
    kept = [path is not None and _read(path) is not None for path in paths]
    missing = [k for k, done in enumerate(kept) if not done]
    parallel = joblib.Parallel(return_as="generator")
    computed = parallel(joblib.delayed(_compute)(function, pieces[k], paths[k]) for k in missing)
    bar = tqdm(total=len(pieces), initial=len(pieces) - len(missing), desc=progress, disable=progress is None)
    with bar:
        for k, path in enumerate(paths):
            if kept[k]:
                assert path is not None
                found = _read(path)
                assert found is not None, f"{path} was changed while it was used"
                yield found
            else:
                yield next(computed)
                bar.update()


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
    """Description of work on a device: the device, its parameters, the arguments, and this package's version.

    Arguments that are not numbers, text or lists of them, such as waveforms, stand in it as a hash of their contents.
    """
    return {
        "device": device.model_name(),
        "parameters": {**device.options, **device.values},
        "arguments": {name: _plain(value) for name, value in arguments.items()},
        "version": __version__,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray | np.generic):
        return value.tolist()
    return value if isinstance(value, str | int | float | bool | list | None) else joblib.hash(value)


def _compute(function: Callable[..., Result], piece: Mapping[str, Any], path: Path | None) -> dict[str, np.ndarray]:
    result = {name: np.asarray(value) for name, value in function(**piece).items()}
    if path is not None:
        # Here, and not where the results are put together: finished pieces are kept, whatever becomes of the rest.
        write_whole(path, lambda temporary: np.savez(temporary, **result))  # type: ignore[arg-type]
    return result


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The result in a file; None if there is none, or none that can be read."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            return dict(stored)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None


def _folder(folder: Path, description: Mapping[str, Any]) -> Path:
    """The folder, if it is new or belongs to the same work."""
    text = json.dumps(description, indent=2, sort_keys=True)
    file = folder / DESCRIPTION
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ParameterError(f"cannot keep results in {str(folder)!r}: {error.strerror}") from None
    if not file.exists():
        if any(folder.iterdir()):
            raise ParameterError(f"{str(folder)!r} holds other files: give a folder of its own, or an empty one")
        write_whole(file, lambda temporary: temporary.write_text(text, encoding="utf-8"))
        return folder
    try:
        known = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ParameterError(f"{str(file)!r} cannot be read: give another folder") from None
    different = _differences(known, json.loads(text))
    if different:
        raise ParameterError(f"{str(folder)!r} holds results of other work: {', '.join(different)} differ")
    return folder


def _differences(one: Any, other: Any, name: str = "") -> list[str]:
    """Names of the differences between two descriptions."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({*one, *other})
        return [found for key in keys for found in _differences(one.get(key), other.get(key), key)]
    return [] if one == other else [name]
