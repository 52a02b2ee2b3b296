"""Single trajectories without noise: alone or many in one call, their tables, and whether they come to rest.

The compiled loops are in ``integrators``, trajectories with noise in ``ensembles``.
"""
