"""Judging what a stack generates before anybody writes or compares it."""

from collections.abc import Iterator

from kure_hooks.config import Settings
from kure_hooks.findings import Finding, Severity
from kure_hooks.layout.render import ManifestLayout
from kure_hooks.layout.tree import Item
from kure_hooks.validators.embedded import Embedded
from kure_hooks.validators.interface import Job
from kure_hooks.validators.objects import Object
from kure_hooks.yamlio import Document

# The engines know better whether two objects meet on a cluster.
_TWICE = "VA106"


def refused(layout: ManifestLayout, settings: Settings) -> Iterator[Finding]:
    """Yield what the API server would refuse of a cluster's objects, where each comes from.

    That is where somebody wrote the object, else the application, bundle or stack that asks for
    it. Custom resources that have a schema neither here nor among the objects are left to
    `validate`, which looks at the whole repository.
    """
    if not settings.validate.on_generate:
        return
    objects = [
        _object(item)
        for directory in layout.directories
        for file in directory.files
        for item in file.items
    ]
    job = Job(files={}, kubernetes=settings.validate.kubernetes, unknown="skip")
    for finding in Embedded().judge(objects, job).findings:
        if finding.severity is Severity.ERROR and finding.rule != _TWICE:
            yield finding


def _object(item: Item) -> Object:
    """Return an object, all parts of which stand where the object does."""
    at = item.at or item.origin.at
    document = Document(at.path, item.manifest, at.line - 1, at.column - 1, {})
    return Object(document, (), item.manifest)
