"""The command line, ``synaspice COMMAND``: it stands in this package because it uses all others.

What a command does is in those. In this folder itself are the entry point, and what
all commands print and how they end.
"""
