"""Argo CD 3.5: an Application for each unit, in the order of the dependency graph.

The engine is in `tool`. Drift knows `effects` alone, and loads nothing else of a tool.
"""
