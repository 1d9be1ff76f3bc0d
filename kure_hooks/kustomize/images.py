"""Images of containers, renamed as kustomize 5.8 does it."""

import re
from collections.abc import Callable
from operator import is_
from typing import Any

from msgspec import Struct

from kure_hooks.yamlio import Pointer

Change = Callable[[Any, Pointer], Any]
"""A function that returns what becomes of a value, and the same one where nothing does."""

# kustomize reads the name of an image as a regular expression.
_PLAIN = re.compile(r"[\w./:@-]*")


class Renaming(Struct, frozen=True):
    """An image that is replaced: by another name, and by another tag or digest."""

    name: str
    new_name: str = ""
    new_tag: str = ""
    digest: str = ""
    tag_suffix: str = ""

    @property
    def pattern(self) -> re.Pattern[str] | None:
        """The images that are meant, with any tag and digest; None for a name that is a pattern."""
        if not _PLAIN.fullmatch(self.name):
            return None
        return re.compile(
            rf"{self.name}(:[a-zA-Z0-9_.{{}}-]*+)?+"
            r"(@[a-zA-Z0-9]++([.+_-][a-zA-Z0-9]++)*+:[a-zA-Z0-9_.{}-]*+)?+"
        )

    def renamed(self, image: str) -> str:
        """Return what becomes of an image that is meant."""
        name, tag, digest = _split(image)
        if self.new_tag or self.digest:
            tag, digest = self.new_tag, self.digest
        elif self.tag_suffix:
            tag, digest = f"{tag}{self.tag_suffix}", ""
        name = self.new_name or name
        return f"{name}{f':{tag}' if tag else ''}{f'@{digest}' if digest else ''}"


def in_containers(value: Any, change: Change) -> Any:
    """Return a value with the images of all lists of containers in it changed."""
    if isinstance(value, list):
        items = [in_containers(part, change) for part in value]
        return value if all(map(is_, items, value)) else items
    if not isinstance(value, dict):
        return value
    changed = {}
    for key, part in value.items():
        made = in_containers(part, change)
        if key in ("containers", "initContainers") and isinstance(made, list):
            made = [_container(container, change) for container in made]
            if isinstance(part, list) and all(map(is_, made, part)):
                made = part
        if made is not part:
            changed[key] = made
    return {**value, **changed} if changed else value


def _container(container: Any, change: Change) -> Any:
    if not isinstance(container, dict) or container.get("image") is None:
        return container
    image = change(container["image"], ())
    return container if image is container["image"] else {**container, "image": image}


def _split(image: str) -> tuple[str, str, str]:
    """Return name, tag and digest of an image."""
    start = max(image.find("/"), 0)
    name, _, digest = image.partition("@") if "@" in image[start:] else (image, "", "")
    colon = name.find(":", start)
    if colon >= 0:
        return name[:colon], name[colon + 1 :], digest
    return name, "", digest
