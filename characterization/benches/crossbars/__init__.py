"""Benches of a device in an array of its like: what writes do to the other cells, what reads see of them.

One device by itself is measured in the folders beside; arrays of given conductances in ``characterization/crossbars``.
"""
