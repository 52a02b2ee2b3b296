"""Sine and square told apart by one oscillator, and its controls.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
