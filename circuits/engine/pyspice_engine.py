"""PySpice's and InSpice's own analyses with the ngspice that is found here, of any version."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import sys
from typing import Any

from ...devices.core.scratch import scratch_folder
from ...devices.language.checks import known
from ...devices.language.errors import MissingDependencyError
from .library import PACKAGES, find_library, require_pyspice
from .netlist_text import prepared
from .ngspice_log import complaints
from .process import current_folder
from .worker import without_start_files


def pyspice_engine(*, control: bool = False, package: str | None = None) -> Any:
    """An ngspice for PySpice's simulator: ``circuit.simulator(ngspice_shared=pyspice_engine())``.

    PySpice 1.5 by itself takes whatever ngspice writes to its standard error for a failure, among them the name of the
    solver that ngspice 42 and 43 print at every run, and it does not find the library of Debian's package. This
    one finds the library as :func:`synaspice.circuits.engine.library.find_library` does, fails where ngspice fails,
    and starts without ``.spiceinit`` of the current folder and of the home. It is ngspice in this process: what ends
    ngspice ends the program, and there is no time limit.

    Parameters
    ----------
    control : bool
        Whether to run the commands of netlists, as of :func:`synaspice.circuits.engine.ngspice.run`; from this call
        on, for everybody who has the engine.
    package : str, optional
        ``"PySpice"``, or ``"InSpice"``, its fork, whose simulators take an engine of their own; default: the one that
        the program has imported, else the one that is installed, PySpice first.

    Returns
    -------
    PySpice.Spice.NgSpice.Shared.NgSpiceShared
        The same one at every call: ngspice is once in a process. With InSpice that of InSpice.

    Raises
    ------
    MissingDependencyError
        If ngspice's shared library or the package is not installed.
    UnknownNameError
        If there is no such package.
    """
    if package is None:
        package = next((name for name in PACKAGES if name in sys.modules), None) or require_pyspice()
    known("package", package, PACKAGES)
    if importlib.util.find_spec(package) is None:
        raise MissingDependencyError(f"{package} is not installed: pip install {package}")
    engine = _engine(package)
    engine.control = control
    return engine


@functools.cache
def _engine(package: str) -> Any:
    shared: Any = importlib.import_module(f"{package}.Spice.NgSpice.Shared")

    class Engine(shared.NgSpiceShared):
        """Judges lines by their words."""

        library_path = find_library()  # PySpice takes LIBRARY_PATH for it; InSpice looks for a name like that
        _instances: dict[int, Any] = {}  # noqa: RUF012 - PySpice's own attribute: not to be shared with its class
        _failed = False
        control = False

        def clear_output(self) -> None:  # at the start of every command
            self._failed = False
            super().clear_output()

        def load_circuit(self, circuit: object) -> None:
            super().load_circuit("\n".join(prepared(str(circuit).splitlines(), current_folder(), self.control)))

        def send_char(self, message: str, ngspice_id: int) -> int:
            self._failed = self._failed or bool(complaints([message]))
            self._error_in_stderr = self._error_in_stdout = self._failed
            return 0

    with scratch_folder() as folder, without_start_files(str(folder)):
        return Engine.new_instance()
