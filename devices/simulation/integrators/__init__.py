"""Integrators in machine code: a step loop for all models, and each model's equations, compiled when they are needed.

SciPy's integrators over the same equations, the reference, are in ``trajectories``.
"""
