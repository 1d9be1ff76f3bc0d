"""The data of ConfigMaps and Secrets: keys, encoding, size, and what a type of Secret needs."""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.decoding.refusals import data_problems
from kure_hooks.decoding.values import literal, mapping
from kure_hooks.manifests import kind_of
from kure_hooks.validators.admission.check import error
from kure_hooks.yamlio.place import Problem
from kure_hooks.yamlio.scalars import shown

_NEEDED: Mapping[str, tuple[str, ...]] = {
    "kubernetes.io/tls": ("tls.crt", "tls.key"),
    "kubernetes.io/dockercfg": (".dockercfg",),
    "kubernetes.io/dockerconfigjson": (".dockerconfigjson",),
    "kubernetes.io/ssh-auth": ("ssh-privatekey",),
}
_ANY_OF: Mapping[str, tuple[str, ...]] = {"kubernetes.io/basic-auth": ("username", "password")}
_JSON = (".dockercfg", ".dockerconfigjson")
_TOKEN = "kubernetes.io/service-account-token"  # noqa: S105 - the name of a type
_ACCOUNT = "kubernetes.io/service-account.name"


@error("VA110")
def _data(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    yield from data_problems(manifest, kind_of(manifest))


@error("VA111")
def _keys_of_the_type(manifest: Mapping[str, Any]) -> Iterator[Problem]:
    kind = manifest.get("type")
    if not isinstance(kind, str):
        return
    data = {key: manifest.get(key) for key in ("data", "stringData")}
    keys = {key for part in data.values() if isinstance(part, dict) for key in part}
    place = next((key for key, part in data.items() if isinstance(part, dict)), "type")
    for key in _NEEDED.get(kind, ()):
        if key not in keys:
            yield (place,), f"a Secret of type {shown(kind)} needs {key}", f"Add the key {key}."
    choices = _ANY_OF.get(kind, ())
    if choices and not keys.intersection(choices):
        words = " or ".join(choices)
        yield (place,), f"a Secret of type {shown(kind)} needs {words}", f"Add the key {words}."
    account = mapping(mapping(manifest, "metadata"), "annotations").get(_ACCOUNT)
    if kind == _TOKEN and account in (None, ""):
        problem = "the token belongs to no account"
        yield ("metadata", "annotations"), problem, f"the annotation {_ACCOUNT}"
    for key in _NEEDED.get(kind, ()):
        yield from _json(manifest, key)


def _json(manifest: Mapping[str, Any], key: str) -> Iterator[Problem]:
    """Yield what is no JSON, where a registry's client reads some; nothing of it is quoted."""
    text = mapping(manifest, "stringData").get(key)
    place, encoded = "stringData", mapping(manifest, "data").get(key)
    if text is None and literal(encoded) and not encoded.startswith("ENC["):
        place = "data"
        try:
            text = b64decode(encoded, validate=False).decode()
        except ValueError:
            return  # no Base64, which is reported as that
    if key not in _JSON or not literal(text) or text.startswith("ENC["):
        return
    try:
        import json  # noqa: PLC0415 - few objects hold any

        good = isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        good = False
    if not good:
        yield (place, key), "this is no JSON object", "the configuration of docker login"


CONFIG_MAP = (_data,)
SECRET = (_data, _keys_of_the_type)
