"""AR010: a sync option that Argo CD does not have."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from kure_hooks.decoding import nearest
from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Cluster
from kure_hooks.lint.argocd import (
    ANNOTATIONS,
    ARGOCD,
    SYNC_OPTIONS,
    Declaration,
    Version,
    annotation,
    argocd_version,
    declarations,
    is_open,
    options_of,
)
from kure_hooks.manifests import value_at
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Sync option that Argo CD ignores",
    ERROR,
    "Argo CD compares sync options letter by letter and ignores all others without a word: one "
    "that is misspelt, in other case, with a blank beside the equals sign, or of a newer version "
    "has no effect. Force is an option of objects, and has none in an Application.",
    "Write the option as the documentation of your version has it.",
    ARGOCD,
    wrong="""\
spec:
  syncPolicy:
    syncOptions:
      - createNamespace=true
""",
    right="""\
spec:
  syncPolicy:
    syncOptions:
      - CreateNamespace=true
""",
    incidents=(
        "https://github.com/argoproj/argo-cd/issues/4438",
        "https://github.com/redhat-appstudio/managed-gitops/issues/319",
    ),
)


class Option(NamedTuple):
    """A sync option: its values, and where it has an effect."""

    values: tuple[str, ...] = ("true", "false")
    of_applications: bool = True
    of_objects: bool = False
    since: Version = (0, 0)


_BOTH = Option(of_objects=True)
_DELETION = Option(("false", "true", "confirm"), of_objects=True, since=(3, 4))

OPTIONS: Mapping[str, Option] = {
    "ApplyOutOfSyncOnly": Option(),
    "ClientSideApplyMigration": Option(),
    "CreateNamespace": Option(),
    "Delete": _DELETION,
    "FailOnSharedResource": Option(),
    "Force": Option(of_applications=False, of_objects=True),
    "Prune": _DELETION,
    "PruneLast": _BOTH,
    "PrunePropagationPolicy": Option(("background", "foreground", "orphan")),
    "Replace": _BOTH,
    "RespectIgnoreDifferences": Option(),
    "ServerSideApply": _BOTH,
    "SkipDryRunOnMissingResource": _BOTH,
    "Validate": _BOTH,
}
"""The sync options of Argo CD 3.5 by name (gitops-engine's common types, controller/sync.go)."""

_OPTIONS = ("spec", "syncPolicy", "syncOptions")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the options of Applications and of objects that have no effect."""
    version = argocd_version(cluster)
    for declaration in declarations(cluster):
        yield from _of_application(declaration, version)
    for owner, resource in cluster.resources():
        if owner is None or owner.tool != "Argo CD" or owner.who.kind != "Application":
            continue
        if isinstance(annotation(resource.manifest, SYNC_OPTIONS), str):
            for option in filter(None, options_of(resource.manifest)):
                if fault := _fault(option, "an object"):
                    pointer = (*ANNOTATIONS, SYNC_OPTIONS)
                    yield resource.finding(pointer, *fault, "AR010")


def _of_application(declaration: Declaration, version: Version | None) -> Iterator[Finding]:
    options = value_at(declaration.body, *_OPTIONS)
    for index, option in enumerate(options if isinstance(options, list) else ()):
        if not isinstance(option, str):
            continue
        steps = (*_OPTIONS, index)
        if fault := _fault(option, "an Application"):
            yield declaration.finding(steps, *fault, "AR010")
        elif version and version < _since(option):
            since = ".".join(map(str, _since(option)))
            problem = (
                f"the Argo CD {'.'.join(map(str, version))} of this repository ignores {option} "
                f"of an Application, which came with {since}"
            )
            expected = f"Install Argo CD {since}, or write the option into the objects."
            yield declaration.finding(steps, problem, expected, "AR010", Severity.WARNING)


def _since(option: str) -> Version:
    known = OPTIONS.get(option.partition("=")[0])
    return known.since if known else (0, 0)


def _fault(option: str, place: str) -> tuple[str, str] | None:
    """Return problem and remedy of an option, None for one that is known in its place."""
    if is_open(option):
        return None
    name, equals, value = option.partition("=")
    known = OPTIONS.get(name)
    usable = [key for key, item in OPTIONS.items() if _has(item, place)]
    if known is None:
        advice = _spelled(option, usable) or nearest(name.strip(), usable)
        return f"Argo CD has no sync option {option}, and ignores it", advice
    if not _has(known, place):
        where = "the annotation of an object" if known.of_objects else "syncOptions"
        return f"Argo CD ignores {option} of {place}", f"Write it into {where}."
    if not equals or value not in known.values:
        choices = " or ".join(f"{name}={item}" for item in known.values)
        return f"Argo CD ignores {option}: it has no such value", f"Write {choices}."
    return None


def _has(option: Option, place: str) -> bool:
    return option.of_applications if place == "an Application" else option.of_objects


def _spelled(option: str, usable: list[str]) -> str:
    """Return the advice for an option that is right but for its case and its blanks."""
    name, _, value = ("".join(option.split())).partition("=")
    for key in usable:
        if key.lower() == name.lower() and value.lower() in OPTIONS[key].values:
            return f"Write {key}={value.lower()}."
    return ""
