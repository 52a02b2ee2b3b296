"""Data sets that systems learn from: what reads them from a folder of the user's, and what ships with the package.

A data set is one module with one loader, which takes the folder and says what to get where it finds nothing. What is
computed of the data, front ends and tasks, is in :mod:`synaspice.characterization.systems`.
"""
