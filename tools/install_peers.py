"""Install the programs of others that the tests compare with; name in one line each that this Python cannot have."""

from __future__ import annotations

import platform
import subprocess
import sys

from dependency_groups import requirements_of

PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
#: Its plots want pycairo, which wants cairo's headers; its solver does not.
WITHOUT_DEPENDENCIES = ["badcrossbar==1.1.0"]


def install(*arguments: str) -> bool:
    """Whether pip could install this."""
    return subprocess.run([*PIP, *arguments], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Install the group ``peers``: all at once, or as many as there are for this Python."""
    peers = list(requirements_of("peers"))
    fitting = [f"{one.name}{one.specifier}" for one in peers if one.marker is None or one.marker.evaluate()]
    missing = [one.name for one in peers if one.marker is not None and not one.marker.evaluate()]
    if not install(*fitting):
        missing += [one for one in fitting if not install(one)]
    missing += [one for one in WITHOUT_DEPENDENCIES if not install("--no-deps", one)]
    for one in missing:
        print(f"{one} cannot be had for Python {platform.python_version()} here: its tests are left out")


if __name__ == "__main__":
    main()
