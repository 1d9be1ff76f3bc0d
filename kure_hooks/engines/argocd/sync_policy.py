"""The sync policy of a bundle for Argo CD 3.5, and the differences that it leaves alone."""

from collections.abc import Iterable

from kure_hooks.config.argocd import Automated, SyncPolicy
from kure_hooks.decoding.types import layered
from kure_hooks.engines.argocd.applications import endless_retry
from kure_hooks.engines.argocd.versions import refreshes
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest, without_empty, written
from kure_hooks.stack.bundle_options import Ignore, Target
from kure_hooks.stack.model import Bundle

# Flux corrects drift, prunes, and applies on the server's side.
_LIKE_FLUX = Automated(prune=True, self_heal=True)
_SERVER_SIDE = ("ServerSideApply=true",)

_RESPECT = ("RespectIgnoreDifferences=true",)


def sync_policy(plan: Plan, bundle: Bundle) -> Manifest:
    """Return the sync policy of a bundle; `automated.enabled` needs Argo CD 3.1."""
    own, usual = policies(plan, bundle)
    options = bundle.options
    namespace = own.managed_namespace_metadata or usual.managed_namespace_metadata
    return without_empty(
        {
            "automated": written(
                layered(
                    Automated, own.automated, _shared(bundle, usual), usual.automated, _LIKE_FLUX
                )
            ),
            "syncOptions": sync_options(plan, bundle),
            "retry": written(own.retry)
            or _retry_every(plan, options.retry_interval)
            or written(usual.retry),
            "managedNamespaceMetadata": written(namespace),
        }
    )


def _shared(bundle: Bundle, usual: SyncPolicy) -> Automated:
    """Return what the fields that a bundle shares with Flux say of automated sync.

    `prune: true` and `suspend: false` go before the cluster's options where they are written.
    """
    options = bundle.options
    enabled = False if options.suspend else None
    if options.suspend is False and usual.automated.enabled is False:
        enabled = True
    prunes = options.prune if not options.prune or bundle.key("prune").exists else None
    return Automated(enabled=enabled, prune=prunes)


def policies(plan: Plan, bundle: Bundle) -> tuple[SyncPolicy, SyncPolicy]:
    """Return the policy that a bundle asks for, and that of its cluster."""
    own, usual = bundle.options.argocd.sync_policy, plan.cluster.argocd.sync_policy
    return own or SyncPolicy(), usual or SyncPolicy()


def sync_options(plan: Plan, bundle: Bundle) -> list[str]:
    """Return the sync options of a bundle, each key once."""
    own, usual = policies(plan, bundle)
    shared = _RESPECT if bundle.options.ignore else ()
    layers = (_SERVER_SIDE, usual.sync_options, shared, own.sync_options)
    chosen = {key: value for layer in layers for key, value in _split(layer)}
    return [f"{key}={value}" for key, value in sorted(chosen.items())]


def ignored(plan: Plan, bundle: Bundle) -> list[Manifest]:
    """Return what is no difference: the cluster's, that which Flux ignores, and the bundle's."""
    usual, own = plan.cluster.argocd.ignore_differences, bundle.options.argocd.ignore_differences
    return [*written(usual), *map(_ignored, bundle.options.ignore), *written(own or ())]


def _retry_every(plan: Plan, duration: str | None) -> Manifest | None:
    return endless_retry(refresh=refreshes(plan.cluster), duration=duration) if duration else None


def _ignored(ignore: Ignore) -> Manifest:
    target = ignore.target or Target()
    return without_empty(
        {
            "group": "*" if target.group is None else target.group,
            "kind": target.kind or "*",
            "name": target.name,
            "namespace": target.namespace,
            "jsonPointers": list(ignore.paths),
        }
    )


def _split(options: Iterable[str]) -> Iterable[tuple[str, str]]:
    for each in options:
        key, _, value = each.partition("=")
        yield key, value
