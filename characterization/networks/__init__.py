"""Networks of stochastic devices: p-bits that jump by a junction's own rates, and the energies that they sample.

One device over slow times is in ``slow_time``; systems of the article are in ``systems``, drawn in ``figures/systems``.
"""
