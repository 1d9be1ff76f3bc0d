"""The forges: what their APIs have in common, and what each says in its own way."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import ClassVar, Self
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from kure_hooks.errors import ToolError
from kure_hooks.forges.jobs import Target
from kure_hooks.forges.session import Session

# More pages of comments than any request has; an answer that never ends is cut off here.
_MOST_PAGES = 1_000


class User(Struct, frozen=True):
    """A user, or a bot."""

    id: int


class Comment(Struct, frozen=True):
    """A comment; GitLab calls its user an author."""

    id: int
    body: str | None = ""
    user: User | None = None
    author: User | None = None

    @property
    def writer(self) -> int | None:
        """The number of who wrote it, None of those whose account is gone."""
        user = self.user or self.author
        return user.id if user else None


class Verdict(Struct, frozen=True):
    """A report as a check run or a status: its name, how it ended, and what it says.

    `state` is success, failure, neutral or error. `text` is Markdown.
    """

    name: str
    state: str
    title: str
    text: str


class _Created(Struct):
    id: int


class _Head(Struct):
    sha: str


class _Pull(Struct):
    number: int
    head: _Head


class Forge(ABC):
    """A forge, and the request of it that a report is for."""

    page_size: ClassVar[int] = 100
    update_method: ClassVar[str] = "PATCH"

    def __init__(self, session: Session, target: Target) -> None:
        self.session = session
        self.target = target

    def at(self, number: int) -> Self:
        """Return the same forge for another request of the repository."""
        return type(self)(self.session, replace(self.target, number=number))

    @abstractmethod
    def viewer(self) -> int:
        """Return the number of the user whose token this is."""

    @abstractmethod
    def head(self) -> str:
        """Return the last commit of the request."""

    @abstractmethod
    def publish(self, place: str, verdict: Verdict) -> None:
        """Show a verdict at the target's commit: as a `check` or a `status`."""

    @property
    @abstractmethod
    def _comments(self) -> str:
        """The path of the request's comments."""

    @abstractmethod
    def _comment(self, number: int) -> str:
        """Return the path of one comment."""

    def numbers(self) -> list[int]:
        """Return the numbers of the requests that the target means."""
        return [self.target.number] if self.target.number else []

    def comments(self) -> Iterator[Comment]:
        """Yield the comments of the request, each once, the oldest first."""
        seen: set[int] = set()
        for page in range(1, _MOST_PAGES):
            answer = self.session.request("GET", f"{self._comments}?{self._query(page)}")
            comments = self.session.decoded(answer.content, list[Comment])
            new = [comment for comment in comments if comment.id not in seen]
            yield from new
            seen.update(comment.id for comment in new)
            # Forgejo gives all on each page, and tells in a header how many there are.
            total = answer.headers.get("x-total-count", "")
            is_whole = total.isdecimal() and len(seen) >= int(total)
            if is_whole or not new or len(comments) < self.page_size:
                return
        raise ToolError(f"{self.session.facts.title} has too many comments. Delete some of them.")

    def create(self, body: str) -> int:
        """Write a comment and return its number; LostError where nobody knows whether it is."""
        answer = self.session.request("POST", self._comments, {"body": body}, once=True)
        return self.session.decoded(answer.content, _Created).id

    def update(self, number: int, body: str) -> None:
        """Change the text of a comment; GoneError where there is none."""
        self.session.request(self.update_method, self._comment(number), {"body": body})

    def remove(self, number: int) -> None:
        """Delete a comment; GoneError where there is none."""
        self.session.request("DELETE", self._comment(number))

    def _query(self, page: int) -> str:
        return f"per_page={self.page_size}&page={page}"


class GitHub(Forge):
    """GitHub, its Enterprise servers, and what Forgejo has in common with it."""

    @property
    def _repository(self) -> str:
        return f"/repos/{self.target.repository}"

    @property
    def _comments(self) -> str:
        return f"{self._repository}/issues/{self.target.number}/comments"

    def _comment(self, number: int) -> str:
        return f"{self._repository}/issues/comments/{number}"

    def viewer(self) -> int:
        """Return the number of the user; REST does not tell it to the token of a job."""
        url = f"{self.session.api.removesuffix('/v3')}/graphql"
        answer = self.session.request("POST", url, {"query": "{viewer{databaseId}}"})
        return self.session.decoded(answer.content, _Viewer).data.viewer.database_id

    def head(self) -> str:
        """Return the last commit of the pull request."""
        path = f"{self._repository}/pulls/{self.target.number}"
        return self.session.get(path, _Pull).head.sha

    def numbers(self) -> list[int]:
        """Return the number, or those of the open pull requests of the head at the commit."""
        if self.target.number or not self.target.head:
            return super().numbers()
        head = quote(self.target.head, safe="")
        path = f"{self._repository}/pulls?state=open&head={head}&per_page=100"
        pulls = self.session.get(path, list[_Pull])
        return [pull.number for pull in pulls if pull.head.sha == self.target.commit]

    def publish(self, place: str, verdict: Verdict) -> None:
        """Show a verdict; the last check run of a name is the one that counts."""
        if place == "check":
            self._check(verdict)
            return
        state = "success" if verdict.state == "neutral" else verdict.state
        self.session.request(
            "POST",
            f"{self._repository}/statuses/{self.target.commit}",
            {
                "state": state,
                "context": verdict.name,
                "description": verdict.title,
                **({"target_url": self.target.link} if self.target.link else {}),
            },
        )

    def _check(self, verdict: Verdict) -> None:
        conclusion = "failure" if verdict.state == "error" else verdict.state
        self.session.request(
            "POST",
            f"{self._repository}/check-runs",
            {
                "name": verdict.name,
                "head_sha": self.target.commit,
                "status": "completed",
                "conclusion": conclusion,
                "output": {"title": verdict.title, "summary": verdict.text},
                **({"details_url": self.target.link} if self.target.link else {}),
            },
        )


class _GraphUser(Struct, rename="camel"):
    database_id: int


class _Data(Struct):
    viewer: _GraphUser


class _Viewer(Struct):
    data: _Data


class Forgejo(GitHub):
    """Forgejo and Gitea, whose API is made after GitHub's."""

    page_size: ClassVar[int] = 50

    def viewer(self) -> int:
        """Return the number of the user; the one of jobs is negative."""
        return self.session.get("/user", User).id

    def _query(self, page: int) -> str:
        return f"limit={self.page_size}&page={page}"


class GitLab(Forge):
    """GitLab, whose comments are notes; they may be so long that a page has few of them."""

    page_size: ClassVar[int] = 20
    update_method: ClassVar[str] = "PUT"

    @property
    def _project(self) -> str:
        return f"/projects/{quote(self.target.repository, safe='')}"

    @property
    def _comments(self) -> str:
        return f"{self._project}/merge_requests/{self.target.number}/notes"

    def _comment(self, number: int) -> str:
        return f"{self._comments}/{number}"

    def viewer(self) -> int:
        """Return the number of the user; a token of a project has one of its own."""
        return self.session.get("/user", User).id

    def head(self) -> str:
        """Return the last commit of the merge request."""
        path = f"{self._project}/merge_requests/{self.target.number}"
        return self.session.get(path, _MergeRequest).sha or ""

    def publish(self, place: str, verdict: Verdict) -> None:
        """Show a verdict as the status of an external job."""
        del place
        self.session.request(
            "POST",
            f"{self._project}/statuses/{self.target.commit}",
            {
                "state": "success" if verdict.state in ("success", "neutral") else "failed",
                "name": verdict.name,
                "description": verdict.title,
                **({"target_url": self.target.link} if self.target.link else {}),
            },
        )

    def _query(self, page: int) -> str:
        return f"sort=asc&order_by=created_at&{super()._query(page)}"


class _MergeRequest(Struct):
    sha: str | None = None


KINDS: dict[str, type[Forge]] = {"github": GitHub, "gitlab": GitLab, "forgejo": Forgejo}
