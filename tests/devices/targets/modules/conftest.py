"""Compiled native devices, which the tests of this folder share."""

from __future__ import annotations

import pytest


@pytest.fixture(scope="session")
def built(tmp_path_factory):
    """Compiled once for each structure, with its default parameters: the values go through the interface."""
    folder, files = tmp_path_factory.mktemp("osdi"), {}

    def find(device):
        if device.structure not in files:
            plain = type(device)(**device.options)
            files[device.structure] = plain.compile_osdi(folder / f"{len(files)}.osdi")
        return files[device.structure]

    return find
