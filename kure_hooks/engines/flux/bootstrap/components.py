"""The controllers of Flux, customised as `flux install --export` does (Flux 2.9).

The command patches arguments by their index; here objects and arguments are found by name, so that
manifests of other releases, and those that the command wrote before, can be given as well.
"""

from functools import reduce

from kure_hooks.engines.flux.bootstrap import install_manifests
from kure_hooks.engines.flux.bootstrap.controllers import customised
from kure_hooks.engines.flux.bootstrap.rules import COMPONENTS, chosen, exact
from kure_hooks.engines.releases import with_metadata
from kure_hooks.errors import InputError
from kure_hooks.layout.plan import Plan
from kure_hooks.manifests import Manifest
from kure_hooks.stack.release import Release

_COMPONENT = "app.kubernetes.io/component"
_INSTANCE = "app.kubernetes.io/instance"
_VERSION = "app.kubernetes.io/version"
_PART_OF = "app.kubernetes.io/part-of"

# What bears the name of its namespace, so that several Flux can be on a cluster.
_SUFFIXED = frozenset({"ClusterRole", "ClusterRoleBinding", "ResourceQuota"})


def components(plan: Plan, release: Release) -> list[Manifest]:
    """Return namespace, policies, roles and the chosen controllers with their CRDs.

    Raises InputError where the release has not all of them, or is of another version.
    """
    wanted = chosen(plan.cluster.bootstrap)
    install_manifests.require(plan, release, wanted)
    version = _version(plan, release)
    moved = install_manifests.in_namespace(release, plan.cluster.flux.namespace)
    changes = _changes(plan, release, version)
    return [
        reduce(lambda manifest, change: change(manifest), changes, each)
        for each in moved
        if _is_wanted(plan, each)
    ]


def _is_wanted(plan: Plan, manifest: Manifest) -> bool:
    if manifest["kind"] == "NetworkPolicy":
        return plan.cluster.bootstrap.network_policy
    component = (manifest["metadata"].get("labels") or {}).get(_COMPONENT)
    return component not in COMPONENTS or component in chosen(plan.cluster.bootstrap)


def _changes(plan: Plan, release: Release, version: str) -> list[install_manifests.Change]:
    namespace = plan.cluster.flux.namespace
    old = install_manifests.own_namespace(release)
    roles = {each["metadata"]["name"] for each in release.manifests if each["kind"] in _SUFFIXED}
    labels = {_INSTANCE: namespace, _PART_OF: "flux"} | ({_VERSION: version} if version else {})

    def renamed(name: str) -> str:
        return f"{name.removesuffix(f'-{old}') if old else name}-{namespace}"

    def suffixed(manifest: Manifest) -> Manifest:
        if manifest["kind"] not in _SUFFIXED:
            return manifest
        name = renamed(manifest["metadata"]["name"])
        manifest = with_metadata(manifest, {"name": name})
        reference = manifest.get("roleRef", {})
        if reference.get("name") not in roles:
            return manifest
        return {**manifest, "roleRef": {**reference, "name": renamed(reference["name"])}}

    def labelled(manifest: Manifest) -> Manifest:
        own = manifest["metadata"].get("labels") or {}
        return with_metadata(manifest, {"labels": dict(sorted((own | labels).items()))})

    def configured(manifest: Manifest) -> Manifest:
        if manifest["kind"] != "Deployment":
            return manifest
        return customised(manifest, plan.cluster.bootstrap, labels)

    return [suffixed, labelled, configured]


def _version(plan: Plan, release: Release) -> str:
    """Return the version of the manifests: what they say, else the exact one of the stack."""
    labels = (each["metadata"].get("labels") or {} for each in release.manifests)
    found = next((str(each[_VERSION]) for each in labels if _VERSION in each), "")
    wanted = exact(plan.cluster.bootstrap)
    if found and wanted and found.removeprefix("v") != wanted:
        problem = f"{release.path} is Flux {found}, not {wanted}"
        place = plan.cluster.key("gitops", "bootstrap", "fluxVersion")
        raise InputError([place.fault(problem, "the version of the manifests", rule="FX127")])
    return found or (f"v{wanted}" if wanted else "")
