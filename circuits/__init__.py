"""synaspice.circuits: cells made of devices, and the engine that runs them."""
