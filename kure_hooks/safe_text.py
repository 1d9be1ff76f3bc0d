"""Untrusted text made harmless: nothing that a file holds may steer a terminal, a log or a job."""

import re
from functools import cache

_UNSAFE = (
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U000e0000-\U000e0fff]"
)
# What a job's log takes for commands: GitHub reads `::` behind blanks at the start of a line and
# `##[` anywhere (ActionCommand.cs), Azure Pipelines `##vso[` and `##[`, TeamCity `##teamcity[`.
# The section markers of GitLab and the folds of Travis have control characters.
_LINE_COMMAND = re.compile(r"^(?P<before>[^\S\n]*+)::", re.MULTILINE)
_COMMAND = re.compile(r"##(?=[A-Za-z]{0,16}+\[)")


def visible(text: str) -> str:
    r"""Return the text with control, bidi and zero-width characters as escapes such as `\x1b`."""
    return _unsafe().sub(lambda match: _escape(ord(match[0])), text)


def inert(text: str) -> str:
    r"""Return lines in which nothing is a command of a CI system: such a one gets a backslash."""
    return _LINE_COMMAND.sub(r"\g<before>\\::", inert_inside(text))


def inert_inside(text: str) -> str:
    r"""Return a text that inside of a line is no command of a CI system, such as `##\[error]`."""
    return _COMMAND.sub(r"##\\", text)


def inert_markup(text: str) -> str:
    """Return XML or HTML in which nothing is a command of a CI system, by character references."""
    return _LINE_COMMAND.sub(r"\g<before>&#58;:", _COMMAND.sub("#&#35;", text))


def inert_json(text: str) -> str:
    r"""Return JSON in which nothing is a command of a CI system: `##` is written `#\u0023`.

    No line of indented JSON begins with a colon.
    """
    return text.replace("##", r"#\u0023")


# Compiled when it is needed, because that takes long and most runs write nothing.
@cache
def _unsafe() -> re.Pattern[str]:
    return re.compile(_UNSAFE)


def _escape(code: int) -> str:
    for letter, digits in (("x", 2), ("u", 4)):
        if code < 16**digits:
            return f"\\{letter}{code:0{digits}x}"
    return f"\\U{code:08x}"
