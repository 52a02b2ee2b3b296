"""Periodic orbits: limit cycles found as such, without waiting for a trajectory to settle on them.

Trajectories that do settle, and where states come to rest, are in ``trajectories``.
"""
