"""Drift: how a checked-in tree differs from the generated one."""
