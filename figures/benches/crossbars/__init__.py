"""Standard figures of benches of arrays of devices.

What arrays of given conductances do is drawn in ``figures/cells``.
"""
