"""The files of directories that may hold Kubernetes objects, found without parsing them."""

import re
from collections.abc import Collection, Iterable

from kure_hooks.files.paths import base_name, parent
from kure_hooks.findings import Skipped
from kure_hooks.kustomize import is_kustomization
from kure_hooks.objects.written import ENDINGS

# Two of these words are in every object, also in one that lacks the third.
_WORDS = tuple(map(re.compile, (rb"\bapiVersion\b", rb"\bkind\b", rb"\bmetadata\b")))
_CHART = "Chart.yaml"
_TEMPLATES = "/templates/"
_RENDER = (
    "they are no objects before Helm renders them. Validate what it makes: "
    "helm template CHART | kure-hooks validate -"
)


def scanned_files(directory: str, files: Collection[str]) -> set[str]:
    """Return the files of a directory that may be manifests.

    Hidden directories below it hold the files of other tools, and the templates of charts are no
    YAML yet.
    """
    templates = templates_of_charts(files)
    return {
        file
        for file in files
        if (file.lower().endswith(ENDINGS) or is_kustomization(file))
        and "/." not in f"/{file.removeprefix(directory).lstrip('/')}"
        and file not in templates
        and base_name(file) != _CHART
    }


def templates_of_charts(files: Iterable[str]) -> set[str]:
    """Return those of some files that are in the templates of a chart among them."""
    paths = list(files)
    charts = [parent(file) for file in paths if base_name(file) == _CHART]
    templates = tuple(f"{chart}{_TEMPLATES}".lstrip("/") for chart in charts)
    return {file for file in paths if file.startswith(templates)}


def left_out(templates: Iterable[str]) -> list[Skipped]:
    """Return what to tell of the templates of charts: nothing, or how many charts have some."""
    charts = {f"/{path}".rpartition(_TEMPLATES)[0] for path in templates}
    if not charts:
        return []
    number = f"{len(charts)} charts" if len(charts) > 1 else "1 chart"
    return [Skipped(f"the templates of {number}", _RENDER)]


def may_hold_objects(data: bytes) -> bool:
    """Tell whether the content of a file has the words that objects have."""
    return sum(word.search(data) is not None for word in _WORDS) > 1
