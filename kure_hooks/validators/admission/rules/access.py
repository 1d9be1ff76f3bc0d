"""Roles and their bindings: rules with verbs, and references that a binding can have."""

from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import name_problem
from kure_hooks.decoding.selectors import selector_problems
from kure_hooks.decoding.values import entries, literal, mapping
from kure_hooks.validators.admission.check import error
from kure_hooks.yamlio import Pointer
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_GROUP = "rbac.authorization.k8s.io"
_ACCOUNT = "ServiceAccount"
_SUBJECTS = (_ACCOUNT, "User", "Group")


@error("VA170")
def _rules(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    for at, rule in entries(manifest, "rules"):
        yield from _rule(("rules", at), rule, of_cluster=manifest.get("kind") == "ClusterRole")
    aggregation = manifest.get("aggregationRule")
    if isinstance(aggregation, dict):
        place: Pointer = ("aggregationRule", "clusterRoleSelectors")
        if not aggregation.get(place[1]):
            yield place, "the role is made of no others", "a list of at least one selector"
        for at, selector in entries(aggregation, "clusterRoleSelectors"):
            yield from selector_problems((*place, at), selector)


def _rule(place: Pointer, rule: Mapping[str, Any], *, of_cluster: bool) -> Iterator[Problem]:
    if not rule.get("verbs"):
        yield (*place, "verbs"), "the rule permits nothing", "verbs such as [get, list, watch]"
    if rule.get("nonResourceURLs"):
        here = (*place, "nonResourceURLs")
        if not of_cluster:
            yield here, "a Role has no rules for URLs", "a ClusterRole"
        if any(rule.get(key) for key in ("apiGroups", "resources", "resourceNames")):
            yield here, "a rule is for URLs or for resources", "Write a rule for each."
        return
    for key, example in (("apiGroups", '[""] for the core group'), ("resources", "[pods]")):
        if not rule.get(key):
            yield (*place, key), f"the rule has no {key}", f"a list such as {example}"


@error("VA171")
def _binding(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    of_cluster = manifest.get("kind") == "ClusterRoleBinding"
    role = mapping(manifest, "roleRef")
    kinds = ("ClusterRole",) if of_cluster else ("Role", "ClusterRole")
    kind, group = role.get("kind"), role.get("apiGroup")
    if kind is None or (literal(kind) and kind not in kinds):
        problem = f"a {manifest.get('kind')} can't refer to a {shown(kind or 'nothing')}"
        yield ("roleRef", "kind"), problem, " or ".join(kinds)
    if literal(group) and group not in ("", _GROUP):
        yield ("roleRef", "apiGroup"), f"there are no roles in {shown(group)}", _GROUP
    name = role.get("name")
    if name in (None, ""):
        yield ("roleRef", "name"), "the binding names no role", "the name of a role"
    elif literal(name) and (refused := name_problem(_GROUP, kinds[0], name)):
        yield ("roleRef", "name"), *refused
    for at, subject in entries(manifest, "subjects"):
        yield from _subject(("subjects", at), subject, of_cluster=of_cluster)


def _subject(place: Pointer, subject: Mapping[str, Any], *, of_cluster: bool) -> Iterator[Problem]:
    kind, group = subject.get("kind"), subject.get("apiGroup")
    name = subject.get("name")
    if name in (None, ""):
        yield (*place, "name"), "the subject has no name", "Add the key name."
    elif literal(name) and kind == _ACCOUNT and (refused := name_problem("", _ACCOUNT, name)):
        yield (*place, "name"), *refused
    if not literal(kind):
        return
    if kind not in _SUBJECTS:
        yield (*place, "kind"), f"there is no subject {shown(kind)}", " or ".join(_SUBJECTS)
    elif literal(group) and group and (kind == _ACCOUNT or group != _GROUP):
        expected = "Delete apiGroup." if kind == _ACCOUNT else _GROUP
        yield (*place, "apiGroup"), f"a {kind} is not of the group {shown(group)}", expected
    if kind == _ACCOUNT and of_cluster and not subject.get("namespace"):
        yield (*place, "namespace"), "the account has no namespace", "Add the key namespace."


ROLE = (_rules,)
BINDING = (_binding,)
