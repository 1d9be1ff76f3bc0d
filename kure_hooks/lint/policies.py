"""Policies: rules of a team's own, each ready-made or an expression in CEL.

An expression is true of what is right. It has these variables:

| variable | value |
| --- | --- |
| `object` | the object as it comes to the cluster |
| `owners` | what applies it, the nearest first, up to the entry of the cluster |
| `dependencies` | what the object waits for, where it applies others itself |
| `path` | the file in which the object is written |
| `cluster` | the directory of the cluster |

An owner has `tool`, `group`, `kind`, `namespace`, `name`, `prunes`, `suspended`, `waits`,
`dependencies` and its `object`; a dependency `group`, `kind`, `namespace` and `name`. Policies that
are checked before anything is generated know no owners and no dependencies.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

from kure_hooks.cel import available
from kure_hooks.cel.environment import ExpressionError
from kure_hooks.config.lint import Match, Policy
from kure_hooks.errors import UsageError
from kure_hooks.files.globs import matches, matches_segment
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.lint import ready_policies
from kure_hooks.lint.catalogue import Check
from kure_hooks.lint.conditions import Allowance, Complaint, Condition, mistake, sentence
from kure_hooks.manifests import Identity, Manifest, kind_of, text_at
from kure_hooks.rules.rule import Rule

VARIABLES = ("object", "owners", "dependencies", "path", "cluster")
"""The names that an expression may use."""

WRITTEN = ("object", "path", "cluster")
"""The names that an expression may use which is checked before anything is generated."""


@dataclass(frozen=True)
class Fault:
    """A policy whose expression does not compile: its index, the reason, and what is expected."""

    index: int
    reason: str
    expected: str


@dataclass(frozen=True)
class Judge:
    """A policy that is ready to run; one with an expression has it compiled."""

    policy: Policy
    condition: Condition | None

    def complaints(
        self,
        manifest: Manifest,
        variables: Callable[[], dict[str, Any]],
        denied: Callable[[], ready_policies.Denied],
    ) -> Iterator[Complaint]:
        """Yield what the policy has against an object.

        An expression asks for the variables, some ready-made policies for what the NetworkPolicies
        of the cluster deny by default.
        """
        if self.condition:
            yield from self.condition.complaints(variables())
            return
        policy = self.policy
        for pointer, problem, expected in ready_policies.problems(policy, manifest, denied):
            yield Complaint(
                pointer,
                policy.message.rstrip(".") or problem,
                sentence(policy.expected) or expected,
                policy.id,
                Severity(policy.severity),
            )


def judges(
    policies: Sequence[Policy],
    is_chosen: Callable[[Policy], bool],
    variables: tuple[str, ...] = VARIABLES,
) -> tuple[list[Judge], list[Fault]]:
    """Return the chosen policies, ready to run, and those that do not compile.

    Raises UsageError where there is an expression and nothing that evaluates it.
    """
    chosen = [(index, item) for index, item in enumerate(policies) if is_chosen(item)]
    if any(policy.expression for _, policy in chosen) and not available():
        raise UsageError(
            "policies with an expression need the package cel-expr-python, which is not installed. "
            "Install kure-hooks[cel], or leave them out with --ignore."
        )
    ready: list[Judge] = []
    faults: list[Fault] = []
    allowance = Allowance()
    for index, policy in chosen:
        try:
            condition = Condition(policy, variables, allowance) if policy.expression else None
        except ExpressionError as error:
            faults.append(Fault(index, *mistake(str(error), variables)))
        else:
            ready.append(Judge(policy, condition))
    return ready, faults


def checks(
    policies: Sequence[Policy], is_chosen: Callable[[str], bool]
) -> tuple[list[Check], list[Fault]]:
    """Return the chosen policies as rules of lint, and those that do not compile; see `judges`."""
    ready, faults = judges(policies, lambda policy: is_chosen(policy.id))
    return [_check(judge) for judge in ready], faults


def _check(judge: Judge) -> Check:
    policy = judge.policy
    rule = Rule(
        policy.message.rstrip(".") or f"A policy on {policy.conditions[0].replace('_', ' ')}",
        Severity(policy.severity),
        f"A policy of this repository: {policy.expression or policy.id}",
        policy.expected or "Do what the policy asks for.",
    )

    def check(cluster: Cluster) -> Iterator[Finding]:
        manifests = (resource.manifest for _, resource in cluster.resources())
        denied = cache(partial(ready_policies.denied_by, manifests))
        for owner, resource in cluster.resources():
            if is_meant(policy.match, resource.manifest, resource.at().path, cluster.name):
                values = partial(_values, owner, resource, cluster)
                for complaint in judge.complaints(resource.manifest, values, denied):
                    yield resource.finding(*complaint)

    return Check(policy.id, rule, check)


def idle(policies: Sequence[Policy], repository: Repository) -> Iterator[int]:
    """Yield the indices of the policies that look at no object of any cluster."""
    for index, policy in enumerate(policies):
        meant = (
            is_meant(policy.match, resource.manifest, resource.at().path, cluster.name)
            for cluster in repository.clusters
            for _, resource in cluster.resources()
        )
        if not any(meant):
            yield index


def _values(owner: Owner | None, resource: Resource, cluster: Cluster) -> dict[str, Any]:
    itself = next((item for item in cluster.by_identity.get(_who(resource), ())), None)
    return {
        "object": resource.manifest,
        "owners": [_owner(item) for item in ((owner, *owner.above()) if owner else ())],
        "dependencies": _dependencies(itself) if itself else [],
        "path": resource.at().path,
        "cluster": cluster.name,
    }


def is_meant(match: Match, manifest: Manifest, path: str, cluster: str) -> bool:
    """Tell whether an object, which is written in a file and comes to a cluster, is chosen."""
    group, kind = kind_of(manifest)
    metadata = manifest.get("metadata")
    return (
        _fits(match.kinds, kind)
        and _fits(match.groups, group)
        and _fits(match.namespaces, text_at(metadata, "namespace"))
        and _fits(match.names, text_at(metadata, "name"))
        and (not match.paths or any(matches(item, path) for item in match.paths))
        and (not match.clusters or any(matches(item, cluster) for item in match.clusters))
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
