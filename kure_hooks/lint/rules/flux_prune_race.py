"""FX027: an object that moves between two owners of which the old one prunes."""

from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.owner import Owner
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Repository
from kure_hooks.lint.changes import changes
from kure_hooks.manifests import Identity
from kure_hooks.rules.rule import WARNING, Rule

RULE = Rule(
    "Object that changes its pruning owner",
    WARNING,
    "The owners reconcile on their own. If the old one comes first, the object is no longer in its "
    "build and still bears its labels, so it is deleted, and the new owner creates it again: pods "
    "stop, a HelmRelease is uninstalled, addresses and volumes are lost.",
    "Annotate the object with kustomize.toolkit.fluxcd.io/prune: disabled, or turn off prune of "
    "the old owner, in a commit before the one that moves it.",
    "Flux 2.9 (kustomize-controller 1.9)",
    wrong="""\
# one commit moves release.yaml from network/ to edge/; both units prune
""",
    right="""\
# a commit before: metadata.annotations of the object
kustomize.toolkit.fluxcd.io/prune: disabled
""",
    incidents=(
        "https://github.com/thaum-xyz/ankhmorpork/issues/1366",
        "https://github.com/fluxcd/flux2/issues/3316",
        "https://github.com/fluxcd/flux2/issues/2421",
        "https://github.com/fluxcd/kustomize-controller/issues/338",
        "https://github.com/fluxcd/helm-controller/issues/1340",
    ),
)


def check_change(before: Repository, after: Repository) -> Iterator[Finding]:
    """Yield a warning for each pair of owners between which objects move.

    The findings are about the objects as they are after the change.
    """
    for change in changes(before, after):
        renamed = {(old.who, new.who) for old, new in change.renamed()}
        moves: dict[tuple[Identity, Identity], list[tuple[Owner, Owner, Resource]]] = {}
        for old, new, resource in change.moved():
            if (old.who, new.who) not in renamed:
                moves.setdefault((old.who, new.who), []).append((old, new, resource))
        for (old, new, resource), *others in moves.values():
            moves_on = f" and {len(others)} more move" if others else " moves"
            yield resource.finding(
                ("metadata", "name"),
                f"{resource.label}{moves_on} from {old.who}, which may delete "
                f"{'them' if others else 'it'} when {new.who} has applied it already",
                "Turn off pruning for it in a commit before this one.",
                "",
                Severity.WARNING,
            )
