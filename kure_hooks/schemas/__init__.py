"""Schemas of Kubernetes kinds: packed ones, those of CRDs, and JSON Schemas made of both.

A schema here is an OpenAPI v3 schema as CRDs hold it, with its `x-kubernetes-` keys. What several
places share may stand below `definitions` at the root, referred to as `#/definitions/<name>`.
"""
