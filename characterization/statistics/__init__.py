"""Statistics of any bench: scattered parameters, how they are sampled, figures of merit, yield and sensitivity.

The distributions themselves are in :mod:`synaspice.devices.core.variability`; spreads found in data are fits.
"""
