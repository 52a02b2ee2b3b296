"""The standard figure of each bench of a device, in a module of the bench's name."""
