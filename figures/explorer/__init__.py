"""The explorer: a local page on which a device's parameters are moved and its characteristics follow at once."""
