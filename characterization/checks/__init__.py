"""What every bench must find again: one check for each known answer, by bench, with the stated error.

What a bench measures of a device whose answer nobody knows is no check, and belongs to ``benches``.
"""
