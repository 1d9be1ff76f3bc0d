"""The table of imports of whole repositories: python -m tests.support.import_table [DIRECTORY...].

Without a directory it takes those beside the project. For each cluster it tells the owners that
come out as they are, the bundles, the seconds, and what was left with the reason. The URL of a
repository is that of its git remote; for one without any it is written as URL=DIRECTORY.
"""

import sys
import time
from pathlib import Path

from kure_hooks.errors import InputError, UsageError
from kure_hooks.gitops.clusters import read_repository
from kure_hooks.operations.adoption import Choice, import_cluster
from kure_hooks.operations.workspace import open_workspace

TREES = Path(__file__).parents[3] / "shared/data/trees"
URLS = {"infra-deployments-argo-cd-apps": "https://github.com/redhat-appstudio/infra-deployments"}


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def rows(directory: Path, url: str) -> None:
    """Print a line for each cluster of a repository, and one for all that was left."""
    workspace = open_workspace(directory)
    if url:
        workspace.__dict__["origin"] = url
    for cluster in read_repository(workspace.tree, origin=workspace.origin).clusters:
        engine = "flux" if any(owner.tool == "Flux" for owner in cluster.owners) else "argocd"
        start = time.monotonic()
        try:
            imported = import_cluster(workspace, Choice(engine, "adopted", [cluster.name]))
        except (InputError, UsageError) as error:
            say(f"{directory.name:32} {cluster.name:50} refused: {str(error)[:150]}")
            continue
        seconds = time.monotonic() - start
        share = f"{imported.equal}/{imported.owners}"
        bundles = f"{imported.bundles}/{imported.bundled_kinds}"
        say(f"{directory.name:32} {cluster.name:50} {share:>9} {bundles:>8} {seconds:5.1f} s")
        for item in imported.left:
            say(f"    {item.who}: {item.reason}")


if __name__ == "__main__":
    named = sys.argv[1:] or [str(path) for path in sorted(TREES.iterdir()) if path.is_dir()]
    for name in named:
        before, _, path = name.rpartition("=")
        rows(Path(path).resolve(), before or URLS.get(Path(path).name, ""))
