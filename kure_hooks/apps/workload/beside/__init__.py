"""The objects beside the pods of an AppWorkload; nothing here is loaded without one of them."""

from collections.abc import Callable, Iterator

from msgspec.structs import replace

from kure_hooks.apps.manifests import object_faults
from kure_hooks.apps.metadata import finish, in_namespace, with_annotations, with_labels
from kure_hooks.apps.workload.beside import (
    certificates,
    claims,
    exposure,
    mounts,
    pods,
    rights,
    routes,
    secrets,
    watching,
)
from kure_hooks.apps.workload.beside.made import Made
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.decoding.objects import items
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Problem


def _extra_objects(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield other objects as Manifests would: lists taken apart, the namespace filled in."""
    steps = (
        in_namespace(application.namespace),
        with_labels(application.labels | spec.labels),
        with_annotations(application.annotations),
    )
    for at, value in enumerate(spec.extra_objects):
        for pointer, item in items(value):
            (manifest,) = finish([item], *steps)
            yield Made(manifest, {(): ("extraObjects", at, *pointer)})


def _extra_problems(spec: Spec) -> Iterator[Problem]:
    """Yield why a value is no object of a cluster, or what the API server refuses of it."""
    for at, value in enumerate(spec.extra_objects):
        for pointer, problem, expected in object_faults(value):
            yield ("extraObjects", at, *pointer), problem, expected


_PARTS: tuple[Callable[[Application, Spec], Iterator[Made]], ...] = (
    claims.claims,
    secrets.external_secrets,
    rights.roles,
    routes.routes,
    exposure.exposed,
    certificates.certificates,
    watching.scaled_objects,
    watching.monitors,
    _extra_objects,
)
_CHECKS: tuple[Callable[[Spec], Iterator[Problem]], ...] = (
    mounts.problems,
    claims.problems,
    secrets.problems,
    rights.problems,
    routes.problems,
    exposure.problems,
    certificates.problems,
    watching.problems,
    _extra_problems,
)


def objects(application: Application) -> Iterator[Made]:
    """Yield the objects in a fixed order, each with the parts of the spec that stand in it.

    Their order: PersistentVolumeClaims, ExternalSecrets, roles and their bindings, routes, what
    exposes the application, Certificates, ScaledObjects, monitors, extra objects.
    """
    for part in _PARTS:
        yield from part(application, application.spec)


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the objects beside the pods: pointer, problem, what is expected."""
    for check in _CHECKS:
        yield from check(spec)


def with_volumes(spec: Spec) -> Spec:
    """Return the spec with the volumes that containers may mount by name, to be checked."""
    sources = {attached.volume: attached.source for attached in mounts.attachments(spec, "any")}
    return pods.changed(spec, lambda container: container, [*sources.values()])


def completed(application: Application) -> Application:
    """Return the application with what its pods get of the objects beside them.

    These are volumes with their mounts, and variables. KEDA decides on the number of pods.
    """
    spec: Spec = mounts.attach(application.spec, application.name)
    spec = secrets.with_variables(spec, application.name)
    return replace(application, spec=watching.without_replicas(spec))
