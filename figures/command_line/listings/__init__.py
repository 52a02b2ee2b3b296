"""Commands that say what there is: devices, cells, formats, references, and files in the cache.

Nothing here simulates.
"""
