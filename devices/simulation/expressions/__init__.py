"""Equations made ready for inner loops: what can be computed before the loop, what is constant in it, in which order.

Nothing here compiles: that is done by ``integrators``, ``ensembles`` and ``networks``.
"""
