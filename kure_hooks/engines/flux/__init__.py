"""Flux CD 2.9: Kustomizations and their sources.

The engine is in `tool`. Drift knows `effects` alone, and loads nothing else of a tool.
"""
