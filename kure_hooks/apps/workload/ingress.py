"""Traffic that is let in and out: Ingress and NetworkPolicy."""

from collections.abc import Iterator

from kure_hooks.apps.workload.inputs.network import (
    Backend,
    BackendPort,
    BackendService,
    Ingress,
    IngressPath,
    IngressPaths,
    IngressRule,
)
from kure_hooks.apps.workload.objects import new, ordered, selector
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application


def ingress(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the Ingress, its short form written out."""
    wanted = spec.ingress
    if wanted is None:
        return
    fields: Manifest = {"rules": plain(rules(wanted))}
    if wanted.class_name:
        fields["ingressClassName"] = wanted.class_name
    if wanted.tls:
        fields["tls"] = plain(wanted.tls)
    manifest = new(application, "networking.k8s.io/v1", "Ingress", wanted.name, wanted.annotations)
    yield manifest | {"spec": ordered(fields, ("ingressClassName", "tls", "rules"))}


def rules(wanted: Ingress) -> tuple[IngressRule, ...]:
    """Return the rules; the short form is one rule with one path, `/` and below by default."""
    if wanted.rules or wanted.service_name is None:
        return wanted.rules
    port = BackendPort(name=wanted.service_port_name, number=wanted.service_port)
    path = IngressPath(
        path=wanted.path or "/",
        path_type=wanted.path_type or "Prefix",
        backend=Backend(service=BackendService(name=wanted.service_name, port=port)),
    )
    return (IngressRule(host=wanted.host, http=IngressPaths(paths=(path,))),)


def network_policy(application: Application, spec: Spec) -> Iterator[Manifest]:
    """Yield the NetworkPolicy for the application's pods.

    Without `policyTypes` it governs ingress, and egress if that is given, be it empty: what the
    API documents, though it takes an empty egress for none unless the type is written.
    """
    policy = spec.network_policy
    if policy is None:
        return
    fields = {"policyTypes": ["Ingress"] + ["Egress"] * (policy.egress is not None)}
    fields |= plain(policy)
    manifest = new(application, "networking.k8s.io/v1", "NetworkPolicy")
    pods = {"podSelector": {"matchLabels": selector(application)}}
    yield manifest | {"spec": pods | fields}
