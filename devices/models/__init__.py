"""The devices, a folder for each family and a module for each model.

What several models share is in :mod:`~synaspice.devices.physics`, published values are in ``presets``.
"""
