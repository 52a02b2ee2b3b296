"""The command line: ``synaspice COMMAND``.

It stands in this package because it uses every part of the others.
"""
