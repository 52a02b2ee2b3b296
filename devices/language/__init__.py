"""The words in which a device is declared, and their helpers: parameters, units, waveforms, errors.

Nothing here knows how a device is simulated or exported. What all of it rests on, errors, checks, registries, is
in this folder itself.
"""
