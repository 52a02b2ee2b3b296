"""The numeric engine: static curves, Newton's method, trajectories to tolerance, noise.

Many noisy trajectories at once are in :mod:`~synaspice.devices.simulation.ensembles`.
"""
