"""Figures of what ages: cells that were measured over cycles and times, and filaments that dissolve.

What figures share is in ``figures``.
"""
