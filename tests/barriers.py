"""Junctions with a given barrier, for the tests of rare events: as the checks of the benches have them."""

from synaspice.characterization.checks.forms import ROOM, brown_rate, junction_with_barrier, rate_of

__all__ = ["ROOM", "brown_rate", "junction_with_barrier", "rate_of"]
