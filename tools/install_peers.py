"""Install the programs of others that the tests compare with; name in one line each that this Python cannot have."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib import metadata

from packaging.requirements import Requirement

PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
#: Its plots want pycairo, which wants cairo's headers; its solver does not.
WITHOUT_DEPENDENCIES = ["badcrossbar==1.1.0"]


def install(*arguments: str) -> bool:
    """Whether pip could install this."""
    return subprocess.run([*PIP, *arguments], capture_output=True, check=False).returncode == 0


def main() -> None:
    """Install the extra ``peers``: all at once, or as many as there are for this Python."""
    extra = [Requirement(text) for text in metadata.requires("synaspice") or []]
    extra = [one for one in extra if one.marker and 'extra == "peers"' in str(one.marker)]
    fitting = [f"{one.name}{one.specifier}" for one in extra if one.marker and one.marker.evaluate({"extra": "peers"})]
    missing = [one.name for one in extra if one.marker and not one.marker.evaluate({"extra": "peers"})]
    if not install(*fitting):
        missing += [one for one in fitting if not install(one)]
    missing += [one for one in WITHOUT_DEPENDENCIES if not install("--no-deps", one)]
    for one in missing:
        print(f"{one} cannot be had for Python {platform.python_version()} here: its tests are left out")


if __name__ == "__main__":
    main()
