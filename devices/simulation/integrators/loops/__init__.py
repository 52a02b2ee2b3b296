"""The loops of the integrators, in the part of Python that :mod:`synaspice.devices.simulation.machine.writer` knows."""
