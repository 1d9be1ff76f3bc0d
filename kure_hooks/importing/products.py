"""Applications that are tried: the objects that one would generate, and whether they are known."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from kure_hooks.apps import GENERATORS
from kure_hooks.errors import InputError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.gitops.payload import Resource
from kure_hooks.manifests import Manifest, canonical
from kure_hooks.stack.documents import ApplicationRef
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Document
from kure_hooks.yamlio.place import Place

_NO_FILES = MemoryTree({})


def objects_of(application: Mapping[str, Any]) -> list[Manifest]:
    """Return the objects of an application as a stack has it; none where it is no valid one."""
    kind = GENERATORS[application["kind"]]
    try:
        reference = msgspec.convert(dict(application), ApplicationRef, strict=True)
        spec = msgspec.convert(application["spec"], kind.Spec, strict=True)
    except msgspec.ValidationError:
        return []
    if any(kind.problems(spec)) or kind.augments(spec):
        return []
    model = Application(
        place=Place(Document("", dict(application), 0, 0, {})),
        name=reference.name or "",
        namespace=reference.namespace or "",
        kind=application["kind"],
        spec=spec,
        labels=reference.labels,
        annotations=reference.annotations,
    )
    try:
        return list(kind.generate(model, _NO_FILES).manifests)
    except InputError:
        return []


def makes(application: Mapping[str, Any], resources: Iterable[Resource]) -> bool:
    """Tell whether an application generates exactly some objects, each as it is."""
    made = sorted(map(canonical, objects_of(application)))
    return made == sorted(canonical(resource.manifest) for resource in resources)


def labelled(
    name: str, namespace: str, kind: str, head: Manifest, spec: Manifest
) -> dict[str, Any]:
    """Return an application with the labels and annotations of some metadata."""
    return {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        **{key: head[key] for key in ("labels", "annotations") if head.get(key)},
        "kind": kind,
        "spec": spec,
    }
