"""Spoken digits through one oscillator: front ends, the task, its tables.

What several systems share is in the folder above; how this one is drawn and ordered, in ``figures/systems``.
"""
