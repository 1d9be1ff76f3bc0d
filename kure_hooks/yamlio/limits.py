"""Limits of YAML input, so that a hostile file costs neither time nor memory."""

BYTES = 1 << 20
"""Bytes of one file, unless its reader allows more; documents and nodes grow with them."""
DOCUMENTS = 1_000
DEPTH = 64
ALIASES = 100
NODES = 100_000
"""Nodes of one file after every alias is expanded; a long text counts as several."""
TEXT_OF_A_NODE = 256
"""Characters that count as one node, so that aliases of a long text can't add up to gigabytes."""
SCALAR_BYTES = 1 << 20
"""Bytes of one text: no ConfigMap holds more (Kubernetes 1.34)."""
TAG_DIRECTIVES = 1_000
FINDINGS = 100
"""Faults reported of one file; nobody reads more before fixing the first ones."""


def documents(most: int) -> int:
    """Return how many documents a file of at most `most` bytes may have."""
    return DOCUMENTS * max(1, most // BYTES)


def nodes(most: int) -> int:
    """Return how many nodes such a file may have; big ones hold text rather than many nodes."""
    return NODES * max(1, most // BYTES // 2)
