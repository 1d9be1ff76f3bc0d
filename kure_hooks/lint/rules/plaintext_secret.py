"""SE001: a Secret in plain text."""

import re
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator

from kure_hooks.findings import Finding, Severity
from kure_hooks.gitops.payload import Resource
from kure_hooks.gitops.repository import Cluster
from kure_hooks.manifests import Manifest, kind_of, text_at
from kure_hooks.rules.rule import ERROR, Rule
from kure_hooks.secrecy.secret_names import names_secret
from kure_hooks.secrecy.texts import spans

RULE = Rule(
    "Secret in plain text",
    ERROR,
    "Everybody who can read the repository, or any copy of it, can read the value, for ever: git "
    "keeps it after it is deleted. Base64 in `data` hides nothing.",
    "Take the value out of use, and write a new one: encrypt the file with SOPS, or let an "
    "ExternalSecret or a SealedSecret bring it.",
    "Flux 2.9, Argo CD 3.5",
    wrong="""\
kind: Secret
stringData:
  password: correct-horse-battery
""",
    right="""\
kind: Secret
stringData:
  password: ENC[AES256_GCM,data:...]
sops: {...}
""",
    incidents=("https://github.com/allenporter/k8s-gitops/issues/301",),
)

# What controllers fill in or check, and what holds no secret.
_TYPES = ("kubernetes.io/service-account-token",)
_WORDS = (
    *(r"change[-_ ]?(?:me|this|it)", r"replace[-_ ]?(?:me|this|with)", "placeholder", "example"),
    *(
        "dummy",
        r"your[-_ ]",
        "todo",
        "fixme",
        "redacted",
        "insert",
        "fake",
        r"not[-_ ]?a[-_ ]?real",
    ),
    *(r"set[-_ ]?me", r"fill[-_ ]?in", "unused", "ignored", r"x{4}", r"\*{4}", r"to[-_ ]be"),
    *("generate[-_ ]", "random[-_ ]", r"[-_ ]here\b"),
)
# What stands for a value that something else brings, and what says that it is none.
_PLACEHOLDER = re.compile(
    r"\A(?:\$\w++|%\w++%|@\w++@|__\w+__|(?:ref\+|vault:|op://|secretref|arn:|avp\.).*+"
    r"|true|false|null|none|[0-9]{1,5}|x++|-++|\.++)?",
    re.IGNORECASE | re.DOTALL,
)
_SIGN = re.compile(rf"<[^<>]*+>|{'|'.join(_WORDS)}", re.IGNORECASE)
_ENCRYPTED = re.compile(
    r"ENC\[|\"sops\":|^sops_|^sops:|BEGIN (?:AGE|PGP) |ANSIBLE_VAULT|\x00GITCRYPT", re.MULTILINE
)


# Everybody knows these: they are a fault, but nothing leaks.
_DEFAULTS = frozenset(
    {
        *(
            "admin",
            "guest",
            "minio",
            "minioadmin",
            "mysql",
            "nopass",
            "pass",
            "password",
            "postgres",
        ),
        *("redis", "root", "secret", "test", "user"),
    }
)


def check(cluster: Cluster) -> Iterator[Finding]:
    """Yield a finding for the first value in plain text of each Secret.

    A password that everybody knows is a warning.
    """
    for _, resource in cluster.resources():
        if kind_of(resource.manifest) == ("", "Secret"):
            value = next(_plain(resource), None)
            if value is not None:
                part, key, text = value
                yield resource.finding(
                    (part, key),
                    f'{resource.label} has the value of "{key}" in plain text',
                    "Encrypt it with SOPS, or bring it with an ExternalSecret.",
                    "",
                    Severity.WARNING if _is_default(text) else Severity.ERROR,
                )


def _plain(resource: Resource) -> Iterator[tuple[str, str, str]]:
    """Yield the keys of a Secret whose values anybody can read."""
    manifest = resource.manifest
    source: Manifest = resource.source.manifest if resource.source else manifest
    if "sops" in source or "sops" in manifest or text_at(manifest, "type") in _TYPES:
        return
    for part in ("stringData", "data"):
        values = source.get(part)
        for key, value in values.items() if isinstance(values, dict) else ():
            text = _decoded(value) if part == "data" else value
            if isinstance(text, str) and _is_secret(str(key), text):
                yield part, key, text


def _is_secret(key: str, text: str) -> bool:
    """Tell whether a value is one that nobody may read: by its key, or by what is in it."""
    if _is_placeholder(text) or _ENCRYPTED.search(text):
        return False
    if names_secret(key) and len(text.split()) == 1 and "{" not in text:
        return True
    return any(not _is_placeholder(part) for part in _parts(text))


def _is_placeholder(text: str) -> bool:
    return bool(
        _PLACEHOLDER.fullmatch(text.strip())
        or _SIGN.search(text)
        or "}" in text.partition("${")[2]
        or "}}" in text.partition("{{")[2]
    )


def _parts(text: str) -> list[str]:
    return [text[span.start : span.end] for span in spans(text)]


def _is_default(text: str) -> bool:
    secrets = [part for part in _parts(text) or [text] if not _is_placeholder(part)]
    return all(secret.strip().lower() in _DEFAULTS for secret in secrets)


def _decoded(value: object) -> str | None:
    """Return what a value in Base64 stands for; the value where it is none, as a placeholder."""
    if not isinstance(value, str):
        return None
    try:
        return b64decode("".join(value.split()), validate=True).decode(errors="replace")
    except (Error, ValueError):
        return value
