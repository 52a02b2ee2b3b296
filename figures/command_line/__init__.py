"""The command line, ``synaspice COMMAND``: it stands in this package because it uses all others.

What a command does is in those; here are its options, its completion, and what it prints.
"""
