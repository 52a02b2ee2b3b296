"""Methods for events too rare for a plain ensemble: the Fokker-Planck equation, and splitting of trajectories.

The bench that applies them to writing, ``write_error``, is in ``benches``.
"""
