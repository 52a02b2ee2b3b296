"""The oldest versions that ``setup.cfg`` allows, as constraints for pip: ``sh tools/oldest.sh`` tests with them.

python tools/lower_bounds.py [GROUP ...]
"""

from __future__ import annotations

import sys

from dependency_groups import requirements_in, requirements_of
from packaging.version import Version


def lower_bounds(groups: list[str]) -> dict[str, str]:
    """The version at the lower bound of each package, the highest of those for this Python, by its name.

    Parameters
    ----------
    groups : list of str
        Dependency groups whose packages count as well.
    """
    every = [
        *requirements_in("options", "install_requires"),
        *(one for group in groups for one in requirements_of(group)),
    ]
    found: dict[str, str] = {}
    for wanted in every:
        if wanted.marker is None or wanted.marker.evaluate():
            for bound in wanted.specifier:
                if bound.operator in (">=", "=="):
                    found[wanted.name] = max(found.get(wanted.name, "0"), bound.version, key=Version)
    return found


if __name__ == "__main__":
    for name, version in lower_bounds(sys.argv[1:]).items():
        print(f"{name} == {version}")
    # The oldest Matplotlib says what pyparsing has deprecated since.
    print("pyparsing < 3.3")
