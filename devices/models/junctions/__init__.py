"""Magnetic tunnel junctions."""
