"""Spin-torque oscillators."""
