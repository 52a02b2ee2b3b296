"""Standard benches of cells and crossbars, what their operations cost, and the decks beside exported cells.

The cells themselves are in :mod:`synaspice.circuits.cells`, benches of single devices in ``benches``.
"""
