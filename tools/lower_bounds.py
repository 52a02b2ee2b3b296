"""The oldest versions that ``setup.cfg`` allows, as constraints for pip: ``sh tools/oldest.sh`` tests with them.

python tools/lower_bounds.py [EXTRA ...]
"""

from __future__ import annotations

import sys
from configparser import ConfigParser
from pathlib import Path

from packaging.requirements import Requirement

CONFIGURATION = Path(__file__).parent.parent / "setup.cfg"


def lower_bounds(extras: list[str]) -> dict[str, str]:
    """The version at the lower bound of each package of this Python, by its name.

    Parameters
    ----------
    extras : list of str
        Extras whose packages count as well.
    """
    configuration = ConfigParser()
    configuration.read(CONFIGURATION, "utf-8")
    lists = [configuration["options"]["install_requires"]]
    lists += [configuration["options.extras_require"][extra] for extra in extras]
    found: dict[str, str] = {}
    for line in "\n".join(lists).split("\n"):
        if not line.strip():
            continue
        wanted = Requirement(line)
        if wanted.marker is None or wanted.marker.evaluate():
            for bound in wanted.specifier:
                if bound.operator in (">=", "=="):
                    found[wanted.name] = bound.version
    return found


if __name__ == "__main__":
    for name, version in lower_bounds(sys.argv[1:]).items():
        print(f"{name} == {version}")
