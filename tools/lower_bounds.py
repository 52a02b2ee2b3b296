"""The oldest versions that ``setup.cfg`` allows, as constraints for pip: ``sh tools/oldest.sh`` tests with them.

python tools/lower_bounds.py [GROUP ...]
"""

from __future__ import annotations

import sys

from dependency_groups import requirements_in, requirements_of


def lower_bounds(groups: list[str]) -> dict[str, str]:
    """The version at the lower bound of each package of this Python, by its name.

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
                    found[wanted.name] = bound.version
    return found


if __name__ == "__main__":
    for name, version in lower_bounds(sys.argv[1:]).items():
        print(f"{name} == {version}")
