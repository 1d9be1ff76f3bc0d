"""Fields of pods beside containers: placement, name resolution, account, claims."""

from typing import Any, Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Fields, Name, ObjectName, Positive, Text

DnsPolicy = Literal["ClusterFirst", "ClusterFirstWithHostNet", "Default", "None"]


class Affinity(Fields, frozen=True, kw_only=True):
    """Attraction to nodes and pods; each rule is written as it is given."""

    node_affinity: dict[str, Any] | None = None
    pod_affinity: dict[str, Any] | None = None
    pod_anti_affinity: dict[str, Any] | None = None


class Toleration(Fields, frozen=True, kw_only=True):
    """A taint that the pods bear."""

    key: Text | None = None
    operator: Literal["Exists", "Equal"] | None = None
    value: Text | None = None
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] | None = None
    toleration_seconds: int | None = None


class TopologySpread(Fields, frozen=True, kw_only=True):
    """The spreading of pods; without labelSelector this application's pods are counted."""

    max_skew: Positive
    topology_key: Text
    when_unsatisfiable: Literal["DoNotSchedule", "ScheduleAnyway"]
    label_selector: dict[str, Any] | None = None
    match_label_keys: tuple[Text, ...] = ()
    min_domains: Positive | None = None
    node_affinity_policy: Literal["Honor", "Ignore"] | None = None
    node_taints_policy: Literal["Honor", "Ignore"] | None = None


class HostAlias(Fields, frozen=True, kw_only=True):
    """One line of the pods' hosts file."""

    ip: Text
    hostnames: tuple[Text, ...]


class DnsOption(Fields, frozen=True, kw_only=True):
    """One option of the resolver."""

    name: Text
    value: Text | None = None


class DnsConfig(Fields, frozen=True, kw_only=True):
    """The pods' resolver settings."""

    nameservers: tuple[Text, ...] = ()
    searches: tuple[Text, ...] = ()
    options: tuple[DnsOption, ...] = ()


class PodResourceClaim(Fields, frozen=True, kw_only=True):
    """A claim on a device that containers may use by its name."""

    name: Name
    resource_claim_name: ObjectName | None = None
    resource_claim_template_name: ObjectName | None = None


class LocalRef(Fields, frozen=True, kw_only=True):
    """A Secret of the application's namespace."""

    name: ObjectName


class ServiceAccount(Fields, frozen=True, kw_only=True):
    """The account of the pods; `create: true` also writes it, named after the application."""

    create: bool = False
    name: ObjectName | None = None
    annotations: dict[str, Text] = field(default_factory=dict)
    automount_token: bool | None = None
