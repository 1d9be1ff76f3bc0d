"""The paths that a sparse checkout has in the work tree."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct

from kure_hooks.files.paths import ancestors
from kure_hooks.repository.git import git
from kure_hooks.repository.root import find_root, git_directory


class _Rule(NamedTuple):
    pattern: re.Pattern[str]
    included: bool
    directories_only: bool


class Patterns(Struct, frozen=True):
    """The patterns of `info/sparse-checkout`, those of the cone mode included.

    They are those of gitignore(5), and tell what is there instead of what is ignored. Unlike there,
    a path may differ from its directory (git-sparse-checkout(1) of git 2.39, "Internals").
    `below` is the directory that paths are seen from, as the patterns see it.
    """

    rules: tuple[_Rule, ...]
    below: str = ""

    def include(self, path: str) -> bool:
        """Tell whether a file at the path is in the work tree: the last rule that matches decides.

        Where none does, it is the directory that decides.
        """
        seen = f"{self.below}/{path}" if self.below else path
        for step in (seen, *reversed(ancestors(seen))):
            for rule in reversed(self.rules):
                if rule.directories_only and step is seen:
                    continue
                if rule.pattern.fullmatch(step):
                    return rule.included
        return False


def sparse_patterns(root: Path) -> Patterns | None:
    """Return the patterns of a work tree, None when it isn't sparse.

    Git is asked only where there are patterns. Raises as `git` does.
    """
    top = find_root(root)
    directory = git_directory(top) if top else None
    if top is None or directory is None:
        return None
    try:
        text = (directory / "info/sparse-checkout").read_text(errors="surrogateescape")
    except OSError:
        return None
    asked = ("config", "--type=bool", "--get", "core.sparseCheckout")
    if git(root, *asked, ok=(0, 1)).out != b"true\n":
        return None
    below = root.resolve().relative_to(top.resolve()).as_posix()
    return Patterns(tuple(_rules(text)), below.removeprefix("."))


def _rules(text: str) -> Iterator[_Rule]:
    for line in text.split("\n"):
        pattern = line.rstrip(" \r")
        if pattern.endswith("\\"):  # which keeps the blank behind it
            pattern = line[: len(pattern) + 1]
        if not pattern or pattern.startswith("#"):
            continue
        included = not pattern.startswith("!")
        pattern = pattern.removeprefix("!")
        path = pattern.removesuffix("/")
        anywhere = "" if "/" in path else "(?:.*/)?"
        expression = "".join(map(_expression, _TOKEN.findall(path.removeprefix("/"))))
        yield _Rule(re.compile(anywhere + expression, re.DOTALL), included, path != pattern)


_TOKEN = re.compile(r"^\*\*/|/\*\*/|/\*\*$|\*+|\?|\[[!^]?\]?[^]]{0,255}+\]|\\.|.", re.DOTALL)
_MEANING = {"**/": "(?:.*/)?", "/**/": "/(?:.*/)?", "/**": "/.*", "?": "[^/]"}


def _expression(token: str) -> str:
    if token in _MEANING:
        return _MEANING[token]
    if token.startswith("*"):
        return "[^/]*"
    if token.startswith("[") and len(token) > 1:
        negated = token[1] in "!^"
        members = re.escape(token[1 + negated : -1]).replace("\\-", "-")
        return f"[^/{members}]" if negated else f"(?!/)[{members}]"
    return re.escape(token[-1] if token.startswith("\\") else token)
