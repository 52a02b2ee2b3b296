"""Compiled native devices, which the tests of this folder share."""

from __future__ import annotations

import pytest

from synaspice.devices.targets.modules import c_compiler


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Compiled once for each structure, with its default parameters: the values go through the interface.

    The compiler does not optimise, which would take most of the time; devices of the circuits' tests are optimised.
    """
    folder, files = tmp_path_factory.mktemp("osdi"), {}

    def find(device):
        if device.structure not in files:
            plain = type(device)(**device.options)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(c_compiler, "FLAGS", (*c_compiler.FLAGS, "-O0"))
                files[device.structure] = plain.compile_osdi(folder / f"{len(files)}.osdi")
        return files[device.structure]

    return find
