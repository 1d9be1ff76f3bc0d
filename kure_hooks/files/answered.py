"""A tree where there is no repository: the answers to some questions, taken along."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from msgspec import Struct, field

from kure_hooks.errors import ReadError
from kure_hooks.files.tree import MAX_FILE, Tree


class Question(NamedTuple):
    """A question to a tree: the name of its method, and the arguments."""

    method: str
    arguments: tuple[Any, ...]

    def answer(self, tree: Tree) -> Any:
        """Return what a tree answers, which may be a ReadError."""
        try:
            return getattr(tree, self.method)(*self.arguments)
        except ReadError as error:
            return error


# Only messages about what is not there look through the whole repository.
_EVERYTHING = Question("paths", ("",))


class AnsweredTree(Struct, frozen=True):
    """A `Tree` of the answers to some questions; the others are noted in `open`.

    To those it answers as an empty tree would, so that more of what is asked becomes known.
    """

    answers: Mapping[Question, Any]
    open: list[Question] = field(default_factory=list)

    def paths(self, under: str = "") -> Sequence[str]:
        """See Tree."""
        paths: Sequence[str] = self._answer(Question("paths", (under,)), ())
        return paths

    def read(self, path: str, limit: int = MAX_FILE) -> bytes:
        """See Tree."""
        question = Question("read", (path, limit))
        data: bytes = self._answer(question, ReadError(path, "is still to be read"))
        return data

    def holds(self, path: str, data: bytes) -> bool | None:
        """See Tree."""
        held: bool | None = self._answer(Question("holds", (path, data)), None)
        return held

    def link(self, path: str) -> str | None:
        """See Tree."""
        target: str | None = self._answer(Question("link", (path,)), None)
        return target

    def _answer(self, question: Question, otherwise: Any) -> Any:
        if question not in self.answers:
            self.open.append(question)
        answer = self.answers.get(question, otherwise)
        if isinstance(answer, ReadError):
            raise answer
        return answer

    @property
    def questions(self) -> list[Question]:
        """The open questions; of other ones than for files only when all files are there.

        What is asked besides may be of no interest with them, such as what a file is called that
        seems to be missing.
        """
        files = [question for question in self.open if question.method == "read"]
        others = [question for question in self.open if question != _EVERYTHING]
        return list(dict.fromkeys(files or others or self.open))
