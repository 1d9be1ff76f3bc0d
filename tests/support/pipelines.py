"""Repositories as CI checks them out, and the variables that it sets."""

import json
import shutil
from pathlib import Path

from tests.support.git import commit_all, git, make_repository, write


class Forge:
    """A repository at a forge, with a pull request for its branch main, and clones of it.

    The history is `before` commits long where the pull request begins, which is at `base`. Then
    main has `since` more, and the pull request one for each of `edits`, a map of path to text.
    Checkouts and events are below `path`.
    """

    def __init__(self, path: Path, fleet: Path | None, edits, before: int = 1, since: int = 0):
        """Make the repository below a path, with the files of `fleet`."""
        self.path = path
        self.origin = path / "origin"
        if fleet:
            shutil.copytree(fleet, self.origin)
            shutil.rmtree(self.origin / ".git", ignore_errors=True)
        make_repository(self.origin)
        for number in range(before):
            self._commit({f"log/{number:03}.txt": f"{number}\n"})
        self.base = self._commit({"log/base.txt": "base\n"})
        git(self.origin, "switch", "--quiet", "--create", "topic")
        for number, edit in enumerate(edits):
            self._commit({**edit, f"topic/{number}.txt": ""})
        self.head = self._id("topic")
        git(self.origin, "switch", "--quiet", "main")
        for number in range(since):
            self._commit({f"log/since-{number:03}.txt": ""})
        self.main = self._id("main")
        self.merge = self._merged()

    def _commit(self, files):
        write(self.origin, files)
        commit_all(self.origin, "A commit")
        return self._id("HEAD")

    def _id(self, revision):
        return git(self.origin, "rev-parse", revision).strip()

    def _merged(self):
        """Return the commit that CI checks out: the merge of the pull request into main."""
        git(self.origin, "switch", "--quiet", "--detach", "main")
        git(self.origin, "merge", "--quiet", "--no-ff", "--no-edit", "topic")
        merge = self._id("HEAD")
        git(self.origin, "update-ref", "refs/pull/7/merge", merge)
        git(self.origin, "update-ref", "refs/pull/7/head", self.head)
        git(self.origin, "switch", "--quiet", "main")
        return merge

    def checkout(self, commit: str, depth: int = 0, name: str = "workspace") -> Path:
        """Return a checkout of a commit, as actions/checkout makes it: of so many commits, or all.

        It has the remote `origin`, and no branch.
        """
        path = make_repository(self.path / name)
        git(path, "remote", "add", "origin", self.origin.as_uri())
        options = [f"--depth={depth}"] if depth else []
        git(path, "fetch", "--quiet", "--no-tags", *options, "origin", commit)
        git(path, "checkout", "--quiet", "--detach", "FETCH_HEAD")
        return path

    def github(self, name: str, commit: str = "", fork: str = "eve/fleet", **keys):
        """Return the variables of GitHub for an event of this name, with more keys of its own.

        A pull request comes from the repository `fork`, which may be no fork but acme/fleet.
        """
        payload = {"repository": {"default_branch": "main"}, **keys}
        if name == "pull_request":
            payload["number"] = 7
            payload["pull_request"] = {
                "number": 7,
                "title": "::error::a title ${{ github.token }}",
                "base": {"ref": "main", "sha": self.base, "repo": {"full_name": "acme/fleet"}},
                "head": {"ref": "topic", "sha": self.head, "repo": {"full_name": fork}},
            }
        elif name == "merge_group":
            payload["merge_group"] = {"base_sha": self.main, "head_sha": self.merge}
        file = self.path / f"{name}.json"
        file.write_text(json.dumps(payload))
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_SHA": commit or self.merge,
            "GITHUB_REPOSITORY": "acme/fleet",
            "GITHUB_WORKFLOW_REF": "acme/fleet/.github/workflows/drift.yaml@refs/pull/7/merge",
        }

    def gitlab(self, *, merged: bool = False) -> dict[str, str]:
        """Return the variables of GitLab for a merge request, or for the result of its merge."""
        return {
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": "merge_request_event",
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": self.base,
            "CI_MERGE_REQUEST_TARGET_BRANCH_SHA": self.main if merged else "",
            "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": self.head if merged else "",
            "CI_COMMIT_BEFORE_SHA": "0" * 40,
            "CI_DEFAULT_BRANCH": "main",
        }
