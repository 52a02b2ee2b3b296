"""What a device does at given states: its static curves, small-signal noise, drift and diffusion.

Where states settle by themselves needs trajectories: see ``trajectories``.
"""
