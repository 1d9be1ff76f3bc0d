"""Reasons of drift: who or what made a checked-in file differ, and in which fields."""

from kure_hooks.operations.attribution.history import attribute

__all__ = ["attribute"]
