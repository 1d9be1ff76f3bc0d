"""Changes of objects after a build, as kustomize-controller 1.9 makes them: variables, metadata."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from kure_hooks.engines import substitution
from kure_hooks.engines.annotations import is_substituted
from kure_hooks.engines.variables import Known
from kure_hooks.errors import InputError
from kure_hooks.gitops.budget import Budget, count
from kure_hooks.gitops.payload import Resource
from kure_hooks.manifests import Manifest, mappings_at, text_at, value_at
from kure_hooks.yamlio import dump, read

Lookup = Callable[[str, str, str], Manifest | None]
"""Returns a ConfigMap or Secret by kind, namespace and name; None for one that is not here."""

OPEN = "${"
"""The start of a variable; a string that has one after the substitution is not known."""

COMMON_METADATA = "commonMetadata"
"""The key of a spec with the labels and annotations of all objects."""

_POST_BUILD = "postBuild"
_ENCRYPTED = "ENC["
# So many values are written and read again in the time of one object.
_REWRITTEN = 8
# So many variables are replaced in the time of a value.
_FILLED = 4
# So many variables are copied in the time of an object.
_COPIED = 100


def variables(manifest: Manifest, lookup: Lookup, budget: Budget) -> Known | None:
    """Return the variables of a Kustomization as far as the repository has them.

    None where nothing is substituted. A later reference goes before an earlier one, and
    `substitute` before all; of an encrypted Secret the values are not known. All of them are taken
    from the budget.
    """
    post_build = value_at(manifest, "spec", _POST_BUILD)
    if not isinstance(post_build, dict):
        return None
    values: dict[str, str] = {}
    complete = True
    namespace = text_at(manifest, "metadata", "namespace")
    for reference in mappings_at(post_build, "substituteFrom"):
        kind, name = text_at(reference, "kind"), text_at(reference, "name")
        data = None if budget.is_spent else _data(lookup(kind, namespace, name))
        complete = complete and data is not None
        values.update(data or {})
        if data is None:
            values.clear()
        else:
            budget.spend(len(data) // _COPIED)
    values |= _strings(value_at(post_build, "substitute"))
    always = text_at(post_build, "substituteStrategy") == "Always"
    if not values and complete and not always:
        return None
    return Known({name: value.replace("\n", "") for name, value in values.items()}, complete)


def substituted(
    resources: Iterable[Resource], known: Known, of: Resource, budget: Budget
) -> Iterator[Resource]:
    """Yield the resources with their known variables replaced, as `of` asks for it.

    Each is written and read again, which takes as long as its values and variables are many: what
    comes after the budget is spent stays as it is.
    """
    at = of.at("spec", _POST_BUILD)
    for resource in resources:
        manifest = resource.manifest
        if has_variables(manifest) and is_substituted(manifest) and not budget.is_spent:
            starts = sum(text.count(OPEN) for text in texts(manifest))
            budget.spend((count(manifest) + starts // _FILLED) // _REWRITTEN)
            yield resource.changed(_replaced(manifest, known), _POST_BUILD, at)
        else:
            yield resource


def with_common_metadata(resources: Iterable[Resource], of: Resource) -> Iterator[Resource]:
    """Yield the resources with the labels and annotations that `of` has for all of them."""
    common = value_at(of.manifest, "spec", COMMON_METADATA)
    added = {key: _strings(value_at(common, key)) for key in ("labels", "annotations")}
    at = of.at("spec", COMMON_METADATA)
    for resource in resources:
        yield resource.changed(_with_metadata(resource.manifest, added), COMMON_METADATA, at)


def _with_metadata(manifest: Manifest, added: Mapping[str, Mapping[str, str]]) -> Manifest:
    """Return an object with more labels and annotations; the same where nothing is added."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return manifest
    changed = dict(metadata)
    for key, entries in added.items():
        present = metadata.get(key)
        if entries and (present is None or isinstance(present, dict)):
            changed[key] = {**(present or {}), **entries}
    return manifest if changed == metadata else {**manifest, "metadata": changed}


def _replaced(manifest: Manifest, known: Known) -> Manifest:
    """Return an object with its known variables replaced; the same where Flux would refuse it."""
    with suppress(substitution.SubstitutionError, InputError, ValueError):
        text = substitution.substitute_known(dump(manifest), known)
        documents = read(text.encode(), "")
        if len(documents) == 1 and isinstance(documents[0].value, dict):
            value: Manifest = documents[0].value
            return value
    return manifest


def has_variables(value: Any) -> bool:
    """Tell whether any string or key in a value has the start of a variable."""
    return any(OPEN in text for text in texts(value))


def texts(value: Any) -> Iterator[str]:
    """Yield the strings and keys in a value."""
    waiting = [value]
    while waiting:
        part = waiting.pop()
        if isinstance(part, str):
            yield part
        elif isinstance(part, dict):
            waiting += part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part


def _data(manifest: Manifest | None) -> dict[str, str] | None:
    """Return the data of a ConfigMap or Secret, None for one whose values are not known."""
    if manifest is None:
        return None
    values: dict[str, str] = {}
    for key in ("data", "stringData"):
        values |= _strings(manifest.get(key))
    is_secret = manifest.get("kind") == "Secret" and "data" in manifest
    if is_secret or any(value.startswith(_ENCRYPTED) for value in values.values()):
        return None
    return values


def _strings(value: Any) -> dict[str, str]:
    items: Mapping[str, Any] = value if isinstance(value, dict) else {}
    return {name: text if isinstance(text, str) else str(text) for name, text in items.items()}
