"""The references of stack files, applications and settings, made of the JSON Schemas."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from kure_hooks.operations.schema import SCHEMAS

Schema = Mapping[str, Any]

_NOTE = """\
Made from the JSON Schema that `kure-hooks schema{of}` prints. A type in `code` is a literal value.
Keys without a default are not set unless you write them, and keys in **bold** have to be there.
"""
_STACK = f"""\
# Stack reference

Every key of a stack file: a cluster, and its nodes and bundles, which may also be documents of
their own. [Stack files](stacks.md) explains them, and [Application
reference](application-reference.md) has the keys of applications.

{_NOTE.format(of="")}"""
_APPLICATIONS = f"""\
# Application reference

Every key of the applications that come with kure-hooks, which are documents of their own or parts
of a bundle. [Stack files](stacks.md#kinds-of-applications) says what each kind is for.

{_NOTE.format(of="")}"""
_SETTINGS = f"""\
# Settings reference

Every key of `.kure-hooks.yaml`. [Settings](settings.md) shows them in a file.

{_NOTE.format(of=" settings")}"""

_HEAD = ("key", "type", "default", "meaning")
_MOST_DEFAULT = 40
# What the column of defaults has.
_DEFAULT = re.compile(r"\s*+Default: [^\n]*\.\Z")
# The endings of our types, and what a reader calls such a part of a file.
_ENDINGS = {"Document": " document", "Doc": "", "Body": " spec", "Spec": " spec"}


def stack_reference() -> str:
    """Return the page of clusters, nodes and bundles as Markdown."""
    schema = SCHEMAS["stack"]()
    # A template has the keys of a cluster, which need no second description.
    template = schema["$defs"]["ClusterSetBody"]["properties"]["template"]
    template["type"] = "object"
    del template["$ref"]
    is_stack = [root for root in _roots(schema) if not _is_application(root, schema)]
    return _page(_STACK, schema, is_stack)


def application_reference() -> str:
    """Return the page of application kinds as Markdown."""
    schema = SCHEMAS["stack"]()
    return _page(_APPLICATIONS, schema, [r for r in _roots(schema) if _is_application(r, schema)])


def settings_reference() -> str:
    """Return the page of settings as Markdown."""
    schema = SCHEMAS["settings"]()
    return _page(_SETTINGS, schema, _roots(schema))


def _roots(schema: Schema) -> list[Schema]:
    """Return the documents that a schema accepts, however it tells them apart."""
    for key in ("oneOf", "anyOf"):
        if key in schema:
            return [root for choice in schema[key] for root in _roots(choice)]
    if "allOf" in schema:
        ends = (choice.get(end, {}) for end in ("then", "else") for choice in schema["allOf"])
        return [root for end in ends for root in _roots(end)]
    return [schema] if "$ref" in schema or "title" in schema else []


def _is_application(root: Schema, schema: Schema) -> bool:
    api = _object(root, schema)["properties"].get("apiVersion", {})
    return str(api.get("const", "")).startswith("generators.")


def _object(part: Schema, schema: Schema) -> Schema:
    """Return the schema of an object, which may be behind a reference."""
    return schema["$defs"][_name(part["$ref"])] if "$ref" in part else part


def _name(reference: str) -> str:
    return reference.removeprefix("#/$defs/")


def _page(head: str, schema: Schema, roots: list[Schema]) -> str:
    """Return a page with a section for each object that the roots lead to, in that order."""
    sections = []
    queue = [(_name_of(root), _object(root, schema)) for root in roots]
    names = {name for name, _ in queue}
    while queue:
        name, part = queue.pop(0)
        sections.append(_section(_title(name), part, schema))
        found = [name for name in _references(part) if _is_table(schema["$defs"][name])]
        fresh = [name for name in dict.fromkeys(found) if name not in names]
        names.update(fresh)
        queue[:0] = [(name, schema["$defs"][name]) for name in fresh]
    return "\n".join([head, *sections])


def _name_of(root: Schema) -> str:
    return _name(root["$ref"]) if "$ref" in root else str(root["title"])


def _title(name: str) -> str:
    """Return the heading of an object: the words of its type, such as `Bundle document`."""
    module, _, name = name.rpartition(".")
    if module:  # one of two types that share a name
        return f"{name} of {module.rpartition('.')[2]}"
    for ending, word in _ENDINGS.items():
        if name.endswith(ending) and name != ending:
            return f"{name.removesuffix(ending)}{word}"
    return name


def _anchor(name: str) -> str:
    return _title(name).lower().replace(" ", "-")


def _is_table(part: Schema) -> bool:
    return bool(part.get("properties"))


def _references(part: Any) -> Iterator[str]:
    """Yield the names of the objects that a schema refers to, in the order of its keys."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield _name(part["$ref"])
        for key, inner in part.items():
            if key != "default":
                yield from _references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _section(title: str, part: Schema, schema: Schema) -> str:
    """Return the section of an object: a table of its keys, without columns that say nothing."""
    rows = [
        _cells(key, inner, schema, is_required=key in part.get("required", ()))
        for key, inner in part["properties"].items()
        if not inner.get("deprecated")
    ]
    columns = [column for column in zip(_HEAD, *rows, strict=True) if any(column[1:])]
    lines = [f"| {' | '.join(cells)} |" for cells in zip(*columns, strict=True)]
    table = [lines[0], f"|{' --- |' * len(columns)}", *lines[1:]]
    return "\n".join([f"## {title}", "", _sentence(part.get("description", "")), *table, ""])


def _sentence(text: str) -> str:
    """Return the first paragraph of a description as a paragraph of the page."""
    first = re.sub(r"\s+", " ", text.partition("\n\n")[0]).strip()
    return f"{_plain(first)}\n" if first else ""


def _cells(
    key: str, part: Schema, schema: Schema, *, is_required: bool
) -> tuple[str, str, str, str]:
    """Return the cells of a key in the order of `_HEAD`."""
    name = f"**`{key}`**" if is_required else f"`{key}`"
    kind, hint = _type(part, schema), ""
    if "description" in part and not _says_type(part):
        hint = part["description"]
    default = _default(part)
    return name, kind, default, _cell(_DEFAULT.sub("", hint) if default else hint)


def _says_type(part: Schema) -> bool:
    """Tell whether a description is one of the values that fit, rather than of a meaning.

    Such a description is no sentence, as in `a duration above zero such as 10m`.
    """
    return not part["description"][:1].isupper()


def _type(part: Schema, schema: Schema) -> str:
    """Return the values that a schema accepts, in words."""
    if "$ref" in part:
        name = _name(part["$ref"])
        inner = schema["$defs"][name]
        return f"[{_title(name)}](#{_anchor(name)})" if _is_table(inner) else _type(inner, schema)
    for key in ("anyOf", "oneOf"):
        if key in part:
            choices = [_type(each, schema) for each in part[key] if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(choices))
    if "const" in part:
        return f"`{part['const']}`"
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"] if value is not None)
    if "description" in part and _says_type(part):
        return _cell(part["description"])
    return _of_type(part, schema)


def _of_type(part: Schema, schema: Schema) -> str:
    kind = part.get("type")
    if kind == "array":
        return f"list; each {_type(part.get('items', {}), schema)}"
    if kind == "object":
        values = part.get("additionalProperties")
        return f"map; each value {_type(values, schema)}" if isinstance(values, Mapping) else "map"
    if isinstance(kind, list):
        names = (name for name in kind if name != "null")
        return " or ".join(_of_type({**part, "type": name}, schema) for name in names)
    return {None: "anything", "integer": "whole number", "boolean": "`true`, `false`"}.get(
        kind, str(kind)
    )


def _default(part: Schema) -> str:
    value = part.get("default")
    text = json.dumps(value, ensure_ascii=False)
    is_told = value not in (None, "", [], {}) and len(text) <= _MOST_DEFAULT
    return f"`{text}`" if is_told and not isinstance(value, dict) else ""


def _cell(text: str) -> str:
    return _plain(re.sub(r"\s+", " ", text).strip()).replace("|", "\\|")


def _plain(text: str) -> str:
    """Return words as Markdown that shows them as they are."""
    text = text.replace("<", "&lt;")
    return text if "`" in text else re.sub(r"([*_\[\]])", r"\\\1", text)
