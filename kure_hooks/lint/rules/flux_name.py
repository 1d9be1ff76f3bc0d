"""FX015: a name of a Flux object that its controller can't use."""

import re
from collections.abc import Iterator

from kure_hooks.findings import Finding
from kure_hooks.gitops.repository import Cluster
from kure_hooks.gitops.variables import OPEN
from kure_hooks.lint.flux import CONTROLLER, kustomizations, releases
from kure_hooks.rules.rule import ERROR, Rule

RULE = Rule(
    "Name that the controller can't use",
    ERROR,
    "The controller puts the name into a label of everything that it applies, and labels have 63 "
    "characters at most. The API server takes names in lower case with digits, dashes and dots "
    "alone.",
    "Shorten the name, or write it in lower case.",
    CONTROLLER,
    wrong="""\
metadata:
  name: Podinfo_Production
""",
    right="""\
metadata:
  name: podinfo-production
""",
    incidents=("https://github.com/fluxcd/flux2/issues/2004",),
)

_LONGEST = 63
_NAME = re.compile(r"\A[a-z0-9](?:[a-z0-9.-]*+(?<=[a-z0-9]))?+")


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield the names that are too long or no names of Kubernetes."""
    for owner in (*kustomizations(cluster), *releases(cluster)):
        name = owner.who.name
        if OPEN in name:
            continue
        if len(name) > _LONGEST and owner.who.kind == "Kustomization":
            problem = f"the name has {len(name)} characters, and labels have {_LONGEST} at most"
            expected = "Shorten it."
        elif not _NAME.fullmatch(name):
            problem = f"{name} is no name of Kubernetes"
            expected = "Write lower case letters, digits and dashes."
        else:
            continue
        yield owner.resource.finding(("metadata", "name"), problem, expected, "FX015")
