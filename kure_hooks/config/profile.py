"""The profile of a cluster: how things are done there, so that one application serves a fleet.

The idea is that of the ClusterProfile of the reference's launcher.
"""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

from msgspec import Meta

from kure_hooks.decoding.quantities import quantity_problem
from kure_hooks.decoding.types import Annotations, Duration, Input, Labels, Name, ObjectName, Text
from kure_hooks.yamlio.document import Pointer
from kure_hooks.yamlio.place import Problem

Amount = Annotated[
    int | str,
    Meta(
        description="a quantity such as 500m, 2 or 64Mi (put a decimal fraction in quotes: '0.5')",
        examples=["500m", "64Mi"],
    ),
]
Count = Annotated[int, Meta(ge=0, le=2**31 - 1, description="a whole number, zero or more")]
Level = Literal["restricted", "baseline", "privileged"]


class Issuer(Input, frozen=True, kw_only=True):
    """An issuer of cert-manager, or of another project."""

    group: Text | None = None
    """The API group of the issuer. Without it cert-manager.io."""
    kind: Text = "ClusterIssuer"
    """The kind of the issuer: Issuer, or one of another group. Default: ClusterIssuer."""
    name: ObjectName
    """The name of the issuer, such as letsencrypt."""


class Gateway(Input, frozen=True, kw_only=True):
    """A Gateway that routes are attached to."""

    name: ObjectName
    """The name of the Gateway."""
    namespace: Name | None = None
    """The namespace of the Gateway. Without it that of the application."""
    section_name: Text | None = None
    """The listener of the Gateway that routes are attached to. Without it all of them."""


class Exposure(Input, frozen=True, kw_only=True):
    """The way in which applications are reached from outside the cluster."""

    controller: Literal["ingress", "gateway"] = "ingress"
    """The objects that `expose` becomes on this cluster. Default: ingress.

    - `ingress`: An Ingress of the class `ingressClass`.
    - `gateway`: An HTTPRoute at the Gateway that `gateway` names.
    """
    gateway: Gateway | None = None
    """The Gateway of the routes. With the controller gateway it is required."""
    ingress_class: ObjectName | None = None
    """The class of each Ingress. Without it the default class of the cluster."""
    issuer: Issuer | None = None
    """The issuer of the certificates of exposed hosts. Without it `certificate.issuer`."""
    annotations: Annotations = {}
    """Annotations for each Ingress or HTTPRoute. Those of the application win over them."""


class Expose(Exposure, frozen=True, kw_only=True):
    """The way in from outside, and another one for what is internal."""

    internal: Exposure | None = None
    """How an application with `internal: true` is exposed. Without it like the others."""


class Certificate(Input, frozen=True, kw_only=True):
    """The way in which certificates are made."""

    issuer: Issuer
    """The issuer of all certificates that name none themselves."""


class SecretStore(Input, frozen=True, kw_only=True):
    """A store of External Secrets."""

    kind: Literal["ClusterSecretStore", "SecretStore"] = "ClusterSecretStore"
    """Whether the store serves all namespaces. Default: ClusterSecretStore.

    - `ClusterSecretStore`: One for all namespaces.
    - `SecretStore`: One of the application's own namespace.
    """
    name: ObjectName
    """The name of the store, such as vault."""


class ExternalSecret(Input, frozen=True, kw_only=True):
    """The way in which secrets come to the cluster."""

    store: SecretStore
    """The store of all external secrets that name none themselves."""
    refresh_interval: Duration | None = None
    """How often each external secret is read anew. Without it what External Secrets does."""


class Toleration(Input, frozen=True, kw_only=True):
    """A taint that pods bear."""

    key: Text | None = None
    """The key of the taint. Without it, with Exists, every taint."""
    operator: Literal["Exists", "Equal"] | None = None
    """How the taint's value is compared. Kubernetes' default is Equal.

    - `Exists`: Any value matches.
    - `Equal`: The value has to be the same.
    """
    value: str | None = None
    """The value that the taint has to have."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The effect of the taint. Without it all effects.

    - `NoSchedule`: New pods stay away.
    - `PreferNoSchedule`: New pods stay away where possible.
    - `NoExecute`: Running pods have to leave, too.
    """
    toleration_seconds: int | None = None
    """How long a pod stays in spite of NoExecute, in seconds. Without it for ever."""


class Resources(Input, frozen=True, kw_only=True):
    """Amounts for containers that say none themselves."""

    requests: dict[Text, Amount] = {}
    """Requests by resource, such as cpu: 100m, for each container that lacks one of them."""
    limits: dict[Text, Amount] = {}
    """Limits by resource, such as memory: 256Mi, for each container that lacks one of them."""


class Defaults(Input, frozen=True, kw_only=True):
    """Values for an AppWorkload that leaves them out."""

    replicas: Count | None = None
    """The number of pods of a Deployment or StatefulSet without `replicas` and `autoscaling`."""
    resources: Resources = Resources()
    """Requests and limits of containers, resource by resource."""
    security: Level | None = None
    """The Pod Security level of workloads that say none.

    - `restricted`: What Kubernetes recommends for pods, in full.
    - `baseline`: No known way to more rights.
    - `privileged`: No restrictions.
    """


class Limits(Input, frozen=True, kw_only=True):
    """The most that one application may ask for on this cluster, whatever its kind."""

    replicas: Count | None = None
    """The greatest number of pods of a workload, and of `maxReplicas` of an autoscaler."""
    cpu: Amount | None = None
    """The greatest request and limit of CPU of one container, such as 4 or 500m."""
    memory: Amount | None = None
    """The greatest request and limit of memory of one container, such as 8Gi."""
    storage: Amount | None = None
    """The greatest request of storage of one volume claim, such as 100Gi."""


class Profile(Input, frozen=True, kw_only=True):
    """The way in which things are done on a cluster; nothing is said of what is left out."""

    expose: Expose | None = None
    """What `expose` of an application becomes on this cluster."""
    certificate: Certificate | None = None
    """How certificates are made on this cluster."""
    external_secret: ExternalSecret | None = None
    """Where external secrets come from on this cluster."""
    storage_class: ObjectName | None = None
    """The storage class of volume claims that name none."""
    node_selector: Labels = {}
    """Labels that a node has to have, for workloads without a `nodeSelector` of their own."""
    tolerations: tuple[Toleration, ...] = ()
    """Taints that pods tolerate, for workloads without `tolerations` of their own."""
    defaults: Defaults = Defaults()
    """Values for workloads that leave them out."""
    limits: Limits = Limits()
    """The most that an application may ask for. More is an error at the application's line."""

    def issuer(self, exposure: Exposure | None = None) -> Issuer | None:
        """Return the issuer of certificates, for hosts that are exposed in that way."""
        own = exposure.issuer if exposure else None
        return own or (self.certificate.issuer if self.certificate else None)

    def exposure(self, *, internal: bool = False) -> Exposure | None:
        """Return how an application is exposed, None where the profile does not say so."""
        return (internal and self.expose and self.expose.internal) or self.expose


class ProfileMetadata(Input, frozen=True, kw_only=True):
    """The metadata of a profile."""

    name: Name
    """The name of the profile, which messages about limits tell."""


class ProfileDocument(Input, frozen=True, kw_only=True):
    """A profile in a file, or among the documents of a stack file."""

    api_version: Literal["stack.gokure.dev/v1alpha1"]
    """The API of stack files, with its version."""
    kind: Literal["ClusterProfile"]
    """The kind of this document, a profile that clusters name."""
    metadata: ProfileMetadata
    """The name of the profile."""
    spec: Profile
    """How things are done on the clusters that name the profile."""


def problems(profile: Profile) -> Iterator[Problem]:
    """Yield what types can't tell of a profile, as pointers inside it."""
    yield from _exposures(profile)
    for pointer, value in _amounts(profile):
        if value is not None and (problem := quantity_problem(value)):
            yield pointer, *problem


def _amounts(profile: Profile) -> Iterator[tuple[Pointer, Any]]:
    """Yield every quantity of a profile, None for a limit that it does not set."""
    for key in ("requests", "limits"):
        amounts = getattr(profile.defaults.resources, key)
        yield from ((("defaults", "resources", key, name), amounts[name]) for name in amounts)
    for key in ("cpu", "memory", "storage"):
        yield ("limits", key), getattr(profile.limits, key)


def _exposures(profile: Profile) -> Iterator[Problem]:
    """Yield each way in that is at a Gateway and names none."""
    outer = profile.expose
    ways = {("expose",): outer, ("expose", "internal"): outer and outer.internal}
    for pointer, way in ways.items():
        if way and way.controller == "gateway" and way.gateway is None:
            expected = "Name the Gateway that routes are attached to."
            yield (*pointer, "gateway"), "this required key is missing", expected
