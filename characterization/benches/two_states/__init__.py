"""Benches of slow thermal physics: how long states hold, and what a drive and reads do to them.

The two-state mode itself is in ``characterization/slow_time``.
"""
