"""The application kind AppWorkload: a workload with everything that belongs to it."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from msgspec.structs import replace

from kure_hooks.apps.workload import checks
from kure_hooks.apps.workload.accounts import account_name, service_account
from kure_hooks.apps.workload.controllers import autoscaler, controller, disruption_budget
from kure_hooks.apps.workload.gaps import MERGE_KEYS, gaps
from kure_hooks.apps.workload.objects import component
from kure_hooks.apps.workload.services import ingress, network_policy, services
from kure_hooks.apps.workload.short_forms import written_out
from kure_hooks.apps.workload.spec import Spec as Usual
from kure_hooks.files.tree import Tree
from kure_hooks.manifests import Manifest, identity
from kure_hooks.stack.interface import Product
from kure_hooks.stack.interface import never as augments
from kure_hooks.stack.model import Application
from kure_hooks.yamlio.place import Problem

__all__ = ["MERGE_KEYS", "Spec", "Usual", "augments", "gaps", "generate", "problems"]

_PARTS = (
    controller,
    services,
    ingress,
    autoscaler,
    disruption_budget,
    network_policy,
)


def __getattr__(name: str) -> Any:
    """Return `Spec`, the type of all specs; `Usual` is its base, which does for most."""
    if name == "Spec":
        from kure_hooks.apps.workload.beside.spec import Spec  # noqa: PLC0415 - few need it

        return Spec
    raise AttributeError(name)


def problems(spec: Any) -> Iterator[Problem]:
    """Yield every problem: pointer inside the spec, what is wrong, what is expected."""
    if type(spec) is Usual:
        return checks.problems(spec)
    from kure_hooks.apps.workload import beside  # noqa: PLC0415 - few applications need it

    return chain(checks.problems(beside.with_volumes(spec)), beside.problems(spec))


def generate(application: Application, tree: Tree) -> Product:
    """Return the manifests of an application whose spec is a `Spec` without problems.

    Their order: ServiceAccount, ConfigMap, and for each workload its controller, Services, Ingress,
    HorizontalPodAutoscaler, PodDisruptionBudget and NetworkPolicy; then the objects beside them. No
    two of them share a dict or list. Raises InputError for files of `configFiles` that can't be
    used.
    """
    if type(application.spec) is Usual:
        return _around_pods(application, tree)
    from kure_hooks.apps.workload import beside  # noqa: PLC0415 - few applications need it

    made = [*beside.objects(application)]
    product = _around_pods(beside.completed(application), tree)
    traces = {
        identity(manifest): {
            pointer: application.key("spec", *written) for pointer, written in places.items()
        }
        for manifest, places in made
    }
    manifests = [*product.manifests, *(manifest for manifest, _ in made)]
    return replace(product, manifests=manifests, traces=traces)


def _around_pods(application: Application, tree: Tree) -> Product:
    spec = application.spec
    own = [
        manifest
        for workload in _components(application)
        for part in _PARTS
        for manifest in part(workload, workload.spec)
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
    spec: Usual = application.spec
    for name, workload in spec.apart():
        whole = written_out(workload)
        if name:
            whole = replace(whole, service_account=account_name(application, spec))
        yield component(application, name, whole)
