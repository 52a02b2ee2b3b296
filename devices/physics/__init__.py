"""Laws that several models share: magnetism, tunnelling, conduction, windows.

A law that one model alone uses stands in that model.
"""
