"""Figures of the benches of memories whose state moves by degrees.

What figures share is in ``figures``.
"""
