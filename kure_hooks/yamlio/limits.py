"""What YAML input may be, so that a hostile file costs neither time nor memory."""

BYTES = 1 << 20
DOCUMENTS = 1_000
DEPTH = 64
ALIASES = 100
NODES = 100_000
"""Nodes of one file after every alias is expanded."""
SCALAR_BYTES = 256 << 10
