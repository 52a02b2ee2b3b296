"""Figures of the benches of pinned domain walls.

What figures share is in ``figures``.
"""
