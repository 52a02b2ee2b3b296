"""Figures of the benches of oscillators.

What figures share is in ``figures``.
"""
