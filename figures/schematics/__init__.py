"""Schematics of cells: elements placed on a grid, wires between them, and the drawing.

What a cell consists of, and what its symbols look like, comes from the cell itself.
"""
