"""The history that a change is compared with, of which a shallow clone fetches what it lacks."""

import re
from dataclasses import dataclass
from pathlib import Path

from kure_hooks.errors import ToolError, UsageError
from kure_hooks.process import ProgramError
from kure_hooks.repository.git import git

_PARENT = re.compile(r"^parent (\w+)$", re.MULTILINE)
# No reference is made or moved, and nothing beside the history is fetched.
_FETCH = (
    *("-c", "fetch.writeCommitGraph=false", "fetch", "--quiet", "--no-tags"),
    *("--no-write-fetch-head", "--no-auto-maintenance", "--recurse-submodules=no"),
)
_FETCH_SECONDS = 300

# So many commits behind both ends are looked at, one depth after the other.
_DEPTHS = (64, 512, 4_096)
_WAY_OUT = (
    "Let CI clone the whole history: fetch-depth: 0 of actions/checkout, GIT_DEPTH: 0 of GitLab."
)


@dataclass(frozen=True)
class History:
    """The history of HEAD in the repository at `root`.

    What is lacking comes from the remote that the clone was made of, and from nowhere else. Each
    method raises ToolError when git can't fetch it.
    """

    root: Path

    def parents(self, revision: str) -> list[str]:
        """Return the ids of a commit's parents, also of those that the clone was cut off before."""
        text = (
            git(self.root, "cat-file", "commit", revision)
            .out.partition(b"\n\n")[0]
            .decode(errors="replace")
        )
        return _PARENT.findall(text)

    def obtained(self, commit: str) -> str:
        """Return the id of a commit, which is fetched if it is not here."""
        if not self._has(commit):
            self._fetch(*(("--depth=1",) if self._is_shallow else ()), commits=(commit,))
        return commit

    def tip(self, branch: str) -> str:
        """Return the id of the last commit of a branch of the remote; raises UsageError for none.

        The name may come from the event of a stranger's pull request.
        """
        reference = f"refs/heads/{branch}"
        asked = git(self.root, "check-ref-format", reference, ok=(0, 1))
        if asked.code:
            raise UsageError(f"{branch!r} can't be the name of a branch. Name a revision.")
        out = self._ask("ls-remote", "--quiet", self._remote, reference).decode(errors="replace")
        if not out:
            raise UsageError(f"the remote has no branch {branch}. Name a revision.")
        return out.split("\t")[0]

    def parted(self, commit: str) -> str:
        """Return the id of the commit where HEAD and another commit parted.

        A shallow clone is deepened step by step. Raises UsageError where that is not enough.
        """
        head = git(self.root, "rev-parse", "--verify", "HEAD").out.decode().strip()
        if not self._has(commit):
            self._fetch(
                *((f"--depth={_DEPTHS[0]}",) if self._is_shallow else ()), commits=(commit,)
            )
        here = int(git(self.root, "rev-list", "--count", "--first-parent", "HEAD").out)
        depths = [depth for depth in _DEPTHS if depth > here] if self._is_shallow else []
        for depth in depths:
            if base := self._merge_base(commit, head):
                return base
            self._fetch(f"--depth={depth}", commits=(commit, head))
        if base := self._merge_base(commit, head):
            return base
        raise UsageError(
            f"HEAD and {commit} have no commit in common that this clone has or could fetch. "
            f"{_WAY_OUT}"
        )

    def _merge_base(self, one: str, other: str) -> str:
        asked = git(self.root, "merge-base", one, other, ok=(0, 1))
        return asked.out.decode().split("\n")[0]

    def _has(self, commit: str) -> bool:
        return git(self.root, "cat-file", "-e", f"{commit}^{{commit}}", ok=(0, 1, 128)).code == 0

    @property
    def _is_shallow(self) -> bool:
        asked = git(self.root, "rev-parse", "--is-shallow-repository")
        return asked.out.strip() == b"true"

    @property
    def _remote(self) -> str:
        """The name of the remote; raises UsageError where there is none, or no telling which."""
        names = git(self.root, "remote").out.decode(errors="surrogateescape").splitlines()
        if "origin" in names or len(names) == 1:
            return "origin" if "origin" in names else names[0]
        raise UsageError(
            f"this clone lacks history, and has no remote origin to fetch it from. {_WAY_OUT}"
        )

    def _fetch(self, *options: str, commits: tuple[str, ...]) -> None:
        self._ask(*_FETCH, *options, self._remote, *commits)

    def _ask(self, *arguments: str) -> bytes:
        try:
            return git(self.root, *arguments, network=True, timeout=_FETCH_SECONDS).out
        except ProgramError as error:
            raise ToolError(
                f"the history that this clone lacks can't be fetched. {_WAY_OUT} {error}"
            ) from error
