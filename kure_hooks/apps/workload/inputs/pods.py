"""Fields of pods beside containers: placement, name resolution, account, claims."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Name, ObjectName, Positive, Text

DnsPolicy = Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]


class Affinity(Fields, frozen=True, kw_only=True):
    """Attraction to nodes and pods; each rule is written as it is given."""

    node_affinity: dict[str, Any] | None = None
    """Rules about the nodes, as Kubernetes has them."""
    pod_affinity: dict[str, Any] | None = None
    """Rules about pods to be near to, as Kubernetes has them."""
    pod_anti_affinity: dict[str, Any] | None = None
    """Rules about pods to be far from, as Kubernetes has them."""


class Toleration(Fields, frozen=True, kw_only=True):
    """A taint that the pods bear."""

    key: Text | None = None
    """The key of the taint. Without it, with Exists, every taint."""
    operator: Literal["Exists", "Equal"] | None = None
    """How the taint's value is compared. Kubernetes' default is Equal.

    - `Exists`: Any value matches.
    - `Equal`: The value has to be the same.
    """
    value: Text | None = None
    """The value that the taint has to have."""
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    """The effect of the taint. Without it all effects.

    - `NoSchedule`: New pods stay away.
    - `PreferNoSchedule`: New pods stay away where possible.
    - `NoExecute`: Running pods have to leave, too.
    """
    toleration_seconds: int | None = None
    """How long a pod stays in spite of NoExecute, in seconds. Without it for ever."""


class TopologySpread(Fields, frozen=True, kw_only=True):
    """The spreading of pods; without labelSelector this application's pods are counted."""

    max_skew: Positive
    """By how many the numbers of pods of two domains may differ."""
    topology_key: Text
    """The label of nodes that makes a domain, such as topology.kubernetes.io/zone."""
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    """What becomes of a pod that breaks the rule.

    - `DoNotSchedule`: It waits.
    - `ScheduleAnyway`: It runs where the rule is broken least.
    """
    label_selector: dict[str, Any] | None = None
    """The pods that are counted. Without it those of this application."""
    match_label_keys: tuple[Text, ...] = ()
    """Labels whose values have to be those of the pod itself."""
    min_domains: Positive | None = None
    """The least number of domains. With fewer, missing ones count as empty."""
    node_affinity_policy: Literal["Honor", "Ignore"] | None = None
    """Whether nodes that the pod can't use are counted.

    - `Honor`: They are not, which is Kubernetes' default.
    - `Ignore`: They are.
    """
    node_taints_policy: Literal["Honor", "Ignore"] | None = None
    """Whether nodes with taints are counted.

    - `Honor`: Not those that the pod does not tolerate.
    - `Ignore`: They are, which is Kubernetes' default.
    """


class HostAlias(Fields, frozen=True, kw_only=True):
    """One line of the pods' hosts file."""

    ip: Text
    """The address that the names lead to."""
    hostnames: tuple[Text, ...]
    """The names of the address."""


class DnsOption(Fields, frozen=True, kw_only=True):
    """One option of the resolver."""

    name: Text
    """The name of the option, such as ndots."""
    value: Text | None = None
    """The value of the option. Put numbers in quotes."""


class DnsConfig(Fields, frozen=True, kw_only=True):
    """The pods' resolver settings."""

    nameservers: tuple[Text, ...] = ()
    """Addresses of name servers, at most 3."""
    searches: tuple[Text, ...] = ()
    """Domains that short names are looked up in."""
    options: tuple[DnsOption, ...] = ()
    """Options of the resolver."""


class PodResourceClaim(Fields, frozen=True, kw_only=True):
    """A claim on a device that containers may use by its name."""

    name: Name
    """The name by which containers use the claim."""
    resource_claim_name: ObjectName | None = None
    """A ResourceClaim that exists."""
    resource_claim_template_name: ObjectName | None = None
    """A template of which each pod gets a claim of its own."""


class LocalRef(Fields, frozen=True, kw_only=True):
    """A Secret of the application's namespace."""

    name: ObjectName
    """The name of the Secret."""


class ServiceAccount(Fields, frozen=True, kw_only=True):
    """The account of the pods; `create: true` also writes it, named after the application."""

    create: bool = False
    """Write the ServiceAccount, too."""
    name: ObjectName | None = None
    """The name of the ServiceAccount. Without it that of the application."""
    annotations: dict[str, Text] = field(default_factory=dict)
    """Annotations for the ServiceAccount, such as those of workload identity."""
    automount_token: bool | None = None
    """Mount the token for the API server in pods of this account. Kubernetes' default is true."""
