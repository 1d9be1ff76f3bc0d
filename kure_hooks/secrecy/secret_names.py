"""The names that announce a secret, and those that only sound like it."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

# A key may be as long as a file; a name is not.
LONGEST = 320

# In any case and without borders: people write `dbpassword`, `ACCESSTOKEN` and `clientSecret`.
_SECRET = re.compile(
    r"passw|passphrase|passcode|token|secret|credential|bearer|authorization|dockercfg"
    r"|dockerconfigjson"
    r"|(?:api|access|signing|account|private|encrypt|encryption|decryption|master|shared|preshared"
    r"|storage|client|ssl|tls|ssh|licen[cs]e|hmac|jwt|session|auth|deploy|deployment|consumer"
    r"|subscription|security|instrumentation|cipher|aes|rsa|webhook|integration|service|genie"
    r"|ingest|ingestion|write|app|application|server)[._-]?key(?:s|[._-]?data)?$"
    r"|pagerduty[\w.-]*+(?<=key)$|honeycomb[._-]team$"
    r"|(?:client|private)[._-]?key|setcookie|authtok|passwort|kennwort|contrase|senha$"
    r"|mot[._-]?de[._-]?passe|pass[._-]?key|парол|wachtwoord|l[oö]senord|heslo$|密码|パスワード"
    r"|(?:db|root|admin|user|store|key|trust|bind|smtp|mail|ftp|sql|pg|redis|mongo|proxy|login|my)"
    r"(?:pass|pw)$"
)
# Names of one word or such a last word; `key` is one behind a dot, a dash or an underscore.
_SECRET_WORDS = frozenset(
    (
        *("pass", "passwd", "pwd", "pw", "pswd", "psk", "salt", "pepper", "auths", "cookie"),
        *("private", "creds", "pat", "otp", "mnemonic"),
    )
)
_KEY = re.compile(r"[._-]keys?$")
# Such keys are no secrets: `public_key`, `partition-key`, `cache.key`.
_OPEN_KEYS = frozenset(
    (
        *(
            "public",
            "pub",
            "primary",
            "foreign",
            "partition",
            "sort",
            "cache",
            "routing",
            "topology",
        ),
        *("object", "label", "node", "group", "map", "sub", "index", "unique", "registry", "merge"),
        *(
            "row",
            "shard",
            "translation",
            "i18n",
            "bucket",
            "s3",
            "idempotency",
            "sorting",
            "config",
        ),
    )
)
# What ends like this names something, or says how it is handled: `secretName`, `tokenPath`.
_HARMLESS = re.compile(
    r"(?:name|names|ref|refs|keyref|path|paths|file|files|url|uri|type|class|policy|mode|format"
    r"|issuer|namespace|seconds|period|interval|ttl|enabled|selector|size|count|limit|algorithm)$"
)
_HARMLESS_WORDS = frozenset(
    (
        *("minutes", "hours", "days", "duration", "expiration", "expiry", "timeout", "length"),
        *("version", "kind", "provider", "store", "backend", "operator", "controller", "manager"),
        *("rotation", "audience", "audiences", "scope", "scopes", "location", "dir", "directory"),
        *("mount", "volume", "template", "labels", "annotations", "role", "required", "allowed"),
        *("disabled", "encoding", "prefix", "header", "field", "param", "retries", "strategy"),
        *("service", "server", "endpoint", "host", "port", "image", "stdin", "prompt", "limits"),
        *("review", "reviews", "requests", "request", "stores", "tokenizer", "description"),
    )
)
# `existingSecret` names a Secret, `automountServiceAccountToken` is a switch, `maxTokens` counts.
_HARMLESS_STARTS = frozenset(
    (
        *("existing", "use", "enable", "disable", "create", "has", "is", "max", "min", "num"),
        *("automount", "optional"),
    )
)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]++|[0-9]++")

# Below a secret name, such as `secret: {secretName: x, items: [...]}`, these are no secrets.
_HARMLESS_CHILDREN = frozenset(
    (
        *("name", "namespace", "kind", "apiVersion", "apiGroup", "group", "path", "type", "mode"),
        *("defaultMode", "optional", "enabled", "create", "audience", "audiences", "labels"),
        *("annotations", "algorithm", "size", "encoding", "rotationPolicy", "version", "readOnly"),
        *("mountPath", "subPath", "provider", "region", "role", "property", "items", "metadata"),
        *("generate", "required", "length", "issuer", "format", "immutable", "description"),
    )
)

# Of a Secret, whose kind may come behind them.
SECRET_DATA = ("data", "stringData")


def is_secret(manifest: Any) -> bool:
    """Tell whether an object is a Secret, or was one before somebody edited its kind."""
    if not isinstance(manifest, dict):
        return False
    kind, type_ = manifest.get("kind"), manifest.get("type")
    if isinstance(kind, str) and kind.strip().lower() in ("secret", "secretlist"):
        return True
    typed = isinstance(type_, str) and type_.startswith(("Opaque", "kubernetes.io/"))
    return "stringData" in manifest or (typed and "data" in manifest)


def words(name: str) -> list[str]:
    """Return the words of a name in lower case: `secretTokenTTL` has three."""
    return [word.lower() for word in _WORD.findall(name)]


@lru_cache(maxsize=1 << 13)
def _announces(name: str) -> bool:
    lower = name.lower()
    parts = words(name)
    while parts and parts[-1].isdigit():
        parts.pop()
    last = parts[-1] if parts else ""
    key = _KEY.search(lower) is not None and _OPEN_KEYS.isdisjoint(parts[-2:-1])
    if not (key or last in _SECRET_WORDS or _SECRET.search(lower)):
        return False
    if last in _HARMLESS_WORDS or _HARMLESS.search(lower.rstrip("0123456789_-.")):
        return False
    pulls_images = parts[-2:-1] == ["pull"] and last in ("secret", "secrets")
    return not pulls_images and not _HARMLESS_STARTS.intersection(parts[:1])


def names_secret(name: str) -> bool:
    """Tell whether a key, or the name of a variable, is one whose value must not be shown."""
    return _announces(name[-LONGEST:])


def ends_in_secret(name: str) -> bool:
    """Tell whether the last word of a name is the secret: `db-token`, but not `token-service`."""
    return names_secret(name) and names_secret((words(name[-LONGEST:]) or [""])[-1])


def secret_children(parent: str, names: Iterable[str]) -> frozenset[str]:
    """Return the names that keep a secret below a secret name.

    Others say how or where: `credentials: {secretName: x}`, `secret: {name: x, key: y}`.
    """
    known = frozenset(names)
    if parent in SECRET_DATA:
        return known
    secret = {name for name in known if not _is_harmless_child(name)}
    refers = (words(parent[-LONGEST:]) or [""])[-1] in ("secret", "secrets", "selector")
    if "path" in known or (refers and "name" in known):
        secret.discard("key")
    return frozenset(secret)


def _is_harmless_child(name: str) -> bool:
    if name in _HARMLESS_CHILDREN:
        return True
    name = name[-LONGEST:]
    parts = words(name)
    return bool(parts) and (
        parts[-1] in _HARMLESS_WORDS
        or parts[0] in _HARMLESS_STARTS
        or _HARMLESS.search(name.lower()) is not None
    )
