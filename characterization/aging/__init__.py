"""Wear and loss of memory cells as they were measured: laws, distributions of failures, extrapolation.

Benches of devices are in ``benches``, fits of a device's parameters in ``fitting``.
"""
