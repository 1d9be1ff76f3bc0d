"""Secrets that a text names without a sign: directives, statements, words of commands, sections.

`requirepass x`, `ENV TOKEN x`, `IDENTIFIED BY 'x'`, `echo x | docker login --password-stdin`, and
what stands in a section such as `[credentials]`. Every search is linear: expressions begin with a
literal or at a border, and go back at most a fixed number of characters.
"""

import re
from collections.abc import Iterator

from kure_hooks.secrecy.assignments import KEPT, Reveals
from kure_hooks.secrecy.quoting import line_end, quoted
from kure_hooks.secrecy.secret_names import names_secret, secret_children
from kure_hooks.secrecy.shapes import Search, Span

# Directives of configuration files that take nothing but a password.
_DIRECTIVE = re.compile(
    r"^[ \t]*+(?:requirepass|masterauth|sentinel auth-pass|password"
    r"|bindpw|rootpw|r[ow]community6?+|vault[ \t]++login(?![ \t]++-)"
    r"|(?:proxy_set_header|add_header)[ \t]++(?:Proxy-)?Authorization)[ \t]++"
    r"(?P<secret>[^\n=:]++)$",
    re.MULTILINE | re.IGNORECASE,
)
# Any other name alone in its line with a value; words of Dockerfiles and shells may be before it.
_NAMED = re.compile(
    r"^[ \t]*+(?:(?:#|//|;)[ \t]*+)?+"
    r"(?:(?:ENV|setx|set[ \t]++-[a-zA-Z]++|setenv|aws[ \t]++configure[ \t]++set"
    r"|proxy_set_header|add_header)[ \t]++)?+(?P<name>[A-Za-z_][\w.-]*+)[ \t]++"
    r"(?P<secret>[^\s=:][^\s]*+)[ \t\r;]*+$",
    re.MULTILINE,
)
_STATEMENT = re.compile(
    r"(?<![\w.-])(?:\w{0,30}passw(?:or)?d|passphrase|ConvertTo-SecureString(?:[ \t]++-String)?+|psk"
    r"|identified[ \t]++(?:with[ \t]++\w++[ \t]++)?+by|password[ \t]++for[ \t]++\S++[ \t]*+=)"
    r"[ \t]++(?=\\*+[\"'])",
    re.IGNORECASE,
)
# `setPassword("x")`, and `PASSWORD('x')` of SQL.
_CALL = re.compile(
    r"(?<![\w-])(?:(?:(?:set|with)\w{0,30}|(?=passw))(?:password|passphrase|secret|token|api_?key)"
    r"|sensitive)\([ \t]*+(?=\\*+[\"'])",
    re.IGNORECASE,
)
_PROSE = re.compile(
    r"(?<![\w.-])(?:password|passphrase|passcode|token|(?:api|secret|access)[ ]key)[ \t]++"
    r"(?:is|was)(?::|[ \t])[ \t]*+(?P<secret>[^\s,;]++)",
    re.IGNORECASE,
)
_COMMANDS = (
    Search(
        re.compile(r"--from-literal[= ][\"']?+[\w.-]++=(?P<secret>[^\s\"']++)"), ("--from-literal",)
    ),
    Search(
        re.compile(
            r"\b(?:echo|printf)[ \t]++(?:-\w++[ \t]++)?+(?P<secret>[^\n|]{1,300}+)\|[ \t]*+"
            r"(?:[^\s|]{1,99}+[ \t]++){0,9}?"
            r"(?:\S{0,40}login\b|chpasswd|passwd|sudo[ \t]++-\w{0,4}S)"
        ),
        ("echo", "printf"),
    ),
    Search(
        re.compile(
            r"\bhtpasswd[ \t]++-(?=[A-Za-z]{0,9}b)[A-Za-z]++[ \t]++(?:[^\s|>;&]++[ \t]++){1,2}"
            r"(?P<secret>[^\s|>;&]++)"
        ),
        ("htpasswd",),
    ),
    Search(
        re.compile(r"(?<![\w-])-(?:U|-user)[ =]?[^\s%\"']{1,99}+%(?P<secret>[^\s\"']++)"),
        ("-u", "--user"),
    ),
    Search(re.compile(r"\bstats[ \t]++auth[ \t]++[^\s:]++:(?P<secret>\S++)"), ("stats",)),
    Search(
        re.compile(r"(?i:\b(?:on|resetpass|nopass|setuser[ \t]++\S++))[ \t]++>(?P<secret>\S++)"),
        (" >", "\t>"),
    ),
    Search(
        re.compile(
            r"\brabbitmqctl[ \t]++(?:add_user|change_password)[ \t]++\S++[ \t]++(?P<secret>\S++)"
        ),
        ("rabbitmqctl",),
    ),
    Search(
        re.compile(
            r"\bmc[ \t]++(?:alias|config[ \t]++host)[ \t]++(?:set|add)(?:[ \t]++\S++){3}[ \t]++"
            r"(?P<secret>\S++)"
        ),
        ("mc ", "mc\t"),
    ),
    Search(
        re.compile(r"\bsqlplus[ \t]++(?:-\S++[ \t]++)*+[^\s/]++/(?P<secret>[^\s@]++)"), ("sqlplus",)
    ),
    Search(re.compile(r"\binsecure-password[ \t]++(?P<secret>\S++)"), ("insecure-password",)),
)
_SECTION = re.compile(r"^[ \t]*+\[{1,2}+(?P<name>[\w.\" -]++)\]{1,2}+[ \t\r]*+$", re.MULTILINE)
_NEXT = re.compile(r"^[ \t]*+\[", re.MULTILINE)
_ENTRY = re.compile(r"^[ \t]*+[\"']?+(?P<name>[\w.-]++)[\"']?+[ \t]*+[=:][ \t]*+", re.MULTILINE)

_VALUES = (
    Search(
        _DIRECTIVE,
        (
            *("requirepass", "masterauth", "auth-pass", "password", "bindpw", "rootpw"),
            *("community", "vault", "authorization"),
        ),
    ),
    *_COMMANDS,
)
_QUOTED = (
    Search(_STATEMENT, ("passw", "passphrase", "securestring", "identified", "psk")),
    Search(_CALL, ("password", "passphrase", "secret", "token", "apikey", "api_key", "sensitive(")),
)
_SENTENCES = Search(_PROSE, ("password", "passphrase", "passcode", "token", " key"))


def directives(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield what a text names without a sign, in no order; `reveals` names those to leave."""
    lower = text.lower()
    for search in _VALUES:
        for match in search.matches(text, lower):
            if not KEPT.fullmatch(match["secret"].strip()):
                yield Span(*match.span("secret"))
    for match in _NAMED.finditer(text):
        name = match["name"]
        if names_secret(name) and not reveals(name) and is_no_word(match["secret"]):
            yield Span(*match.span("secret"), name)
    for search in _QUOTED:
        for match in search.matches(text, lower):
            start, end, _ = quoted(text, match.end())
            yield Span(start, end)
    for match in _SENTENCES.matches(text, lower):
        if is_no_word(match["secret"].rstrip(".)")):
            yield Span(*match.span("secret"))
    yield from _sections(text, reveals)


def is_no_word(value: str) -> bool:
    """Tell whether a value is no word of a sentence, no path, no reference and no number."""
    plain = value.strip("\"'`;")
    return (
        any(map(str.isdigit, plain))
        and not plain.isdigit()
        and not plain.startswith(("/", "./", "$", "{", "%"))
    )


def _sections(text: str, reveals: Reveals) -> Iterator[Span]:
    """Yield the values in sections with a secret name, as INI and TOML have them."""
    at, final = 0, text.rfind("[")
    while at <= final and (section := _SECTION.search(text, at)):
        at = section.end()
        name = section["name"].rpartition(".")[2].strip('" ')
        if not names_secret(name) or reveals(name):
            continue
        following = _NEXT.search(text, at)
        end = following.start() if following else len(text)
        entries = list(_ENTRY.finditer(text, at, end))
        secret = secret_children(name, [entry["name"] for entry in entries])
        for number, entry in enumerate(entries):
            start = entry.end()
            if entry["name"] in secret and not KEPT.match(text, start):
                last = entries[number + 1].start() - 1 if number + 1 < len(entries) else end
                in_lines = text[start : start + 3] in ('"""', "'''")
                yield Span(
                    start, last if in_lines else min(last, line_end(text, start)), entry["name"]
                )
        at = end
