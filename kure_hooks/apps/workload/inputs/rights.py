"""Rights of the application's ServiceAccount."""

from typing import Literal

from msgspec import field

from kure_hooks.apps.workload.inputs.terms import Annotations, Fields, Text


class PolicyRule(Fields, frozen=True, kw_only=True):
    """Verbs on resources, or on addresses of the API server."""

    api_groups: tuple[Text, ...] = ()
    """The API groups of the resources. Without it the core group, which is the empty string."""
    resources: tuple[Text, ...] = ()
    """The resources, such as pods or pods/log."""
    resource_names: tuple[Text, ...] = ()
    """The names of the objects. Without it all."""
    non_resource_urls: tuple[Text, ...] = field(default=(), name="nonResourceURLs")
    """Addresses of the API server such as /metrics, in `clusterRules` alone."""
    verbs: tuple[Text, ...]
    """What is permitted, such as get, list and watch."""


class RoleRef(Fields, frozen=True, kw_only=True):
    """A role that exists."""

    kind: Literal["ClusterRole", "Role"] = "ClusterRole"
    """The kind of the role.

    - `ClusterRole`: One for all namespaces, such as view.
    - `Role`: One of the application's namespace.
    """
    name: Text
    """The name of the role."""


class Rbac(Fields, frozen=True, kw_only=True):
    """Roles for the application's ServiceAccount, and bindings to those that exist."""

    annotations: Annotations = field(default_factory=dict)
    """Annotations for all roles and bindings."""
    rules: tuple[PolicyRule, ...] = ()
    """Rights in the application's namespace: a Role and its RoleBinding."""
    cluster_rules: tuple[PolicyRule, ...] = ()
    """Rights in the whole cluster: a ClusterRole and its ClusterRoleBinding."""
    bind: tuple[Text | RoleRef, ...] = ()
    """Roles that exist, for the application's namespace: names of ClusterRoles, or mappings."""
    cluster_bind: tuple[Text, ...] = ()
    """ClusterRoles that exist, for the whole cluster, by name."""
