"""A device in Python frameworks: PyTorch, JAX, Brian 2, reservoirpy, CrossSim, aihwkit.

Each framework is optional and is imported when it is asked for; circuit simulators are in ``spice`` and ``modules``.
"""
