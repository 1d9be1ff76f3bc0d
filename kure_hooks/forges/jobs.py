"""The job of a CI system: the forge, the request and the commit that its environment names."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.errors import UsageError
from kure_hooks.forges import FORGES
from kure_hooks.pipelines import payload

_COMMIT = re.compile(r"(?:[0-9a-f]{40}|[0-9a-f]{64})")
_LINK = re.compile(r"https?://[A-Za-z0-9._~:/?#@!$&'*+,;=%-]{1,1000}")
_NUMBER = re.compile(r"[0-9]{1,18}")
_PART = re.compile(r"[A-Za-z0-9_.-]+")


class Target(Struct, frozen=True):
    """The place of a report: a pull or merge request of a repository, and the commit it is about.

    Each field is empty, or 0, where nobody names it. `link` leads to the job with the whole
    report. `head` is OWNER:BRANCH of a pull request whose number has to be asked for.
    """

    forge: str = ""
    api: str = ""
    repository: str = ""
    number: int = 0
    commit: str = ""
    link: str = ""
    head: str = ""

    def with_options(self, options: "Target") -> "Target":
        """Return this with the fields that options name; another forge shares nothing with it."""
        base = Target() if options.forge and options.forge != self.forge else self
        fields = {name: getattr(options, name) for name in Target.__struct_fields__}
        return replace(base, **{name: value for name, value in fields.items() if value})

    def complete(self, places: Iterable[str]) -> "Target":
        """Return this with the usual API of its forge; raises UsageError for what is wrong.

        `places` are those that a report is to be shown at.
        """
        if not self.forge:
            raise UsageError(
                "the environment names no forge. Add --forge, --repository and --number."
            )
        facts = FORGES[self.forge]
        for place in places:
            if place not in facts.places:
                raise UsageError(f"{facts.title} has no {place}. Use --as status.")
        api = self.api or facts.api
        if not api:
            raise UsageError(
                f"the environment names no API of {facts.title}. Add --api https://HOST/api/v1."
            )
        if not self._is_repository():
            name = "GROUP/NAME or its number" if self.forge == "gitlab" else "OWNER/NAME"
            raise UsageError(f"--repository {self.repository!r} names no repository. Write {name}.")
        if self.commit and not _COMMIT.fullmatch(self.commit):
            raise UsageError(
                f"--commit {self.commit!r} names no commit. Write all 40 digits of its hash."
            )
        if self.link and not _LINK.fullmatch(self.link):
            raise UsageError(f"--link {self.link!r} is no URL. Write https://HOST/PATH.")
        return replace(self, api=api)

    def _is_repository(self) -> bool:
        """Tell whether the repository leads nowhere else when it is part of a path."""
        parts = self.repository.split("/")
        is_path = all(_PART.fullmatch(part) and part not in (".", "..") for part in parts)
        return is_path and (self.forge == "gitlab" or len(parts) == 2)  # noqa: PLR2004 - OWNER/NAME


def target(environment: Mapping[str, str]) -> Target:
    """Return the target that the environment of a job names, as far as it does."""
    if environment.get("GITLAB_CI"):
        return _gitlab(environment)
    if environment.get("FORGEJO_ACTIONS") or environment.get("GITEA_ACTIONS"):
        return _actions("forgejo", environment)
    if environment.get("GITHUB_ACTIONS"):
        return _actions("github", environment)
    return Target()


def token(forge: str, environment: Mapping[str, str]) -> str:
    """Return the token for a forge; raises UsageError where the environment has none."""
    facts = FORGES[forge]
    for name in facts.tokens:
        if value := environment.get(name, "").strip():
            return value
    raise UsageError(
        f"there is no token for {facts.title}. Set {facts.tokens[1]} in the environment of this "
        f"command. {facts.permission}"
    )


def _gitlab(environment: Mapping[str, str]) -> Target:
    get = environment.get
    number = get("CI_MERGE_REQUEST_IID", "")
    return Target(
        forge="gitlab",
        api=get("CI_API_V4_URL", ""),
        repository=get("CI_MERGE_REQUEST_PROJECT_ID") or get("CI_PROJECT_ID", ""),
        number=int(number) if _NUMBER.fullmatch(number) else 0,
        # In a pipeline of merged results CI_COMMIT_SHA is a commit that only the pipeline has.
        commit=get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or get("CI_COMMIT_SHA", ""),
        link=get("CI_JOB_URL", ""),
    )


class _Owner(Struct):
    login: str


class _Repository(Struct):
    owner: _Owner


class _Head(Struct):
    sha: str


class _Pull(Struct):
    number: int
    head: _Head


class _WorkflowRun(Struct):
    head_sha: str
    html_url: str = ""
    head_branch: str | None = None
    head_repository: _Repository | None = None


class _Event(Struct):
    pull_request: _Pull | None = None
    workflow_run: _WorkflowRun | None = None


def _actions(forge: str, environment: Mapping[str, str]) -> Target:
    """Return what GitHub's variables and event name; runners of Forgejo and Gitea set them, too."""
    get = environment.get
    repository = get("GITHUB_REPOSITORY", "")
    # Forgejo counts the runs of a repository where GitHub has a number of its own for each.
    run = get("GITHUB_RUN_NUMBER" if forge == "forgejo" else "GITHUB_RUN_ID", "")
    place = f"{get('GITHUB_SERVER_URL', '')}/{repository}/actions/runs/{run}"
    base = Target(
        forge=forge,
        api=get("GITHUB_API_URL", ""),
        repository=repository,
        commit=get("GITHUB_SHA", ""),
        link=place if run else "",
    )
    path = get("GITHUB_EVENT_PATH", "")
    expected = "Name the pull request with --number, and run without GITHUB_EVENT_PATH."
    event = payload(path, _Event, expected) if path else _Event()
    if event.pull_request:
        # The commit of the job is a merge that nobody has pushed.
        pull = event.pull_request
        return replace(base, number=pull.number, commit=pull.head.sha)
    if event.workflow_run:
        return _after(event.workflow_run, base)
    return base


def _after(run: _WorkflowRun, base: Target) -> Target:
    """Return the target of a job that a run of another workflow has started.

    It is about that run's commit. The event names no pull request of a fork: it is asked for by
    its branch, and believed only where that is at the commit.
    """
    owner = run.head_repository.owner.login if run.head_repository else ""
    head = f"{owner}:{run.head_branch}" if owner and run.head_branch else ""
    return replace(base, commit=run.head_sha, link=run.html_url or base.link, head=head)
