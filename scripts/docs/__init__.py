"""The pages and the picture of the documentation that programs write.

    python -m scripts.docs

writes the references of stack files, applications and settings in docs from the JSON Schemas, and
docs/images/report.svg from a real report.
"""

from collections.abc import Callable
from pathlib import Path

from scripts.docs.picture import picture
from scripts.docs.reference import application_reference, settings_reference, stack_reference

ROOT = Path(__file__).resolve().parents[2]

PAGES: dict[str, Callable[[], str]] = {
    "docs/application-reference.md": application_reference,
    "docs/images/report.svg": picture,
    "docs/settings-reference.md": settings_reference,
    "docs/stack-reference.md": stack_reference,
}
