"""ConfigMaps and Secrets that kustomize 5.8 generates, and the suffix of their content."""

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from kure_hooks.gitops.kustomizations.items import Item
from kure_hooks.gitops.kustomizations.refusals import RefusedError, UnfollowedError
from kure_hooks.gitops.kustomizations.schema import Generator, GeneratorOptions, SecretGenerator
from kure_hooks.manifests import Manifest
from kure_hooks.yamlio import Pointer

Load = Callable[[str, Pointer], bytes]
"""Returns the content of a file that a key of the file of kustomize's names."""

_LINE = 70
_SUFFIX = 10
_HEX = str.maketrans("013ae", "ghkmt")
_ESCAPES = {ord(letter): f"\\u{ord(letter):04x}" for letter in "<>&\u2028\u2029"}
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_MERGING = ("merge", "replace")


def generated(
    generator: Generator, common: GeneratorOptions | None, load: Load, pointer: Pointer
) -> Manifest:
    """Return the object of a generator, without the suffix of its name.

    Raises RefusedError.
    """
    if not generator.name:
        raise RefusedError("the generator has no name", "Give it a name.", pointer)
    is_secret = isinstance(generator, SecretGenerator)
    data: dict[str, bytes] = {}
    for key, content, step in _pairs(generator, load, pointer):
        if key in data:
            problem = f"{generator.name} has the key {key} twice"
            raise RefusedError(problem, "Keep one of the two.", (*pointer, *step))
        data[key] = content
    metadata: dict[str, Any] = {"name": generator.name}
    if generator.namespace:
        metadata["namespace"] = generator.namespace
    own = generator.options or GeneratorOptions()
    for field in ("labels", "annotations"):
        texts = {**(getattr(common, field, None) or {}), **(getattr(own, field) or {})}
        if texts:
            metadata[field] = {key: text or "" for key, text in texts.items()}
    manifest: Manifest = {
        "apiVersion": "v1",
        "kind": "Secret" if is_secret else "ConfigMap",
        "metadata": metadata,
    }
    if isinstance(generator, SecretGenerator):
        manifest["type"] = generator.type or "Opaque"
        manifest["data"] = {key: _base64(data[key]) for key in sorted(data)}
    else:
        manifest |= _texts(data)
    if own.immutable or (common and common.immutable):
        manifest["immutable"] = True
    return manifest


def _texts(data: Mapping[str, bytes]) -> Manifest:
    """Return data of a ConfigMap: texts, and what is none in base64."""
    fields: dict[str, dict[str, str]] = {}
    for key in sorted(data):
        try:
            text = data[key].decode()
            if _CONTROL.search(text):
                raise UnfollowedError(f"generates a text for {key} that YAML can't have")
            fields.setdefault("data", {})[key] = text
        except UnicodeDecodeError:
            fields.setdefault("binaryData", {})[key] = _base64(data[key])
    return {key: fields[key] for key in ("data", "binaryData") if fields.get(key)}


def _base64(content: bytes) -> str:
    """Return base64 in lines of 70 characters, each with its end if there are several."""
    text = b64encode(content).decode()
    if len(text) < _LINE:
        return text
    return "".join(f"{text[at : at + _LINE]}\n" for at in range(0, len(text), _LINE))


def _pairs(
    generator: Generator, load: Load, pointer: Pointer
) -> Iterator[tuple[str, bytes, Pointer]]:
    """Yield each key with its content and the step that leads to it, in the order of kustomize."""
    envs: list[tuple[str, Pointer]] = [
        (name, ("envs", index)) for index, name in enumerate(generator.envs or ())
    ]
    if generator.env:
        envs.append((generator.env, ("env",)))
    for name, step in envs:
        for key, content in _variables(load(name, (*pointer, *step)), (*pointer, *step)):
            yield key, content, step
    for index, literal in enumerate(generator.literals or ()):
        key, equals, text = literal.partition("=")
        if not key or not equals:
            problem = "the literal is no key=value"
            raise RefusedError(problem, "Write key=value.", (*pointer, "literals", index))
        yield key, _unquoted(text).encode(), ("literals", index)
    for index, file in enumerate(generator.files or ()):
        step = ("files", index)
        key, equals, name = file.partition("=")
        if "=" in name or (equals and not (key and name)):
            problem = f"{file} is no name of a file"
            raise RefusedError(problem, "Write file or key=file.", (*pointer, *step))
        content = load(name if equals else file, (*pointer, *step))
        yield (key if equals else file.rpartition("/")[2]), content, step


def _variables(content: bytes, pointer: Pointer) -> Iterator[tuple[str, bytes]]:
    """Yield the variables of an env file."""
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise RefusedError("the file is no UTF-8", "Save it as UTF-8.", pointer) from error
    for line in text.removeprefix("\ufeff").split("\n"):
        stripped = line.removesuffix("\r").lstrip()
        if stripped and not stripped.startswith("#"):
            key, _, value = stripped.partition("=")
            yield key, value.encode()


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'"
    return text[1:-1] if quoted else text


def is_hashed(generator: Generator, common: GeneratorOptions | None) -> bool:
    """Tell whether the name of what a generator makes gets a suffix."""
    options = (generator.options, common)
    return not any(option.disable_name_suffix_hash for option in options if option)


def combined(old: Item, new: Item, behavior: str | None) -> Item:
    """Return what a generator makes of an object that is there already.

    Raises RefusedError, also where the behavior is neither merge nor replace.
    """
    if behavior not in _MERGING:
        problem = f"{old.kind} {old.name} is there already"
        expected = "Set behavior: merge or replace, or choose another name."
        raise RefusedError(problem, expected, rule="KZ002")
    names = {key: old.manifest["metadata"].get(key) for key in ("name", "namespace")}
    metadata: dict[str, Any] = {key: text for key, text in names.items() if text}
    for field in ("labels", "annotations"):
        texts = {**_mapping(old, field, "metadata"), **_mapping(new, field, "metadata")}
        if texts:
            metadata[field] = texts
    manifest = {**new.manifest, "metadata": metadata}
    if behavior == "merge":
        if old.manifest.get("stringData"):
            raise UnfollowedError(f"merges into Secret {old.name}, which has stringData")
        for field in ("data", "binaryData"):
            texts = {**_mapping(old, field), **_mapping(new, field)}
            if texts:
                manifest[field] = texts
    return replace(
        old, manifest=manifest, place=new.place, source=None, hashed=old.hashed and new.hashed,
        document=new.document, pointer=new.pointer,
    )  # fmt: skip


def _mapping(item: Item, field: str, *way: str) -> dict[str, str]:
    value = item.manifest
    for step in way:
        value = value[step]
    texts = value.get(field) or {}
    if not isinstance(texts, dict) or not all(isinstance(text, str) for text in texts.values()):
        raise UnfollowedError(f"merges into {item.kind} {item.name}, which has other than texts")
    return texts


def with_suffix_of_content(item: Item) -> Item:
    """Return a generated item with the suffix of its content at its name."""
    manifest = item.manifest
    # kustomize looks for the name where it never is.
    encoded: dict[str, Any] = {"kind": item.kind, "name": "", "data": manifest.get("data", "")}
    if item.kind == "Secret":
        encoded["type"] = manifest.get("type", "")
    extra = "stringData" if item.kind == "Secret" else "binaryData"
    if isinstance(manifest.get(extra), dict):
        encoded[extra] = manifest[extra]
    text = json.dumps(encoded, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    digest = hashlib.sha256(text.translate(_ESCAPES).encode()).hexdigest()
    return item.remembered().named(f"{item.name}-{digest[:_SUFFIX].translate(_HEX)}")
