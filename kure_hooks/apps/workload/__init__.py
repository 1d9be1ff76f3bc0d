"""The application kind AppWorkload: a workload with everything that belongs to it."""

from collections.abc import Iterator

from msgspec.structs import asdict, replace

from kure_hooks.apps.workload.accounts import account_name, service_account
from kure_hooks.apps.workload.checks import problems
from kure_hooks.apps.workload.controllers import autoscaler, controller, disruption_budget
from kure_hooks.apps.workload.gaps import MERGE_KEYS, gaps
from kure_hooks.apps.workload.objects import Component
from kure_hooks.apps.workload.services import ingress, network_policy, services
from kure_hooks.apps.workload.short_forms import written_out
from kure_hooks.apps.workload.spec import Spec
from kure_hooks.files.tree import Tree
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.interface import Product
from kure_hooks.stack.interface import never as augments
from kure_hooks.stack.model import Application

__all__ = ["MERGE_KEYS", "Spec", "augments", "gaps", "generate", "problems"]

_PARTS = (
    controller,
    services,
    ingress,
    autoscaler,
    disruption_budget,
    network_policy,
)


def generate(application: Application, tree: Tree) -> Product:
    """Return the manifests of an application whose spec is a `Spec` without problems.

    Their order: ServiceAccount, ConfigMap, and for each workload its controller, Services, Ingress,
    HorizontalPodAutoscaler, PodDisruptionBudget and NetworkPolicy. No two of them share a dict or
    list. Raises InputError for files of `configFiles` that can't be used.
    """
    spec = application.spec
    own = [
        manifest
        for component in _components(application)
        for part in _PARTS
        for manifest in part(component, component.spec)
    ]
    config_maps: list[Manifest] = []
    if spec.config or spec.config_files:
        from kure_hooks.apps.workload.config import config_map  # noqa: PLC0415 - many have none

        config_maps.append(config_map(application, tree, own))
    jobs = (manifest for manifest in own if manifest["kind"] == "Job")
    return Product(
        [*service_account(application, spec), *config_maps, *own],
        replaced=[*map(identity, jobs)],
        superseded=[] if spec.config_name == "stable" else [*map(identity, config_maps)],
    )


def _components(application: Application) -> Iterator[Application]:
    """Yield the application of each workload, in long forms: itself where there is only one."""
    spec: Spec = application.spec
    for name, workload in spec.apart():
        whole = written_out(workload)
        if not name:
            yield application if whole is spec else replace(application, spec=whole)
            return
        fields = asdict(application) | {
            "name": f"{application.name}-{name}",
            "spec": replace(whole, service_account=account_name(application, spec)),
        }
        yield Component(**fields, whole=application.name, component=name)
