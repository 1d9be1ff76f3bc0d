"""The event that a CI pipeline runs for, and the commit that its change is compared with."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from msgspec import DecodeError, Struct, json

from kure_hooks.errors import UsageError
from kure_hooks.repository.shallow import History

WORD = "ci"
"""The revision that stands for the base which the environment of CI names."""

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
# GitHub's events have at most 25 MB.
_LARGEST = 25 << 20

T = TypeVar("T")
_HELP = "Name a revision in its place."


class Event(Struct, frozen=True):
    """An event: a commit of what is changed, as it was before, and the last commit of the change.

    `is_review` tells that the change is not in its branch yet: a pull or merge request, or a merge
    queue. `base` is empty where there was nothing before, such as for a new branch; then the change
    began at `branch`, the default one, unless that is empty as well.
    """

    name: str
    base: str = ""
    head: str = ""
    branch: str = ""
    is_review: bool = False


def base(root: Path, variables: Mapping[str, str], *, of_review: bool) -> str:
    """Return the id of the commit where the change of the event began; empty where none is.

    With `of_review` only a change has one that is not in its branch yet. What a shallow clone lacks
    is fetched. Raises UsageError for an event that has nothing to do with a change, unless it is
    `of_review`, and as `History` does.
    """
    event = _event(variables)
    if of_review and not event.is_review:
        return ""
    history = History(root)
    first, *others = history.parents("HEAD") or [""]
    if event.head and event.head in others:  # the checkout is the merge of both that CI has made
        return history.obtained(first)
    if event.base:
        return history.parted(event.base)
    if event.branch:
        return history.parted(history.tip(event.branch))
    raise UsageError(f"the event {event.name} has no base to compare with. {_HELP}")


def _event(variables: Mapping[str, str]) -> Event:
    """Return the event of the pipeline; raises UsageError where it can't be told."""
    if "GITLAB_CI" in variables:
        return _of_gitlab(variables)
    if variables.get("GITHUB_EVENT_PATH"):  # Forgejo and Gitea set it as well
        return _of_github(variables.get("GITHUB_EVENT_NAME", ""), variables["GITHUB_EVENT_PATH"])
    raise UsageError(
        f"{WORD} stands for the base in a pipeline of GitHub, GitLab, Forgejo or Gitea, and this "
        f"run is in no pipeline. {_HELP} A branch of this name is refs/heads/{WORD}."
    )


def _of_gitlab(variables: Mapping[str, str]) -> Event:
    source = variables.get("CI_PIPELINE_SOURCE", "")
    if source == "merge_request_event":
        merged = variables.get("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "")
        before = merged or variables.get("CI_MERGE_REQUEST_DIFF_BASE_SHA", "")
        head = variables.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA", "")
        return Event(source, _commit(before), _commit(head), is_review=True)
    branch = variables.get("CI_DEFAULT_BRANCH", "")
    is_new = branch != variables.get("CI_COMMIT_BRANCH")
    before = variables.get("CI_COMMIT_BEFORE_SHA", "") if source == "push" else ""
    return Event(source, _commit(before), branch=branch if source == "push" and is_new else "")


class _End(Struct, frozen=True):
    sha: str = ""


class _Request(Struct, frozen=True):
    base: _End = _End()
    head: _End = _End()


class _Group(Struct, frozen=True):
    base_sha: str = ""
    head_sha: str = ""


class _Repository(Struct, frozen=True):
    default_branch: str = ""


class _Payload(Struct, frozen=True):
    """The keys of an event of GitHub, Forgejo and Gitea that tell the ends of the change."""

    pull_request: _Request | None = None
    merge_group: _Group | None = None
    repository: _Repository | None = None
    before: str = ""
    ref: str = ""


def _of_github(name: str, path: str) -> Event:
    event = payload(path, _Payload, _HELP)
    if event.pull_request:
        ends = event.pull_request
        return Event(name, _commit(ends.base.sha), _commit(ends.head.sha), is_review=True)
    if event.merge_group:
        return Event(name, _commit(event.merge_group.base_sha), is_review=True)
    if name != "push":
        return Event(name)
    default = event.repository.default_branch if event.repository else ""
    is_new = event.ref != f"refs/heads/{default}"
    return Event(name, _commit(event.before), branch=default if is_new else "")


def payload(path: str, type_: type[T], expected: str) -> T:
    """Return what the file of an event of GitHub, Forgejo or Gitea holds, as a value of the type.

    Raises UsageError with what is `expected` of the user where it can't be read.
    """
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - only its beginning may be read
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise UsageError(f"the event of CI has more than {_LARGEST} bytes. {expected}")
        return json.decode(data, type=type_)
    except OSError as error:
        raise UsageError(f"the event of CI can't be read: {error.strerror}. {expected}") from error
    except (DecodeError, RecursionError) as error:
        raise UsageError(
            f"the event of CI is not what a forge writes: {error}. {expected}"
        ) from error


def _commit(text: str) -> str:
    """Return the id of a commit; empty for zeros, which stand for none, and for anything else."""
    return text if _COMMIT.fullmatch(text) and text.strip("0") else ""
