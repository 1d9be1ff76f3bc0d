"""Searches that read a text only if it holds a word that every match has."""

import re
from collections.abc import Iterator
from typing import NamedTuple


class Search(NamedTuple):
    """An expression, and words in lower case of which each of its matches holds at least one.

    To look for a word takes a small part of the time in which the expression is tried at each
    place, and most texts hold none.
    """

    pattern: re.Pattern[str]
    words: tuple[str, ...]

    def matches(self, text: str, lower: str) -> Iterator[re.Match[str]]:
        """Return the matches of a text, which is given in lower case as well."""
        if any(word in lower for word in self.words):
            return self.pattern.finditer(text)
        return iter(())
