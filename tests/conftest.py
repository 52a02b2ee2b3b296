"""Shared fixtures."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

from synaspice.circuits.engine.ngspice import find_library
from synaspice.circuits.engine.osdi_library import find_osdi_library
from synaspice.circuits.engine.vacask.programs import find_openvaf
from synaspice.devices import MissingDependencyError

# The same examples in every run: a failure must be reproducible, and CI must not depend on luck.
settings.register_profile("synaspice", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("synaspice")

# An approximate value has a relative error alone, unless a test gives an absolute one, as it must where zero is
# expected: within pytest's own of 1e-12 any two noise densities are the same, and most charges and short times.
type(pytest.approx(1.0)).DEFAULT_ABSOLUTE_TOLERANCE = 0.0

# A shell that starts the tests in the background, or nohup, lets them ignore Ctrl-C, and so all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without simulators the rest still runs, and the report says what was left out; CI must have ngspice."""
    for mark, find in (("ngspice", find_library), ("native", find_osdi_library), ("vacask", find_openvaf)):
        marked = [item for item in items if item.get_closest_marker(mark)]
        if not marked:
            continue
        try:
            find()
        except MissingDependencyError as error:
            if os.environ.get("CI") and mark != "vacask":  # there is none for every system
                raise
            for item in marked:
                item.add_marker(pytest.mark.skip(reason=str(error)))
