"""Compact models of memristors, one module per model."""
