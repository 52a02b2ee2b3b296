"""Integrators in machine code: one step loop for all models, and each model's equations compiled when they are first needed.

SciPy's integrators over the same equations, the reference, are one folder up.
"""
