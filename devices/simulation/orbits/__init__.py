"""Periodic orbits: limit cycles found as such, without waiting for a trajectory to settle on them."""
