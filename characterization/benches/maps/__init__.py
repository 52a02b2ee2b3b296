"""Benches that map where a magnet switches: over the field's direction, and over drive, field and width of a pulse.

The states that are left are found by their stability, or by trajectories without and with noise.
"""
