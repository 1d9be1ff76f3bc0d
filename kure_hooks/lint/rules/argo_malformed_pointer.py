"""AR017: a JSON pointer or jq expression that Argo CD can't read."""

import re
from collections.abc import Iterator
from typing import Any

from kure_hooks.errors import InputError
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import ARGOCD, application_sets, declarations, is_open
from kure_hooks.lint.argocd_settings import CONFIG
from kure_hooks.lint.jq import fault as jq_fault
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.yamlio import Pointer, read

RULE = Rule(
    "Ignored difference that Argo CD can't read",
    ERROR,
    "A JSON pointer begins with a slash; another string points to nothing, and the difference is "
    "not ignored. A jq expression that can't be parsed stops the comparison of the whole "
    "Application, which is Unknown from then on.",
    "Write /spec/replicas under jsonPointers, and .spec.replicas under jqPathExpressions.",
    ARGOCD,
    wrong="""\
spec:
  ignoreDifferences:
    - group: apps
      kind: Deployment
      jsonPointers: [.spec.replicas]
""",
    right="""\
spec:
  ignoreDifferences:
    - group: apps
      kind: Deployment
      jsonPointers: [/spec/replicas]
""",
    incidents=("https://github.com/argoproj/applicationset/issues/486",),
)

_SETTINGS = "resource.customizations.ignore"
_BAD_ESCAPE = re.compile(r"~(?![01])")
_NAMES = re.compile(r"\A[A-Za-z0-9_-]++(?:/[A-Za-z0-9_-]++)*+")
_EXAMPLES = {"jsonPointers": "/spec/replicas", "jqPathExpressions": ".spec.replicas"}
_MOST_SHOWN = 80

Fault = tuple[str, str, Severity]


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the pointers and expressions that mean nothing, of Applications and of argocd-cm."""
    for declaration in declarations(cluster):
        pointer: Pointer = (*declaration.prefix, "spec", "ignoreDifferences")
        yield from _of(declaration.resource, pointer)
    for owner in application_sets(cluster):
        yield from _of(owner.resource, ("spec", "ignoreApplicationDifferences"))
    for _, resource in cluster.resources():
        if (resource.kind, resource.name) == ("ConfigMap", CONFIG):
            yield from _of_settings(resource)


def _of(resource: Resource, pointer: Pointer) -> Iterator[Finding]:
    for steps, fault in _faults(value_at(resource.manifest, *pointer)):
        problem, expected, severity = fault
        yield resource.finding((*pointer, *steps), problem, expected, "AR017", severity)


def _of_settings(resource: Resource) -> Iterator[Finding]:
    """Yield the faults of the texts that argocd-cm has for each kind of objects."""
    data = value_at(resource.manifest, "data")
    for key, text in data.items() if isinstance(data, dict) else ():
        if str(key).startswith(_SETTINGS) and isinstance(text, str):
            try:
                documents = read(text.encode(), resource.document.path)
            except InputError:
                continue
            for document in documents:
                for _, (problem, expected, severity) in _faults([document.value]):
                    yield resource.finding(("data", key), problem, expected, "AR017", severity)


def _faults(ignored: Any) -> Iterator[tuple[Pointer, Fault]]:
    """Yield the faults of a list of ignored differences, each with the way to it."""
    for index, item in enumerate(ignored if isinstance(ignored, list) else ()):
        for key, fault_of in (("jsonPointers", _pointer), ("jqPathExpressions", _expression)):
            texts = value_at(item, key)
            for at, text in enumerate(texts if isinstance(texts, list) else ()):
                if isinstance(text, str) and not is_open(text) and (fault := fault_of(text)):
                    yield (index, key, at), fault


def _pointer(text: str) -> Fault | None:
    shown = _shown(text)
    if not text.startswith("/"):
        return (
            f"{shown} is no JSON pointer, and Argo CD ignores no difference with it",
            _as_pointer(text),
            Severity.ERROR,
        )
    if _BAD_ESCAPE.search(text):
        problem = f"{shown} has ~ without 0 or 1 behind it"
        return problem, "Write ~0 for ~, and ~1 for a slash in a name.", Severity.WARNING
    if any(map(_is_pattern, text.split("/")[1:])):
        problem = f"{shown} has a pattern, and a JSON pointer knows names and numbers only"
        return problem, "Write it as a jq expression under jqPathExpressions.", Severity.WARNING
    return None


def _is_pattern(step: str) -> bool:
    """Tell whether a step of a pointer is `*`, or ends in brackets."""
    return step == "*" or (step.endswith("]") and "[" in step[:-1].rpartition("]")[2])


def _as_pointer(text: str) -> str:
    """Return advice: the pointer that a path of another form means, where it is plain."""
    names = text.removeprefix("$").strip(".").split(".")
    if text and all(_NAMES.fullmatch(name) for name in names):
        return f"Write /{'/'.join(names)}."
    return f"Begin with a slash, as in {_EXAMPLES['jsonPointers']}."


def _expression(text: str) -> Fault | None:
    problem = jq_fault(text)
    if problem is None:
        return None
    advice = f"Write a jq expression, such as {_EXAMPLES['jqPathExpressions']}."
    if text.startswith("/"):
        advice = "Move it to jsonPointers, which take paths with slashes."
    return f"the expression {_shown(text)} {problem}", advice, Severity.ERROR


def _shown(text: str) -> str:
    brief = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
    return f'"{brief}"'
