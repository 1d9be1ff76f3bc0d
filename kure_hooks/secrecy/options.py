"""Secrets that options of commands and elements of XML hold."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property

from kure_hooks.secrecy.assignments import KEPT, NAMES, VALUES, Reveals
from kure_hooks.secrecy.quoting import matched_end, quoted
from kure_hooks.secrecy.secret_names import LONGEST, names_secret
from kure_hooks.secrecy.shapes import Span

# `--password x`, also with the value in the next line of a script or a list.
# The border before an option is looked at behind its dash, which is found a lot faster.
_FLAG = re.compile(
    r"(?P<name>-(?<![\w.-]-)-?[A-Za-z][\w.-]*+)(?P<closed>\\*+[\"'])?+"
    r"(?P<gap>,?+[ \t]*+(?:\\?\r?\n[ \t]*+(?:-[ \t]++)?+)?+)(?P<value>\\*+[\"']|(?=[^\s\"'\\]))"
)
_GLUED_FLAG = re.compile(r"-p(?<![\w.-]-p)(?P<secret>[\"'][^\"']++|[^\s\"'\\=]++)")
_GLUED_LOGIN = re.compile(
    r"(?P<name>-(?<![\w.-]-)(?:-[a-z][a-z-]{1,20}+=|[a-zA-Z]{0,4}[uU][ \t]?))[\"']?+"
    r"(?P<secret>[^\s\"':=]{0,99}+:[^\s\"'\\]++)"
)
_WORD = re.compile(r"[^\s\"'\\]++")
_ELEMENT = re.compile(r"<(?P<name>[\w:.-]++)(?P<rest>[^<>]*+)>")
_NAMED = re.compile(r"\b(?:name|key|id)[ \t]*+=[ \t]*+[\"'](?P<name>[^\"'<>]*+)[\"']")

_FIELD = re.compile(r"\bvalue[ \t]*+=[ \t]*+[\"'](?P<secret>[^\"'<>]*+)")

# Programs with an option of one letter that takes a password, in any order with others.
_PROGRAMS = re.compile(
    r"(?<![\w-])(?:sshpass|mysql\w{0,12}+|mariadb[\w-]{0,12}+|redis-cli|ldap\w{1,10}+|sqlcmd|bcp"
    r"|curl|wget|http|smbclient|openssl|snmp[a-z]{3,9}+|7z|zip|unzip"
    r"|mongo(?:sh)?+|useradd|usermod|ssh-keygen"
    r"|(?:docker|podman|oras|helm registry|skopeo|crane|az) login)(?![\w-])"
)
_SHORT = {
    "-p": (
        "sshpass",
        "mysql",
        "mariadb",
        "docker",
        "podman",
        "oras",
        "helm",
        "skopeo",
        "crane",
        "az",
        "mongo",
        "useradd",
        "usermod",
    ),
    "-N": ("ssh-keygen",),
    "-b": ("curl",),
    "-E": ("curl",),
    "-a": ("redis-cli", "http"),
    "-w": ("ldap",),
    "-P": ("sqlcmd", "bcp", "zip", "unzip", "smbclient"),
    "-u": ("curl",),
    "-U": ("curl", "smbclient"),
    "-k": ("openssl",),
    "-K": ("openssl",),
    "-c": ("snmp",),
}
# What the value of an option holds that is no file.
_MARKS = {"-b": "=", "-E": ":", "--cookie": "="}
_LOGIN_FLAGS = frozenset(("-u", "--user", "-U", "--proxy-user", "--basic-auth", "--auth", "--cert"))
_IDS = re.compile(r"\A[0-9]*+:[0-9]*+")
# How far the name of a program may be from its options.
_COMMAND = 1_000


class _Programs:
    """The programs that a text calls, looked for once an option needs its own."""

    def __init__(self, text: str) -> None:
        self._text = text

    @cached_property
    def _places(self) -> list[tuple[int, str]]:
        return [(match.start(), match[0]) for match in _PROGRAMS.finditer(self._text)]

    def of(self, at: int) -> str:
        """Return the program that an option at a place belongs to, as far as it is known."""
        number = bisect_right(self._places, (at, ""))
        start, name = self._places[number - 1] if number else (-_COMMAND - 1, "")
        return name if at - start <= _COMMAND else ""


def options(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield what options of commands that take a secret are given, in no order."""
    programs = _Programs(text)
    for match in _FLAG.finditer(text):
        name = match["name"]
        if not match["gap"] or not _takes_secret(match, programs) or reveals(name.lstrip("-")):
            continue
        if match["value"]:
            start, end, _ = quoted(text, match.start("value"))
        else:
            start, end = match.end(), matched_end(_WORD, text, match.end())
        value = text[start:end]
        if _is_secret(name, value) and not KEPT.match(text, start):
            yield Span(start, end, name)
    for match in _GLUED_FLAG.finditer(text):
        if programs.of(match.start()).startswith(_SHORT["-p"][:3]):
            yield Span(*match.span("secret"), "-p")
    for match in _GLUED_LOGIN.finditer(text):
        name = match["name"].rstrip("= \t")
        short = not name.startswith("--") and programs.of(match.start()) == "curl"
        if (short or name in _LOGIN_FLAGS) and not _IDS.fullmatch(match["secret"]):
            yield Span(*match.span("secret"), name)


def _is_secret(name: str, value: str) -> bool:
    """Tell whether an option's value is neither another option nor a file, a user or numbers."""
    if name in _LOGIN_FLAGS and (":" not in value or _IDS.fullmatch(value)):
        return False
    return _MARKS.get(name, "") in value and not value.startswith("--")


def _takes_secret(match: re.Match[str], programs: _Programs) -> bool:
    name = match["name"]
    if name in _LOGIN_FLAGS or names_secret(name.lstrip("-")):
        is_one_letter = not name[len("-x") :]
        return not is_one_letter or name in _LOGIN_FLAGS
    return name in _SHORT and programs.of(match.start()).startswith(_SHORT[name])


def elements(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield the content of XML elements with a secret name, or behind one that announces it."""
    announced = ""
    at = 0
    while match := _ELEMENT.search(text, at):
        at = match.end()
        name, rest = match["name"].rpartition(":")[2], match["rest"]
        named = _NAMED.search(rest)
        owner = named["name"] if named and names_secret(named["name"]) else name
        if name.lower() in VALUES and announced:
            owner = announced
        if name.lower() == "input" and "password" in rest and (value := _FIELD.search(rest)):
            start = match.start("rest")
            yield Span(start + value.start("secret"), start + value.end("secret"))
        closed = rest.endswith("/")
        if not closed and (names_secret(owner) or owner == announced) and not reveals(owner):
            end = text.find("</", at)
            end = len(text) if end < 0 else end
            if text.startswith("<![CDATA[", at):
                close = text.find("]]>", at)
                end = max(end, close) if close >= 0 else len(text)
            if end > at:
                yield Span(at, end, owner)
            at, announced = end, ""
        elif name.lower() in NAMES:
            content = text[at : at + LONGEST].partition("<")[0].strip()
            announced = content if names_secret(content) else ""
