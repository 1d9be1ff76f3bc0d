"""Secrets that are known by their own shape, whatever the key that they stand at.

All searches are linear: expressions begin with a literal or behind a border, and never go back.
"""

import re
from base64 import b64decode
from binascii import Error
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


class Span(NamedTuple):
    """The place of a secret in a text, and the name that it belongs to, if there is one."""

    start: int
    end: int
    name: str = ""


# What issuers put before their tokens, so that leaked ones are found.
# All of them begin with at least eight letters of their alphabets, which most words do not have.
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9])(?=[\w.:/=~-]{8})(?:"
    r"(?:A3T[A-Z0-9]|AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{8,}+"  # Amazon
    r"|(?:gh[oprsu]|ghe[_-]\w{1,4})_\w{8,}+|github_pat_\w{8,}+"
    r"|gl(?:pat|ptt|dt|rt|rtr|cbt|soat|ft|agent|imt|oas|ffct|wt)-[\w.-]{8,}+"
    r"|xox[a-z]-[\w-]{8,}+|xapp-[\w-]{8,}+|xoxe\.[\w.-]{8,}+"  # Slack
    r"|(?:sk|rk|pk)_(?:live|test|prod)_\w{8,}+|whsec_\w{8,}+"  # Stripe
    r"|AIza[\w-]{16,}+|ya29\.[\w-]{8,}+|GOCSPX-[\w-]{8,}+|1//0[\w-]{16,}+"  # Google
    r"|SG\.[\w-]{8,}+\.[\w-]{8,}+|key-[0-9a-f]{32}(?![0-9a-f])"  # SendGrid, Mailgun
    r"|npm_\w{8,}+|pypi-[\w-]{16,}+|dckr_(?:pat|oat)_[\w-]{8,}+|rubygems_\w{8,}+"
    r"|(?<![.-])s\.[A-Za-z0-9]{24}(?![A-Za-z0-9])"
    r"|hv[sbr]\.[\w-]{8,}+|atlasv1\.[\w-]{8,}+|[\w]{14}\.atlasv1\.[\w-]{8,}+"  # HashiCorp
    r"|sk-(?:proj-|ant-|or-|svcacct-)?+[\w-]{16,}+|hf_\w{16,}+|gsk_\w{16,}+"
    r"|do[orp]_v1_\w{8,}+|shp(?:at|ca|pa|ss)_\w{8,}+|sq0[a-z]{3}-[\w-]{8,}+"
    r"|ATATT3[\w=-]{8,}+|ATCTT3[\w=-]{8,}+|PMAK-[\w-]{8,}+|NRAK-\w{8,}+|NRAA-\w{8,}+"
    r"|lin_api_\w{8,}+|figd_[\w-]{8,}+|glsa_\w{8,}+|glc_[\w=-]{8,}+|tskey-[\w-]{8,}+"
    r"|dapi[0-9a-f]{32}(?![0-9a-f])|dop_\w{8,}+|pul-[0-9a-f]{16,}+|sgp_\w{8,}+|ops_eyJ[\w-]{8,}+"
    r"|AGE-SECRET-KEY-[A-Z0-9]{4,}+|AGE-SECRET-KEY-PQ-[A-Z0-9]{4,}+|AGE-PLUGIN-[A-Z0-9-]{8,}+"
    r"|[0-9]{8,12}:AA[\w-]{24,}+"  # Telegram
    r"|[\w~.-]{3}8Q~[\w~.-]{8,}+"  # Microsoft Entra
    r"|(?<![\w-])eyJ[\w-]{4,}+(?:\.[\w-]*+){1,4}+"  # JSON Web Tokens
    r")"
)
# Passwords as `crypt` and htpasswd keep them: hashes, which can be guessed at leisure.
_HASHES = re.compile(
    r"\$(?:1|2[abxy]?|5|6|7|y|gy|apr1|argon2(?:id|i|d)?|scrypt|pbkdf2[a-z0-9-]{0,12}+)\$"
    r"[\w./+=,$-]{8,}+|\{S?SHA(?:256|384|512)?\}[\w/+=]{8,}+"
)
_ENCRYPTED = re.compile(
    r"ENC\[[^\]\n]*+\]?+|\$ANSIBLE_VAULT;[^\n]{0,99}+(?:\n[ \t]*+[0-9a-f]{4,}+\r?)++"
)
# Whoever knows such an address can write to a chat, raise an alarm or say that all is well.
_WEBHOOKS = re.compile(
    r"(?:hooks\.slack(?:-gov)?\.com/(?:services|workflows|triggers)"
    r"|discord(?:app)?\.com/api(?:/v[0-9]{1,2}+)?+/webhooks|media\.guilded\.gg/webhooks"
    r"|outlook\.office(?:365)?+\.com/webhook|\.webhook\.office\.com/webhookb2"
    r"|api\.telegram\.org|webexapis\.com/v1/webhooks/incoming|api\.flock\.com/hooks/sendMessage"
    r"|open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot(?:/v2)?+/hook"
    r"|hooks\.zapier\.com/hooks/catch|\bhook\.[a-z0-9]{2,4}+\.make\.com"
    r"|maker\.ifttt\.com/trigger/[\w{}-]{1,99}+(?:/json)?+/with/key"
    r"|events(?:\.eu)?+\.pagerduty\.com/(?:integration|x-ere)"
    r"|alert\.victorops\.com/integrations/generic/[0-9]{8}/alert"
    r"|api\.squadcast\.com/v[0-9]/incidents/[a-z0-9-]{1,40}+|zenduty\.com/api/events"
    r"|api\.ilert\.com/api/v1/events(?:/[a-z0-9-]{1,40}+)?+"
    r"|\.grafana\.net(?:/oncall)?+/integrations/v1/[a-z_]{1,40}+"
    r"|uptime\.better(?:stack|uptime)\.com/api/v1(?:/[a-z-]{1,40}+){1,2}|hc-ping\.com|nosnch\.in"
    r"|\.sumologic\.com/receiver/v1/http|\.loggly\.com/(?:inputs|bulk)"
    r"|\.datadoghq\.(?:com|eu)/v1/input)/"
    r"(?P<secret>[^\s\"'<>\\]++)"
)
# Mattermost and those that took its shape over; Rocket.Chat.
_HOOK = re.compile(
    r"(?<=/hooks/)(?P<secret>[a-z0-9]{26}|[A-Za-z0-9]{17,24}+/[A-Za-z0-9]{32,99}+)(?![\w-])"
)
# The key of a service of PagerDuty; those of queues and of other services are words.
_ROUTING_KEY = re.compile(
    r"(?i:routing[._-]?key)(?:\\*+[\"'])?+[ \t]*+[:=][ \t]*+(?:\\*+[\"'])?+"
    r"(?P<secret>[A-Za-z0-9]{32})(?![A-Za-z0-9])"
)
# What signs or opens an address.
_QUERY = re.compile(
    r"(?i:(?:[?&]|&amp;|%26)(?:sig|signature|x-amz-signature|x-goog-signature|auth|key|code|hmac)=)"
    r"(?P<secret>[^\s&\"'<>#\\]{8,}+)"
)
# An address without a scheme: `bob:x@db:5432/a`; neither that of mail nor a digest.
_BARE_LOGIN = re.compile(
    r"(?<![^\s\"'=,(])(?!(?i:mailto|sips?|xmpp|acct|e-?mail):)"
    r"(?P<secret>[\w.-]{1,99}+:[^\s\"'@/:]{3,199}+)@(?!sha\d)[\w.-]{0,253}+(?::[0-9]|/)"
)
_BEARER = re.compile(r"(?i:\bbearer)(?:[ \t]|%20|\+)++(?P<secret>[\w.~+/=-]{6,}+)")
_BASIC = re.compile(r"(?i:\bbasic)(?:[ \t]|%20)++(?P<secret>[\w+/=-]{6,}+)")

# A path in which `//` was made one is known by its password.
_URL = re.compile(r":\\*+/\\*+(?P<second>/?+)(?P<rest>(?:[^\s\"'`\\:]|:(?!/)|\\(?![\"'nrt]))*+)")
_GO_ADDRESS = re.compile(
    r"(?<![^\s\"'=])(?P<secret>[\w.-]{1,99}+:[^\s\"'@/]{0,199}+)@(?:tcp|tcp6|unix)\("
)
_ORACLE = re.compile(r"(?<=:thin:)(?P<secret>[\w$#.-]{1,99}+/[^\s\"'@]{1,199}+)@")
_EASY_CONNECT = re.compile(r"(?<![^\s\"'=])(?P<secret>[\w$#.-]{1,99}+/[^\s\"'@/]{1,199}+)@//")
# An address that is quoted inside of another one.
_QUOTED_LOGIN = re.compile(
    r"%3[Aa](?:%2[Ff]){2}(?P<secret>[^\s\"'&%]{1,99}+%3[Aa](?:[^\s\"'&]{1,199}?))%40"
)
# The private parts of a JSON Web Key (RFC 7518, section 6).
PRIVATE_PARTS = frozenset(("d", "p", "q", "dp", "dq", "qi", "k"))
_JWK = re.compile(r"\"(?:d|p|q|dp|dq|qi|k)\\*+\"[ \t]*+:[ \t]*+\\*+\"(?P<secret>[\w-]{8,}+)")
_PORT = re.compile(r"[0-9]{1,5}+")

_NETRC = re.compile(
    r"(?i)(?<!\S)(?:(?:machine|login|account)\s++\S++|default)\s++(?:password|account)\s++"
    r"(?P<secret>\S++)"
)
# `password` may come before `login`, and after macros; then the line has nothing else.
_NETRC_FIRST = re.compile(r"(?i)(?<!\S)password\s++(?P<secret>\S++)(?=\s++(?:login|account)\s)")
# host:port:database:user:password
_PGPASS = re.compile(
    r"(?<![^\s\"'])[^:\s#\"']++:(?:[0-9]{1,5}+|\*):(?:[^:\s\\\"']|\\.)++:(?:[^:\s\\\"']|\\.)++:"
    r"(?P<secret>[^\s\"']++)"
)
_ADDRESS = re.compile(r"[0-9a-fA-F:.]++")
_COLUMNS = (
    Search(
        _WEBHOOKS,
        (
            *("hooks.slack", "discord", "guilded", "office", "telegram", "webex", "flock.com"),
            *("feishu", "larksuite", "zapier", "make.com", "ifttt", "pagerduty.com", "victorops"),
            *("squadcast", "zenduty", "ilert", "grafana.net", "betterstack", "betteruptime"),
            *("hc-ping", "nosnch", "sumologic", "loggly", "datadoghq"),
        ),
    ),
    Search(_ROUTING_KEY, ("routing",)),
    Search(_HOOK, ("/hooks/",)),
    Search(_QUERY, ("?", "&", "%26")),
    Search(_BARE_LOGIN, ("@",)),
    Search(_QUOTED_LOGIN, ("%40",)),
    Search(_GO_ADDRESS, ("@tcp", "@unix")),
    Search(_ORACLE, (":thin:",)),
    Search(_EASY_CONNECT, ("@//",)),
    Search(_NETRC, ("password", "account")),
    Search(_NETRC_FIRST, ("password",)),
)
_PASSWORDS = Search(_PGPASS, (":",))
_BEARERS = Search(_BEARER, ("bearer",))
_BASICS = Search(_BASIC, ("basic",))

_BEGIN = re.compile(r"-----?[ ]?BEGIN (?P<label>[A-Z0-9][A-Z0-9 ]{0,60}+)[ ]?-----?")
_PRIVATE = ("PRIVATE KEY", "CERTIFICATE", "PKCS")
_PUTTY = re.compile(
    r"^Private-Lines: *+[0-9]++\r?\n(?P<secret>(?:[\w+/]{4,}+={0,2}+(?:\r?\n|\Z))++)", re.MULTILINE
)


def shapes(text: str) -> Iterator[Span]:
    """Yield the secrets of a text that are known by their shape, in no order."""
    yield from _blocks(text)
    yield from _logins(text)
    yield from tokens(text)
    for pattern in (_HASHES, _ENCRYPTED):
        yield from (Span(*match.span()) for match in pattern.finditer(text))
    lower = text.lower()
    for search in _COLUMNS:
        yield from (Span(*match.span("secret")) for match in search.matches(text, lower))
    if '"kty' in text:
        yield from (Span(*match.span("secret")) for match in _JWK.finditer(text))
    for match in _PASSWORDS.matches(text, lower):
        if not _ADDRESS.fullmatch(match[0]):
            yield Span(*match.span("secret"))
    for match in _BEARERS.matches(text, lower):
        # In prose it is followed by a plain word.
        if not match["secret"].isalpha():
            yield Span(*match.span("secret"))
    for match in _BASICS.matches(text, lower):
        if is_login(match["secret"]):
            yield Span(*match.span("secret"))


def tokens(text: str) -> Iterator[Span]:
    """Yield the tokens of a text that bear the mark of their issuer."""
    return (Span(*match.span()) for match in _TOKENS.finditer(text))


def is_login(text: str) -> bool:
    """Tell whether a text is the Base64 of `user:password`."""
    login = decoded(text)
    return login is not None and ":" in login and login.isprintable()


def is_secret_at(name: str, value: str) -> bool:
    """Tell whether a value is a secret at a name that has other values as well."""
    if name in ("auth", "_auth"):
        return is_login(value)
    return _ROUTING_KEY.search(f"{name}: {value}") is not None


def decoded(text: str) -> str | None:
    """Return the text behind Base64 in either alphabet, None if there is none."""
    data = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return b64decode(data + "=" * (-len(data) % 4), validate=True).decode()
    except (Error, ValueError):
        return None


def _blocks(text: str) -> Iterator[Span]:
    """Yield PEM blocks with private keys or certificates; one without an end takes the rest."""
    at = 0
    while match := _BEGIN.search(text, at):
        at = match.end()
        if any(word in match["label"] for word in _PRIVATE):
            end = text.find("-----END", at)
            close = text.find("-----", end + 8) if end >= 0 else -1
            at = close + 5 if close >= 0 else len(text)
            yield Span(match.start(), at)
    yield from (Span(*match.span("secret")) for match in _PUTTY.finditer(text))


def _logins(text: str) -> Iterator[Span]:
    """Yield user and password of every URL."""
    for match in _URL.finditer(text):
        if size := _login(match["rest"]):
            start = match.start("rest")
            # The user of SSH is no secret: its URLs have no passwords.
            ssh = text[max(0, match.start() - 3) : match.start()].lower() == "ssh"
            user_only = ":" not in text[start : start + size]
            if not (user_only and (ssh or not match["second"])):
                yield Span(start, start + size)


def _login(rest: str) -> int:
    """Return how long the login is that what follows `://` begins with.

    A password may hold what should be quoted in a URL, so it ends at the last `@`. A number behind
    the first colon is a port, if a path follows.
    """
    last = rest.rfind("@")
    if last < 0:
        return 0
    slash = min((at for at in map(rest.find, "/?#") if at >= 0), default=len(rest))
    _, colon, more = rest[: min(slash, last)].partition(":")
    if last < slash and not colon:
        return last
    port = slash < last and rest[slash] == "/" and _PORT.fullmatch(more)
    if colon and not port:
        return last
    return max(rest.rfind("@", 0, slash), 0)
