"""Figures of the benches of small signals at radio frequency.

What figures share is in ``figures``.
"""
