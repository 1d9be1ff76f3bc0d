"""Makes kure_hooks/schemas/packed.bin, the one data file of schemas, and docs/schemas.md.

`python -m scripts.pack_schemas` fetches the pinned sources once, by Go's own client, into
.tools/schemas. It is for the development of kure-hooks and no part of what is installed.
"""
