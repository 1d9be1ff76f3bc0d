"""FX028: an owner with a new name, which deletes all that the old one applied."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.repository import Repository
from kure_hooks.lint.changes import changes
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Owner that is renamed",
    WARNING,
    "For the API server a new name is another object: the old Kustomization, Application or "
    "HelmRelease is deleted, and its finalizer deletes all that it applied. The new one builds it "
    "up again, without the data of volumes and with new addresses. A new namespace is the same.",
    "Keep the name; or set deletionPolicy: Orphan, or prune: false, in a commit before this one.",
    "Flux 2.9 (kustomize-controller 1.9, helm-controller 1.6), Argo CD 3.5",
    wrong="""\
metadata:
  name: device-plugins  # was kube-system
spec:
  prune: true
""",
    right="""\
# a commit before
metadata:
  name: kube-system
spec:
  prune: false
""",
    incidents=(
        "https://github.com/thaum-xyz/ankhmorpork/issues/1366",
        "https://github.com/fluxcd/flux2/issues/3316",
        "https://github.com/argoproj/argo-cd/issues/9227",
    ),
)


def check_change(before: Repository, after: Repository) -> Iterator[Finding]:
    """Yield a warning for each new owner that does the work of one that is gone and cascades."""
    for change in changes(before, after):
        for old, new in change.renamed():
            if old.cascades and not old.suspended:
                count = len(old.resources)
                objects = f"the {count} objects" if count > 1 else "all"
                yield new.resource.finding(
                    ("metadata", "name"),
                    f"this was {old.who}, which is deleted with {objects} that it applied",
                    "Keep the name, or let the old one orphan its objects in a commit before.",
                    "",
                    Severity.WARNING,
                )
