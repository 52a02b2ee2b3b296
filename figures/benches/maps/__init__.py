"""Figures of the benches that map where a magnet switches.

What figures share is in ``figures``.
"""
