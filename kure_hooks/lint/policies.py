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

import re
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
from kure_hooks.gitops.repository import Cluster, Repository
from kure_hooks.lint.catalogue import Check
from kure_hooks.manifests import Identity, kind_of, text_at
from kure_hooks.rules.rule import Rule

VARIABLES = ("object", "owners", "dependencies", "path", "cluster")
"""The names that an expression may use."""


@dataclass(frozen=True)
class Fault:
    """A policy whose expression does not compile: its index, the reason, and what is expected."""

    index: int
    reason: str
    expected: str


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
            faults.append(Fault(index, *_mistake(str(error))))
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


def idle(policies: Sequence[Policy], repository: Repository) -> Iterator[int]:
    """Yield the indices of the policies that look at no object of any cluster."""
    for index, policy in enumerate(policies):
        meant = (
            _is_meant(policy.match, resource, cluster)
            for cluster in repository.clusters
            for _, resource in cluster.resources()
        )
        if not any(meant):
            yield index


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
    try:
        is_right = evaluated(program, variables)
    except (ExpressionError, TypeError, ValueError, OverflowError) as error:
        reason = _reason(str(error), policy.expression)
        problem = f"the policy {policy.id} can't judge this object: {reason}"
        yield resource.finding((), problem, _GUARD, "LI004")
        return
    if not isinstance(is_right, bool):
        problem = f"the policy {policy.id} can't judge this object: its value is a text"
        yield resource.finding((), problem, _CONDITION, "LI004")
    elif not is_right:
        problem = policy.message.rstrip(".")
        severity = Severity(policy.severity)
        yield resource.finding((), problem, _sentence(policy.expected), policy.id, severity)


_GUARD = "Guard the expression, as with has(object.spec.replicas), or narrow its match."
_CONDITION = "Write an expression that is true or false."
_MISSING = re.compile(r"\Ano such key: (.*+)", re.DOTALL)
_WORD = re.compile(r"\w++")
_QUOTED = re.compile(r"'[^']*+'|\"[^\"]*+\"")
# Of functions and types alone: what a message quotes of values is never shown.
_MISFIT = re.compile(r"\ANo matching overloads found : ([^\s(]++)\(([\w., ]*+)\)")
_CONVERSION = re.compile(r"\Atype conversion error from '(\w++)' to '([\w.]++)'")
_OPERATORS = {
    **{f"_{sign}_": sign for sign in ("+", "-", "*", "/", "%", "<", "<=", ">", ">=", "==", "!=")},
    "@in": "in",
    "_[_]": "[ ]",
}
_REASONS = (
    ("too expensive", "it takes too long for an object of this size"),
    ("neither true or false", "its value is neither true nor false"),
    ("out of bounds", "it asks a list for an item that the list has not"),
    ("overflow", "it reckons with numbers that are too large"),
    ("division by zero", "it divides by zero"),
    ("regular expression: ", "it has a text for a regular expression that is none"),
    ("none() dereference", "it takes the value of an optional that has none"),
    ("Applying SELECT", "it asks for a key of a value that is no mapping"),
    ("No matching overload", "it joins or compares values whose types do not fit"),
)


def _sentence(text: str) -> str:
    """Return the advice of a policy as a sentence, whichever way a team wrote it."""
    sentence = f"{text[:1].upper()}{text[1:]}"
    return sentence if not text or text.endswith((".", "?")) else f"{sentence}."


def _reason(error: str, expression: str) -> str:
    """Return why an expression has no value for an object, in words without values of the object.

    The value of a Secret may be in any text that the evaluator quotes, whole or in parts: only a
    key that is written in the expression itself is named.
    """
    if missing := _MISSING.fullmatch(error):
        written = {*_WORD.findall(expression), *_QUOTED.findall(expression)}
        is_written = not written.isdisjoint((missing[1], f"'{missing[1]}'", f'"{missing[1]}"'))
        key = f'the key "{missing[1]}"' if is_written else "a key"
        return f"it asks for {key}, which is not there"
    if types := _CONVERSION.fullmatch(error):
        return f"it makes {_kind(types[2])} of a {types[1]} that is none"
    if misfit := _MISFIT.fullmatch(error):
        name = _OPERATORS.get(misfit[1], misfit[1])
        kinds = " and ".join(dict.fromkeys(map(_type, misfit[2].split(", "))))
        return f"{name} does not take {kinds}"
    words = (words for text, words in _REASONS if text in error)
    return next(words, "a function refuses a value of it")


_UNKNOWN = re.compile(r"\Aundeclared reference to '([^']*+)' \(in container ''\)")
_UNFIT = re.compile(r"\Afound no matching overload for '([^']*+)' applied to '\(([^')]*+)\)'")
_STRAY = re.compile(r"\ASyntax error: [^']*+'([^']*+)'")
_EXPECTED = f"a condition on {', '.join(VARIABLES[:-1])} and {VARIABLES[-1]}"


def _mistake(reason: str) -> tuple[str, str]:
    """Return why an expression does not compile, and what is expected there."""
    if unknown := _UNKNOWN.fullmatch(reason):
        from kure_hooks.decoding.suggest import closest  # noqa: PLC0415 - only for faults

        name = unknown[1].partition(".")[0]
        near = closest(name, VARIABLES)
        expected = f'Did you mean "{near}"?' if near else _EXPECTED
        return f'nothing here is called "{name}"', expected
    if unfit := _UNFIT.fullmatch(reason):
        name = _OPERATORS.get(unfit[1], unfit[1])
        kinds = " and ".join(dict.fromkeys(map(_type, unfit[2].split(", "))))
        return f"{name} does not take {kinds}", _EXPECTED
    if stray := _STRAY.match(reason):
        text = stray[1].strip() or "'"
        where = "it ends too early" if text == "<EOF>" else f'"{text}" is not expected here'
        return where, "Write == to compare." if text == "=" else _EXPECTED
    return reason, _EXPECTED


def _type(name: str) -> str:
    return name.removesuffix("64").rpartition(".")[2].lower()


def _kind(name: str) -> str:
    kind = _type(name)
    return f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"


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
