"""Networks of devices: couplings, runs and netlists of one model's; p-bits, their energies and problems.

One device over slow times is in ``slow_time``; systems of the article are in ``systems``, drawn in ``figures/systems``.
"""
