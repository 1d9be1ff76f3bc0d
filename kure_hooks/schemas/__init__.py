"""Schemas of kinds: those that are packed, and what is made of them."""
