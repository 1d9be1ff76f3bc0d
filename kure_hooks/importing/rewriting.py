"""Stack files with applications in the place of payloads, changed by their text."""

from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from kure_hooks.errors import UsageError
from kure_hooks.manifests import same, value_at
from kure_hooks.yamlio import Pointer, read, strict
from kure_hooks.yamlio.editing import EditedText, UneditableError
from kure_hooks.yamlio.place import Place

_DIRECTORY = ("argocd", "directory")


@dataclass(frozen=True, eq=False)
class Rewrite:
    """A bundle whose payload becomes applications.

    `components` are those of the bundle as they are seen from its new directory; None where they
    stay out, since nobody knows that directory yet.
    """

    bundle: Place
    applications: Sequence[Mapping[str, Any]]
    components: Sequence[str] | None = None
    drops_source: bool = False

    def apply(self, text: EditedText) -> None:
        """Edit a file; raises UneditableError before anything is edited."""
        document, pointer = self.bundle.document, self.bundle.pointer
        text.replace(document, (*pointer, "payload"), {"applications": self._applications})
        if "components" in self.bundle.value:
            at = (*pointer, "components")
            if self.components is None:
                text.remove(document, at)
            elif list(self.components) != self.bundle.value["components"]:
                text.replace(document, at, {"components": list(self.components)})
        if self.drops_source:
            text.remove(document, (*pointer, "sourceRef"))
        if value_at(self.bundle.value, *_DIRECTORY) is not None:
            text.remove(document, (*pointer, *_DIRECTORY))

    @property
    def expected(self) -> dict[str, Any]:
        """The bundle as it is read from the edited file."""
        value: dict[str, Any] = deepcopy(self.bundle.value)
        del value["payload"]
        value["applications"] = self._applications
        if "components" in value:
            value["components"] = list(self.components or ())
            if self.components is None:
                del value["components"]
        if self.drops_source:
            del value["sourceRef"]
        if value_at(value, *_DIRECTORY) is not None:
            del value["argocd"]["directory"]
            if not value["argocd"]:
                del value["argocd"]
        return value

    @property
    def _applications(self) -> list[dict[str, Any]]:
        return [dict(application) for application in self.applications]


def rewritten(path: str, data: bytes, rewrites: Sequence[Rewrite]) -> bytes:
    """Return a stack file with some rewrites, which is read again to see that it says just that.

    Raises UsageError where it can't be edited.
    """
    text = EditedText(data)
    before = read(data, path, strict)
    try:
        for rewrite in rewrites:
            rewrite.apply(text)
        edited = text.data
        after = read(edited, path, strict)
    except UneditableError as error:
        raise UsageError(f"{path} can't be edited: a payload {error}. Edit it by hand.") from error
    expected = [deepcopy(document.value) for document in before]
    places = [(document.line, document.column) for document in before]
    for rewrite in rewrites:
        document = rewrite.bundle.document
        index = places.index((document.line, document.column))
        expected[index] = _with(expected[index], rewrite.bundle.pointer, rewrite.expected)
    if not same(expected, [document.value for document in after]):
        raise UsageError(
            f"{path} can't be edited by its text, because other parts would change. Give each "
            "bundle a mapping of its own, without aliases."
        )
    return edited


def _with(value: Any, pointer: Pointer, new: Any) -> Any:
    """Return a value with another one below a pointer."""
    if not pointer:
        return new
    parts: Any = value[pointer[0]]
    value[pointer[0]] = _with(parts, pointer[1:], new)
    return value
