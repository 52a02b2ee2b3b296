"""Published parameter sets: their files, where those are looked for, and how sure each value is.

The files themselves are in the folder ``presets`` of ``devices``.
"""
