"""The spec of an AppWorkload with the objects beside its pods, which most applications lack."""

from collections.abc import Mapping
from typing import Any

from msgspec import field

from kure_hooks.apps.workload.inputs.claims import Claim
from kure_hooks.apps.workload.inputs.exposure import Certificate, Expose
from kure_hooks.apps.workload.inputs.rights import Rbac
from kure_hooks.apps.workload.inputs.routes import Route
from kure_hooks.apps.workload.inputs.secrets import ExternalSecret
from kure_hooks.apps.workload.inputs.terms import Name
from kure_hooks.apps.workload.inputs.watching import Monitor, Scaling
from kure_hooks.apps.workload.spec import Spec as Usual
from kure_hooks.apps.workload.spec import Workload as UsualWorkload


class Workload(UsualWorkload, frozen=True, kw_only=True):
    """A workload with what leads to its pods, scales and protects them.

    With `autoscaling` or `scaling` the number of `replicas` is the autoscaler's and not written.
    """

    scaling: Scaling | None = None
    """A ScaledObject of KEDA that changes the number of pods, in place of `autoscaling`."""


class Spec(Usual, frozen=True, kw_only=True):
    """A workload with everything that belongs to it."""

    expose: Expose | None = None
    """A way in from outside, as the cluster does it: an Ingress, or an HTTPRoute at its Gateway."""
    routes: tuple[Route, ...] = ()
    """HTTPRoutes and GRPCRoutes of the Gateway API."""
    certificates: tuple[Certificate, ...] = ()
    """Certificates of cert-manager."""
    persistence: dict[Name, Claim] = field(default_factory=dict)
    """PersistentVolumeClaims that all pods share, by the names of their volumes."""
    external_secrets: dict[Name, ExternalSecret] = field(default_factory=dict)
    """Secrets that External Secrets makes of what a store holds, by a name."""
    rbac: Rbac | None = None
    """Rights of the application's ServiceAccount."""
    scaling: Scaling | None = None
    """A ScaledObject of KEDA that changes the number of pods, in place of `autoscaling`."""
    workloads: Mapping[Name, Workload] = field(default_factory=dict)
    monitors: tuple[Monitor, ...] = ()
    """ServiceMonitors and PodMonitors of the Prometheus Operator."""
    extra_objects: tuple[dict[str, Any], ...] = ()
    """Other Kubernetes objects, written as they are."""
