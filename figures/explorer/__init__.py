"""The explorer: a local page on which a device's parameters are moved and its characteristics follow at once.

What it knows and draws is here without Panel; the page alone, ``page.py``, needs it. Benches and standard figures
are elsewhere.
"""
