"""Writes kure_hooks/schemas/packed.bin and docs/schemas.md: `python -m scripts.pack_schemas`."""

import sys

from kure_hooks.schemas.packed import FILE
from scripts.pack_schemas import page, writing
from scripts.pack_schemas.definitions import DefinitionError
from scripts.pack_schemas.sources import SourceError


def main() -> int:
    """Write both files; what can't be fetched is said, and then nothing is written."""
    try:
        content = writing.packed()
    except (DefinitionError, SourceError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    FILE.write_bytes(content)
    page.PAGE.write_text(page.render())
    sys.stdout.write(f"{FILE.name} has {len(content):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
