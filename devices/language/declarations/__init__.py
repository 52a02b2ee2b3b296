"""Declarations: parameters, branches, states, noise and observables of a class, and parts that classes share.

Functions that equations may use are in ``equations``, the values of published devices in ``presets``.
"""
