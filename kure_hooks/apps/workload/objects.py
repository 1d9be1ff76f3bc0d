"""Parts that all objects of an application share: head, labels and the pods' selector."""

from collections.abc import Iterable, Mapping

from msgspec.structs import asdict, replace

from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest
from kure_hooks.stack.model import Application

NAME_LABEL = "app.kubernetes.io/name"
COMPONENT_LABEL = "app.kubernetes.io/component"
_MANAGED_BY = {"app.kubernetes.io/managed-by": "kure-hooks"}


class Component(Application, frozen=True, kw_only=True):
    """One of several workloads, as an application of its own such as `shop-worker`.

    `whole` is the name of the application, `component` that of the workload.
    """

    whole: str
    component: str


def component(application: Application, name: str, spec: Spec) -> Application:
    """Return the application of one of its workloads, with that one's spec.

    It is the application itself where the workload is the only one, which has no name.
    """
    if not name:
        return application if spec is application.spec else replace(application, spec=spec)
    fields = asdict(application) | {"name": f"{application.name}-{name}", "spec": spec}
    return Component(**fields, whole=application.name, component=name)


def selector(application: Application) -> dict[str, str]:
    """Return the labels that select the pods.

    A workload's selector is immutable, so it depends on nothing that changes from release to
    release. Not `app.kubernetes.io/instance`: Argo CD before 3.0 puts its own value there.
    """
    if isinstance(application, Component):
        return {COMPONENT_LABEL: application.component, NAME_LABEL: application.whole}
    return {NAME_LABEL: application.name}


def labels(
    application: Application, spec: Spec, more: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return the labels of an object: the author's win over ours, the selector's over all."""
    author = {**application.labels, **spec.labels, **(more or {})}
    return dict(sorted((_MANAGED_BY | author | selector(application)).items()))


def new(
    application: Application,
    api_version: str,
    kind: str,
    name: str | None = None,
    annotations: Mapping[str, str] | None = None,
) -> Manifest:
    """Return an object with its head only, named after the application unless it has a name."""
    metadata: Manifest = {"name": name or application.name}
    if application.namespace:
        metadata["namespace"] = application.namespace
    metadata["labels"] = labels(application, application.spec)
    together = {**application.annotations, **(annotations or {})}
    if together:
        metadata["annotations"] = dict(sorted(together.items()))
    return {"apiVersion": api_version, "kind": kind, "metadata": metadata}


def ordered(fields: Manifest, keys: Iterable[str]) -> Manifest:
    """Return those of the keys that are there, in the order of `keys`."""
    return {key: fields[key] for key in keys if key in fields}
