"""Slow thermal physics: a device with two states as a chain that jumps between them, from milliseconds to years.

Its rates are those of the mean passage times (``rare_events``); benches that apply them are in ``benches``.
"""
