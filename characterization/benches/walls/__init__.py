"""Benches of domain walls that something pins: how thermal agitation and a current free them.

The velocity of a free wall is in ``velocity.py``, the retention of cells in ``characterization/cells/spin``.
"""
