"""JSON Schemas for editors, made of the types that decode the files.

They are of draft 2020-12. Beside its keywords they have those by which editors explain a value:
`markdownDescription`, `enumDescriptions`, `markdownEnumDescriptions`, `patternErrorMessage` and
`deprecationMessage`, as yaml-language-server and Visual Studio Code read them.

A struct may have keywords of its own, in a class variable `json_schema`: what the types of its
fields can't say. A key that these require is not null, even if its type takes that.

The descriptions of fields are the strings that stand below them in the source. Python drops these,
so that they cost nothing at run time; they are read where a schema is printed. A description is a
paragraph. For a field with a choice of values, a list may follow that says of each value what it
means, as in "- `exact`: Byte by byte.".
"""

import ast
import inspect
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import Any, get_args

import msgspec
from msgspec import NODEFAULT, Struct, structs

from kure_hooks import __version__

Schema = dict[str, Any]

ADDRESS = f"https://raw.githubusercontent.com/kure-hooks/kure-hooks/v{__version__}/schemas"
"""The directory with the schemas of this version."""

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_LINK = re.compile(r"\bSee (https://[^\s<>]++)")
# What msgspec does not take into a name.
_UNNAMED = re.compile(r"[^a-zA-Z0-9.\-_]")
# The endings of our types, which mean nothing to a reader.
_ENDING = re.compile(r"(?<=[a-z])(Doc|Body|Spec|Document|Ref)\Z")
# The beginning of an entry in a list of values.
_ENTRY = re.compile(r" (?=- `)")
# What an entry says of a value.
_VALUE = re.compile(r"\A- `([^`]++)`: (.+)")
# Where a keyword holds one schema, or several.
_INNER = ("items", "additionalProperties", "propertyNames")
_WORDS = ("description", "markdownDescription")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")


class Description(Struct, frozen=True):
    """The meaning of a field, as Markdown, and of the values that it chooses among."""

    text: str
    values: Mapping[str, str]


def document(name: str, title: str, schema: Schema) -> Schema:
    """Return the schema of a document, with the head by which others find it."""
    identity = f"{ADDRESS}/{name}.schema.json"
    return {"$schema": _DIALECT, "$id": identity, "title": title, **schema}


def components(
    types: Iterable[Any],
    template: str = "#/$defs/{name}",
    complete: Mapping[type[Struct], type[Struct]] | None = None,
) -> tuple[list[Schema], dict[str, Schema]]:
    """Return the schemas of types, and of the structs that they refer to by `template`.

    `complete` are structs with the defaults of others, whose fields of the same names are unset.
    """
    types = tuple(types)
    schemas, definitions = msgspec.json.schema_components(types, ref_template=template)
    known: dict[str, type[Struct]] = {}
    for struct in _structs(types, set()):
        known[struct.__name__ if struct.__name__ in definitions else _full_name(struct)] = struct
    for name, definition in definitions.items():
        if (of := known.get(name)) is not None:
            definitions[name] = _object(definition, of, (complete or {}).get(of, of))
        else:  # an enumeration
            definitions[name] = definition | _summary(definition)
    return [*schemas], definitions


def choice(texts: Mapping[str, str]) -> Schema:
    """Return the schema of a string that is one of some, each with its meaning."""
    return {"enum": [*texts], **_explained([*texts], texts)}


def having(**keys: str) -> Schema:
    """Return the condition that a mapping has these values of its keys."""
    values = {key: {"const": value} for key, value in keys.items()}
    return {"required": [*keys], "properties": values}


def text(words: str, *, over: bool = False) -> Schema:
    """Return the keywords for a description in Markdown.

    With `over` it goes over the description of what a `$ref` beside it leads to, whichever of the
    keywords that has.
    """
    plain = words.replace("`", "")
    marked = _LINK.sub(r"See <\1>", words)
    described = {"description": plain}
    return described | {"markdownDescription": marked} if over or marked != plain else described


def _structs(types: Iterable[Any], known: set[Any]) -> Iterator[type[Struct]]:
    for hint in types:
        if isinstance(hint, type) and issubclass(hint, Struct) and hint not in known:
            known.add(hint)
            yield hint
            yield from _structs([field.type for field in structs.fields(hint)], known)
        yield from _structs(get_args(hint), known)


def _full_name(struct: type) -> str:
    """Return what msgspec calls a struct whose name another one has, too."""
    return _UNNAMED.sub("_", f"{struct.__module__}.{struct.__qualname__}")


def _object(definition: Schema, struct: type[Struct], complete: type[Struct]) -> Schema:
    """Return the schema of a struct, in the words of its docstring and of its fields."""
    described = _descriptions(struct)
    defaults = {field.name: _default(field) for field in structs.fields(struct)}
    if complete is not struct:  # an empty string there stands for what is found out later
        others = {field.name: _default(field) for field in structs.fields(complete)}
        unset = [name for name, value in defaults.items() if value is None]
        defaults |= {name: others[name] for name in unset if others.get(name) not in ("", None)}
    own: Schema = getattr(struct, "json_schema", {})
    written = dict(definition["properties"])
    written |= {key: _never_null(written[key]) for key in own.get("required", ())}
    properties = {
        field.encode_name: _property(
            written[field.encode_name], described.get(field.name), defaults[field.name]
        )
        for field in structs.fields(struct)
    }
    title = _ENDING.sub("", definition["title"])
    schema = {**definition, "title": title, **_summary(definition), "properties": properties}
    return schema | own


def _summary(definition: Schema) -> Schema:
    """Return the description of a class by the first paragraph of its docstring."""
    return text(_paragraphs(definition.get("description", ""))[0])


def _default(field: structs.FieldInfo) -> Any:
    """Return the default of a field as a file has it; None where there is none."""
    value = None if field.default is NODEFAULT else field.default
    if field.default_factory is not NODEFAULT:
        value = field.default_factory()
    return _written(value)


def _written(value: Any) -> Any:
    """Return the keys of a default that are set, and that a new value would not have anyway."""
    if not isinstance(value, Struct):
        return msgspec.json.decode(msgspec.json.encode(value))
    parts = {
        field.encode_name: (_written(getattr(value, field.name)), _default(field))
        for field in structs.fields(value)
    }
    return {key: part for key, (part, usual) in parts.items() if part != usual}


def _property(schema: Schema, described: Description | None, default: Any) -> Schema:
    """Return the schema of a field, with its own description before that of its type."""
    schema = _worded(_without_null(schema))
    schema.pop("default", None)
    if schema.get("deprecated") and "description" in schema:
        schema["deprecationMessage"] = schema["description"]
    if described:
        parts = schema.get("anyOf", [schema])
        over = any("$ref" in part for part in parts)
        words = text(_with_default(described.text, default), over=over)
        schema = words | {key: part for key, part in schema.items() if key not in _WORDS}
        if "anyOf" in schema:  # an editor shows the words of the part that a value is
            schema["anyOf"] = [part | words if "$ref" in part else part for part in parts]
        _explain(schema, described.values)
    return schema if default is None else schema | {"default": default}


def _with_default(words: str, default: Any) -> str:
    """Return a description with the default, which editors don't show themselves."""
    values = default if isinstance(default, list) else [default]
    shown = [str(value).lower() if isinstance(value, bool) else value for value in values]
    if not all(isinstance(value, (str, int)) and value != "" for value in shown):
        return words
    if not shown or "default" in words.lower():
        return words
    head, link, address = words.partition(" See https://")
    return f"{head} Default: {', '.join(f'`{value}`' for value in shown)}.{link}{address}"


def _never_null(schema: Schema) -> Schema:
    """Return a schema without null among its choices."""
    if "anyOf" not in schema:
        return schema
    rest = [part for part in schema["anyOf"] if part != {"type": "null"}]
    others = {key: value for key, value in schema.items() if key != "anyOf"}
    return others | (rest[0] if len(rest) == 1 else {"anyOf": rest})


def _without_null(schema: Schema) -> Schema:
    """Return a schema with null among its types where it was one of two choices."""
    rest = [part for part in schema.get("anyOf", ()) if part != {"type": "null"}]
    if len(rest) != 1 or len(schema["anyOf"]) == 1 or "$ref" in rest[0] or "anyOf" in rest[0]:
        return schema
    merged: Schema = rest[0] | {key: value for key, value in schema.items() if key != "anyOf"}
    if "enum" in merged:
        return merged | {"enum": [*merged["enum"], None]}
    return merged | {"type": [merged["type"], "null"]} if "type" in merged else schema


def _worded(schema: Schema) -> Schema:
    """Return a schema whose descriptions, which complete the word `expected`, are sentences."""
    parts = {key: _worded(schema[key]) for key in _INNER if isinstance(schema.get(key), dict)}
    lists = {key: [_worded(part) for part in schema[key]] for key in _LISTS if key in schema}
    worded: Schema = schema | parts | lists
    words = worded.get("description", "")
    if words and not words.endswith("."):
        worded["description"] = f"{words[0].upper()}{words[1:]}."
        if "pattern" in worded:
            worded["patternErrorMessage"] = f"Expected {words}."
    return worded


def _explain(schema: Schema, values: Mapping[str, str]) -> None:
    """Add the meaning of each value to the choice that a schema has, there or in its items."""
    for part in (schema, schema.get("items", {}), *schema.get("anyOf", ())):
        if values and "enum" in part:
            order = {value: number for number, value in enumerate(values)}
            part["enum"] = sorted(part["enum"], key=lambda value: order.get(value, len(order)))
            part.update(_explained(part["enum"], values))


def _explained(enum: Iterable[Any], values: Mapping[str, str]) -> Schema:
    texts = [values.get(str(value), "The same as leaving the key out.") for value in enum]
    plain = [words.replace("`", "") for words in texts]
    marked = {} if plain == texts else {"markdownEnumDescriptions": texts}
    return {"enumDescriptions": plain, **marked}


def _descriptions(struct: type) -> dict[str, Description]:
    """Return the descriptions of a struct's fields by name, those of its bases among them.

    Fields without one, and structs whose source is not at hand, are left out.
    """
    described: dict[str, Description] = {}
    for base in reversed(struct.__mro__):
        described |= _of_module(base.__module__).get(base.__qualname__, {})
    return described


@cache
def _of_module(name: str) -> Mapping[str, Mapping[str, Description]]:
    """Return the descriptions of all classes of a module, by class and field."""
    try:
        tree = ast.parse(inspect.getsource(sys.modules[name]))
    except (KeyError, OSError, TypeError, SyntaxError):
        return {}
    return {
        statement.name: dict(_of_class(statement))
        for statement in tree.body
        if isinstance(statement, ast.ClassDef)
    }


def _of_class(definition: ast.ClassDef) -> Iterator[tuple[str, Description]]:
    for statement, below in pairwise(definition.body):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
            and isinstance(below.value.value, str)
        ):
            yield statement.target.id, _description(below.value.value)


def _description(text: str) -> Description:
    paragraph, *rest = _paragraphs(text)
    entries = [_VALUE.match(entry) for part in rest for entry in _ENTRY.split(part)]
    return Description(paragraph, {entry[1]: entry[2] for entry in entries if entry})


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs of a docstring, each in one line."""
    return [" ".join(part.split()) for part in inspect.cleandoc(text).split("\n\n")]
