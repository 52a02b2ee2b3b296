"""The devices, a folder for each family.

One module per model; what several models share is in :mod:`~synaspice.devices.physics`.
"""
