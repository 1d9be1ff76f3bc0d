"""The text of the package's page in an index: the README, whose links lead to the repository.

An index shows the README alone, so that its relative links lead nowhere there.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_RELATIVE = re.compile(r"(!?)\[([^\]]*)\]\((?![a-z]+:|#)([^)]+)\)")
_IMAGE = "https://raw.githubusercontent.com/kure-hooks/kure-hooks"
_PAGE = "https://github.com/kure-hooks/kure-hooks/blob"


class ReadmeHook(MetadataHookInterface):
    """The hook by which hatchling asks for the text."""

    def update(self, metadata: dict[str, Any]) -> None:
        """Add the README with links to the files of the version that is built."""
        version = re.search(
            r'^__version__ = "(.+)"$', self._read("kure_hooks/__init__.py"), re.MULTILINE
        )
        if version is None:
            raise ValueError("kure_hooks/__init__.py has no __version__. Write one.")
        text = absolute(self._read("README.md"), f"v{version[1]}")
        metadata["readme"] = {"content-type": "text/markdown", "text": text}

    def _read(self, path: str) -> str:
        return Path(self.root, path).read_text(encoding="utf-8")


def absolute(text: str, tag: str) -> str:
    """Return a text in Markdown whose relative links and images lead to the files of a tag."""
    return _RELATIVE.sub(lambda link: _absolute(link, tag), text)


def _absolute(link: re.Match[str], tag: str) -> str:
    mark, words, path = link.groups()
    return f"{mark}[{words}]({_IMAGE if mark else _PAGE}/{tag}/{path})"
