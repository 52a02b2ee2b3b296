"""What schematics, and editors of schematics, need of a cell: its elements with their symbols, and its own symbol.

Nothing here places or draws them.
"""
