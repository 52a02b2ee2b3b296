"""Many noisy trajectories at once: the loop that is generated from the equations, and statistics over its results.

Single trajectories to tolerance are in ``trajectories``.
"""
