"""Waveforms: what drives a device over time, with the meaning that SPICE gives it.

How the integrators take them is in ``simulation``.
"""
