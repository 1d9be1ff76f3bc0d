"""KZ005: a reference to an object that nothing provides."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.provided import Provided
from kure_hooks.lint.workloads import pod_spec, references
from kure_hooks.manifests import Identity, kind_of, mappings_at, text_at, value_at
from kure_hooks.rules.rule import WARNING, Rule
from kure_hooks.yamlio import Pointer

RULE = Rule(
    "Reference to an object that nothing provides",
    WARNING,
    "A pod that names a ConfigMap, Secret, ServiceAccount or claim which is not there does not "
    "start, and says so only in its events. A route to a Service that is not there answers with "
    "an error. Namespaces in which a chart or an operator may create objects are left out.",
    "Correct the name, or add the object. Name what something outside of the repository provides "
    "in lint.external.",
    "Kubernetes 1.34",
    wrong="""\
# the ConfigMap is called web-settings
envFrom:
  - configMapRef: {name: settings}
""",
    right="""\
envFrom:
  - configMapRef: {name: web-settings}
""",
    incidents=(
        "https://github.com/TwiN/gatus/issues/1504",
        "https://github.com/nats-io/nats-operator/issues/276",
    ),
)

_CLASSES = {"IngressClass": "networking.k8s.io", "StorageClass": "storage.k8s.io"}


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a warning for each object that a workload or a route names and the cluster lacks."""
    provided = Provided(cluster)
    if not provided.is_known:
        return
    kinds = {who.kind for who in cluster.applied}
    for _, resource in cluster.resources():
        for who, pointer in _named(resource):
            if who.kind in _CLASSES and (provided.has_charts or who.kind not in kinds):
                continue
            if provided.lacks(who):
                yield resource.finding(
                    pointer,
                    f"{resource.label} names {who}, which nothing in the repository provides",
                    "Correct the name, or add the object.",
                    "",
                    Severity.WARNING,
                )


def _named(resource: Resource) -> Iterator[tuple[Identity, Pointer]]:
    """Yield what an object names, with the ways to the names."""
    manifest = resource.manifest
    home = text_at(manifest, "metadata", "namespace")
    if home and pod_spec(manifest):
        for reference in references(manifest):
            yield Identity("", reference.kind, home, reference.name), reference.pointer
    match kind_of(manifest):
        case ("networking.k8s.io", "Ingress"):
            yield from _of_ingress(resource, home)
        case ("gateway.networking.k8s.io", "HTTPRoute" | "GRPCRoute"):
            yield from _of_route(resource, home)
        case ("", "PersistentVolumeClaim"):
            if name := text_at(manifest, "spec", "storageClassName"):
                yield _class("StorageClass", name), ("spec", "storageClassName")


def _of_ingress(resource: Resource, home: str) -> Iterator[tuple[Identity, Pointer]]:
    spec = value_at(resource.manifest, "spec")
    if name := text_at(spec, "ingressClassName"):
        yield _class("IngressClass", name), ("spec", "ingressClassName")
    steps: list[Pointer] = [("spec", "defaultBackend")]
    for index, rule in enumerate(mappings_at(spec, "rules")):
        paths = mappings_at(rule, "http", "paths")
        steps += [
            ("spec", "rules", index, "http", "paths", at, "backend") for at, _ in enumerate(paths)
        ]
    for way in steps:
        if name := text_at(value_at(resource.manifest, *way), "service", "name"):
            yield Identity("", "Service", home, name), (*way, "service", "name")


def _of_route(resource: Resource, home: str) -> Iterator[tuple[Identity, Pointer]]:
    for index, rule in enumerate(mappings_at(resource.manifest, "spec", "rules")):
        for at, backend in enumerate(mappings_at(rule, "backendRefs")):
            if backend.get("group") or backend.get("kind") not in (None, "Service"):
                continue
            namespace = text_at(backend, "namespace") or home
            who = Identity("", "Service", namespace, text_at(backend, "name"))
            yield who, ("spec", "rules", index, "backendRefs", at, "name")


def _class(kind: str, name: str) -> Identity:
    return Identity(_CLASSES[kind], kind, "", name)
