"""Policies: rules of a team's own, each an expression in CEL that is true of what is right.

| variable | value |
| --- | --- |
| `object` | the object as it comes to the cluster |
| `owners` | what applies it, the nearest first, up to the entry of the cluster |
| `dependencies` | what the object waits for, where it applies others itself |
| `path` | the file in which the object is written |
| `cluster` | the name of the cluster |

An owner has `tool`, `group`, `kind`, `namespace`, `name`, `prunes`, `suspended`, `waits`,
`dependencies` and its `object`; a dependency `group`, `kind`, `namespace` and `name`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kure_hooks.cel import available
from kure_hooks.cel.environment import ExpressionError, compiled, evaluated
from kure_hooks.config.lint import Match, Policy
from kure_hooks.errors import UsageError
from kure_hooks.files.globs import matches, matches_segment
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.catalogue import Check
from kure_hooks.manifests import Identity, kind_of, text_at
from kure_hooks.rules.rule import Rule

VARIABLES = ("object", "owners", "dependencies", "path", "cluster")
"""The names that an expression may use."""


@dataclass(frozen=True)
class Fault:
    """A policy whose expression does not compile: its index, and the reason."""

    index: int
    reason: str


def checks(
    policies: Sequence[Policy], is_chosen: Callable[[str], bool]
) -> tuple[list[Check], list[Fault]]:
    """Return the chosen policies, ready to run, and those that do not compile.

    Raises UsageError where there is one to check and nothing that evaluates it.
    """
    chosen = [(index, item) for index, item in enumerate(policies) if is_chosen(item.id)]
    if chosen and not available():
        raise UsageError(
            "policies need the package cel-expr-python, which is not installed. Install "
            "kure-hooks[cel], or leave them out with --ignore."
        )
    ready: list[Check] = []
    faults: list[Fault] = []
    for index, policy in chosen:
        try:
            program = compiled(policy.expression, VARIABLES)
        except ExpressionError as error:
            faults.append(Fault(index, str(error)))
        else:
            ready.append(_check(policy, program))
    return ready, faults


def _check(policy: Policy, program: Any) -> Check:
    rule = Rule(
        policy.message.rstrip("."),
        Severity(policy.severity),
        f"A policy of this repository: {policy.expression}",
        policy.expected or "Do what the policy asks for.",
    )

    def check(cluster: Cluster) -> Iterator[Finding]:
        for owner, resource in cluster.resources():
            if _is_meant(policy.match, resource, cluster):
                yield from _judged(policy, program, owner, resource, cluster)

    return Check(policy.id, rule, check)


def _judged(
    policy: Policy, program: Any, owner: Owner | None, resource: Resource, cluster: Cluster
) -> Iterator[Finding]:
    itself = next((item for item in cluster.by_identity.get(_who(resource), ())), None)
    variables = {
        "object": resource.manifest,
        "owners": [_owner(item) for item in ((owner, *owner.above()) if owner else ())],
        "dependencies": _dependencies(itself) if itself else [],
        "path": resource.at().path,
        "cluster": cluster.name,
    }
    severity = Severity(policy.severity)
    try:
        is_right = evaluated(program, variables)
    except (ExpressionError, TypeError, ValueError, OverflowError) as error:
        problem = f"the policy {policy.id} can't be evaluated here: {error}"
        advice = "guard its expression, as with has(object.spec.replicas), or narrow its match"
        yield resource.finding((), problem, advice, "LI004")
        return
    if not isinstance(is_right, bool):
        problem = f"the policy {policy.id} has a text for a value here"
        yield resource.finding((), problem, "Write a condition.", "LI004")
    elif not is_right:
        problem = policy.message.rstrip(".")
        yield resource.finding((), problem, policy.expected, policy.id, severity)


def _is_meant(match: Match, resource: Resource, cluster: Cluster) -> bool:
    group, kind = kind_of(resource.manifest)
    metadata = resource.manifest.get("metadata")
    namespace = text_at(metadata, "namespace")
    name = text_at(metadata, "name")
    return (
        _fits(match.kinds, kind)
        and _fits(match.groups, group)
        and _fits(match.namespaces, namespace)
        and _fits(match.names, name)
        and (not match.paths or any(matches(item, resource.at().path) for item in match.paths))
        and (not match.clusters or any(matches(item, cluster.name) for item in match.clusters))
    )


def _fits(patterns: Sequence[str], text: str) -> bool:
    return not patterns or any(matches_segment(pattern, text) for pattern in patterns)


def _who(resource: Resource) -> Identity:
    return resource.who or Identity("", "", "", "")


def _owner(owner: Owner) -> dict[str, Any]:
    return {
        **_identity(owner.who),
        "tool": owner.tool,
        "prunes": owner.prunes,
        "suspended": owner.suspended,
        "waits": owner.waits,
        "dependencies": _dependencies(owner),
        "object": owner.resource.manifest,
    }


def _dependencies(owner: Owner) -> list[dict[str, str]]:
    return [_identity(dependency.who) for dependency in owner.dependencies]


def _identity(who: Identity) -> dict[str, str]:
    return {
        "group": who.group,
        "kind": who.kind,
        "namespace": who.namespace,
        "name": who.name,
    }
