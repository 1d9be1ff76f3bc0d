"""Forges: how a report comes to a pull or merge request, over the REST API of its forge.

Only the environment has the token, and only the API that the job names gets it. Whatever a forge
answers is untrusted: it is bounded, decoded by type, and never a command.
"""

from collections.abc import Mapping

from msgspec import Struct


class Facts(Struct, frozen=True):
    """The facts about a kind of forge.

    `tokens` are the variables of the environment that may hold its token, the first one counts.
    `api` is the address of its public instance. `comment` is the most characters of a comment;
    bytes of UTF-8 are never fewer. `places` are what it can show a report as.
    """

    title: str
    request: str
    tokens: tuple[str, ...]
    api: str
    comment: int
    places: tuple[str, ...]
    permission: str


class Presentation(Struct, frozen=True):
    """The wishes about how a report is shown: its name, the places, and the bytes of a comment."""

    name: str
    places: tuple[str, ...]
    markdown_size: int


# The variable that counts for every forge.
TOKEN = "KURE_HOOKS_TOKEN"  # noqa: S105 - its name

FORGES: Mapping[str, Facts] = {
    "github": Facts(
        title="GitHub",
        request="pull request",
        tokens=(TOKEN, "GITHUB_TOKEN", "GH_TOKEN"),
        api="https://api.github.com",
        comment=65_536,
        places=("comment", "check", "status"),
        permission="Give the job `pull-requests: write` for comments, `checks: write` for check "
        "runs and `statuses: write` for statuses. A pull request of a fork can't have them: "
        "docs/comments.md has two workflows that do.",
    ),
    "gitlab": Facts(
        title="GitLab",
        request="merge request",
        tokens=(TOKEN, "GITLAB_TOKEN"),
        api="https://gitlab.com/api/v4",
        comment=1_000_000,
        places=("comment", "status"),
        permission="Give the token the scope api and the role Reporter, or Developer for statuses; "
        "CI_JOB_TOKEN may not comment.",
    ),
    # It sets no limit of its own; databases of old instances hold this much.
    "forgejo": Facts(
        title="Forgejo",
        request="pull request",
        tokens=(TOKEN, "FORGEJO_TOKEN", "GITEA_TOKEN"),
        api="",
        comment=65_535,
        places=("comment", "status"),
        permission="Give the token the scopes read:user, write:issue and write:repository.",
    ),
}
