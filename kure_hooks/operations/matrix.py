"""The jobs of a CI that share the clusters of a repository."""

import json
from collections.abc import Callable, Mapping

from msgspec import Struct

from kure_hooks.operations import check
from kure_hooks.operations.shards import Census, Shard
from kure_hooks.operations.workspace import Workspace


class Forge(Struct, frozen=True):
    """A forge: the most jobs that it takes, and the text that tells it of a number of them."""

    most: int
    text: Callable[[int], str]


def _github(jobs: int) -> str:
    return json.dumps({"shard": [str(Shard(index, jobs)) for index in range(1, jobs + 1)]})


def _gitlab(jobs: int) -> str:
    # GitLab wants two at least, of which the second then has nothing to do.
    return (
        "include: [{local: .gitlab/kure-hooks.yml}]\n"
        f"kure-hooks: {{extends: .kure-hooks, parallel: {max(jobs, 2)}}}"
    )


# As of November 2026.
FORGES: Mapping[str, Forge] = {"github": Forge(256, _github), "gitlab": Forge(200, _gitlab)}


def matrix(workspace: Workspace, forge: str, clusters: int) -> str:
    """Return the jobs of a forge, each of at most so many clusters as far as it takes the jobs.

    Raises UsageError for a repository without stacks.
    """
    stacks = check.chosen(workspace, ())
    census = Census.of(workspace.tree, workspace.settings.output, stacks, {})
    jobs = -(-len(census.names) // clusters)
    return FORGES[forge].text(min(max(jobs, 1), FORGES[forge].most))
