"""The standard figure of each bench of a device, in a module of the bench's name.

Figures of cells are in ``cells``; what all figures share, style and titles, is one folder up.
"""
