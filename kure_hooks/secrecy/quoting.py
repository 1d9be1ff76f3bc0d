"""The ends of strings, collections and lines, in any language and escaped any number of times."""

import re

QUOTE = re.compile(r"(?<!\\)(?P<level>\\*+)(?P<mark>[\"'`])")
_BRACKETS = re.compile(r"[\[\]{}]|(?<!\\)\\*+\"|(?<=[\[{(,:=\s])'")


def quoted(text: str, at: int) -> tuple[int, int, int]:
    """Return where the string whose quote is at `at` begins and ends, and where its quote ends."""
    opening = QUOTE.match(text, at)
    if opening is None:
        return at, at, at
    start, mark, level = opening.end(), opening["mark"], len(opening["level"])
    if not level and text.startswith(mark * 2, start):
        # Three quotes in Python and TOML, or an empty string.
        end = text.find(mark * 3, start + 2)
        return (start, start, start + 1) if end < 0 else (start + 2, end, end + 3)
    return start, *closing(text, start, mark, level)


def closing(text: str, at: int, mark: str, level: int) -> tuple[int, int]:
    """Return where a string ends: before and behind the quote that is escaped like the first one.

    YAML and SQL double a single quote inside of a string.
    """
    while match := QUOTE.search(text, at):
        at = match.end()
        fits = match["mark"] == mark and (len(match["level"]) - level) % (2 * level + 2) == 0
        if fits and mark == "'" and text.startswith("'", at):
            at += 1
        elif fits:
            return match.span()
    return len(text), len(text)


def bracket_end(text: str, at: int) -> tuple[int, int]:
    """Return where the bracket at a place is closed, and whether; without that, the text's end."""
    depth = 0
    while match := _BRACKETS.search(text, at):
        at = match.end()
        if match[0] in "[{":
            depth += 1
        elif match[0] in "]}":
            depth -= 1
            if not depth:
                return at, 1
        else:
            _, _, at = quoted(text, match.start())
    return len(text), 0


def line_end(text: str, at: int) -> int:
    """Return where the line ends that a place is in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end


def matched_end(pattern: re.Pattern[str], text: str, at: int) -> int:
    """Return where a match at a place ends, the place itself without one."""
    match = pattern.match(text, at)
    return match.end() if match else at
