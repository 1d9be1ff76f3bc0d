"""Files that can't be read are never passed over in silence."""

import pytest

from kure_hooks.errors import ReadError
from kure_hooks.files.memory import MemoryTree
from kure_hooks.files.tree import MAX_FILE
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.lint.running import Run
from kure_hooks.lint.selection import Selection
from tests.support.linting import config_map, fleet, kustomization, model

CONFLICT = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> x\n"
LIST = "kind: Kustomization\nresources: [manifests.yaml]\n"


def told(files):
    run = Run(model(files), Selection(select=("KZ001",)), ())
    return [f"{finding.at.path}:{finding.at.line}" for finding in run.findings]


@pytest.mark.parametrize("text", [CONFLICT, "kind: ConfigMap\nkind: Secret\n", "a: [\n"])
@pytest.mark.parametrize("listed", [False, True])
def test_a_payload_that_kustomize_refuses(text, listed):
    files = fleet(kustomization("web"), web=config_map("web") + "---\n" + text)
    if listed:
        files["apps/web/kustomization.yaml"] = LIST
    assert told(files)


def test_a_conflict_in_what_starts_a_cluster():
    files = fleet(kustomization("web"))
    files["clusters/prod/web.yaml"] = CONFLICT + files["clusters/prod/web.yaml"]
    assert told(files) == ["clusters/prod/web.yaml:1"]
    del files["clusters/prod/flux-system/gotk-sync.yaml"]
    assert told(files) == ["clusters/prod/web.yaml:1"]


class Locked(MemoryTree, frozen=True):
    """A tree with a file that may not be read."""

    def read(self, path, limit=MAX_FILE):
        if path == "apps/web/manifests.yaml":
            raise ReadError(path, "can't be read: Permission denied")
        return super().read(path, limit)


def test_a_file_that_may_not_be_read_is_named():
    files = fleet(kustomization("web"), web=config_map("web"))
    tree = Locked({path: text.encode() for path, text in files.items()})
    (skipped,) = Run(read_repository(tree), Selection(), ()).skipped
    assert (skipped.subject, "Permission denied" in skipped.reason) == (
        "apps/web/manifests.yaml",
        True,
    )
