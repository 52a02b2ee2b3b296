"""Benches of small signals at radio frequency: resonances, rectified voltages.

Oscillations that keep themselves up are in ``oscillators``.
"""
