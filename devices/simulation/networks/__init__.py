"""Networks of devices of one model: the loop that is generated from their equations, with what couples them in it."""

from __future__ import annotations
