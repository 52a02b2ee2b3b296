"""The numeric engine: operating points, trajectories to tolerance, noisy ensembles, periodic orbits, networks.

In this folder itself are what is asked of the engine, ``request``, and what only some devices offer.
"""
