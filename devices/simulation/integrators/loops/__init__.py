"""The loops that Numba compiles, once for all models; they run from a copy in the cache, see ``loop_cache``.

Imports from outside of this folder are absolute, since the copy is a package of its own.
"""
