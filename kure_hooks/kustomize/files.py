"""The file that makes a directory one of kustomize's: its names and its fields (kustomize 5.8)."""

from collections.abc import Iterable
from typing import Any

from msgspec.structs import replace

from kure_hooks.errors import InputError, ReadError
from kure_hooks.files.paths import base_name, parent
from kure_hooks.files.tree import Tree
from kure_hooks.kustomize import BUILD_FILES, is_kustomization
from kure_hooks.yamlio import Document, read

GROUP = "kustomize.config.k8s.io"

HEAD = frozenset({"apiVersion", "kind", "metadata"})
PLAIN = HEAD | {"resources"}
"""The fields of a file that only lists resources."""

FIELDS = PLAIN | {
    *("openapi", "namePrefix", "nameSuffix", "namespace", "commonLabels", "labels"),
    *("commonAnnotations", "patchesStrategicMerge", "patchesJson6902", "patches", "images"),
    *("imageTags", "replacements", "replicas", "vars", "sortOptions", "components", "crds"),
    *("bases", "configMapGenerator", "secretGenerator", "helmGlobals", "helmCharts"),
    *("helmChartInflationGenerator", "generatorOptions", "configurations", "generators"),
    *("transformers", "validators", "buildMetadata"),
}
"""All fields; kustomize refuses others."""


def directories(paths: Iterable[str]) -> list[str]:
    """Return the directories among paths that have a file of kustomize's."""
    return sorted({parent(path) for path in paths if is_kustomization(path)})


def configuration(tree: Tree, directory: str) -> Document | None:
    """Return the file of kustomize's in a directory, None where there is none.

    Raises ReadError for several, or for one that is no mapping with fields that kustomize knows;
    its reason completes the sentence `<path> ...`. Raises InputError for what is no YAML.
    """
    start = f"{directory}/" if directory else ""
    found = [
        path
        for name in BUILD_FILES
        for path in tree.paths(f"{start}{name}")
        if path == start + name
    ]
    if not found:
        return None
    if len(found) > 1:
        names = " and ".join(map(base_name, found))
        raise ReadError(directory, f"has {names}, of which kustomize takes only one")
    documents = read(tree.read(found[0]), found[0])
    if problem := _problem(documents[0].value if documents else {}):
        raise ReadError(found[0], f"{problem}, which kustomize refuses")
    return documents[0]


def _problem(fields: Any) -> str:
    """Return why kustomize refuses a file with these fields."""
    if not isinstance(fields, dict):
        return "is no mapping"
    if unknown := sorted(map(str, fields.keys() - FIELDS)):
        return f"has the unknown field {unknown[0]}"
    for key in ("resources", "bases", "components"):
        entries = fields.get(key) or []
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            return f"has {key} that are no list of strings"
    empty = not any(fields.get(key) for key in fields.keys() - HEAD)
    return "is empty" if empty and fields.get("resources") != [] else ""


def reason(error: InputError | ReadError) -> str:
    """Return what is wrong with a file first, without what to do about it."""
    if isinstance(error, ReadError):
        return error.problem
    return str(replace(error.findings[0], expected=""))
