"""Roles of the application's ServiceAccount, and their bindings."""

from collections.abc import Iterator, Sequence

from kure_hooks.apps.workload.accounts import account_name
from kure_hooks.apps.workload.beside.made import Made
from kure_hooks.apps.workload.beside.spec import Spec
from kure_hooks.apps.workload.checks.common import exactly_one, given
from kure_hooks.apps.workload.inputs.rights import PolicyRule, RoleRef
from kure_hooks.apps.workload.objects import new
from kure_hooks.errors import InputError
from kure_hooks.manifests import Manifest, plain
from kure_hooks.stack.model import Application
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem

_GROUP = "rbac.authorization.k8s.io"
_API = f"{_GROUP}/v1"


def roles(application: Application, spec: Spec) -> Iterator[Made]:
    """Yield the roles, each before its binding; those of the cluster bear the namespace's name.

    Raises InputError for an application without a namespace, whose account nobody can name.
    """
    rbac = spec.rbac
    if rbac is None:
        return
    if not application.namespace:
        problem = "the rights are for an account of a namespace, and the application has none"
        rights = application.key("spec", "rbac")
        raise InputError([rights.fault(problem, "Add metadata.namespace.", rule="AP001")])
    name, cluster_wide = application.name, f"{application.namespace}-{application.name}"
    if rbac.rules:
        yield _role(application, "Role", name, rbac.rules, ("rbac", "rules"))
        yield _binding(application, name, RoleRef(kind="Role", name=name), ("rbac", "rules"))
    for at, wanted in enumerate(rbac.bind):
        role = RoleRef(name=wanted) if isinstance(wanted, str) else wanted
        called = f"{name}-{_bound(role)}"
        yield _binding(application, called, role, ("rbac", "bind", at))
    if rbac.cluster_rules:
        here = ("rbac", "clusterRules")
        yield _role(application, "ClusterRole", cluster_wide, rbac.cluster_rules, here)
        yield _binding(application, cluster_wide, RoleRef(name=cluster_wide), here, whole=True)
    for at, bound in enumerate(rbac.cluster_bind):
        role = RoleRef(name=bound)
        called = f"{cluster_wide}-{_bound(role)}"
        yield _binding(application, called, role, ("rbac", "clusterBind", at), whole=True)


def _bound(role: RoleRef) -> str:
    """Return the part of a binding's name that tells its role; colons are for names of roles."""
    return role.name.replace(":", "-").lower()


def _role(
    application: Application, kind: str, name: str, rules: Sequence[PolicyRule], place: Pointer
) -> Made:
    manifest = _new(application, kind, name)
    return Made(manifest | {"rules": [_rule(rule) for rule in rules]}, {("rules",): place})


def _rule(rule: PolicyRule) -> Manifest:
    groups = {"apiGroups": [""]} if rule.resources and not rule.api_groups else {}
    return {**groups, **plain(rule)}


def _binding(
    application: Application,
    name: str,
    role: RoleRef,
    place: Pointer,
    *,
    whole: bool = False,
) -> Made:
    account = account_name(application, application.spec)
    fields = {
        "roleRef": {"apiGroup": _GROUP, "kind": role.kind, "name": role.name},
        "subjects": [
            {"kind": "ServiceAccount", "name": account, "namespace": application.namespace}
        ],
    }
    manifest = _new(application, "ClusterRoleBinding" if whole else "RoleBinding", name)
    return Made(manifest | fields, {(): place, ("roleRef",): place})


def _new(application: Application, kind: str, name: str) -> Manifest:
    manifest = new(application, _API, kind, name, application.spec.rbac.annotations)
    if kind.startswith("Cluster"):
        manifest["metadata"].pop("namespace")
    return manifest


def problems(spec: Spec) -> Iterator[Problem]:
    """Yield what is wrong with the rights: nobody to have them, or rules that give none."""
    rbac = spec.rbac
    if rbac is None:
        return
    if spec.service_account is None:
        problem = "these are rights of the application's ServiceAccount, and it has none"
        yield ("rbac",), problem, "Add serviceAccount: {create: true}."
    if not any(key != "annotations" for key in given(rbac)):
        yield ("rbac",), "these are no rights", "rules, clusterRules, bind or clusterBind"
    for key, rules in (("rules", rbac.rules), ("clusterRules", rbac.cluster_rules)):
        for at, rule in enumerate(rules):
            place = ("rbac", key, at)
            yield from _rule_problems(place, rule, whole=key == "clusterRules")


def _rule_problems(place: Pointer, rule: PolicyRule, *, whole: bool) -> Iterator[Problem]:
    subjects = [key for key in ("resources", "nonResourceURLs") if key in given(rule)]
    yield from exactly_one(place, subjects, "resources and nonResourceURLs")
    if not rule.verbs:
        yield (*place, "verbs"), "the rule permits nothing", "a list of verbs such as get"
    if rule.non_resource_urls and not whole:
        problem = "addresses of the API server are in no namespace"
        yield (*place, "nonResourceURLs"), problem, "Move the rule to clusterRules."
    for key in ("apiGroups", "resourceNames"):
        if rule.non_resource_urls and key in given(rule):
            yield (*place, key), f"nonResourceURLs exclude {key}", f"Delete {key}."
